"""A refund's money that its gateway declined or gave back: pay it again, or give it up.

Locks: order, then refund. What an accepted offer had promised ends by the signal `payment_given_up`.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import NotFound, Refused, refuse_if
from common.money import CENT, yuan
from common.writes import WriteSet
from orders.holds import free_yuan
from payments.actions import give_up, resume_payment
from payments.models import Payment
from payments.purposes import returning_purposes
from payments.terms import gateway_of
from refunds.actions import change_request, lock_refund, pay_out, record
from refunds.events import REFUND_REOPENED
from refunds.holds import drop_yuan, hold, lines_of, most_refundable, why_not_hold_pieces
from refunds.models import Dispute, Refund
from refunds.signals import payment_given_up, payment_repeated
from refunds.states import DisputeStatus, RefundStatus
from refunds.why_not import why_not_give_up, why_not_pay_again, why_not_return


def payments_of(refund: Refund) -> list[Payment]:
    """The payments that the refund ended or ends with, oldest first; small ones stand beside it."""
    return list(Payment.objects.for_store(refund.store_id).not_small().filter(topic_id=refund.pk).order_by("id"))


def is_platforms(refund: Refund) -> bool:
    """Whether the platform has given the buyer this refund: at once, or by deciding a dispute (P5, R7)."""
    disputes = Dispute.objects.for_store(refund.store_id).filter(refund=refund, status=DisputeStatus.DECIDED)
    return refund.is_instant or disputes.exists()


def why_not_give_up_paying(refund: Refund) -> Refused | None:
    """Why the declined money of this refund can't be given up now."""
    return why_not_give_up(refund, payments_of(refund), is_platforms=is_platforms(refund))


def is_paid_here(refund: Refund) -> bool:
    """Whether the store pays: what is followed the marketplace pays, but an offer's money in place of it the store."""
    return not refund.is_followed or refund.status == RefundStatus.WITHDRAWN


@action
def pay_again(*, store_id: int, refund_id: UUID | str, actor: Actor, now: datetime) -> Refund:
    """Pay again what the gateway declined for good, through the gateway that the store has now.

    Refused `invalid_transition` when there is no such payment, `payment_in_conflict` while the buyer may have it.
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    payments = payments_of(refund)
    refuse_if(why_not_pay_again(refund, payments))
    refund.needs_attention = False
    writes = WriteSet()
    writes.update(refund, "needs_attention")
    last = payments[-1]
    pay_out(writes, refund, purpose=last.purpose, amount=last.amount, actor=actor, now=now)
    payment_repeated.send(sender=Refund, refund=refund)
    writes.flush()
    return refund


@action
def give_up_paying(*, store_id: int, refund_id: UUID | str, actor: Actor, now: datetime) -> Refund:
    """Stop trying to pay what the gateway declined for good: what the payment held is free, the buyer's request open.

    The request then awaits the merchant anew, for what it asked or as much of it as the order has left. Where another
    refund of the same goods has taken its place it stays withdrawn. Refused `payment_owed` when the buyer has nothing
    but this money, `payment_in_conflict` while the buyer may have it.
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    payments = payments_of(refund)
    refuse_if(why_not_give_up(refund, payments, is_platforms=is_platforms(refund)))
    writes = WriteSet()
    refund.needs_attention = False
    writes.update(refund, "needs_attention")
    give_up(writes, payments[-1], actor=actor, now=now)
    if refund.status == RefundStatus.WITHDRAWN:
        _free(writes, refund, payments[-1])
    payment_given_up.send(sender=Refund, refund=refund, writes=writes, actor=actor, now=now)
    if not refund.is_followed and (refund.status != RefundStatus.WITHDRAWN or _take_hold(writes, refund)):
        before = refund.status
        refund.reopen(now=now)
        record(writes, REFUND_REOPENED, refund, before, actor=actor, now=now, rule="T9", amount=f"{refund.amount:.2f}")
    writes.flush()
    return refund


def _free(writes: WriteSet, refund: Refund, payment: Payment) -> None:
    """What an offer's payment held of the order is free again."""
    if payment.purpose in returning_purposes():
        drop_yuan(writes, refund)
    else:
        free_yuan(writes, refund.order, payment.amount)


def _take_hold(writes: WriteSet, refund: Refund) -> bool:
    """Let a withdrawn refund hold again what it asked for, as far as it is left; False when nothing is."""
    amount = min(refund.amount, most_refundable(refund))
    own = lines_of([refund])[refund.pk]
    if amount < CENT or (refund.moves_goods and why_not_hold_pieces(refund.order, own) is not None):
        return False
    hold(writes, refund, amount, pieces=int(refund.moves_goods))
    return True


def restore_request(
    writes: WriteSet, refund: Refund, *, kind: str, amount: Decimal, actor: Actor, now: datetime
) -> None:
    """Let a locked refund be again what its buyer asked before an offer changed it, as far as the order has it left."""
    own = lines_of([refund])[refund.pk]
    gone = why_not_return(refund.order, own) or why_not_hold_pieces(refund.order, own)
    kind, amount = refund.kind if gone else kind, min(amount, most_refundable(refund))
    if (kind, amount) != (refund.kind, refund.amount):
        change_request(writes, refund, kind=kind, amount=amount, actor=actor, now=now, rule="T9")


def again_words(payment: Payment) -> str:
    """What paying a failed payment again means: through which gateway it goes now, and how to get another one."""
    facts = {"amount": yuan(payment.amount), "gateway": gateway_of(payment.store_id), "failed": payment.gateway}
    if facts["gateway"] != payment.gateway:
        return (
            _("A new payment of %(amount)s goes out through %(gateway)s; the one that failed had %(failed)s.") % facts
        )
    return (
        _(
            "A new payment of %(amount)s is sent to %(gateway)s, which declined the one before. If the buyer can't be"
            " reached that way, have the platform's operator choose another gateway for your store first."
        )
        % facts
    )


def last_payment(payment: Payment) -> Payment:
    """The last of the payments that were made for the same, small ones aside."""
    alike = Payment.objects.for_store(payment.store_id).not_small().filter(topic_id=payment.topic_id)
    return alike.select_related("order").order_by("id").last()


def why_not_about(payment: Payment) -> Refused | None:
    """Why a failed payment can be neither repeated nor given up: it holds nothing, or another stands in its place."""
    if payment.is_small:
        return Refused("invalid_transition", _("A small payment that failed holds nothing: send a new one."))
    last = last_payment(payment)
    if last != payment:
        return Refused("invalid_transition", _("This payment was repeated: look at payment %(id)s.") % {"id": last.pk})
    return None


def _find(store_id: int, payment_id: UUID | str) -> Payment:
    payment = Payment.objects.for_store(store_id).filter(pk=payment_id).first()
    if payment is None:
        raise NotFound
    return payment


@action
def retry_payment(*, store_id: int, payment_id: UUID | str, actor: Actor, now: datetime) -> Payment:
    """Try once more; returns the payment that now goes its way.

    One that its gateway never answered is asked about again under its own key, and can't be paid twice; one that was
    declined for good, or came back, is paid anew as `pay_again` says. NotFound.
    """
    payment = _find(store_id, payment_id)
    if payment.needs_attention:
        return resume_payment(payment_id=payment.pk, store_id=store_id, actor=actor, now=now)
    refuse_if(why_not_about(payment))
    pay_again(store_id=store_id, refund_id=payment.topic_id, actor=actor, now=now)
    return last_payment(payment)


@action
def give_up_payment(*, store_id: int, payment_id: UUID | str, actor: Actor, now: datetime) -> Payment:
    """The same as `give_up_paying`, by the payment; returns it. NotFound."""
    payment = _find(store_id, payment_id)
    refuse_if(why_not_about(payment))
    give_up_paying(store_id=store_id, refund_id=payment.topic_id, actor=actor, now=now)
    return last_payment(payment)
