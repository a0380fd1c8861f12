"""A merchant's decision about a refund that is followed: it is sent to the marketplace, and true once that says so.

Nothing moves here by it. Who sends it on hears of it by the signal `decision_handed_over`, and tells what became of it
by `end_decision`; a copy that shows another state ends it, too.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NotRequired, TypedDict
from uuid import UUID

from django.db.models import QuerySet

from common.actions import action
from common.actors import Actor
from common.errors import NotFound, Refused
from common.sentences import kept
from common.sentences import sentence as _
from common.writes import WriteSet
from orders.models import OwedParcel
from orders.states import ParcelKind
from refunds.events import REFUND_DECISION_DONE, REFUND_DECISION_REFUSED, REFUND_DECISION_SENT
from refunds.models import Evidence, Refund
from refunds.signals import decision_asked, decision_handed_over, more_time_asked, receipt_asked
from refunds.states import CaseSide, MarketplaceVerb, RefundGoods, RefundKind, RefundStatus


class DecisionData(TypedDict):
    """What belongs to a decision, as JSON keeps it. Amounts are yuan as text, ids are text.

    `reason_code` is the marketplace's own reason to refuse, `evidence` the ids of the merchant's files about the
    refund, oldest first, `return_address` one of the store's addresses, `kind` what a request is changed to.
    """

    amount: NotRequired[str]
    return_address: NotRequired[str]
    reason_code: NotRequired[str]
    text: NotRequired[str]
    evidence: NotRequired[list[str]]
    kind: NotRequired[str]
    carrier: NotRequired[str]
    tracking_number: NotRequired[str]


def agreement_of(refund: Refund) -> MarketplaceVerb:
    """What saying yes to the request, as it stands, is called there."""
    match refund.kind:
        case RefundKind.EXCHANGE:
            return MarketplaceVerb.AGREE_EXCHANGE
        case RefundKind.RETURN_AND_REFUND:
            return MarketplaceVerb.AGREE_RETURN
    return MarketplaceVerb.AGREE_REFUND


def reships_at_receipt(refund: Refund) -> bool:
    """Whether the marketplace hears that what came back is fine by the parcel with the new goods alone."""
    if not refund.is_followed or refund.pays or refund.status != RefundStatus.RETURNING:
        return False
    return any(answer for _receiver, answer in receipt_asked.send(sender=Refund, refund=refund))


def more_time_within(refund: Refund) -> timedelta | None:
    """How long before the deadline the marketplace gives more time to look at what came back; None: it never does."""
    if not refund.is_followed or refund.status != RefundStatus.RETURNING:
        return None
    answers = (answer for _receiver, answer in more_time_asked.send(sender=Refund, refund=refund))
    return next((answer for answer in answers if answer is not None), None)


def may_name_address_there(refund: Refund) -> bool:
    """Whether the marketplace may be told where the goods of a refund that is followed go: nobody here has yet."""
    is_open = refund.is_followed and refund.status == RefundStatus.AWAITING_RETURN
    return is_open and (refund.return_address_id is None or bool(refund.decision_sent))


def merchants_files(refund: Refund) -> list[str]:
    """The ids of what the merchant has shown about the refund, oldest first."""
    own = Evidence.objects.for_store(refund.store_id).filter(refund=refund, side=CaseSide.MERCHANT).order_by("id")
    return [str(evidence_id) for evidence_id in own.values_list("pk", flat=True)]


def why_under_way(refund: Refund) -> Refused | None:
    """Why nothing else can be decided about the refund: one decision is on its way to the marketplace."""
    if not refund.decision_sent:
        return None
    return Refused(
        "decision_under_way",
        _("%(decision)s is on its way to the marketplace: wait until it says what became of it.")
        % {"decision": MarketplaceVerb(refund.decision_sent).label},
    )


def why_not_hand_over(refund: Refund, verb: str) -> Refused | None:
    """Why this decision can't be sent to the marketplace now; about a refund that isn't followed nothing is sent."""
    if not refund.is_followed:
        return None
    if (refused := why_under_way(refund)) is not None:
        return refused
    answers = [answer for _receiver, answer in decision_asked.send(sender=Refund, refund=refund, verb=verb)]
    if not any(answers):
        return _not_connected()
    return next((answer for answer in answers if isinstance(answer, Refused)), None)


def exchanged_there(parcel: OwedParcel) -> QuerySet[Refund]:
    """The refund, if any, whose new goods a promised parcel is, and whose marketplace is told when it is sent."""
    exchanged = Refund.objects.for_store(parcel.store_id).filter(is_followed=True, goods=RefundGoods.EXCHANGED)
    return exchanged.filter(pk=parcel.topic_id) if parcel.kind == ParcelKind.EXCHANGE else exchanged.none()


def why_not_reship(parcel: OwedParcel) -> Refused | None:
    """Why its marketplace can't be told now that a promised parcel is sent; None where it can, or needn't be."""
    refund = exchanged_there(parcel).first()
    return why_not_hand_over(refund, MarketplaceVerb.RESHIP) if refund else None


def _not_connected() -> Refused:
    return Refused(
        "not_connected",
        _("The shop isn't connected to its marketplace: connect it, or decide in the marketplace's back office."),
    )


def hand_over(writes: WriteSet, refund: Refund, verb: str, data: DecisionData, *, actor: Actor, now: datetime) -> None:
    """Send a decision about a locked refund that is followed, which `why_not_hand_over` has let through.

    Refused `not_connected` where nobody keeps it: the shop was disconnected meanwhile.
    """
    refund.decision_sent, refund.needs_attention = verb, False
    writes.update(refund, "decision_sent", "needs_attention")
    told = {"refund": refund, "verb": verb, "data": data, "writes": writes, "actor": actor, "now": now}
    if not any(kept for _receiver, kept in decision_handed_over.send(sender=Refund, **told)):
        raise _not_connected()
    states = (refund.status, refund.status)
    writes.event(REFUND_DECISION_SENT, refund, topic=refund, at=now, actor=actor, states=states, verb=verb)


def yuan_text(amount: Decimal) -> str:
    """An amount as `DecisionData` keeps it."""
    return f"{amount:.2f}"


@action
def end_decision(
    *,
    store_id: int,
    refund_id: UUID | str,
    is_refused: bool,
    code: str,
    text: str = "",
    why: str = "",
    actor: Actor,
    now: datetime,
) -> Refund:
    """What was sent about a refund is under way no longer; NotFound. Nothing happens when nothing was.

    `is_refused`: the marketplace said no, or the refund had moved on, in its own `code` and `text`, or it could not be
    sent (`why`, in our words): somebody has to look at it. Else it was done without moving the refund.
    """
    refund = Refund.objects.for_store(store_id).select_for_update(no_key=True).filter(pk=refund_id).first()
    if refund is None:
        raise NotFound
    if not refund.decision_sent:
        return refund
    verb, refund.decision_sent = refund.decision_sent, ""
    refund.needs_attention = is_refused
    writes = WriteSet()
    writes.update(refund, "decision_sent", "needs_attention")
    event = REFUND_DECISION_REFUSED if is_refused else REFUND_DECISION_DONE
    told = {"verb": verb, "code": code, "text": text, **({"why": kept(why)} if why else {})}
    writes.event(event, refund, topic=refund, at=now, actor=actor, states=(refund.status, refund.status), **told)
    writes.flush()
    return refund
