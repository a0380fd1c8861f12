"""What is odd about the number of a return: told where the refund is decided, never refused.

One parcel may lawfully bring back what two refunds of a buyer are about; another buyer's number, or the one under which
the order went out, hardly can; and a number under which nothing is ever seen may be none.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull
from django.utils.translation import gettext as _

from common.personal import known_as
from common.search import folded
from orders.models import Order, OwedParcel, Shipment
from orders.states import ShipmentDirection, ShipmentStatus
from refunds.models import Refund
from refunds.parcels import Parcels
from refunds.states import RefundStatus

SILENT_AFTER = timedelta(days=3)
MOST_NAMED = 5
LOOKED_THROUGH = 100  # returns on their way: each costs four look-ups, and what is due first is decided first


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
    if not folded(refund.return_tracking_number):  # nothing, or what a marketplace says for it, such as “-”
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
    numbers = [order.number for order in orders_sent_under(refund.store_id, refund.return_tracking_number)]
    if not numbers:
        return []
    text = _("An order went out under this number: %(orders)s.") % {"orders": ", ".join(numbers)}
    return [NumberWarning(NumberOddity.SENT_OUT, text, numbers)]


def orders_sent_under(store_id: int, number: str) -> QuerySet[Order]:
    """The store's orders of which something went out under the number, however written: the newest MOST_NAMED."""
    orders, parcels = Order.objects.for_store(store_id), OwedParcel.objects.for_store(store_id)
    promised = parcels.filter(~Q(tracking_folded=""), tracking_folded=folded(number))
    itself = orders.filter(~Q(tracking_folded=""), tracking_folded=folded(number))
    sent = itself.union(orders.filter(pk__in=promised.values("order")))  # a union: each part has its index
    return sent.order_by("-id")[:MOST_NAMED]


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


def on_their_way() -> QuerySet:
    """Returns on their way, what is due first before."""
    return Refund.objects.in_scope().filter(status=RefundStatus.RETURNING).order_by("due_at", "-pk")


def how_far_looked(on_their_way: int) -> str:
    """What the list of odd numbers has to say of how many returns were looked through, of those; "" for all."""
    if on_their_way <= LOOKED_THROUGH:
        return ""
    text = _("Only the %(count)d returns that are due first were looked at; the others follow as these are done.")
    return text % {"count": LOOKED_THROUGH}


def how_far_noted(on_their_way: int) -> str:
    """The same in the few words of a tile."""
    return _("of the first %(count)d") % {"count": LOOKED_THROUGH} if on_their_way > LOOKED_THROUGH else ""


def with_odd_numbers(rows: QuerySet, now: datetime) -> QuerySet:
    """Those returns on their way whose number is another buyer's, one under which an order went out, or silent.

    They are looked for among the first LOOKED_THROUGH by deadline, each read once. A question is asked for its first
    answer, not for whether there is one: PostgreSQL would answer an OR of such of the store's whole history at once.
    """
    due_first = Refund.objects.in_scope().filter(pk__in=on_their_way().values("pk")[:LOOKED_THROUGH])
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
    promised = OwedParcel.objects.in_scope().filter(**number, tracking_folded=OuterRef("return_tracking_folded"))
    promised = promised.exclude(tracking_folded="")
    # Nearly every number is its own refund's alone: whose the orders are is asked of the others only.
    of_one_buyer = Order.objects.in_scope().filter(
        pk=OuterRef(OuterRef("order_id")), buyer_id=OuterRef("order__buyer_id")
    )
    foreign = others.exclude(order_id=OuterRef("order_id")).exclude(Exists(of_one_buyer))
    is_odd = Q()
    for question in (sent, promised, foreign, silent):
        is_odd |= Q(IsNull(Subquery(question.order_by().values("pk")[:1]), False))
    odd = due_first.exclude(return_tracking_folded="").filter(is_odd)
    return rows.filter(pk__in=odd.order_by().values("pk"))
