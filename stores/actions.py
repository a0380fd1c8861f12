"""Every write to stores, people, keys and the catalogue."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from common.actions import action
from common.calendar import PLATFORM_ZONE
from common.errors import Invalid
from stores import marketplaces
from stores.listings import check_listings
from stores.models import (
    ApiKey,
    CategoryOpening,
    KeyScope,
    Membership,
    Product,
    ReturnAddress,
    Site,
    Store,
    User,
)
from stores.signals import store_created


@action
def create_store(
    *, code: str, name: str, marketplace: str, time_zone: str = PLATFORM_ZONE, site: str | None = None
) -> Store:
    """Open a store on a marketplace. Invalid for an unknown marketplace or time zone or a code that is taken.

    `site` tells which part of the marketplace; a Tmall store is on Tmall proper when nothing is said (Q2).
    """
    if marketplace not in dict(marketplaces.CHOICES):
        known = ", ".join(name for name, _label in marketplaces.CHOICES)
        raise Invalid("marketplace", _("Unknown marketplace; use one of: %(known)s.") % {"known": known})
    if site is None:
        site = Site.TMALL if marketplace == "tmall" else ""
    store = Store(code=code, name=name, marketplace=marketplace, time_zone=time_zone, site=site)
    store.full_clean()
    store.save(force_insert=True)
    store_created.send(sender=Store, store=store)
    return store


class StoreSettings(TypedDict, total=False):
    """What a store's owner sets; what is left out stays. `urge_alert_at` None is the marketplace's own number (K6)."""

    name: str
    time_zone: str
    priority_shipping_tag: bool
    smart_customer_service: bool
    urge_alert_at: int | None


@action
def update_store(*, store: Store, **settings: Unpack[StoreSettings]) -> Store:
    """Change a store's settings. ValidationError for what makes no sense."""
    for field, value in settings.items():
        setattr(store, field, value)
    store.full_clean()
    store.save(update_fields=list(settings))
    return store


@action
def open_negotiation(*, store: Store, is_open: bool) -> Store:
    """The marketplace opens negotiation to the store, or closes it again (T1)."""
    store.negotiation_open = is_open
    store.save(update_fields=["negotiation_open"])
    return store


@action
def open_category(
    *, marketplace: str, category: str, name: str, opens_on: date, closes_on: date | None = None
) -> CategoryOpening:
    """Open a product category to retention from a date on. Invalid when it has been named before or ends too early (Q2)."""
    opening = CategoryOpening(
        marketplace=marketplace, category=category, name=name, opens_on=opens_on, closes_on=closes_on
    )
    _check_opening(opening)
    opening.save(force_insert=True)
    return opening


@action
def change_category(
    *, opening: CategoryOpening, name: str, opens_on: date, closes_on: date | None = None
) -> CategoryOpening:
    """Rename a category or move its dates; from `closes_on` on nothing of it is retainable any more (Q2)."""
    opening.name, opening.opens_on, opening.closes_on = name, opens_on, closes_on
    _check_opening(opening)
    opening.save(update_fields=["name", "opens_on", "closes_on"])
    return opening


def _check_opening(opening: CategoryOpening) -> None:
    if opening.closes_on is not None and opening.closes_on <= opening.opens_on:
        raise Invalid("closes_on", _("A category closes after it has opened."))
    others = CategoryOpening.objects.filter(marketplace=opening.marketplace, category=opening.category)
    if others.exclude(pk=opening.pk).exists():
        raise Invalid("category", _("This category is in the list already; change its dates there."), "unique")


@action
def add_member(*, store: Store, user: User, role: str) -> Membership:
    """Give a user a role in a store, or change it."""
    membership, _created = Membership.objects.update_or_create(store=store, user=user, defaults={"role": role})
    return membership


@action
def remove_member(*, membership: Membership) -> None:
    """End a user's role in a store; their next request sees nothing of it."""
    membership.delete()


@action
def create_store_key(
    *, store: Store, name: str, scopes: Iterable[str] | None = None, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Make a key of one store; returns it with the secret, which is shown this once. Without scopes it may do everything."""
    granted = sorted(
        {scope for scope in KeyScope.values if scope.endswith(":write")} if scopes is None else set(scopes)
    )
    unknown = set(granted) - set(KeyScope.values)
    if unknown:
        raise Invalid("scopes", _("Unknown scope: %(scope)s.") % {"scope": ", ".join(sorted(unknown))})
    return ApiKey.objects.create_key(store=store, name=name, scopes=granted, expiry_date=expires_at)


@action
def create_marketplace_key(*, marketplace: str, name: str, expires_at: datetime | None = None) -> tuple[ApiKey, str]:
    """Make a key of a marketplace; returns it with the secret, which is shown this once."""
    if marketplace not in dict(marketplaces.CHOICES):
        raise Invalid("marketplace", _("Unknown marketplace."))
    return ApiKey.objects.create_key(marketplace=marketplace, name=name, expiry_date=expires_at)


@action
def revoke_key(*, key: ApiKey) -> None:
    """Revoke a key for good; the next call with it is 401."""
    key.revoked = True
    key.save(update_fields=["revoked"])


@action
def touch_key(*, key: ApiKey, now: datetime) -> None:
    """Remember that a key was used. Skips when another request is doing the same."""
    free = ApiKey.objects.filter(pk=key.pk).select_for_update(skip_locked=True)
    ApiKey.objects.filter(pk__in=free.values("pk")).update(last_used_at=now)


class ProductData(TypedDict, total=False):
    """A product as clients send it; `item_id` always, the rest as far as it changes."""

    item_id: str
    title: str
    category: str
    price: Decimal
    listed: bool
    source: str


@action
def upsert_products(*, store: Store, products: list[ProductData]) -> list[Product]:
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
def add_product(*, store: Store, data: ProductData) -> Product:
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
def update_product(*, product: Product, changes: ProductData) -> Product:
    """Change some fields of a product. Refused `listing_restricted` when it would be listed against a restriction (P7)."""
    if changes.get("listed"):
        check_listings(store_id=product.store_id, wanted={product.item_id: True})
    for field, value in changes.items():
        setattr(product, field, value)
    product.save(update_fields=list(changes))
    return product


@action
def add_return_address(*, store: Store, contact: str, phone: str, address: str) -> ReturnAddress:
    """Add an address to which returns of this store are sent."""
    return ReturnAddress.objects.create(store=store, contact=contact, phone=phone, address=address)


def default_return_address(store_id: int) -> ReturnAddress | None:
    """Where returns go when nobody named an address: the address that the store added first."""
    return ReturnAddress.objects.for_store(store_id).order_by("id").first()


def default_return_addresses(store_ids: Collection[int]) -> dict[int, ReturnAddress]:
    """The same for several stores at once, by store; one without an address is missing."""
    firsts = ReturnAddress.objects.in_scope().filter(store_id__in=store_ids)
    return {address.store_id: address for address in firsts.order_by("store_id", "id").distinct("store_id")}
