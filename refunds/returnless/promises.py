"""What is promised when an order is placed, and what live rooms may show: the same question (R3–R6)."""

from collections.abc import Iterable
from datetime import datetime

from django.dispatch import receiver

from orders.models import Order
from orders.signals import order_placed
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
    if live_session:
        session = LiveSession.objects.for_store(enrolment.store_id).filter(session=live_session).first()
        if session is not None and not session.is_covered:
            return []
        at = max(at, session.started_at) if session is not None else at
    until = at + SECOND
    if until <= enrolment.in_force_since:
        return []
    covered = CoveredProduct.objects.for_store(enrolment.store_id).promised_before(until)
    if item_ids is not None:
        covered = covered.filter(item_id__in=item_ids)
    return list(covered.order_by("item_id").values_list("item_id", flat=True))


@receiver(order_placed)
def promise_with_order(sender, order: Order, lines, store, **kwargs) -> None:
    """Mark the lines for which the buyer was promised a refund without return; nothing takes it away later (R3, R4)."""
    if not store.rules.returnless_version or order.source != ProductSource.OWN:
        return
    covered = set(
        covered_items(
            enrolment_in_force(store.pk),
            at=order.paid_at,
            live_session=order.live_session,
            item_ids=[line.item_id for line in lines],
        )
    )
    for line in lines:
        if line.item_id in covered:
            line.programme = RefundProgramme.RETURNLESS
