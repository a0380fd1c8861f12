"""Reporting a delay and lifting it (K4). Locks: the orders, by id, then the report."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.actions import action
from common.actors import Actor
from common.calendar import end_face
from common.errors import Invalid, ManyRefused, NotFound, Refused, refuse_if
from common.sentences import Sentence, kept
from common.sentences import sentence as _
from common.writes import WriteSet
from orders.delays.events import BUYER_NOTIFIED, DELAY_LIFTED, DELAY_REPORTED, ORDER_DELAYED, ORDER_RESUMED
from orders.models import Order
from orders.models.delay import DelayedOrder, DelayReport
from orders.why_not import why_not_choose, why_not_delay, why_not_lift
from stores.models import Store


def notice_text(store: Store, number: str, reason: str, expected_at: datetime) -> Sentence:
    """What the buyer of a delayed order reads."""
    return _("Your order %(number)s will be shipped by %(date)s: %(reason)s. We are sorry for the delay.") % {
        "number": number,
        "date": end_face(expected_at, store.time_zone),
        "reason": reason.rstrip(".。"),
    }


def check_expected(store: Store, expected_at: datetime, now: datetime) -> None:
    """Invalid `expected_at` unless it lies ahead, and not further than the marketplace allows."""
    if expected_at <= now:
        raise Invalid("expected_at", _("The expected date must lie ahead."))
    reach = store.rules.delay_reaches
    if expected_at > now + reach:
        raise Invalid("expected_at", _("At most %(days)d days ahead.") % {"days": reach.days})


@action
def report_delay(
    *, store: Store, reason: str, order_numbers: Sequence[str], expected_at: datetime, actor: Actor, now: datetime
) -> DelayReport:
    """These orders ship by `expected_at` instead of by their deadline, and each buyer is told once (K4).

    All or nothing: ManyRefused has a refusal for each order that is unknown, shipped, asked back whole, in an open
    report or due later anyway. Invalid `expected_at`, or `orders` for none; Refused for too many.
    """
    check_expected(store, expected_at, now)
    numbers = list(dict.fromkeys(order_numbers))
    if not numbers:
        raise Invalid("orders", _("Name the orders."), "required")
    refuse_if(why_not_choose(len(numbers)))
    orders = _lock_orders(store, numbers, expected_at)
    report = DelayReport(store=store, reason=reason, expected_at=expected_at, order_count=len(orders), created_at=now)
    writes = WriteSet()
    writes.insert(report)
    writes.event(
        DELAY_REPORTED,
        report,
        topic=report,
        at=now,
        actor=actor,
        states=("", report.status),
        rule="K4",
        reason=reason,
        expected_at=expected_at.isoformat(),
        orders=len(orders),
    )
    for order in orders:
        _delay(writes, report, order, notice_text(store, order.number, reason, expected_at), actor=actor, now=now)
    writes.flush()
    return report


def _lock_orders(store: Store, numbers: Sequence[str], expected_at: datetime) -> list[Order]:
    found = Order.objects.for_store(store.pk).filter(number__in=numbers).order_by("id").select_for_update(no_key=True)
    orders = {order.number: order for order in found}
    refusals: list[Refused | NotFound] = []
    for place, number in enumerate(numbers):
        attr = f"orders.{place}"
        if number not in orders:
            refusals.append(NotFound(attr))
        elif refusal := why_not_delay(orders[number], expected_at):
            refusals.append(Refused(refusal.code, refusal.detail, attr))
    if refusals:
        raise ManyRefused(refusals)
    return list(orders.values())


def _delay(
    writes: WriteSet, report: DelayReport, order: Order, notice: Sentence, *, actor: Actor, now: datetime
) -> None:
    order.rule_ship_by, order.ship_by, order.resumed_at = order.ship_by, report.expected_at, None
    writes.update(order, "rule_ship_by", "ship_by", "resumed_at")
    told = DelayedOrder(store_id=order.store_id, report=report, order=order, sentence=kept(notice), notified_at=now)
    writes.insert(told)
    facts = {"topic": order, "at": now, "actor": actor, "rule": "K4"}
    writes.event(
        ORDER_DELAYED,
        order,
        **facts,
        states=(order.status, order.status),
        report=str(report.pk),
        reason=report.reason,
        ship_by=[order.rule_ship_by.isoformat(), order.ship_by.isoformat()],
    )
    writes.event(BUYER_NOTIFIED, told, **facts, report=str(report.pk), text=told.sentence)


@action
def lift_delay(*, store_id: int, report_id: UUID | str, actor: Actor, now: datetime) -> DelayReport:
    """The delay is over: each unshipped order's deadline is again what the rule says, even if that has passed (K4).

    Those that were urged, or are later, come first in the shipping queue. Refused `invalid_transition` the second time.
    """
    reports = DelayReport.objects.for_store(store_id).filter(pk=report_id)
    if not reports.exists():
        raise NotFound
    members = DelayedOrder.objects.for_store(store_id).filter(report=report_id)
    orders = (
        Order.objects.for_store(store_id)
        .filter(pk__in=members.values("order"))
        .order_by("id")
        .select_for_update(no_key=True)
    )
    orders = list(orders)
    report = reports.select_for_update(no_key=True).get()
    refuse_if(why_not_lift(report))
    before = report.status
    report.lifted_at = now
    writes = WriteSet()
    writes.update(report, "lifted_at")
    writes.event(DELAY_LIFTED, report, topic=report, at=now, actor=actor, states=(before, report.status), rule="K4")
    for order in orders:
        if order.is_delayed:
            _resume(writes, report, order, actor=actor, now=now)
    writes.flush()
    members.update(is_open=False)
    return report


def _resume(writes: WriteSet, report: DelayReport, order: Order, *, actor: Actor, now: datetime) -> None:
    before = order.ship_by
    order.ship_by, order.rule_ship_by, order.resumed_at = order.rule_ship_by, None, now
    writes.update(order, "ship_by", "rule_ship_by", "resumed_at")
    writes.event(
        ORDER_RESUMED,
        order,
        topic=order,
        at=now,
        actor=actor,
        states=(order.status, order.status),
        rule="K4",
        report=str(report.pk),
        ship_by=[before.isoformat(), order.ship_by.isoformat()],
    )
