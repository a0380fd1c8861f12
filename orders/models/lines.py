"""An order or a refund and the objects of its lines."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from common.errors import Invalid


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


def line_named(lines: Iterable, item_id: str, sku: str, *, attr: str):
    """The one of these order lines that is meant; without a SKU the item's only one.

    Invalid `attr` for goods that aren't among them, and for an item of several SKUs none of which is named.
    """
    of_item = [line for line in lines if line.item_id == item_id]
    found = [line for line in of_item if line.sku == sku] if sku or len(of_item) > 1 else of_item
    if found:
        return found[0]
    if of_item and not sku:
        skus = ", ".join(line.sku for line in of_item)
        raise Invalid(
            attr, _("Item %(item)s has several SKUs: name one of %(skus)s.") % {"item": item_id, "skus": skus}
        )
    name = f"{item_id}:{sku}" if sku else item_id
    raise Invalid(attr, _("There is no item %(item)s here.") % {"item": name}, "does_not_exist")
