"""Asking a buyer at the marketplace to change the request: another kind, or another amount.

Only where a marketplace has a call for it. Nothing moves here by it: what becomes of it the marketplace says.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Invalid, Refused, refuse_if
from common.writes import WriteSet
from refunds.actions import lock_refund
from refunds.handing_over import DecisionData, hand_over, why_not_hand_over, yuan_text
from refunds.models import Refund
from refunds.signals import proposal_asked
from refunds.states import MarketplaceVerb, RefundKind, RefundStatus
from refunds.why_not import why_not_move
from stores.models import ReturnAddress


@dataclass(frozen=True)
class ProposalTerms:
    """What a marketplace lets a merchant propose instead of a request: these kinds, and whether another amount."""

    kinds: frozenset[str]
    other_amount: bool


def proposals_there(refund: Refund) -> ProposalTerms | None:
    """What may be proposed at the marketplace of a refund that is followed; None where it takes no proposal."""
    if not refund.is_followed:
        return None
    answers = (answer for _receiver, answer in proposal_asked.send(sender=Refund, refund=refund))
    return next((answer for answer in answers if answer is not None), None)


def why_not_propose(refund: Refund, now: datetime) -> Refused | None:
    """Why its buyer can't be asked now to change the request."""
    if (refused := why_not_move(refund, [RefundStatus.AWAITING_MERCHANT], now)) is not None:
        return refused
    if proposals_there(refund) is None:
        return Refused("invalid_transition", _("This marketplace takes no proposal from here."))
    return why_not_hand_over(refund, MarketplaceVerb.CHANGE_REQUEST)


def why_no_such_proposal(refund: Refund, kind: str, amount: Decimal) -> Invalid | None:
    """Why this kind and amount (yuan) can't be proposed instead of the request as it stands."""
    terms = proposals_there(refund)
    if terms is None or kind not in terms.kinds:
        return Invalid("kind", _("The marketplace takes no proposal of this kind."))
    if amount != refund.amount and not terms.other_amount:
        return Invalid("amount", _("This marketplace takes no proposal of another amount."))
    if not 0 < amount <= refund.amount:
        return Invalid("amount", _("Propose an amount above 0 and at most what the buyer asks for."))
    if (kind, amount) == (refund.kind, refund.amount):
        return Invalid("kind", _("This is what the buyer asks for: propose another kind or amount, or approve it."))
    return None


@action
def propose_request(
    *,
    store_id: int,
    refund_id: UUID | str,
    kind: str,
    amount: Decimal | None = None,
    text: str,
    actor: Actor,
    now: datetime,
) -> Refund:
    """Ask the buyer at the marketplace for another kind of request, or for another amount (yuan), with a word why.

    Without an amount it stays what the buyer asks for. Goods go to the store's first return address. Invalid `kind`,
    `amount`, `text`; Refused as `why_not_propose`.
    """
    if not text.strip():
        raise Invalid("text", _("Tell the buyer why."), "required")
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    refuse_if(why_not_propose(refund, now))
    amount = refund.amount if amount is None else amount
    refuse_if(why_no_such_proposal(refund, kind, amount))
    data = DecisionData(kind=kind, amount=yuan_text(amount), text=text.strip())
    address = ReturnAddress.objects.for_store(store_id).usable().order_by("place").first()
    if kind == RefundKind.RETURN_AND_REFUND and address is not None:
        data["return_address"] = str(address.pk)
    writes = WriteSet()
    hand_over(writes, refund, MarketplaceVerb.CHANGE_REQUEST, data, actor=actor, now=now)
    writes.flush()
    return refund
