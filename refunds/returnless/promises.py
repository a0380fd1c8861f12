"""What is promised when an order is placed, and what live rooms may show: the same question (R3–R6)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.dispatch import receiver

from orders.models import Order
from orders.signals import orders_placed
from refunds.models import CoveredProduct, Enrolment, LiveSession
from refunds.returnless.programme import SECOND
from refunds.states import EnrolmentStatus, RefundProgramme
from stores.states import ProductSource


def enrolment_in_force(store_id: int) -> Enrolment | None:
    """The store's enrolment if it is in force: the store is then a certified merchant (R10)."""
    rows = Enrolment.objects.for_store(store_id).select_related("budget")
    return rows.filter(status=EnrolmentStatus.IN_FORCE).first()


def covered_items(
    enrolment: Enrolment | None, *, at: datetime, live_session: str = "", item_ids: Iterable[str] | None = None
) -> list[str]:
    """Which of these items (or of all) carry the promise of a refund without return.

    At an instant, or in a live session.

    Nothing without an enrolment in force, with a spent budget (R5), or in a session that began before it held (R3). In
    a session that is covered, the session's beginning counts when it is later than `at`.
    """
    if enrolment is None or enrolment.budget.is_spent:
        return []
    until = _covered_until(enrolment, at, _sessions(enrolment, {live_session}).get(live_session))
    if until is None:
        return []
    covered = CoveredProduct.objects.for_store(enrolment.store_id).promised_before(until)
    if item_ids is not None:
        covered = covered.filter(item_id__in=item_ids)
    return list(covered.order_by("item_id").values_list("item_id", flat=True))


def _sessions(enrolment: Enrolment, names: Collection[str]) -> dict[str, LiveSession]:
    """The live sessions of these names that were told of; without a name nothing is read."""
    if not (named := {name for name in names if name}):
        return {}
    sessions = LiveSession.objects.for_store(enrolment.store_id).filter(session__in=named)
    return {session.session: session for session in sessions}


def _covered_until(enrolment: Enrolment, at: datetime, session: LiveSession | None) -> datetime | None:
    """Products that are covered since before this instant are promised; None where nothing is (R3)."""
    if session is not None:
        if not session.is_covered:
            return None
        at = max(at, session.started_at)
    until = at + SECOND
    return until if until > enrolment.in_force_since else None


@receiver(orders_placed)
def promise_with_orders(sender, orders: Sequence[Order], store, **kwargs) -> None:
    """Mark the lines for which the buyer was promised a refund without return; nothing takes it away later (R3, R4)."""
    if not store.rules.returnless_version:
        return
    own = [order for order in orders if order.source == ProductSource.OWN]
    enrolment = enrolment_in_force(store.pk) if own else None
    if enrolment is None or enrolment.budget.is_spent:
        return
    sessions = _sessions(enrolment, {order.live_session for order in own})
    until = {order.pk: _covered_until(enrolment, order.paid_at, sessions.get(order.live_session)) for order in own}
    if not (ends := [end for end in until.values() if end is not None]):
        return
    covered = CoveredProduct.objects.for_store(store.pk).promised_before(max(ends))
    items = {line.item_id for order in own for line in order.own_lines}
    holds_since = dict(covered.filter(item_id__in=items).values_list("item_id", "holds_since"))
    for order in own:
        end = until[order.pk]
        for line in order.own_lines:
            if end is not None and line.item_id in holds_since and holds_since[line.item_id] < end:
                line.programme = RefundProgramme.RETURNLESS
