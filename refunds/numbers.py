"""What is odd about the number of a return: told where the refund is decided, never refused.

One parcel may lawfully bring back what two refunds of a buyer are about; another buyer's number, or the one under which
the order went out, hardly can; and a number under which nothing is ever seen may be none.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from common.personal import known_as
from orders.models import Order, OwedParcel, Shipment
from orders.states import ShipmentDirection, ShipmentStatus
from refunds.models import Refund
from refunds.parcels import Parcels
from refunds.states import RefundStatus

SILENT_AFTER = timedelta(days=3)
MOST_NAMED = 5


class NumberOddity(StrEnum):
    """What is odd about a number."""

    SHARED = "shared"
    OF_ANOTHER_BUYER = "of_another_buyer"
    SENT_OUT = "sent_out"
    SILENT = "silent"


@dataclass(frozen=True)
class NumberWarning:
    """One thing that is odd about a return's number; `orders` are the numbers of the orders that it is about."""

    code: NumberOddity
    detail: str
    orders: list[str] = field(default_factory=list)


def oddities_of(refund: Refund, parcels: Parcels, now: datetime) -> list[NumberWarning]:
    """What is odd about the refund's return number, worst first; two statements, or none without a number."""
    if not refund.return_tracking_number:
        return []
    found = [*_sent_out(refund), *_shared(refund)]
    parcel = parcels.returning
    if refund.status == RefundStatus.RETURNING and parcel is not None and _is_silent(parcel, now):
        text = _("The carrier has seen nothing under this number for %(days)d days.")
        found.append(NumberWarning(NumberOddity.SILENT, text % {"days": (now - parcel.created_at).days}))
    return found


def _is_silent(parcel: Shipment, now: datetime) -> bool:
    return parcel.status == ShipmentStatus.ANNOUNCED and parcel.created_at + SILENT_AFTER <= now


def _sent_out(refund: Refund) -> list[NumberWarning]:
    """Orders of the store of which something went out under the number, this refund's own among them."""
    orders = Order.objects.for_store(refund.store_id)
    parcels = OwedParcel.objects.for_store(refund.store_id).filter(tracking_number=refund.return_tracking_number)
    itself = orders.filter(tracking_folded=refund.return_tracking_folded)
    sent = itself.union(orders.filter(pk__in=parcels.values("order")))  # a union: each part has its index
    numbers = list(sent.order_by("-id").values_list("number", flat=True)[:MOST_NAMED])
    if not numbers:
        return []
    text = _("An order went out under this number: %(orders)s.") % {"orders": ", ".join(numbers)}
    return [NumberWarning(NumberOddity.SENT_OUT, text, numbers)]


def _shared(refund: Refund) -> list[NumberWarning]:
    """Other refunds that come back under the number: of other buyers, and of this one."""
    others = Refund.objects.for_store(refund.store_id).filter(return_tracking_folded=refund.return_tracking_folded)
    rows = others.exclude(pk=refund.pk).exclude(pk=refund.split_from_id).exclude(split_from=refund.pk)
    found = list(rows.order_by("-id").values_list("order__number", "order__buyer_id")[:MOST_NAMED])
    who = known_as(refund.store, refund.order.buyer_id)
    foreign = list(dict.fromkeys(number for number, buyer in found if buyer not in who))
    own = list(dict.fromkeys(number for number, buyer in found if buyer in who))
    warnings = []
    if foreign:
        text = _("Another buyer returns under this number: %(orders)s.") % {"orders": ", ".join(foreign)}
        warnings.append(NumberWarning(NumberOddity.OF_ANOTHER_BUYER, text, foreign))
    if own:
        text = _("The buyer returns more under this number, perhaps in one parcel: %(orders)s.")
        warnings.append(NumberWarning(NumberOddity.SHARED, text % {"orders": ", ".join(own)}, own))
    return warnings


def with_odd_numbers(rows: QuerySet, now: datetime) -> QuerySet:
    """Those returns on their way whose number is another buyer's, one under which an order went out, or silent.

    Each question is asked for itself: an OR of them would be asked of every return on its way, and one of them of the
    store's whole history.
    """
    returning = Refund.objects.in_scope().filter(status=RefundStatus.RETURNING).exclude(return_tracking_number="")
    number = {"store_id": OuterRef("store_id")}
    others = Refund.objects.in_scope().filter(**number, return_tracking_folded=OuterRef("return_tracking_folded"))
    sent = Order.objects.in_scope().filter(**number, tracking_folded=OuterRef("return_tracking_folded"))
    silent = Shipment.objects.in_scope().filter(
        **number,
        topic_id=OuterRef("pk"),
        direction=ShipmentDirection.RETURN,
        status=ShipmentStatus.ANNOUNCED,
        created_at__lte=now - SILENT_AFTER,
    )
    promised = OwedParcel.objects.in_scope().filter(**number, tracking_number=OuterRef("return_tracking_number"))
    # Nearly every number is its own refund's alone: whose the orders are is asked of the others only.
    of_one_buyer = Order.objects.in_scope().filter(
        pk=OuterRef(OuterRef("order_id")), buyer_id=OuterRef("order__buyer_id")
    )
    foreign = others.exclude(order_id=OuterRef("order_id")).exclude(Exists(of_one_buyer))
    first, *more = (
        returning.filter(Exists(each)).order_by().values("pk") for each in (sent, promised, foreign, silent)
    )
    return rows.filter(pk__in=first.union(*more))
