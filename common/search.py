"""What a person typed into a search line, as it may be written in the database."""

import re
import unicodedata

import regex
from django.db.models import CharField, GeneratedField, Index, Lookup, QuerySet, TextField, Transform
from django.db.models.functions import Right

CONTROL_OR_INVISIBLE = {"Cc", "Cf", "Cs"}
MANY = 3000  # where more match, a page of them is found sooner by looking at a list's newest rows, one by one
FILLERS = "\u115f\u1160\u3164\uffa0\u034f"  # letters by their category, and nothing to see all the same
# One picture of several signs, which what nobody sees holds together: a family by joiners, a region's flag by its code.
_REGION = r"[\U000e0030-\U000e0039\U000e0061-\U000e007a]"
_PICTURE = r"\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0f\u20e3]*"
JOINED = regex.compile(rf"{_PICTURE}(?:\u200d{_PICTURE})+|\U0001f3f4{_REGION}{{3,6}}\U000e007f")


def plain_text(typed: str) -> str:
    """The text in plain width, without what nobody sees; blanks of any kind stay between words, emojis are whole."""
    if typed.isascii() and typed.isprintable():
        return typed.strip()
    text = unicodedata.normalize("NFKC", typed)
    pictures = {place for found in JOINED.finditer(text) for place in range(*found.span())}
    kept = (
        " " if char.isspace() else char
        for place, char in enumerate(text)
        if char.isspace() or place in pictures or _is_seen(char)
    )
    return "".join(kept).strip()


def _is_seen(char: str) -> bool:
    return unicodedata.category(char) not in CONTROL_OR_INVISIBLE and char not in FILLERS


# What no search looks at, as Python and PostgreSQL both read it: blanks, hyphens, and what nobody sees.
PASSED_OVER = (
    r"[\u0001-\u0020\u002d\u007f-\u00a0\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    r"\u1680\u180e\u200b-\u2015\u2028-\u202e\u2060-\u206f\u2212\ufeff\ufff9-\ufffb\U000110bd\U000110cd"
    r"\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
_PASSED_OVER = re.compile(PASSED_OVER)


def folded(text: str) -> str:
    """The text as searches compare it: in plain width and small letters, without blanks, hyphens and what nobody sees.

    What was typed and what is stored (`Folded`) are folded alike, so that "li lei" finds "Li  Lei", "SF1000" finds
    "SF-1000" and "王小明" finds "王 小明". Empty for a line in which there is nothing to search for.
    """
    plain = unicodedata.normalize("NFKC", text.replace("\0", ""))
    return _PASSED_OVER.sub("", "".join(char.lower()[0] for char in plain))


@CharField.register_lookup
@TextField.register_lookup
class Folded(Transform):
    """`name__folded__contains=folded(term)`: the column as `folded` makes it, reckoned by PostgreSQL.

    Plain ASCII, as numbers are, is spared the normalising, which takes longer than all the rest.
    """

    lookup_name = "folded"
    output_field = TextField()
    template = (
        "regexp_replace(lower(CASE WHEN octet_length(%(expressions)s) = length(%(expressions)s) THEN %(expressions)s"
        f" ELSE normalize(%(expressions)s, NFKC) END), '{PASSED_OVER}', '', 'g')"
    )


def folded_column(name: str) -> GeneratedField:
    """A column that holds another one folded, for an index to search by: row security lets no expression be asked."""
    return GeneratedField(expression=Folded(name), output_field=TextField(), db_persist=True)


def end_column(name: str, length: int) -> GeneratedField:
    """A column that holds the last `length` characters of another one, folded."""
    return GeneratedField(expression=Right(Folded(name), length), output_field=TextField(), db_persist=True)


def starts_of(column: str, name: str, **kwargs) -> Index:
    """An index of a store's rows by how a folded column begins, under every collation."""
    return Index(fields=["store", column], name=name, opclasses=["int8_ops", "text_pattern_ops"], **kwargs)


@CharField.register_lookup
@TextField.register_lookup
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


def is_found_often(*questions: QuerySet) -> bool:
    """Whether more than MANY rows match, which is asked of the database at once: of each question by its index alone.

    An index gives all that match before the newest of them are known: half a store begins with the year in its orders'
    numbers. Whoever asks such a question asks it of each row of the list instead, until the page is full.
    """
    first, *more = (each.order_by().values("store_id") for each in questions)
    return first.union(*more, all=True)[: MANY + 1].count() > MANY
