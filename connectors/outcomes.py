"""What a copy says about a decision that is under way: that it is done, that it came too late, or nothing yet."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from common.actions import action
from common.actors import Actor
from connectors.copies import copy_from_json, is_same_deadline
from connectors.models import SentDecision
from connectors.port import RefundCopy, RefundStage, Verb
from connectors.states import SendingStatus
from refunds.handing_over import end_decision

_PAID = frozenset({RefundStage.AGREED, RefundStage.REFUNDED, RefundStage.FAILED})
_REFUSED = frozenset({RefundStage.REFUSED, RefundStage.DISPUTED, RefundStage.CLOSED})
_RESHIPPED = frozenset({RefundStage.RESHIPPED, RefundStage.EXCHANGED})
_PAYS = (Verb.AGREE_REFUND, Verb.CONFIRM_RECEIPT)  # what is paid for isn't asked for again
ASKED_ANEW = "asked_anew"
_RETURNS = frozenset({RefundStage.AWAITING_RETURN, RefundStage.RETURNING})
# Where a refund is once a decision has been done.
WISHED: dict[Verb, frozenset[RefundStage]] = {
    Verb.AGREE_REFUND: _PAID,
    Verb.AGREE_RETURN: _RETURNS,
    Verb.AGREE_EXCHANGE: _RETURNS | _RESHIPPED | {RefundStage.TO_RESHIP},
    Verb.CONFIRM_RECEIPT: _PAID | _RESHIPPED | {RefundStage.TO_RESHIP},
    Verb.REFUSE: _REFUSED,
    Verb.REFUSE_RECEIPT: _REFUSED,
    Verb.RESHIP: _RESHIPPED,
}


def is_done(verb: Verb, seen: RefundCopy, copy: RefundCopy) -> bool:
    """Whether the refund has become what the decision wanted, whoever brought that about."""
    if verb == Verb.CHANGE_REQUEST:
        return (copy.amount, copy.kind) != (seen.amount, seen.kind)
    if verb == Verb.EXTEND:
        return copy.stage == seen.stage and has_more_time(seen, copy)
    return copy.stage != seen.stage and copy.stage in WISHED[verb]


def is_another_case(seen: RefundCopy, copy: RefundCopy) -> bool:
    """Whether what the agent decided about isn't there any more: another stage, amount or kind, or asked anew."""
    is_other = (copy.stage, copy.amount, copy.kind) != (seen.stage, seen.amount, seen.kind)
    return is_other or is_asked_anew(seen, copy)


def is_asked_anew(seen: RefundCopy, copy: RefundCopy) -> bool:
    """Whether a request that stands as it stood isn't the one that was seen: it was refused, say, and made again.

    No platform counts requests, but its times tell: it arose later, or whoever is to act was given a later deadline.
    """
    if copy.stage != seen.stage:
        return False
    if copy.created_at is not None and seen.created_at is not None and copy.created_at > seen.created_at:
        return True
    return has_more_time(seen, copy)


def has_more_time(seen: RefundCopy, copy: RefundCopy) -> bool:
    """Whether the deadline is a later one by more than the seconds that clocks and answers take."""
    if copy.deadline is None or is_same_deadline(seen.deadline, copy.deadline):
        return False
    return seen.deadline is None or copy.deadline > seen.deadline


def why_moved_on(seen: RefundCopy, copy: RefundCopy) -> str:
    """The code of a decision that came too late."""
    return ASKED_ANEW if is_asked_anew(seen, copy) else "moved_on"


@action
def end_with_copy(
    *, store_id: int, refund_id: UUID, copy: RefundCopy, actor: Actor, now: datetime
) -> SendingStatus | None:
    """End what is under way about a locked refund, as far as a newer copy says how it ended; returns that.

    It is told before the refund follows the copy: who decided hears that it came too late.
    """
    decision = SentDecision.objects.for_store(store_id).under_way().filter(refund_id=refund_id).first()
    if decision is None:
        return None
    seen = copy_from_json(decision.seen)
    ended = _end_of(decision, seen, copy)
    if ended is not None:
        if ended == SendingStatus.MOVED_ON:
            decision.code = why_moved_on(seen, copy)
        decision.end(ended, now)
        decision.save(update_fields=decision.WORK_FIELDS)
    if ended == SendingStatus.MOVED_ON:
        told = {"is_refused": True, "code": decision.code, "text": copy.raw_status[:300]}
        end_decision(store_id=store_id, refund_id=refund_id, **told, actor=actor, now=now)
    return ended


def sent_parcel(*, store_id: int, refund_id: UUID) -> dict[str, str]:
    """The parcel that the newest decision about a refund told of, as a `MarketplaceReport` names it; {} for none."""
    decision = SentDecision.objects.for_store(store_id).filter(refund_id=refund_id).order_by("-id").first()
    if decision is None or decision.verb != Verb.RESHIP:
        return {}
    return {
        "new_carrier": decision.data.get("carrier", ""),
        "new_tracking_number": decision.data.get("tracking_number", ""),
    }


def _is_as_proposed(decision: SentDecision, seen: RefundCopy, copy: RefundCopy) -> bool:
    """Whether a proposal stands there; where the buyer has yet to answer only the platform's own status tells so."""
    if decision.status == SendingStatus.SENT:
        return is_done(Verb.CHANGE_REQUEST, seen, copy) or copy.raw_status != seen.raw_status
    if decision.status == SendingStatus.BY_HAND:
        return is_done(Verb.CHANGE_REQUEST, seen, copy)
    wanted = Decimal(decision.data.get("amount", seen.amount)), decision.data.get("kind") or seen.kind
    return (copy.amount, copy.kind) == wanted


def _end_of(decision: SentDecision, seen: RefundCopy, copy: RefundCopy) -> SendingStatus | None:
    if decision.verb == Verb.CHANGE_REQUEST:
        done = _is_as_proposed(decision, seen, copy)
    else:
        done = is_done(Verb(decision.verb), seen, copy)
    if done:
        return SendingStatus.CONFIRMED
    if decision.status == SendingStatus.SENT:  # it was done, and more has happened since
        is_anew = decision.verb not in _PAYS and is_asked_anew(seen, copy)
        return SendingStatus.CONFIRMED if copy.stage != seen.stage or is_anew else None
    return SendingStatus.MOVED_ON if is_another_case(seen, copy) else None
