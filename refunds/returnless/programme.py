"""What becomes of an enrolment afterwards (R3, R8).

Live sessions bring it into force, version 2.0 becomes 3.0, the owner leaves.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Invalid, refuse_if
from common.words import listed
from common.writes import WriteSet
from payments import budgets
from payments.models import Budget
from refunds.models import CoveredProduct, Enrolment, LiveSession
from refunds.returnless.agreements import CURRENT
from refunds.returnless.enrolment import lock_enrolment, record_step
from refunds.returnless.events import (
    LIVE_SESSION_STARTED,
    RETURNLESS_CAME_INTO_FORCE,
    RETURNLESS_LEFT,
    RETURNLESS_REGISTERED,
    RETURNLESS_SESSION_STARTED,
    RETURNLESS_UPGRADED,
)
from refunds.returnless.why_not import why_not_leave, why_not_offered, why_not_register, why_not_upgrade
from refunds.states import EnrolmentStatus
from stores.models import Product, Store
from stores.states import ProductSource

EARLIER_VERSIONS = ("1.0", "2.0")
# Marketplaces tell times in whole seconds: what happened within the same second happened by then.
SECOND = timedelta(seconds=1)


@action
def start_live_session(
    *, store: Store, session: str, started_at: datetime | None = None, actor: Actor, now: datetime
) -> tuple[LiveSession, bool]:
    """A live session has started; returns it and whether it is new. Told again, nothing changes.

    A session that began after the store confirmed brings the enrolment into force, and covers the products that were
    chosen before it began (R3). Invalid for a session that is yet to start. Its event is the session's own, whether it
    covers or not; what it does to the enrolment stands in the enrolment's history.
    """
    refuse_if(why_not_offered(store))
    started = started_at or now
    if started >= now + SECOND:
        raise Invalid("started_at", _("Tell of a live session once it has started."))
    enrolment = lock_enrolment(store.pk)
    covers = enrolment is not None and enrolment.is_joined and started + SECOND > enrolment.confirmed_at
    row, is_new = LiveSession.objects.get_or_create(
        store=store, session=session, defaults={"started_at": started, "is_covered": covers}
    )
    if is_new:
        writes = WriteSet()
        data = {"session": row.session, "started_at": row.started_at.isoformat(), "covered": covers}
        writes.event(LIVE_SESSION_STARTED, row, topic=row, at=now, actor=actor, rule="R3", **data)
        if covers:
            _bring_into_force(writes, enrolment, row, actor, now)
        writes.flush()
    return row, is_new


def _bring_into_force(
    writes: WriteSet, enrolment: Enrolment, session: LiveSession, actor: Actor, now: datetime
) -> None:
    before = enrolment.status
    waiting = CoveredProduct.objects.for_store(enrolment.store_id).filter(
        holds_since__isnull=True, added_at__lt=session.started_at + SECOND
    )
    products = waiting.update(holds_since=session.started_at)
    enrolment.come_into_force(since=session.started_at)
    writes.update(enrolment, "status", "in_force_since")
    data = {"live_session": session.session, "products": products}
    event = RETURNLESS_SESSION_STARTED if before == enrolment.status else RETURNLESS_CAME_INTO_FORCE
    record_step(writes, event, enrolment, before, actor=actor, now=now, rule="R3", **data)


@action
def upgrade_enrolment(*, store: Store, actor: Actor, now: datetime) -> Enrolment:
    """From 2.0 to the present version in one step: budget and products stay, the present agreement is accepted (R8).

    It holds from the next live session on (R3). Refused `method_not_available` on 1.0, which has ended, and
    `invalid_transition` where there is nothing to switch.
    """
    refuse_if(why_not_offered(store))
    enrolment = lock_enrolment(store.pk)
    refuse_if(why_not_upgrade(enrolment))
    before, earlier = enrolment.status, enrolment.version
    version = store.rules.returnless_version
    enrolment.upgrade(now=now)
    enrolment.agree(version=version, text_version=CURRENT, by=actor.label or actor.id, now=now)
    writes = WriteSet()
    fields = ("status", "version", "confirmed_at", "agreement_version", "agreement_at", "agreement_by")
    writes.update(enrolment, *fields)
    budgets.keep_topped_up(writes, enrolment.budget, actor=actor, now=now)
    record_step(
        writes, RETURNLESS_UPGRADED, enrolment, before, actor=actor, now=now, rule="R8", version=[earlier, version]
    )
    writes.flush()
    return enrolment


@action
def leave_programme(*, store: Store, actor: Actor, now: datetime) -> Enrolment:
    """The owner ends it: nothing new is promised, and what was promised stays (R3).

    The budget keeps paying for that.
    """
    enrolment = lock_enrolment(store.pk)
    refuse_if(why_not_leave(enrolment))
    before = enrolment.status
    enrolment.leave(now=now)
    CoveredProduct.objects.for_store(store.pk).update(holds_since=None)
    writes = WriteSet()
    writes.update(enrolment, "status", "left_at", "in_force_since")
    record_step(writes, RETURNLESS_LEFT, enrolment, before, actor=actor, now=now, rule="R3")
    writes.flush()
    return enrolment


@action
def register_earlier(
    *, store: Store, version: str, budget: Decimal, item_ids: Sequence[str], actor: Actor, now: datetime
) -> Enrolment:
    """The operator brings in a store that is on 1.0 or 2.0, with its budget (yuan) and products (R8).

    Refused `invalid_transition` for a store that has begun with the present version.
    """
    refuse_if(why_not_offered(store))
    if version not in EARLIER_VERSIONS:
        raise Invalid("version", _("Earlier versions are: %(known)s.") % {"known": listed(EARLIER_VERSIONS)})
    refuse_if(why_not_register(Enrolment.objects.for_store(store.pk).first()))
    products = {row.item_id: row for row in Product.objects.for_store(store.pk).filter(item_id__in=item_ids)}
    if any(item_id not in products or products[item_id].source != ProductSource.OWN for item_id in item_ids):
        raise Invalid("products", _("Name products of the store's own that are in its warehouse."))
    row = Budget.objects.create(store=store)
    enrolment = Enrolment(
        store=store, budget=row, version=version, status=EnrolmentStatus.EARLIER, agreement_version=version
    )
    writes = WriteSet()
    writes.insert(enrolment)
    for item_id in item_ids:
        product = products[item_id]
        writes.insert(CoveredProduct(store=store, enrolment=enrolment, product=product, item_id=item_id, added_at=now))
    if budget:
        budgets.top_up(writes, row, amount=budget, actor=actor, now=now)
    record_step(writes, RETURNLESS_REGISTERED, enrolment, "", actor=actor, now=now, rule="R8", version=version)
    writes.flush()
    return enrolment
