"""What higher rooms add to a refund's detail, without this room knowing them."""

from collections.abc import Callable

from refunds.models import Refund

# Name of the field → what gives its value for a refund.
DETAIL_FIELDS: dict[str, Callable[[Refund], object]] = {}
