"""What higher rooms add to a refund's detail, without this room knowing them."""

from collections.abc import Callable

from refunds.models import Refund

# Name of the field → what gives its value for a refund.
DETAIL_FIELDS: dict[str, Callable[[Refund], object]] = {}

# Name of a yes-or-no filter → what narrows a list of refunds of a store by it.
LIST_FILTERS: dict[str, Callable] = {}
