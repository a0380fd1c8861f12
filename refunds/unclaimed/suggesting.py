"""Whose an unclaimed parcel may be: refunds that await goods, the likeliest first, each with what speaks for it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common.search import folded
from orders.models import Order, OrderLine, OwedParcel
from orders.states import ParcelStatus
from refunds.models import Refund, RefundLine, UnclaimedParcel
from refunds.states import RefundStatus

AWAITED = (RefundStatus.AWAITING_RETURN, RefundStatus.RETURNING)
MOST_OF_ONE_GROUND, MOST_SUGGESTED = 20, 8


class Likeness(IntEnum):
    """What may speak for a refund, by how much it does."""

    NUMBER = 60
    SENT_OUT = 50
    PHONE = 40
    GOODS = 20
    BUYER = 10

    def said(self, parcel: UnclaimedParcel, refund: Refund) -> str:
        """In the reader's words."""
        told = {"announced": refund.return_tracking_number, "phone": parcel.phone_end, "goods": parcel.goods}
        words = {
            Likeness.NUMBER: _("its number %(announced)s differs by one slip"),
            Likeness.SENT_OUT: _("the order went out under this number"),
            Likeness.PHONE: _("the phone ends in %(phone)s"),
            Likeness.GOODS: _("%(goods)s is to come back"),
            Likeness.BUYER: _("the same buyer has more to send back"),
        }
        return words[self] % told


@dataclass(frozen=True)
class LikelyRefund:
    """A refund that the parcel may belong to, and why."""

    refund: Refund
    grounds: Sequence[str]
    weight: int


def likely_refunds(parcel: UnclaimedParcel) -> list[LikelyRefund]:
    """The refunds of the parcel's store that it may belong to, the likeliest first; at most MOST_SUGGESTED.

    Three statements at most, and none where nothing speaks for any.
    """
    found = {refund.pk: refund for refund in _alike(parcel)}
    number = parcel.tracking_folded if parcel.has_number else ""
    near = [refund for refund in found.values() if _is_near(refund, number) or _went_out(refund, number)]
    buyers = {refund.order.buyer_id for refund in near}
    if buyers:
        found |= {refund.pk: refund for refund in _of_buyers(parcel.store_id, buyers)}
    if not found:
        return []
    goods, own, suggested = folded(parcel.goods), _lines_of(parcel.store_id, found.values()), []
    for refund in found.values():
        refund.own_lines = own[refund.pk]
        speaks = {
            Likeness.NUMBER: _is_near(refund, number),
            Likeness.SENT_OUT: _went_out(refund, number),
            Likeness.PHONE: bool(parcel.phone_end) and refund.order.phone_end == parcel.phone_end,
            Likeness.GOODS: bool(goods) and any(goods in _names_of(line.line) for line in refund.own_lines),
            Likeness.BUYER: refund.order.buyer_id in buyers and refund not in near,
        }
        grounds = [ground for ground, does in speaks.items() if does]
        said = [ground.said(parcel, refund) for ground in grounds]
        suggested.append(LikelyRefund(refund, said, sum(grounds)))
    suggested.sort(key=lambda each: (each.weight, each.refund.pk), reverse=True)
    return suggested[:MOST_SUGGESTED]


def refunds_named(parcel: UnclaimedParcel, term: str) -> list[LikelyRefund]:
    """The refunds of the parcel's store that await goods and match what somebody typed, the newest first."""
    store_id = parcel.store_id
    exchanged = OwedParcel.objects.for_store(store_id).filter(status=ParcelStatus.AWAITING_RETURN).values("topic_id")
    awaiting = Q(status__in=AWAITED) | Q(status=RefundStatus.WITHDRAWN, pk__in=exchanged)
    rows = Refund.objects.matching(term).for_store(store_id).filter(awaiting).select_related("order")
    refunds = list(rows.order_by("-id")[:MOST_SUGGESTED])
    own = _lines_of(store_id, refunds)
    for refund in refunds:
        refund.own_lines = own[refund.pk]
    return [LikelyRefund(refund, [], 0) for refund in refunds]


def _lines_of(store_id: int, refunds: Iterable[Refund]) -> dict[UUID, list[RefundLine]]:
    own: dict = defaultdict(list)
    keys = [refund.pk for refund in refunds]
    lines = RefundLine.objects.for_store(store_id).filter(refund__in=keys).select_related("line").order_by("id")
    for line in lines if keys else ():
        own[line.refund_id].append(line)
    return own


def _awaiting(store_id: int) -> QuerySet[Refund]:
    return Refund.objects.for_store(store_id).filter(status__in=AWAITED)


def _alike(parcel: UnclaimedParcel) -> QuerySet[Refund]:
    """Those for which anything on the parcel speaks; each question has an index of its own."""
    awaiting, orders = _awaiting(parcel.store_id), Order.objects.for_store(parcel.store_id)
    number, goods = parcel.tracking_folded if parcel.has_number else "", folded(parcel.goods)
    asked = []
    if number:
        asked.append(awaiting.filter(return_tracking_folded__in=slips_of(number)))
        asked.append(awaiting.filter(order__in=orders.filter(tracking_folded=number).values("pk")))
    if parcel.phone_end:
        with_phone = orders.filter(~Q(phone_end=""), phone_end=parcel.phone_end)
        asked.append(awaiting.filter(order__in=with_phone.values("pk")))
    if goods:
        bought = OrderLine.objects.for_store(parcel.store_id)
        bought = bought.filter(Q(item_id=goods) | ~Q(sku_folded="") & Q(sku_folded=goods))
        lines = RefundLine.objects.for_store(parcel.store_id).filter(line__in=bought.values("pk"))
        asked.append(awaiting.filter(pk__in=lines.values("refund")))
    if not asked:
        return Refund.objects.none()
    first, *more = (rows.order_by("-id").values("pk")[:MOST_OF_ONE_GROUND] for rows in asked)
    return Refund.objects.for_store(parcel.store_id).filter(pk__in=first.union(*more)).select_related("order")


def _of_buyers(store_id: int, buyers: set[str]) -> QuerySet[Refund]:
    """What else these buyers have to send back."""
    rows = _awaiting(store_id).filter(order__buyer_id__in=buyers).select_related("order")
    return rows.order_by("-id")[:MOST_OF_ONE_GROUND]


def _is_near(refund: Refund, number: str) -> bool:
    return bool(number and refund.return_tracking_folded) and refund.return_tracking_folded in slips_of(number)


def _went_out(refund: Refund, number: str) -> bool:
    return bool(number) and refund.order.tracking_folded == number


def _names_of(line: OrderLine) -> tuple[str, str]:
    return folded(line.item_id), folded(line.sku)


def slips_of(number: str) -> set[str]:
    """Every number that one slip makes of this one: a character wrong, missing, too many, or two neighbours swapped."""
    signs = sorted({*"0123456789", *number})
    places = range(len(number))
    wrong = {number[:at] + sign + number[at + 1 :] for at in places for sign in signs}
    missing = {number[:at] + number[at + 1 :] for at in places}
    added = {number[:at] + sign + number[at:] for at in range(len(number) + 1) for sign in signs}
    swapped = {number[: at - 1] + number[at] + number[at - 1] + number[at + 1 :] for at in places[1:]}
    return (wrong | missing | added | swapped) - {number, ""}
