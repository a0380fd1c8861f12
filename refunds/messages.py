"""The thread between agent and buyer: every message is evidence (Q16, Q17)."""

from datetime import datetime
from uuid import UUID

from django.db.models import F

from common.actions import action, bookkeeping
from common.actors import Actor, ActorKind
from common.errors import NotFound, refuse_if
from common.writes import WriteSet
from refunds.events import MESSAGE_SENT
from refunds.models import Message, Refund
from refunds.states import MessageSender
from refunds.why_not import why_not_write


@action
def post_message(*, store_id: int, refund_id: UUID | str, text: str, actor: Actor, now: datetime) -> Message:
    """Add a message of the merchant or the buyer, in whatever state the refund is. NotFound for an unknown refund.

    Refused `message_limit_reached` when this side has written as many as a thread holds of it.
    """
    refund = Refund.objects.for_store(store_id).select_for_update(no_key=True).filter(pk=refund_id).first()
    if refund is None:
        raise NotFound
    sender = MessageSender.BUYER if actor.kind == ActorKind.BUYER else MessageSender.MERCHANT
    refuse_if(why_not_write(Message.objects.for_store(store_id).filter(refund=refund, sender=sender).count()))
    message = Message(store_id=store_id, refund=refund, sender=sender, author=actor.label, text=text, at=now)
    writes = WriteSet()
    writes.insert(message)
    writes.event(MESSAGE_SENT, message, topic=refund, at=now, actor=actor, rule="Q17", text=text)
    writes.flush()
    unread = F("unread_by_merchant") + 1 if sender == MessageSender.BUYER else 0
    Refund.objects.for_store(store_id).filter(pk=refund_id).update(unread_by_merchant=unread)
    return message


@bookkeeping("That somebody has looked is a hint for the team's list; what they answer is an act.")
def mark_read(*, store_id: int, refund_id: UUID | str) -> None:
    """The merchant has seen the thread."""
    Refund.objects.for_store(store_id).filter(pk=refund_id, unread_by_merchant__gt=0).update(unread_by_merchant=0)
