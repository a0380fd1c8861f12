"""What can't be done with a refund now, and why: one question for each thing that somebody may want of it.

The action asks under its lock; the API's answer and the desk's grey buttons ask the same before. Disputes, appeals and
evidence have their own beside their actions.
"""

from collections.abc import Sequence
from datetime import datetime

from common.actors import Actor
from common.errors import Invalid, Refused
from common.money import grouped
from common.sentences import sentence as _
from common.words import duration
from orders.corrections import why_not_correct
from orders.models import Order, Shipment
from orders.pieces import pieces_that_left
from orders.why_not import why_erased
from payments.conflicts import why_in_conflict
from payments.gateways import waits_for_reports
from payments.models import Payment
from payments.purposes import PURPOSES
from payments.states import PaymentStatus
from refunds.handing_over import (
    agreement_of,
    may_name_address_there,
    more_time_within,
    reships_at_receipt,
    why_not_hand_over,
)
from refunds.models import Refund, RefundLine
from refunds.states import DueAction, MarketplaceVerb, RefundProgramme, RefundStatus
from stores.ceilings import Ceiling, why_above_ceiling
from stores.models import ReturnAddress

MOST_MESSAGES = 250  # of each side in one thread: all of it is shown, and goes into the evidence pack
WITHDRAWABLE = (
    RefundStatus.AWAITING_MERCHANT,
    RefundStatus.AWAITING_RETURN,
    RefundStatus.REJECTED,
    RefundStatus.DISPUTED,
)


def why_not_move(
    refund: Refund, allowed: Sequence[str], now: datetime, *, before_deadline: bool = True
) -> Refused | None:
    """Why the refund can't move now: it is in none of these states, or its deadline has decided it."""
    if refund.status not in allowed:
        return Refused(
            "invalid_transition",
            _("This isn't possible now: the refund is “%(status)s”.") % {"status": RefundStatus(refund.status).label},
        )
    if before_deadline and refund.is_overdue(now):
        return Refused(
            "invalid_transition",
            _("The deadline has passed: the refund is being %(outcome)s.")
            % {"outcome": DueAction(refund.due_action).label},
        )
    return None


def why_followed(refund: Refund) -> Refused | None:
    """Why nobody moves this refund here: it is the marketplace's, and follows what happens there."""
    if not refund.is_followed:
        return None
    return Refused(
        "invalid_transition",
        _("This refund is the marketplace's: it happens there, and is read from there."),
    )


def why_not_return(order: Order, lines: Sequence[RefundLine]) -> Refused | None:
    """Why these goods can't come back: a carrier never had them, or they were taken out of the parcel (P1, P2)."""
    if not order.has_left and not order.is_partly_shipped:
        return Refused(
            "nothing_to_return",
            _("These goods have not been shipped: there is nothing to return. Ask for a refund only."),
            "kind",
        )
    if any(line.quantity > pieces_that_left(order, line.line) for line in lines):
        return Refused(
            "nothing_to_return",
            _("Some of these pieces were never shipped: ask to return only those that were."),
            "lines",
        )
    return None


def why_not_pay_more(refund: Refund) -> Refused | None:
    """Why nobody may pay about this refund now: its gateway says otherwise than our books of an earlier payment.

    `payment_in_conflict`, until a person has settled it. Whoever decides is told; what comes by itself (a deadline, a
    parcel's news, the platform's word) goes on, and its money waits for that person (docs/adr/0028).
    """
    return why_in_conflict(refund.contradicted)


def why_not_approve(refund: Refund, now: datetime, actor: Actor | None = None) -> Refused | None:
    """The merchant may say yes as long as nobody has decided; the deadline would say the same (T10).

    An `actor` may have a ceiling besides.
    """
    refused = why_not_move(refund, [RefundStatus.AWAITING_MERCHANT], now, before_deadline=False)
    if refused is None and not refund.moves_goods:
        refused = why_not_pay_more(refund)
    refused = refused or why_not_hand_over(refund, agreement_of(refund))
    return refused or why_above_ceiling(refund.store, Ceiling.APPROVAL, refund.amount, actor)


def why_not_reject(refund: Refund, now: datetime) -> Refused | None:
    """The merchant may say no until the deadline has said yes (T8, T10)."""
    refused = why_not_move(refund, [RefundStatus.AWAITING_MERCHANT], now)
    return refused or why_not_hand_over(refund, MarketplaceVerb.REFUSE)


def why_not_negotiate(refund: Refund, now: datetime) -> Refused | None:
    """Talking first belongs to refunds without return, before they are decided (R1)."""
    if refund.programme != RefundProgramme.RETURNLESS:
        return Refused(
            "method_not_available",
            _("Only a refund without return is negotiated like this; make the buyer an offer instead."),
        )
    return why_not_move(refund, [RefundStatus.AWAITING_MERCHANT], now)


def why_not_withdraw(refund: Refund, now: datetime) -> Refused | None:
    """The buyer may take the request back while no goods and no money are on their way, even from the platform."""
    return why_followed(refund) or why_not_move(refund, WITHDRAWABLE, now, before_deadline=False)


def why_not_resubmit(refund: Refund, now: datetime) -> Refused | None:
    """The buyer may correct a rejected request, as often as the marketplace allows; goods come back that left."""
    refused = why_followed(refund) or why_not_move(refund, [RefundStatus.REJECTED], now)
    if refused is None and refund.resubmissions >= refund.rules.resubmissions:
        return Refused("attempts_exhausted", _("This request has been corrected as often as it may be."))
    if refused is None and refund.moves_goods:
        return why_not_return(refund.order, refund.own_lines)
    return refused


def why_not_ship_return(refund: Refund, now: datetime) -> Refused | None:
    """The buyer may send the goods back once the merchant has agreed, until the time for it is over (P1)."""
    if refund.lacks_address:
        return Refused(
            "return_address_missing",
            _("The store has yet to say where the goods go: wait for its return address, or ask the platform."),
        )
    return why_followed(refund) or why_not_move(refund, [RefundStatus.AWAITING_RETURN], now)


def why_not_correct_return(refund: Refund, shipment: Shipment | None, now: datetime) -> Refused | None:
    """The number of a parcel that comes back, before the carrier has news of it; an accepted exchange is withdrawn."""
    if refund.status == RefundStatus.WITHDRAWN:
        return why_not_correct(shipment)
    return why_followed(refund) or why_not_move(refund, [RefundStatus.RETURNING], now) or why_not_correct(shipment)


def why_not_name_address(refund: Refund) -> Refused | None:
    """The return address is named later only where a deadline has approved a return without one (T10, P4)."""
    if refund.lacks_address:
        return None
    if may_name_address_there(refund):
        return why_not_hand_over(refund, MarketplaceVerb.AGREE_RETURN)
    return Refused("invalid_transition", _("This refund doesn't wait for a return address."))


def why_no_address(address: ReturnAddress | None) -> Invalid | None:
    """Why the goods of a return can't be sent anywhere: the store has no `address` that could be named."""
    if address is not None:
        return None
    return Invalid("return_address", _("The store has no return address yet; name or add one."), "required")


def why_not_inspect(refund: Refund, now: datetime, *, passed: bool = True) -> Refused | None:
    """The merchant may judge what is coming back until the deadline has refunded it (P1)."""
    refused = why_not_move(refund, [RefundStatus.RETURNING], now)
    if refused is None and passed and refund.pays:
        refused = why_not_pay_more(refund)
    verb = MarketplaceVerb.REFUSE_RECEIPT
    if passed:
        verb = MarketplaceVerb.RESHIP if reships_at_receipt(refund) else MarketplaceVerb.CONFIRM_RECEIPT
    return refused or why_not_hand_over(refund, verb)


def why_not_ask_for_more_time(refund: Refund, now: datetime) -> Refused | None:
    """More time to look at what came back is the marketplace's to give, shortly before the deadline has refunded it."""
    if (refused := why_not_move(refund, [RefundStatus.RETURNING], now)) is not None:
        return refused
    within = more_time_within(refund)
    if within is None:
        return Refused("invalid_transition", _("This marketplace takes no request for more time from here."))
    if refund.due_at is not None and refund.due_at - now > within:
        return Refused(
            "invalid_transition",
            _("The marketplace gives more time only when less than %(time)s are left.") % {"time": duration(within)},
        )
    return why_not_hand_over(refund, MarketplaceVerb.EXTEND)


def why_not_split_receipt(refund: Refund) -> Refused | None:
    """A marketplace takes back the goods of a refund that is followed as a whole, or not."""
    if not refund.is_followed:
        return None
    return Refused(
        "invalid_transition",
        _("At the marketplace goods are received as a whole: confirm the receipt, or refuse it and say what lacks."),
        "received",
    )


def why_not_pay_again(refund: Refund, payments: Sequence[Payment]) -> Refused | None:
    """A refund's money may be sent again when every payment of it before, small ones aside, was declined for good.

    Not while its gateway says otherwise about one of them, or about money that was given up for another refund of the
    order (`payment_in_conflict`): the buyer may have it.
    """
    return why_erased(refund.order) or why_not_pay_more(refund) or why_not_declined(payments)


def why_not_declined(payments: Sequence[Payment]) -> Refused | None:
    """Why no declined money of these payments of a refund waits for a person.

    Not once the last was given up: the request is open again, or another one stands in its place.
    """
    if (refused := why_in_conflict(payments)) is not None:
        return refused
    if payments and waits_for_reports(payments[-1].gateway):
        return Refused("invalid_transition", _("The marketplace pays this: see to it there."))
    is_declined = payments and all(payment.status == PaymentStatus.FAILED for payment in payments)
    if is_declined and payments[-1].given_up_at is None:
        return None
    return Refused("invalid_transition", _("There is no failed payment that waits for you."))


def why_not_give_up(refund: Refund, payments: Sequence[Payment], *, is_platforms: bool) -> Refused | None:
    """Declined money may be given up while the buyer has something else: the goods, and the request anew (T9).

    Where the goods are the merchant's again, or the platform has decided, the money is owed (`payment_owed`).
    """
    if (refused := why_not_declined(payments)) is not None:
        return refused
    last = payments[-1]
    if last.purpose in PURPOSES and PURPOSES[last.purpose].is_owed:
        text = _("The buyer gets other goods and this difference of price: you owe ¥%(amount)s. Pay it again.")
        return Refused("payment_owed", text % {"amount": grouped(last.amount)})
    if refund.status == RefundStatus.WITHDRAWN:
        return None
    amount = {"amount": grouped(refund.amount)}
    if refund.moves_goods or refund.goods:
        text = _("The buyer doesn't have the goods any more: you owe ¥%(amount)s. Pay it again.") % amount
    elif is_platforms:
        text = _("The platform has given the buyer ¥%(amount)s: you owe it. Pay it again.") % amount
    else:
        return None
    return Refused("payment_owed", text)


def why_not_write(written: int) -> Refused | None:
    """Why this side can't write to the other any more: the thread holds `written` messages of it already (Q17)."""
    if written < MOST_MESSAGES:
        return None
    return Refused(
        "message_limit_reached",
        _("A thread holds at most %(most)d messages of each side: decide the refund, or ask the platform to step in.")
        % {"most": MOST_MESSAGES},
        "text",
    )
