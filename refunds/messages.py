"""The thread between agent and buyer: every message is evidence (Q16, Q17)."""

from datetime import datetime
from uuid import UUID

from django.db.models import F

from common.actions import action, bookkeeping
from common.actors import Actor, ActorKind
from common.errors import NotFound, refuse_if
from common.writes import WriteSet
from orders.why_not import why_erased
from refunds.events import MESSAGE_SENT
from refunds.models import Message, Refund
from refunds.states import MessageSender
from refunds.why_not import why_not_write


@action
def post_message(
    *, store_id: int, refund_id: UUID | str, text: str, actor: Actor, now: datetime, seen: UUID | None = None
) -> Message:
    """Add a message of the merchant or the buyer, in whatever state the refund is. NotFound for an unknown refund.

    Who answers has read the thread: up to the message `seen`, or all of it.

    Refused `buyer_erased` for a buyer whose data is erased, `message_limit_reached` when this side has written as many
    as a thread holds of it.
    """
    refund = Refund.objects.for_store(store_id).select_for_update(no_key=True).filter(pk=refund_id).first()
    if refund is None:
        raise NotFound
    sender = MessageSender.BUYER if actor.kind == ActorKind.BUYER else MessageSender.MERCHANT
    refuse_if(why_erased(refund.order))  # read under the refund's lock
    refuse_if(why_not_write(written_by(refund, sender)))
    message = Message(store_id=store_id, refund=refund, sender=sender, author=actor.label, text=text, at=now)
    writes = WriteSet()
    writes.insert(message)
    writes.event(MESSAGE_SENT, message, topic=refund, at=now, actor=actor, rule="Q17", text=text)
    writes.flush()
    unread = F("unread_by_merchant") + 1 if sender == MessageSender.BUYER else _unread_after(refund, seen)
    Refund.objects.for_store(store_id).filter(pk=refund_id).update(unread_by_merchant=unread)
    return message


def written_by(refund: Refund, sender: MessageSender) -> int:
    """How many messages of the refund's thread are this side's."""
    return Message.objects.for_store(refund.store_id).filter(refund=refund, sender=sender).count()


@bookkeeping("That somebody has looked is a hint for the team's list; what they answer is an act.")
def mark_read(*, store_id: int, refund_id: UUID | str, seen: UUID | None = None) -> None:
    """The merchant has read the thread, up to the message `seen` or all of it; what was written since stays unread."""
    refunds = Refund.objects.for_store(store_id).filter(pk=refund_id, unread_by_merchant__gt=0)
    refund = refunds.select_for_update(no_key=True).first()
    if refund is not None:
        refunds.update(unread_by_merchant=_unread_after(refund, seen))


def _unread_after(refund: Refund, seen: UUID | None) -> int:
    """How many messages of the buyer a locked refund has unread after this one; none after all of them."""
    if seen is None:
        return 0
    later = Message.objects.for_store(refund.store_id).filter(refund=refund, sender=MessageSender.BUYER, pk__gt=seen)
    return min(refund.unread_by_merchant, later.count())
