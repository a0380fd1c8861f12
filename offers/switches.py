"""The switches of methods: each with a date from which it is available, per marketplace and per store (Q4)."""

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.changes import changes_of, lock
from common.errors import Invalid
from common.tenancy import system_scope
from common.writes import WriteSet
from offers.events import METHOD_SWITCHED, METHOD_SWITCHED_FOR_ALL
from offers.models import MarketplaceMethod, StoreMethod
from stores.marketplaces import current_rules, marketplace_label
from stores.models import Store


@action
def set_marketplace_method(
    *, marketplace: str, method: str, is_on: bool, available_from: date, actor: Actor, now: datetime
) -> MarketplaceMethod:
    """Switch a method of a marketplace. Invalid for a method that the marketplace hasn't (Q4)."""
    _check(marketplace, method)
    switch, changed = _set(
        MarketplaceMethod.objects, {"marketplace": marketplace, "method": method}, is_on, available_from
    )
    if changed:
        writes = WriteSet()
        named = {"marketplace": marketplace, "method": method}
        writes.event(METHOD_SWITCHED_FOR_ALL, switch, topic=switch, at=now, actor=actor, rule="Q4", **named, **changed)
        with system_scope():  # it is the platform's, also when the operator looks at one store
            writes.flush()
    return switch


@action
def set_store_method(
    *, store: Store, method: str, is_on: bool, available_from: date, actor: Actor, now: datetime
) -> StoreMethod:
    """Switch a method of a store; the marketplace's switch must be on besides. Invalid for an unknown method (Q4)."""
    _check(store.marketplace, method)
    switch, changed = _set(StoreMethod.objects, {"store": store, "method": method}, is_on, available_from)
    if changed:
        writes = WriteSet()
        writes.event(METHOD_SWITCHED, switch, topic=switch, at=now, actor=actor, rule="Q4", method=method, **changed)
        writes.flush()
    return switch


def _set(switches: models.Manager, which: dict, is_on: bool, available_from: date) -> tuple[models.Model, dict]:
    """The switch as it is to be, and what that changed of it. One that nobody has set is on, since no date."""
    wanted = {"is_on": is_on, "available_from": available_from}
    switch, is_new = switches.get_or_create(**which, defaults=wanted)
    if is_new:
        return switch, {"available_from": [None, available_from], **({} if is_on else {"is_on": [True, False]})}
    lock(switch)
    changed = changes_of(switch, wanted)
    switch.save(update_fields=list(changed))
    return switch, changed


def _check(marketplace: str, method: str) -> None:
    rules = current_rules(marketplace)
    if method not in rules.offer_methods:
        raise Invalid("method", _("%(marketplace)s has no such offer.") % {"marketplace": marketplace_label(rules)})
