"""What refund without return adds to a store's settings."""

from refunds.returnless.promises import enrolment_in_force
from stores.api.extras import STORE_FLAGS
from stores.models import Store


def is_certified(store: Store) -> bool:
    """Whether the store is a certified merchant now (R10)."""
    return bool(store.rules.returnless_version) and enrolment_in_force(store.pk) is not None


STORE_FLAGS["certified_merchant"] = is_certified
