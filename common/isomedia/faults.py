"""What the reading process may say instead of an answer."""


class MediaFault(Exception):
    """The file isn't taken; `code` says why."""

    code = "broken"


class TooManyPixels(MediaFault):
    """More than are decoded at once."""

    code = "too_many_pixels"


class CutOff(MediaFault):
    """The film says that it is longer than what has arrived."""

    code = "cut_off"


class NoFilm(MediaFault):
    """Nothing to be seen in it, or nothing that browsers show."""

    code = "no_film"
