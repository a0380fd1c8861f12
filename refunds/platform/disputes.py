"""Disputes: either side asks the platform to step in, and a person decides (R7).

Locks: order, refund, dispute, in one statement.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Invalid, Refused, refuse_if
from common.writes import WriteSet
from refunds.actions import lock_refund, pay, record
from refunds.exchanges import owe_new_goods
from refunds.goods import GoodsDisposition, Whereabouts, stop
from refunds.holds import hold as hold_amount
from refunds.holds import release
from refunds.models import Dispute, Refund
from refunds.platform.cases import check_split, lock_case, why_not_take_evidence
from refunds.platform.events import (
    DISPUTE_ANSWERED,
    DISPUTE_DECIDED,
    DISPUTE_OPENED,
    DISPUTE_WITHDRAWN,
    REFUND_DENIED,
    REFUND_DISPUTED,
    REFUND_GRANTED,
)
from refunds.platform.suggestions import suggest
from refunds.signals import faults_verified, refunds_decided
from refunds.states import CaseOutcome, DisputeStatus, RefundStatus
from refunds.why_not import why_followed, why_not_move

RULE = "R7"
DISPUTABLE = (RefundStatus.AWAITING_MERCHANT, RefundStatus.RETURNING, RefundStatus.REJECTED)


def why_not_dispute(refund: Refund, now: datetime) -> Refused | None:
    """Why neither side can ask the platform to step in now: it was asked before, or nothing is in dispute (R7).

    A return is in dispute as long as the store doesn't say where the goods go.
    """
    if (refused := why_followed(refund)) is not None:
        return refused
    if refund.status == RefundStatus.DISPUTED:
        return Refused(
            "invalid_transition",
            _("The platform has been asked already: add your evidence to the open dispute."),
        )
    if refund.lacks_address:
        return None
    return why_not_move(refund, DISPUTABLE, now)


def why_not_answer_dispute(dispute: Dispute, side: str, now: datetime) -> Refused | None:
    """Why this side can't answer the plea now: it is its own, it is answered, or the time for evidence is over (R7)."""
    if side == dispute.opened_by:
        return Refused("invalid_transition", _("This is your own plea: add evidence, or write to the other side."))
    if dispute.reply:
        return Refused("invalid_transition", _("This plea is answered already; add evidence to say more."))
    return why_not_take_evidence(dispute, now)


def why_not_decide_dispute(dispute: Dispute) -> Refused | None:
    """Why there is nothing left to decide (R7)."""
    if dispute.status == DisputeStatus.OPEN:
        return why_followed(dispute.refund)
    return Refused(
        "invalid_transition", _("This dispute is over: %(status)s.") % {"status": dispute.get_status_display()}
    )


@action
def open_dispute(
    *, store_id: int, refund_id: UUID | str, opened_by: str, plea: str, actor: Actor, now: datetime
) -> Dispute:
    """One side (`opened_by`) asks the platform to step in, with its plea; the refund's clock stops (R7).

    Refused `invalid_transition` when the refund is being decided by its deadline, is disputed already, or has ended.
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    refuse_if(why_not_dispute(refund, now))
    writes = WriteSet()
    dispute = begin_dispute(writes, refund, opened_by=opened_by, plea=plea, actor=actor, now=now)
    writes.flush()
    return dispute


def begin_dispute(
    writes: WriteSet, refund: Refund, *, opened_by: str, plea: str, actor: Actor, now: datetime
) -> Dispute:
    """Hand a locked (or just made) refund over to the platform, in the caller's writes (R7).

    What the buyer was still asked about it ends. The refund may be one that the same set inserts.
    """
    before = refund.status
    refund.dispute()
    writes.update(refund, "needs_attention")
    dispute = Dispute(
        store_id=refund.store_id,
        refund=refund,
        opened_by=opened_by,
        plea=plea,
        evidence_until=now + refund.rules.evidence_within,
        suggestion=suggest(refund, now),
        opened_at=now,
    )
    writes.insert(dispute)
    writes.event(
        DISPUTE_OPENED,
        dispute,
        topic=refund,
        at=now,
        actor=actor,
        states=("", dispute.status),
        rule=RULE,
        opened_by=opened_by,
        claim=plea,
    )
    record(writes, REFUND_DISPUTED, refund, before, actor=actor, now=now, rule=RULE)
    refunds_decided.send(sender=Refund, refunds=[refund], writes=writes, actor=actor, now=now)
    return dispute


@action
def answer_dispute(
    *, store_id: int, dispute_id: UUID | str, side: str, reply: str, actor: Actor, now: datetime
) -> Dispute:
    """The other side says what it has to say about the plea, once, while evidence is taken (R7).

    Refused `invalid_transition` for the side that opened it, a second time, and once the time is over.
    """
    dispute = lock_case(Dispute, store_id=store_id, case_id=dispute_id)
    refuse_if(why_not_answer_dispute(dispute, side, now))
    dispute.reply = reply
    writes = WriteSet()
    writes.update(dispute, "reply")
    writes.event(
        DISPUTE_ANSWERED, dispute, topic=dispute.refund, at=now, actor=actor, rule=RULE, side=side, claim=reply
    )
    writes.flush()
    return dispute


@action
def decide_dispute(
    *,
    store_id: int,
    dispute_id: UUID | str,
    outcome: str,
    note: str,
    actor: Actor,
    now: datetime,
    amount: Decimal | None = None,
) -> Dispute:
    """The platform's person decides: the buyer is paid, or the merchant need not pay, or `amount` yuan are paid (R7).

    Invalid `amount` when a split has none or another outcome has one; Refused `amount_above_refundable` when a split
    isn't less than what the buyer asked for, `invalid_transition` when there is nothing left to decide.
    """
    dispute = lock_case(Dispute, store_id=store_id, case_id=dispute_id)
    refund = dispute.refund
    refuse_if(why_not_decide_dispute(dispute))
    if outcome == CaseOutcome.SPLIT and not refund.pays:
        raise Invalid("outcome", _("An exchange moves no money that could be split; choose one side."))
    check_split(outcome, amount, below=refund.amount)
    writes = WriteSet()
    dispute.decide(outcome=outcome, amount=amount, note=note, now=now)
    writes.update(dispute, "status", "outcome", "amount", "note", "decided_at")
    writes.event(
        DISPUTE_DECIDED,
        dispute,
        topic=refund,
        at=now,
        actor=actor,
        states=(DisputeStatus.OPEN, dispute.status),
        rule=RULE,
        outcome=outcome,
        amount=None if amount is None else f"{amount:.2f}",
        note=note,
    )
    _carry_out(writes, dispute, actor=actor, now=now)
    writes.flush()
    return dispute


def _carry_out(writes: WriteSet, dispute: Dispute, *, actor: Actor, now: datetime) -> None:
    """Do to the refund what was decided."""
    refund = dispute.refund
    before = refund.status
    if dispute.outcome == CaseOutcome.MERCHANT:
        release(writes, [refund])
        refund.deny(now=now)
        record(writes, REFUND_DENIED, refund, before, actor=actor, now=now, rule=RULE)
        return
    if not refund.pays:
        owe_new_goods(writes, [refund], event=REFUND_GRANTED, note="", actor=actor, now=now, rule=RULE)
        return
    if dispute.amount is not None:
        hold_amount(writes, refund, dispute.amount, pieces=0)
    refund.grant()
    reach = Whereabouts([refund]).reach(refund)
    if reach.disposition == GoodsDisposition.STOP:  # nobody ships what the buyer has the price of (P2)
        stop(writes, refund, reach.parcels, actor=actor, now=now, rule="P2")
    pay(writes, refund, actor=actor, now=now, rule=RULE)
    if dispute.outcome == CaseOutcome.BUYER:
        faults_verified.send(sender=Refund, refunds=[refund], writes=writes, actor=actor, now=now)
    record(writes, REFUND_GRANTED, refund, before, actor=actor, now=now, rule=RULE, amount=f"{refund.amount:.2f}")


def drop_disputes(writes: WriteSet, refunds, *, actor: Actor, now: datetime) -> None:
    """The buyer has withdrawn these locked refunds: what was to be decided about them is not any more.

    Whoever moves a dispute has locked its refund before (`lock_case`).
    """
    disputes = Dispute.objects.in_scope().filter(refund__in=refunds, status=DisputeStatus.OPEN)
    for dispute in disputes.order_by("pk"):
        dispute.withdraw(now=now)
        writes.update(dispute, "status", "decided_at")
        writes.event(
            DISPUTE_WITHDRAWN,
            dispute,
            topic=dispute.refund_id,
            at=now,
            actor=actor,
            states=(DisputeStatus.OPEN, dispute.status),
            rule=RULE,
        )
