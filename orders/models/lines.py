"""An order or a refund and the objects of its lines."""

from collections.abc import Callable


class OwnsLines:
    """Gives a model `own_lines`: read when they are first asked for, then always the same objects.

    Who changes lines changes these objects, so that a row never has two. Whoever has them already, or reads those of
    many at once, sets them; `has_lines` tells whether that has been done.
    """

    read_lines: Callable[[], list]  # how the model reads them from the database
    _own_lines: list | None = None

    @property
    def has_lines(self) -> bool:
        """Whether the lines are at hand, so that asking for them reads nothing."""
        return self._own_lines is not None

    @property
    def own_lines(self) -> list:
        """The lines, in the order in which they were made."""
        if self._own_lines is None:
            self._own_lines = self.read_lines()
        return self._own_lines

    @own_lines.setter
    def own_lines(self, lines: list) -> None:
        self._own_lines = lines
