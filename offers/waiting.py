"""What a buyer said yes to about a refund that is followed: it comes true, once, when the marketplace says so.

The refund is locked, and each offer is locked before it ends: whoever lets its time run out meanwhile comes first or
finds it ended.
"""

from datetime import datetime

from common.actors import Actor
from common.writes import WriteSet
from offers.actions import READ_WITHIN, lapse, record_ended
from offers.coupons import free_coupons
from offers.methods import METHODS
from offers.models import Offer
from offers.registry import codes_where
from offers.states import OfferStatus
from refunds.models import Refund
from refunds.states import RefundStatus

# The refund went another way: the buyer has, or may get, something else instead of what was promised.
ELSEWHERE = frozenset(
    {RefundStatus.REFUNDING, RefundStatus.REFUNDED, RefundStatus.DISPUTED, RefundStatus.CLOSED, RefundStatus.WITHDRAWN}
)


def promise_stands(refund: Refund) -> bool:
    """Whether a yes to something that keeps the order stands, waiting or true."""
    kept = Offer.objects.for_store(refund.store_id).filter(
        refund=refund,
        status__in=[OfferStatus.ACCEPTED, OfferStatus.ACCEPTED_WAITING],
        method__in=codes_where(lambda method: not method.changes_refund),
    )
    return kept.exists()


def follow_waiting(writes: WriteSet, refund: Refund, *, actor: Actor, now: datetime) -> None:
    """A refund is what its marketplace says it is now: what waited for that comes true, is void, or waits on."""
    waiting = Offer.objects.for_store(refund.store_id).filter(refund=refund, status=OfferStatus.ACCEPTED_WAITING)
    locked = waiting.select_related("product", "return_address").select_for_update(of=("self",), no_key=True)
    for offer in locked:
        offer.refund = refund
        if _is_done(offer):
            _come_true(writes, offer, actor=actor, now=now)
        elif refund.status in ELSEWHERE:
            before = offer.status
            offer.withdraw()
            record_ended(writes, offer, before, actor=actor, now=now)
            free_coupons(writes, [offer])
        elif refund.due_at is not None:
            offer.due_at = refund.due_at + READ_WITHIN
            writes.update(offer, "due_at")


def _is_done(offer: Offer) -> bool:
    """Whether what was agreed has happened there: the request is withdrawn, or changed as agreed."""
    refund, method = offer.refund, METHODS[offer.method]
    if not method.changes_refund:
        return refund.status == RefundStatus.WITHDRAWN
    is_as_agreed = refund.kind == method.becomes and offer.amount in (None, refund.amount)
    return is_as_agreed and refund.status not in (RefundStatus.WITHDRAWN, RefundStatus.CLOSED, RefundStatus.REJECTED)


def _come_true(writes: WriteSet, offer: Offer, *, actor: Actor, now: datetime) -> None:
    """What was promised happens, unless other refunds have taken its money meanwhile."""
    method, before = METHODS[offer.method], offer.status
    if method.pays and offer.amount and offer.amount > method.money_left(offer.refund):
        lapse(writes, offer, actor=actor, now=now)
        return
    offer.come_true()
    record_ended(writes, offer, before, actor=actor, now=now)
    if not method.changes_refund:
        method.accept(writes, offer, actor=actor, now=now)
