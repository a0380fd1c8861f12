"""What a person typed into a search line, as it may be written in the database."""

import unicodedata

CONTROL_OR_INVISIBLE = {"Cc", "Cf"}


def spellings(typed: str) -> list[str]:
    """The ways in which the row that is looked for may be written; none for a line without a visible character.

    Pasted text brings invisible characters, full-width digits and spaces between Chinese characters; numbers are
    typed in the other case or with hyphens. Each way is compared as it stands, so that an index on the column
    serves all of them.
    """
    text = unicodedata.normalize("NFKC", typed)
    visible = "".join(char for char in text if unicodedata.category(char) not in CONTROL_OR_INVISIBLE)
    words = " ".join(visible.split())
    joined = words.replace(" ", "")
    ways = [words, joined, joined.replace("-", "")]
    return [way for way in dict.fromkeys(each for way in ways for each in (way, way.upper(), way.lower())) if way]
