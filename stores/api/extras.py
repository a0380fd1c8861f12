"""What higher rooms add to a store's settings, without this room knowing them."""

from collections.abc import Callable

from stores.models import Store

# Name of the yes-or-no field → what gives its value for a store.
STORE_FLAGS: dict[str, Callable[[Store], bool]] = {}
