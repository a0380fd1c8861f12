"""Why a buyer's data can't be exported or erased now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from common.errors import Refused
from orders.models import Order, OwedParcel
from orders.states import OrderStatus, ParcelStatus
from payments.models import Payment
from payments.states import PaymentStatus
from privacy.models import BuyerRequest
from privacy.states import RequestKind, RequestStatus
from refunds.models import Appeal, Dispute, Refund
from refunds.states import OPEN, AppealStatus, DisputeStatus

ARRIVES_WITHIN = timedelta(days=60)  # a parcel of which nobody told that it arrived
MOST_ORDERS = 20_000  # of one buyer


def why_not_count(count: int) -> Refused | None:
    """Why so many orders aren't one buyer's."""
    if count <= MOST_ORDERS:
        return None
    return Refused(
        "too_many", _("These are more than %(most)d orders: no single buyer has so many.") % {"most": MOST_ORDERS}
    )


def why_not_ask_twice(request: BuyerRequest | None) -> Refused | None:
    """Why the same can't be asked again: it is under way, or waits to be resumed."""
    if request is None:
        return None
    return Refused("request_under_way", _("This is under way already: wait until it is done."))


def why_not_erase(orders: Sequence[Order], now: datetime) -> Refused | None:
    """Why the data of these orders' buyer is still needed: something of theirs is open (of one store, locked)."""
    store_id = orders[0].store_id
    waiting = [order for order in orders if _is_on_its_way(order, now)]
    if waiting:
        text = _("Order %(number)s is not with the buyer yet: erase once it has arrived, or is cancelled.")
        return Refused("buyer_has_open_order", text % {"number": waiting[0].number})
    questions = (
        (
            Refund.objects.filter(order__in=orders, status__in=OPEN),
            "buyer_has_open_refund",
            _("A refund of order %(number)s is open: erase once it has ended."),
        ),
        (
            Payment.objects.filter(order__in=orders, status__in=(PaymentStatus.PENDING, PaymentStatus.PROCESSING)),
            "buyer_has_open_payment",
            _("A payment about order %(number)s is under way: erase once it has ended."),
        ),
        (
            Payment.objects.filter(order__in=orders).exclude(conflict=""),
            "buyer_has_open_payment",
            _("A payment about order %(number)s is in conflict with its gateway: settle that first."),
        ),
        (
            Dispute.objects.filter(refund__order__in=orders, status=DisputeStatus.OPEN),
            "buyer_has_open_dispute",
            _("A dispute about order %(number)s is open: erase once the platform has decided."),
        ),
        (
            Appeal.objects.filter(refund__order__in=orders, status=AppealStatus.OPEN),
            "buyer_has_open_dispute",
            _("An appeal about order %(number)s is open: erase once the platform has decided."),
        ),
        (
            OwedParcel.objects.filter(order__in=orders, status__in=(ParcelStatus.OWED, ParcelStatus.AWAITING_RETURN)),
            "buyer_has_open_promise",
            _("A parcel is promised to the buyer of order %(number)s: erase once it is sent."),
        ),
    )
    for rows, code, text in questions:
        path = "refund__order__number" if rows.model in (Dispute, Appeal) else "order__number"
        number = rows.filter(store_id=store_id).values_list(path, flat=True).first()
        if number is not None:
            return Refused(code, text % {"number": number})
    return None


def _is_on_its_way(order: Order, now: datetime) -> bool:
    """Whether the goods are still to reach the buyer."""
    if order.status == OrderStatus.UNSHIPPED:
        return order.claimed_amount < order.paid_amount
    return order.status == OrderStatus.SHIPPED and (order.shipped_at or order.paid_at) + ARRIVES_WITHIN > now


def why_not_take_export(request: BuyerRequest, now: datetime) -> Refused | None:
    """Why there is no file to take: it is being made, couldn't be, or is gone."""
    if request.status == RequestStatus.UNDER_WAY:
        return Refused("export_under_way", _("The file is being made: wait until it is finished."))
    if request.status == RequestStatus.FAILED:
        return Refused("export_failed", _("The file could not be made: let it be tried again."))
    if request.kind != RequestKind.EXPORT or request.ends_at <= now:
        return Refused("export_gone", _("The file is gone: ask for another export."))
    return None


def why_not_resume_request(request: BuyerRequest) -> Refused | None:
    """Why there is nothing to resume."""
    if request.status == RequestStatus.FAILED:
        return None
    return Refused("invalid_transition", _("Nothing waits for a person here."))
