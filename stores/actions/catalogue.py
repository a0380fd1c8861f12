"""The product warehouse."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.changes import changes_of, lock
from common.errors import Invalid
from common.writes import WriteSet
from stores.events import PRODUCT_ADDED, PRODUCT_CHANGED
from stores.listings import check_listings
from stores.models import Product, Store


class ProductData(TypedDict, total=False):
    """A product as clients send it; `item_id` always, the rest as far as it changes."""

    item_id: str
    title: str
    category: str
    price: Decimal
    listed: bool
    source: str


# What a product sent again overwrites.
_FIELDS = ("title", "category", "price", "listed", "source")


@action
def upsert_products(*, store: Store, products: list[ProductData], actor: Actor, now: datetime) -> list[Product]:
    """Create or overwrite products by item id; a product named twice takes the last. Returns them in the order sent.

    Refused `listing_restricted` when the store may not list anything new (P7): nothing of the list is saved then.
    """
    wanted = {data["item_id"]: data for data in products}
    check_listings(store_id=store.pk, wanted={item_id: data.get("listed", True) for item_id, data in wanted.items()})
    sent = [Product(store=store, **wanted[item_id]) for item_id in sorted(wanted)]
    # Whoever comes first inserts it, whoever comes second finds it and waits for it; both go by the item ids.
    Product.objects.bulk_create(sent, ignore_conflicts=True)
    there = Product.objects.for_store(store.pk).filter(item_id__in=wanted).order_by("item_id")
    saved = {product.item_id: product for product in there.select_for_update(no_key=True)}
    writes = WriteSet()
    for row in sent:
        product = saved[row.item_id]
        if product.pk == row.pk:
            _record_added(writes, product, actor, now)
        else:
            _change(writes, product, {field: getattr(row, field) for field in _FIELDS}, actor, now)
    writes.flush()
    return [saved[item_id] for item_id in wanted]


def _record_added(writes: WriteSet, product: Product, actor: Actor, now: datetime) -> None:
    facts = {field: getattr(product, field) for field in _FIELDS}
    writes.event(PRODUCT_ADDED, product, topic=product, at=now, actor=actor, item_id=product.item_id, **facts)


def _change(writes: WriteSet, product: Product, wanted: Mapping, actor: Actor, now: datetime) -> None:
    """Set what is different about a locked product."""
    named = {"product": product.title, "item_id": product.item_id}
    if changed := changes_of(product, wanted):
        writes.update(product, *changed)
        writes.event(PRODUCT_CHANGED, product, topic=product, at=now, actor=actor, **named, **changed)


@action
def add_product(*, store: Store, data: ProductData, actor: Actor, now: datetime) -> Product:
    """Add one product. Invalid `item_id` when the store has it already: `upsert_products` would overwrite it.

    Refused `listing_restricted` when the store may not list anything new (P7).
    """
    check_listings(store_id=store.pk, wanted={data["item_id"]: data.get("listed", True)})
    rows = Product.objects.bulk_create([Product(store=store, **data)], ignore_conflicts=True)
    saved = Product.objects.for_store(store.pk).get(item_id=data["item_id"])
    if saved.pk != rows[0].pk:
        raise Invalid("item_id", _("This store already has an item with this id."), "unique")
    writes = WriteSet()
    _record_added(writes, saved, actor, now)
    writes.flush()
    return saved


@action
def update_product(*, product: Product, changes: ProductData, actor: Actor, now: datetime) -> Product:
    """Change some fields of a product.

    Refused `listing_restricted` when that would list it against a restriction (P7).
    """
    if changes.get("listed"):
        check_listings(store_id=product.store_id, wanted={product.item_id: True})
    lock(product)
    writes = WriteSet()
    _change(writes, product, changes, actor, now)
    writes.flush()
    return product
