"""What can't be done with a store's catalogue now, and why; what a restriction forbids is in `listings`."""

from django.utils.translation import gettext as _

from common.errors import Refused
from stores.models import Product


def why_unknown(item_id: str, product: Product | None, attr: str) -> Refused | None:
    """Why an item can't be named: it isn't in the store's product warehouse. `attr` is the field that named it (Q15)."""
    if product is not None:
        return None
    return Refused(
        "product_not_in_warehouse",
        _("Item %(item)s is not in this store's product warehouse; add it or name another.") % {"item": item_id},
        attr,
    )
