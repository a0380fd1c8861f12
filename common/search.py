"""What a person typed into a search line, as it may be written in the database."""

import unicodedata

from django.db.models import CharField, Lookup

CONTROL_OR_INVISIBLE = {"Cc", "Cf", "Cs"}
FILLERS = "\u115f\u1160\u3164\uffa0\u034f"  # letters by their category, and nothing to see all the same


def plain_text(typed: str) -> str:
    """The text in plain width, without what nobody sees; blanks of any kind stay between words."""
    text = unicodedata.normalize("NFKC", typed)
    kept = (" " if char.isspace() else char for char in text if char.isspace() or _is_seen(char))
    return "".join(kept).strip()


def _is_seen(char: str) -> bool:
    return unicodedata.category(char) not in CONTROL_OR_INVISIBLE and char not in FILLERS


def spellings(typed: str) -> list[str]:
    """The ways in which the row that is looked for may be written; none for a line without a visible character.

    Pasted text brings invisible characters, full-width digits and spaces between Chinese characters; numbers are
    typed in the other case or with hyphens. Each way is compared as it stands, so that an index on the column
    serves all of them.
    """
    words = " ".join(plain_text(typed).split())
    joined = words.replace(" ", "")
    ways = [words, joined, joined.replace("-", "")]
    return [way for way in dict.fromkeys(each for way in ways for each in (way, way.upper(), way.lower())) if way]


@CharField.register_lookup
class Begins(Lookup):
    """`name__begins="A1"`: as `startswith`, by an index behind row security, too.

    PostgreSQL asks nothing of a row that may be hidden before it knows that it isn't, unless the question tells nothing
    away (is leakproof), as `^@` is and LIKE isn't: with LIKE an index gives all rows of a store.
    """

    lookup_name = "begins"

    def as_sql(self, compiler, connection):
        """The comparison."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} ^@ {right}", [*left_params, *right_params]
