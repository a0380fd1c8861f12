"""What the reading process may say instead of an answer."""


class Unreadable(Exception):
    """The file isn't taken; `code` says why."""

    code = "broken"


class TooManyPixels(Unreadable):
    """More than are decoded at once."""

    code = "too_many_pixels"


class CutOff(Unreadable):
    """The film says that it is longer than what has arrived."""

    code = "cut_off"


class NoFilm(Unreadable):
    """Nothing to be seen in it, or nothing that browsers show."""

    code = "no_film"
