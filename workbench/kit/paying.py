"""What whoever is about to have a buyer paid must know of the order besides, in sentences."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from common.together import read_together
from offers.kept_coupons import kept_coupons, would_end_coupons
from orders.models import Order
from payments.small import compensated
from refunds.models import Refund
from refunds.why_not import why_not_pay_more
from workbench.kit.words import yuan


def already_had(refund: Refund) -> list[str]:
    """What the buyer of a refund that is about to be paid has for this order besides, in sentences."""
    told, order = [], refund.order
    if not refund.pays:
        return told
    if small := compensated(order):
        text = _(
            "The buyer already got %(small)s in small payments for this order: with this refund that is %(total)s, and"
            " %(paid)s were paid."
        )
        total = order.claimed_amount + small
        told.append(text % {"small": yuan(small), "total": yuan(total), "paid": yuan(order.paid_amount)})
    coupons = _holding(order)
    if coupons:
        text = _("The buyer keeps the coupons that were granted for staying with this order: %(coupons)s.")
        if would_end_coupons(refund):
            text = _("With this refund the coupons end that were granted for staying with this order: %(coupons)s.")
        told.append(text % {"coupons": "; ".join(coupons)})
    return told


@read_together
def _holding(orders: Sequence[Order]) -> dict[UUID, list[str]]:
    """By order, the coupons that its buyer keeps."""
    held: dict[UUID, list[str]] = {order.pk: [] for order in orders}
    for grant in kept_coupons(orders).filter(ended_at=None):
        held[grant.order_id].append(str(grant.coupon))
    return held


def held_up(refund: Refund) -> list[str]:
    """Why the money of a decision that goes on all the same waits for a person: a gateway contradicts our books."""
    refused = why_not_pay_more(refund) if refund.pays else None
    if refused is None:
        return []
    return [str(refused), _("You can decide all the same; the money isn't sent before that.")]
