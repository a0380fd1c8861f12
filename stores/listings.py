"""What a restricted store may not do with its products, and taking them off and back on (P7).

Why a store is restricted, a higher room knows. Who lists a product holds the store's row in share mode until the end of
the transaction, who restricts it changes that row: the one waits for the other, whoever comes first.
"""

from collections.abc import Mapping

from django.db import connection

from common.errors import refuse_if
from stores.models import Product, Store
from stores.why_not import why_not_list


def check_listings(*, store_id: int, wanted: Mapping[str, bool]) -> None:
    """Refused `listing_restricted` when the store is restricted and something of `wanted` would be new on its shelf.

    `wanted` is item id → whether it is to be listed. New is an item that the store doesn't have, and one that isn't
    listed now and would be.
    """
    if not _is_blocked(store_id):
        return
    there = dict(Product.objects.for_store(store_id).filter(item_id__in=wanted).values_list("item_id", "listed"))
    for item_id, listed in wanted.items():
        is_there = item_id in there
        refuse_if(why_not_list(item_id, is_there=is_there, adds=listed and not there.get(item_id)))


def _is_blocked(store_id: int) -> bool:
    """Whether nothing new may be listed; no restriction can come or go before the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT listings_blocked FROM stores_store WHERE id = %s FOR SHARE", [store_id])
        return cursor.fetchone()[0]


def restrict_listings(*, store: Store, blocked: bool, off: bool) -> None:
    """Forbid (or allow again) new listings, and take all products off (or list those again that were taken off).

    A part of the action that restricts the store, whose events tell of it; that action has locked the store.
    """
    store.listings_blocked, store.products_off = blocked, off
    store.save(update_fields=["listings_blocked", "products_off"])
    products = Product.objects.for_store(store.pk)
    if off:
        products.filter(listed=True).update(listed=False, taken_off=True)
    else:
        products.filter(taken_off=True).update(listed=True, taken_off=False)
