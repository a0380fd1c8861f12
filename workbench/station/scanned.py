"""What a scanned number stands for: the refunds whose goods come back under it, and who has received them already.

Or a parcel that was put aside before: what became of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Case, QuerySet, When

from common.at_once import read_at_once
from common.models import Event
from common.search import folded
from orders.models import Order, Shipment
from orders.states import ShipmentDirection
from orders.waybills import NUMBER, plain_number
from refunds.events import REFUND_DECISION_SENT
from refunds.events.goods import REFUND_INSPECTION_FAILED, REFUND_INSPECTION_OVERDUE, REFUND_INSPECTION_PASSED
from refunds.models import Evidence, Refund, RefundLine, UnclaimedParcel
from refunds.numbers import NumberWarning, oddities_of, orders_sent_under
from refunds.parcels import Parcels
from refunds.states import CaseSide, RefundStatus
from stores.models import Store
from workbench.kit.timeline import Entry, entry

MOST_UNDER_ONE = 20
RECEIVED = [
    event.name
    for event in (REFUND_INSPECTION_PASSED, REFUND_INSPECTION_FAILED, REFUND_INSPECTION_OVERDUE, REFUND_DECISION_SENT)
]


@dataclass(frozen=True)
class Scanned:
    """What comes back under a number: `refund` is the one to look at now, with its lines and what is odd.

    `received` says of those that were received when that was, and by whom. `parcel` is what was put aside under the
    number, which may be the refund's besides its own. Where no refund has it, `sent_out` are the orders that went out
    under it. An `is_number` that is False can be none; an empty `number` is that of a parcel whose label nobody can
    read.
    """

    number: str
    is_number: bool = True
    refunds: Sequence[Refund] = ()
    refund: Refund | None = None
    received: dict[UUID, Entry] = field(default_factory=dict)
    warnings: Sequence[NumberWarning] = ()
    parcel: UnclaimedParcel | None = None
    sent_out: Sequence[Order] = ()


def is_waiting(refund: Refund) -> bool:
    """Whether somebody has yet to look at what came back for it."""
    return refund.status == RefundStatus.RETURNING and not refund.decision_sent


def refunds_under(store: Store, number: str, meant: UUID | None = None) -> QuerySet[Refund]:
    """The store's refunds whose goods come back under the number.

    Of many the one that is `meant`, those that wait for them, then the newest.
    """
    found = Refund.objects.for_store(store.pk).coming_back_under(number)
    if meant is not None:
        found = found.order_by(Case(When(pk=meant, then=0), default=1), *found.query.order_by)
    return found.select_related("order")[:MOST_UNDER_ONE]


def scan(store: Store, typed: str, now: datetime, *, refund_id: UUID | None = None) -> Scanned:
    """What was scanned in this store; `refund_id` picks one of several refunds, those to inspect come first.

    Three statements at most, however many refunds come back under the number, or where none does.
    """
    number = plain_number(typed)
    if not NUMBER.fullmatch(number):
        return Scanned(number, is_number=False)
    rows = refunds_under(store, number, refund_id)
    own = Refund.objects.for_store(store.pk).filter(return_tracking_folded=folded(number)).values("pk")
    lines = RefundLine.objects.for_store(store.pk).filter(refund__in=own).select_related("line").order_by("id")
    events = Event.objects.for_store(store.pk).filter(topic_id__in=own, name__in=RECEIVED).order_by("id")
    shipments = Shipment.objects.for_store(store.pk).filter(topic_id__in=own, direction=ShipmentDirection.RETURN)
    files = Evidence.objects.for_store(store.pk).filter(refund__in=own, side=CaseSide.MERCHANT).order_by("id")
    read_at_once(rows, lines, events, shipments := shipments.order_by("id"), files)
    refunds = sorted(rows, key=lambda refund: (not is_waiting(refund), refund.pk))
    if not refunds:
        return _aside(store, number, now)
    for row in (*refunds, *events):
        row.store = store
    current = next((refund for refund in refunds if refund.pk == refund_id), refunds[0])
    current.order.store = store
    current.own_lines = [line for line in lines if line.refund_id == current.pk]
    current.shown = [file for file in files if file.refund_id == current.pk]
    returning = [parcel for parcel in shipments if parcel.topic_id == current.pk]
    # Where nobody waits any more, the newest event says who decided about the goods.
    done = {refund.pk for refund in refunds if not is_waiting(refund)}
    return Scanned(
        number,
        refunds=refunds,
        refund=current,
        received={event.topic_id: entry(event) for event in events if event.topic_id in done},
        warnings=oddities_of(current, Parcels(returning=returning[-1] if returning else None), now),
    )


def _aside(store: Store, number: str, now: datetime) -> Scanned:
    """What was put aside under a number that no refund has: the refund that it turned out to belong to, or itself."""
    rows = UnclaimedParcel.objects.for_store(store.pk).filter(tracking_folded=folded(number)).select_related("refund")
    parcel = rows.order_by("-id").first()
    if parcel is None or parcel.refund is None or not parcel.refund.return_tracking_number:
        return Scanned(number, parcel=parcel, sent_out=list(orders_sent_under(store.pk, number)))
    of_refund = scan(store, parcel.refund.return_tracking_number, now, refund_id=parcel.refund_id)
    return replace(of_refund, parcel=parcel)
