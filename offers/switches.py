"""The switches of methods: each with a date from which it is available, per marketplace and per store (Q4)."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Invalid
from offers.models import MarketplaceMethod, StoreMethod
from stores.marketplaces import current_rules
from stores.models import Store


@action
def set_marketplace_method(
    *, marketplace: str, method: str, is_on: bool, available_from: date, actor: Actor, now: datetime
) -> MarketplaceMethod:
    """Switch a method of a marketplace. Invalid for a method that the marketplace hasn't (Q4)."""
    _check(marketplace, method)
    switch, _created = MarketplaceMethod.objects.update_or_create(
        marketplace=marketplace, method=method, defaults={"is_on": is_on, "available_from": available_from}
    )
    return switch


@action
def set_store_method(
    *, store: Store, method: str, is_on: bool, available_from: date, actor: Actor, now: datetime
) -> StoreMethod:
    """Switch a method of a store; the marketplace's switch must be on besides. Invalid for an unknown method (Q4)."""
    _check(store.marketplace, method)
    switch, _created = StoreMethod.objects.update_or_create(
        store=store, method=method, defaults={"is_on": is_on, "available_from": available_from}
    )
    return switch


def _check(marketplace: str, method: str) -> None:
    rules = current_rules(marketplace)
    if method not in rules.offer_methods:
        raise Invalid("method", _("%(marketplace)s has no such offer.") % {"marketplace": rules.label})
