"""Opening a store, and what is set of it afterwards."""

from copy import copy
from datetime import datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.calendar import PLATFORM_ZONE
from common.changes import changes_of, lock
from common.errors import Invalid
from common.writes import WriteSet
from stores.actions.known import known_rules
from stores.events import NEGOTIATION_CLOSED, NEGOTIATION_OPENED, STORE_CHANGED, STORE_OPENED
from stores.marketplaces import marketplace_label
from stores.models import Store
from stores.signals import store_created


@action
def create_store(
    *,
    code: str,
    name: str,
    marketplace: str,
    actor: Actor,
    now: datetime,
    time_zone: str = PLATFORM_ZONE,
    site: str | None = None,
    is_demo: bool = False,
    is_sandbox: bool = False,
) -> Store:
    """Open a store on a marketplace. Invalid for an unknown marketplace or time zone or a code that is taken.

    `site` tells which part of the marketplace, its first when nothing is said (Q2). Invalid for one that it
    doesn't have. A sandbox is one for ever: it pays through the sandbox gateway, ships with the sandbox carrier and is
    connected to no marketplace.
    """
    rules = known_rules(marketplace)
    sites = [each.code for each in rules.sites]
    if site is None:
        site = sites[0] if sites else ""
    if site and site not in sites:
        raise Invalid(
            "site", _("%(marketplace)s has no such site.") % {"marketplace": marketplace_label(rules)}, "invalid_choice"
        )
    store = Store(
        code=code,
        name=name,
        marketplace=marketplace,
        time_zone=time_zone,
        site=site,
        is_demo=is_demo,
        is_sandbox=is_sandbox,
        created_at=now,
    )
    store.full_clean(validate_constraints=False)  # the fields' validators say it better, and the table has the rest
    store.save(force_insert=True)
    store_created.send(sender=Store, store=store)
    writes = WriteSet()
    facts = {"name": name, "code": code, "marketplace": marketplace, "time_zone": time_zone, "sandbox": is_sandbox}
    writes.event(STORE_OPENED, store, topic=store, at=now, actor=actor, **facts)
    writes.flush()
    return store


class StoreSettings(TypedDict, total=False):
    """What a store's owner sets; what is left out stays.

    `urge_alert_at` None is the marketplace's own number (K6). Ceilings are yuan, None is no ceiling (stores.ceilings).
    `most_offered_percent` and `tried_percent` are per cent; None is no ceiling (docs/adr/0082).
    """

    name: str
    time_zone: str
    priority_shipping_tag: bool
    smart_customer_service: bool
    second_factor_required: bool
    shares_out_refunds: bool
    urge_alert_at: int | None
    unclaimed_days: int
    agent_offer_ceiling: Decimal | None
    agent_approval_ceiling: Decimal | None
    finance_payment_ceiling: Decimal | None
    most_offered_percent: int | None
    tried_percent: int


@action
def update_store(*, store: Store, actor: Actor, now: datetime, **settings: Unpack[StoreSettings]) -> Store:
    """Change a store's settings. ValidationError for what makes no sense.

    A new time zone counts from the end of the store's day that is running, as far as a limit goes by the day (K10).
    """
    lock(store)
    moved = copy(store)
    changed = changes_of(store, settings)
    store.full_clean(validate_constraints=False)
    if changed:
        writes = WriteSet()
        if "time_zone" in changed:
            store.held_day, store.held_until = moved.business_day(now), moved.business_day_ends(now)
            writes.update(store, "held_day", "held_until")
        writes.update(store, *changed)
        writes.event(STORE_CHANGED, store, topic=store, at=now, actor=actor, **changed)
        writes.flush()
    return store


@action
def open_negotiation(*, store: Store, is_open: bool, actor: Actor, now: datetime) -> Store:
    """The marketplace opens negotiation to the store, or closes it again (T1)."""
    lock(store)
    if changes_of(store, {"negotiation_open": is_open}):
        writes = WriteSet()
        writes.update(store, "negotiation_open")
        event = NEGOTIATION_OPENED if is_open else NEGOTIATION_CLOSED
        writes.event(event, store, topic=store, at=now, actor=actor, rule="T1")
        writes.flush()
    return store
