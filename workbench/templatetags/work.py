"""What the pages of coupons, promises and bulk sendings ask about a row."""

from django import template
from django.utils.translation import gettext as _

from common import clock
from common.money import ZERO
from offers.eligibility import gives_coupons, retains
from offers.models import Coupon
from offers.states import BY_HAND, BulkRowStatus, CouponChannel
from orders.models import OwedParcel
from refunds.states import RefundStatus
from stores.permissions import SEND_OFFERS, can
from workbench.kit.words import yuan

register = template.Library()


@register.filter
def is_late(parcel: OwedParcel) -> bool:
    """Whether a promise was not kept in time, even if the sweep has yet to flag it (Q16)."""
    return parcel.is_late(clock.now())


@register.filter
def may_bulk(desk) -> bool:
    """Whether somebody at this desk may send offers in bulk somewhere."""
    return desk.is_operator or any(can(desk.user, SEND_OFFERS, store.pk) for store in desk.retaining)


@register.filter
def may_pick(refund, user) -> bool:
    """Whether an offer in bulk makes sense for this row of the queue; `has_pending_offer` comes from the queue."""
    waits = refund.status == RefundStatus.AWAITING_MERCHANT and not refund.has_pending_offer
    return waits and retains(refund.store) and can(user, SEND_OFFERS, refund.store_id)


@register.filter
def row_tone(status: str) -> str:
    """The colour of a bulk row's result."""
    return {BulkRowStatus.SENT: "green", BulkRowStatus.REFUSED: "red"}.get(status, "grey")


@register.filter
def why_unusable(coupon: Coupon) -> str:
    """Why agents can't offer this coupon now; empty when they can (Q13)."""
    if not retains(coupon.store) or not gives_coupons(coupon.store.rules):
        return _("This store has no retention.")
    if coupon.channel != CouponChannel.SMART_RETENTION:
        return _("Wrong channel: retention recognises “%(right)s” only.") % {
            "right": CouponChannel.SMART_RETENTION.label
        }
    return _why_over(coupon)


@register.filter
def why_not_by_hand(coupon: Coupon) -> str:
    """Why this coupon can't be given to the buyer of an order now; empty when it can (K7)."""
    if coupon.channel not in BY_HAND:
        return _("Given by accepted offers only.")
    return _why_over(coupon)


def _why_over(coupon: Coupon) -> str:
    now = clock.now()
    if coupon.valid_until <= now:
        return _("It is over.")
    if coupon.granted >= coupon.quantity:
        return _("Used up.")
    if coupon.valid_from > now:
        return _("Not valid yet.")
    return ""


@register.filter
def discount(coupon: Coupon) -> str:
    """`¥5.00 off from ¥50.00`."""
    if coupon.min_spend == ZERO:
        return _("%(off)s off") % {"off": yuan(coupon.amount_off)}
    return _("%(off)s off from %(spend)s") % {"off": yuan(coupon.amount_off), "spend": yuan(coupon.min_spend)}
