"""The product warehouse and the addresses to which returns go."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Invalid
from stores.listings import check_listings
from stores.models import Product, ReturnAddress, Store


class ProductData(TypedDict, total=False):
    """A product as clients send it; `item_id` always, the rest as far as it changes."""

    item_id: str
    title: str
    category: str
    price: Decimal
    listed: bool
    source: str


@action
def upsert_products(*, store: Store, products: list[ProductData], actor: Actor, now: datetime) -> list[Product]:
    """Create or overwrite products by item id; a product named twice takes the last. Returns them in the order sent.

    Refused `listing_restricted` when the store may not list anything new (P7): nothing of the list is saved then.
    """
    wanted = {data["item_id"]: data for data in products}
    check_listings(store_id=store.pk, wanted={item_id: data.get("listed", True) for item_id, data in wanted.items()})
    rows = [Product(store=store, **data) for data in wanted.values()]
    Product.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["store", "item_id"],
        update_fields=["title", "category", "price", "listed", "source"],
    )
    saved = {product.item_id: product for product in Product.objects.for_store(store.pk).filter(item_id__in=wanted)}
    return [saved[item_id] for item_id in wanted]


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
    return saved


@action
def update_product(*, product: Product, changes: ProductData, actor: Actor, now: datetime) -> Product:
    """Change some fields of a product. Refused `listing_restricted` when it would be listed against a restriction (P7)."""
    if changes.get("listed"):
        check_listings(store_id=product.store_id, wanted={product.item_id: True})
    for field, value in changes.items():
        setattr(product, field, value)
    product.save(update_fields=list(changes))
    return product


@action
def add_return_address(
    *, store: Store, contact: str, phone: str, address: str, actor: Actor, now: datetime
) -> ReturnAddress:
    """Add an address to which returns of this store are sent."""
    return ReturnAddress.objects.create(store=store, contact=contact, phone=phone, address=address)


def default_return_address(store_id: int) -> ReturnAddress | None:
    """Where returns go when nobody named an address: the address that the store added first."""
    return ReturnAddress.objects.for_store(store_id).order_by("id").first()


def default_return_addresses(store_ids: Collection[int]) -> dict[int, ReturnAddress]:
    """The same for several stores at once, by store; one without an address is missing."""
    firsts = ReturnAddress.objects.in_scope().filter(store_id__in=store_ids)
    return {address.store_id: address for address in firsts.order_by("store_id", "id").distinct("store_id")}
