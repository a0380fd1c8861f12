"""How a merchant reviews a refund without return: talk first, and the clock goes on (R1)."""

from datetime import datetime
from uuid import UUID

from common.actions import action
from common.actors import Actor
from common.errors import refuse_if
from common.writes import WriteSet
from refunds.actions import lock_refund
from refunds.events import REFUND_NEGOTIATING
from refunds.messages import post_message
from refunds.models import Refund
from refunds.why_not import why_not_negotiate


@action
def negotiate_refund(*, store_id: int, refund_id: UUID | str, text: str, actor: Actor, now: datetime) -> Refund:
    """Write to the buyer what the merchant proposes, and mark the refund as being negotiated (R1).

    The clock goes on: talking doesn't keep the buyer waiting. Refused `invalid_transition` once it is decided, and
    `method_not_available` for a refund that runs under no programme.
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    refuse_if(why_not_negotiate(refund, now))
    writes = WriteSet()
    if refund.negotiating_since is None:
        refund.negotiating_since = now
        writes.update(refund, "negotiating_since")
        writes.event(REFUND_NEGOTIATING, refund, topic=refund, at=now, actor=actor, rule="R1")
    writes.flush()
    post_message(store_id=store_id, refund_id=refund.pk, text=text, actor=actor, now=now)
    return refund
