"""Deciding a refund: approve, reject, withdraw, resubmit.

Refunds begin in opening.py, goods come back in returns.py, declined money is in payouts.py, deadlines are in sweeps.py.

Locks: order, then refund, in one statement. What is pending about a refund (offers) ends by the signal
`refunds_decided`.
"""

from datetime import datetime
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from common.actions import action
from common.actors import SYSTEM, Actor
from common.errors import NotFound, refuse_if
from common.events import EventType
from common.money import ZERO
from common.queries import named_query
from common.writes import WriteSet
from payments.actions import reserve_payment
from payments.reported import book_reported, tell_settled
from payments.states import AccountKind, PaymentPurpose
from refunds.carrier_claims import open_claim_of_lost_parcel
from refunds.events import (
    REFUND_ADDRESS_MISSING,
    REFUND_APPROVED,
    REFUND_CHANGED,
    REFUND_REJECTED,
    REFUND_RESUBMITTED,
    REFUND_WITHDRAWN,
)
from refunds.goods import GoodsDisposition, Whereabouts, recall, stop, stop_what_is_here
from refunds.handing_over import DecisionData, agreement_of, hand_over, merchants_files, yuan_text
from refunds.holds import hold, keep_yuan, release
from refunds.models import Refund
from refunds.objections import why_no_reason
from refunds.programme import paying_account
from refunds.quality.counting import count_correction
from refunds.signals import faults_verified, refunds_decided
from refunds.states import MarketplaceVerb
from refunds.why_not import (
    why_no_address,
    why_not_approve,
    why_not_reject,
    why_not_resubmit,
    why_not_withdraw,
)
from refunds.windows import why_not_ask
from stores.actions import default_return_address
from stores.models import ReturnAddress


@named_query
def _locked_refund(store_id, refund_id):
    refunds = Refund.objects.for_store(store_id).select_related("order", "store").filter(pk=refund_id)
    return refunds.select_for_update(of=("order", "self"), no_key=True)


def lock_refund(*, store_id: int, refund_id: UUID | str) -> Refund:
    """Load a refund with its order and lock both, the order first. NotFound when it is missing."""
    refund = _locked_refund.one(store_id=store_id, refund_id=refund_id)
    if refund is None:
        raise NotFound
    return refund


def record(
    writes: WriteSet,
    event: EventType,
    refund: Refund,
    before: str,
    *,
    actor: Actor,
    now: datetime,
    rule: str = "",
    **data,
) -> None:
    """Write the refund's state and deadline, and the event that tells of it."""
    writes.update(refund, "status", "due_at", "due_action", "resolved_at")
    writes.event(
        event,
        refund,
        topic=refund,
        at=now,
        actor=actor,
        states=(before, refund.status),
        rule=rule,
        **data,
    )


@action
def approve_refund(
    *,
    store_id: int,
    refund_id: UUID | str,
    actor: Actor,
    now: datetime,
    return_address_id: UUID | str | None = None,
) -> Refund:
    """The merchant says yes: the money goes out, or the buyer may send the goods back to the address (T8, P1).

    Of a followed refund it is sent to the marketplace, and nothing changes until that says so.
    Without an address the store's first one is used; Invalid `return_address` when it has none.
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    refuse_if(why_not_approve(refund, now, actor))
    address = None
    if refund.moves_goods:
        address = find_return_address(store_id, return_address_id)
    writes = WriteSet()
    if refund.is_followed:
        _send_approval(writes, refund, address, actor=actor, now=now)
        return refund
    approve(writes, refund, address=address, actor=actor, now=now, rule="T8")
    if not refund.moves_goods:
        faults_verified.send(sender=Refund, refunds=[refund], writes=writes, actor=actor, now=now)
    refunds_decided.send(sender=Refund, refunds=[refund], writes=writes, actor=actor, now=now)
    writes.flush()
    return refund


def _send_approval(
    writes: WriteSet, refund: Refund, address: ReturnAddress | None, *, actor: Actor, now: datetime
) -> None:
    """The merchant's yes goes to the marketplace, with where the goods go if they come back."""
    data = DecisionData(amount=yuan_text(refund.amount))
    if address is not None:
        refund.return_address = address
        writes.update(refund, "return_address")
        data["return_address"] = str(address.pk)
    hand_over(writes, refund, agreement_of(refund), data, actor=actor, now=now)
    writes.flush()


def find_return_address(store_id: int, address_id: UUID | str | None) -> ReturnAddress:
    """The store's address with this id, or its first. NotFound, or Invalid when the store has none."""
    if address_id is None:
        address = default_return_address(store_id)
        refuse_if(why_no_address(address))
        return address
    address = ReturnAddress.objects.for_store(store_id).usable().filter(pk=address_id).first()
    if address is None:
        raise NotFound("return_address")
    return address


def approve(
    writes: WriteSet,
    refund: Refund,
    *,
    address: ReturnAddress | None,
    actor: Actor,
    now: datetime,
    rule: str,
    whereabouts: Whereabouts | None = None,
) -> None:
    """Approve a locked refund in its present kind and amount.

    The buyer may return the goods, or a payment is reserved; goods that haven't left are not shipped any more (P2), and
    the money for those on their way may have to wait for them (P4). A batch reads the `whereabouts` of its goods once.
    """
    before = refund.status
    if refund.moves_goods:
        refund.approve_return(address=address, now=now)
        writes.update(refund, "return_address", "needs_attention")
    else:
        whereabouts = whereabouts or Whereabouts([refund])
        reach = whereabouts.reach(refund)
        if reach.disposition == GoodsDisposition.RECALL:
            recall(writes, refund, reach.parcels, actor=actor, now=now)
        else:
            refund.approve_payment()
            if reach.disposition == GoodsDisposition.STOP:
                stop(writes, refund, reach.parcels, actor=actor, now=now, rule="P2")
            pay(writes, refund, actor=actor, now=now, rule=rule)
    record(writes, REFUND_APPROVED, refund, before, actor=actor, now=now, rule=rule, amount=f"{refund.amount:.2f}")
    if refund.lacks_address:
        call_for_address(writes, refund, now=now, rule=rule)


def call_for_address(writes: WriteSet, refund: Refund, *, now: datetime, rule: str) -> None:
    """Tell that this return has, or will have, nowhere to go: a person has to add or name an address."""
    states = (refund.status, refund.status)
    writes.event(REFUND_ADDRESS_MISSING, refund, topic=refund, at=now, actor=SYSTEM, states=states, rule=rule)


def pay(writes: WriteSet, refund: Refund, *, actor: Actor, now: datetime, rule: str = "") -> None:
    """Reserve the refund's amount for the buyer; a parcel that it was lost in is a carrier claim (P3).

    Pieces of it that the store still has, while others have left, aren't shipped any more (P2).

    Whatever brings a refund here that is followed, its money leaves through the marketplace alone.
    """
    if refund.is_followed:
        due = {"amount": refund.amount, "is_paid": False, "reason": ""}
        settled = book_reported(writes, order=refund.order, topic=refund, **due, actor=actor, now=now)
        tell_settled(writes, settled, now=now)
        return
    stop_what_is_here(writes, refund, actor=actor, now=now)
    pay_out(writes, refund, purpose=PaymentPurpose.REFUND, amount=refund.amount, actor=actor, now=now, rule=rule)
    open_claim_of_lost_parcel(writes, refund, now=now)


def pay_out(
    writes: WriteSet, refund: Refund, *, purpose: str, amount: Decimal, actor: Actor, now: datetime, rule: str = ""
) -> None:
    """Reserve money for the buyer about a locked refund: its own, or what an offer promised instead.

    Its own may come from the service budget (R5); an offer's comes from the merchant's funds.
    """
    debit = AccountKind.MERCHANT_FUNDS
    if purpose == PaymentPurpose.REFUND:
        debit = paying_account(writes, refund, amount, actor=actor, now=now)
    reserve_payment(
        writes,
        order=refund.order,
        topic=refund,
        purpose=purpose,
        amount=amount,
        actor=actor,
        now=now,
        rule=rule,
        debit=debit,
    )


def change_request(
    writes: WriteSet, refund: Refund, *, kind: str, amount: Decimal, actor: Actor, now: datetime, rule: str
) -> None:
    """Change a locked refund to what buyer and merchant agreed on (T5, T6); the caller then approves it."""
    was, moved = (refund.kind, refund.amount), refund.moves_goods
    refund.kind = kind
    hold(writes, refund, amount, pieces=int(refund.moves_goods) - int(moved))
    writes.update(refund, "kind")
    writes.event(
        REFUND_CHANGED,
        refund,
        topic=refund,
        at=now,
        actor=actor,
        states=(refund.status, refund.status),
        rule=rule,
        kind=[was[0], kind],
        amount=[f"{was[1]:.2f}", f"{amount:.2f}"],
    )


@action
def reject_refund(
    *,
    store_id: int,
    refund_id: UUID | str,
    reason: str,
    actor: Actor,
    now: datetime,
    evidence: str = "",
    reason_code: str = "",
) -> Refund:
    """The merchant says no, with a reason for the buyer, who may correct the request (T8). Not after the deadline.

    Of a followed refund it is sent to the marketplace, and nothing changes until that says so.
    `reason_code` is the marketplace's own reason, for a refund that is followed; without one it is found by the text.
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    refuse_if(why_not_reject(refund, now))
    files = merchants_files(refund) if refund.is_followed else []
    refuse_if(why_no_reason(refund, reason_code, files))
    writes = WriteSet()
    if refund.is_followed:
        data = DecisionData(reason_code=reason_code, text=reason, evidence=files)
        hand_over(writes, refund, MarketplaceVerb.REFUSE, data, actor=actor, now=now)
        writes.flush()
        return refund
    before = refund.status
    refund.reject(reason=reason, now=now)
    writes.update(refund, "rejection_reason")
    record(writes, REFUND_REJECTED, refund, before, actor=actor, now=now, rule="T8", reason=reason, evidence=evidence)
    refunds_decided.send(sender=Refund, refunds=[refund], writes=writes, actor=actor, now=now)
    writes.flush()
    return refund


@action
def withdraw_refund(*, store_id: int, refund_id: UUID | str, actor: Actor, now: datetime) -> Refund:
    """The buyer takes the request back, even from the platform; what it held is free again."""
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    refuse_if(why_not_withdraw(refund, now))
    before = refund.status
    refund.withdraw(now=now)
    writes = WriteSet()
    release(writes, [refund])
    writes.update(refund, "needs_attention")
    record(writes, REFUND_WITHDRAWN, refund, before, actor=actor, now=now)
    refunds_decided.send(sender=Refund, refunds=[refund], writes=writes, actor=actor, now=now)
    writes.flush()
    return refund


def withdraw_for_offer(
    writes: WriteSet,
    refund: Refund,
    *,
    actor: Actor,
    now: datetime,
    rule: str,
    difference: Decimal = ZERO,
    purpose: str = "",
) -> None:
    """Withdraw a locked refund because the buyer took an offer (Q10).

    With a `difference` (yuan), that much stays held and is paid to the buyer for this `purpose`: both or neither.
    """
    if refund.is_followed:  # the marketplace says that it is withdrawn, and what it held is free
        keep_yuan(writes, refund, difference)
    else:
        before = refund.status
        release(writes, [refund], keep=difference)
        refund.withdraw(now=now)
        record(writes, REFUND_WITHDRAWN, refund, before, actor=actor, now=now, rule=rule)
    if difference:
        pay_out(writes, refund, purpose=purpose, amount=difference, actor=actor, now=now, rule=rule)


class Correction(TypedDict, total=False):
    """What a buyer may correct."""

    reason: str
    description: str
    amount: Decimal


@action
def resubmit_refund(
    *, store_id: int, refund_id: UUID | str, correction: Correction, actor: Actor, now: datetime
) -> Refund:
    """The buyer corrects a rejected request; the merchant's clock starts anew.

    Refused `attempts_exhausted` after as many as the rules allow (`resubmissions`).
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    refuse_if(why_not_resubmit(refund, now))
    if correction.get("reason", refund.reason) != refund.reason:
        refuse_if(why_not_ask(refund.order, refund.rules, correction["reason"], now))
    before = refund.status
    writes = WriteSet()
    amount = correction.get("amount", refund.amount)
    if amount != refund.amount:
        hold(writes, refund, amount, pieces=0)
    refund.reason = correction.get("reason", refund.reason)
    refund.description = correction.get("description", refund.description)
    refund.resubmit(now=now)
    writes.update(refund, "resubmissions", "rejection_reason", "reason", "description")
    record(
        writes, REFUND_RESUBMITTED, refund, before, actor=actor, now=now, amount=f"{amount:.2f}", reason=refund.reason
    )
    count_correction(writes, refund, actor=actor, now=now)
    writes.flush()
    return refund
