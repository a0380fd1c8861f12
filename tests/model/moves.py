"""What clients may ask of a store, by the rulebook: whether an answer fits, and what then has changed.

Each move is told the answer. `fits` holds it against the refusals that the rules demand (which of several comes first
is nobody's promise) and those that they leave open (`may`).
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from tests.model.world import FREE, Offer, Order, Payment, Refund, World

SHANGHAI = ZoneInfo("Asia/Shanghai")  # K10: the default of a store
Step = dict
MOVES: dict[str, Callable[[World, Step, "Answer"], bool]] = {}


@dataclass(frozen=True)
class Answer:
    """What a call was answered: its HTTP status, the code of a refusal, the id of what it made."""

    status: int
    code: str = ""
    made: str = ""

    @property
    def is_yes(self) -> bool:
        """Whether it had its effect."""
        return self.status < 300


def move(function: Callable) -> Callable:
    """Known by its name in a history's steps."""
    MOVES[function.__name__] = function
    return function


def answers(world: World, step: Step, answer: Answer) -> bool:
    """Carry the step out in this world; False when the rules don't allow this answer here."""
    key = step.get("key")
    if key in world.answered:  # a retry has the first answer again, and no effect
        return world.answered[key] == (answer.status, answer.code, answer.made)
    if not MOVES[step["do"]](world, step, answer):
        return False
    if key:
        world.answered[key] = (answer.status, answer.code, answer.made)
    return True


def fits(answer: Answer, reasons: Iterable[str], may: Collection[str] = ()) -> bool:
    """Whether it says yes where nothing is in the way, and else names one of the reasons."""
    reasons = set(reasons)
    if answer.is_yes:
        return not reasons
    return answer.status == 409 and answer.code in reasons.union(may)


def said_no(**found: bool) -> set[str]:
    return {code for code, is_so in found.items() if is_so}


def _is_late(refund: Refund, world: World) -> bool:
    """Its clock has run out and nobody has looked at it yet: until somebody does, either may come first."""
    return refund.due is not None and refund.due <= world.now


@move
def place(world: World, step: Step, answer: Answer) -> bool:
    """The marketplace tells of an order, perhaps again."""
    if answer.status != (200 if step["order"] in world.orders else 201):
        return False
    paid_at = world.now - timedelta(minutes=step["paid_ago"])
    has_budget = world.budget > world.reserved and not world.is_short
    world.orders.setdefault(
        step["order"],
        Order(
            buyer=step["buyer"],
            paid=sum(step["prices"]),
            paid_at=paid_at,
            trusted=step["vip"] or step["credit"] >= world.numbers.credit,
            pieces=len(step["prices"]),
            is_promised=world.began is not None and paid_at >= world.began and has_budget,  # R3, R5
        ),
    )
    return True


@move
def ship(world: World, step: Step, answer: Answer) -> bool:
    """The merchant sends all of it. Whether it may while its money is asked back, the rules don't say."""
    order = world.orders[step["order"]]
    asked = any(r.order == step["order"] and r.status not in FREE for r in world.refunds.values())
    may = {"invalid_transition", "refund_open"} if asked else ()
    reasons = said_no(order_already_shipped=order.is_shipped, invalid_transition=order.is_stopped)
    if not fits(answer, reasons, may):
        return False
    order.is_shipped = order.is_shipped or answer.is_yes
    for refund in world.refunds.values():
        if answer.is_yes and refund.order == step["order"] and refund.offer and refund.offer.method == "stay":
            refund.offer.status = "withdrawn"  # K1: only an order that hasn't shipped can be kept in this way
    return True


@move
def deliver(world: World, step: Step, answer: Answer) -> bool:
    """The marketplace tells that it has arrived."""
    order = world.orders[step["order"]]
    if not fits(answer, said_no(invalid_transition=not order.is_shipped or order.is_delivered)):
        return False
    order.is_delivered = order.is_delivered or answer.is_yes
    for refund in world.refunds.values():
        if answer.is_yes and refund.order == step["order"] and refund.status == "recalling":
            # P4: the recall has failed, so the buyer has the goods and sends them back.
            refund.kind = "return_and_refund"
            world.move(refund, "awaiting_return", world.numbers.sends_return)
    return True


@move
def ask(world: World, step: Step, answer: Answer) -> bool:
    """A buyer asks for money, with or without sending back the goods, or for others: all, since no lines are named.

    An exchange moves no money; meanwhile it holds what is left of its goods' price.
    """
    order, left = world.orders[step["order"]], world.left(step["order"])
    returns = step["kind"] != "refund_only"
    amount = left if step["kind"] == "exchange" else step["amount"]
    too_much = amount > left or amount == 0
    goes_back = world.goes_back(step["order"])
    reasons = said_no(
        amount_above_refundable=too_much or goes_back,
        refund_open=goes_back or (too_much and world.claimed(step["order"]) > 0),
        nothing_to_return=returns and order.is_stopped,
    )
    may = {"invalid_transition", "nothing_to_return", "not_shipped"} if returns and not order.is_shipped else set()
    if not fits(answer, reasons, may | ({"after_sale_window_closed"} if order.is_delivered else set())):
        return False
    if answer.is_yes:
        world.refunds[step["refund"]] = refund = Refund(
            order=step["order"],
            kind=step["kind"],
            amount=amount,
            due=world.now + world.numbers.answers,
            asked_at=world.now,
            is_returnless=order.is_promised and order.is_shipped and not returns,  # R1
        )
        _what_the_marketplace_does_first(world, step["refund"], refund, order)
    return True


def _what_the_marketplace_does_first(world: World, label: str, refund: Refund, order: Order) -> None:
    numbers = world.numbers
    if numbers.at_once and refund.kind == "refund_only" and not order.is_shipped and refund.amount == order.paid:
        world.pay(label)  # P2, of whoever; a part of the money for all of the goods is for the merchant to answer
        order.is_stopped = True
    elif numbers.at_once and order.trusted and refund.kind != "exchange":  # P5
        refund.at_once = True
        world.pay(label)
    elif numbers.stays and not order.is_shipped:  # K1
        refund.offers.append(Offer("stay", min(world.now + numbers.offer_lives, refund.due)))


def decided(world: World, step: Step, answer: Answer, *states: str, codes: Collection[str] = ()) -> bool:
    """Whether the answer fits a move that a refund takes in these states only."""
    refund = world.refunds[step["refund"]]
    may = {"invalid_transition", *codes} if _is_late(refund, world) else codes
    return fits(answer, said_no(invalid_transition=refund.status not in states), may)


@move
def approve(world: World, step: Step, answer: Answer) -> bool:
    """The merchant says yes."""
    if not decided(world, step, answer, "awaiting_merchant"):
        return False
    if answer.is_yes:
        world.approve(step["refund"])
    return True


@move
def reject(world: World, step: Step, answer: Answer) -> bool:
    """The merchant says no: the buyer may ask the platform, or correct it."""
    return _moves(world, step, answer, "awaiting_merchant", to="rejected", within=world.numbers.disputes)


@move
def withdraw(world: World, step: Step, answer: Answer) -> bool:
    """The buyer gives it up."""
    return _moves(world, step, answer, "awaiting_merchant", "awaiting_return", "rejected", to="withdrawn")


@move
def ship_return(world: World, step: Step, answer: Answer) -> bool:
    """The buyer sends the goods back."""
    return _moves(world, step, answer, "awaiting_return", to="returning", within=world.numbers.inspects)


def _moves(world: World, step: Step, answer: Answer, *states: str, to: str, within=None) -> bool:
    if not decided(world, step, answer, *states):
        return False
    if answer.is_yes:
        world.move(world.refunds[step["refund"]], to, within)
    return True


@move
def inspect(world: World, step: Step, answer: Answer) -> bool:
    """The merchant has the goods before him."""
    if not decided(world, step, answer, "returning"):
        return False
    if answer.is_yes and step["passed"]:
        world.pay(step["refund"])
    elif answer.is_yes:
        world.move(world.refunds[step["refund"]], "rejected", world.numbers.disputes)
    return True


@move
def resubmit(world: World, step: Step, answer: Answer) -> bool:
    """The buyer corrects what was refused, at most three times."""
    refund = world.refunds[step["refund"]]
    reasons = said_no(
        invalid_transition=refund.status != "rejected",
        attempts_exhausted=refund.resubmits >= world.numbers.resubmits,
        amount_above_refundable=step["amount"] > world.left(refund.order) + refund.amount,
    )
    if not fits(answer, reasons, {"invalid_transition"} if _is_late(refund, world) else ()):
        return False
    if answer.is_yes:
        refund.amount, refund.resubmits = step["amount"], refund.resubmits + 1
        world.move(refund, "awaiting_merchant", world.numbers.answers)
    return True


@move
def dispute(world: World, step: Step, answer: Answer) -> bool:
    """Either side asks the platform (R7), unless both agree on a return; no clock runs any more."""
    if not decided(world, step, answer, "awaiting_merchant", "returning", "rejected"):
        return False
    if answer.is_yes:
        world.move(world.refunds[step["refund"]], "disputed")
    return True


@move
def decide(world: World, step: Step, answer: Answer) -> bool:
    """The platform decides: for the buyer, for the merchant, or a part, which an exchange hasn't."""
    refund, splits = world.refunds[step["refund"]], step["outcome"] == "split"
    if refund.kind == "exchange" and splits and refund.status == "disputed":
        return answer.status == 400
    reasons = said_no(
        invalid_transition=refund.status != "disputed",
        amount_above_refundable=splits and refund.status == "disputed" and step["amount"] >= refund.amount,
    )
    if not fits(answer, reasons):
        return False
    if answer.is_yes and step["outcome"] == "merchant":
        world.move(refund, "closed")
    elif answer.is_yes:
        refund.amount = step["amount"] if step["outcome"] == "split" else refund.amount
        world.pay(step["refund"])
    return True


@move
def offer(world: World, step: Step, answer: Answer) -> bool:
    """The merchant proposes something else."""
    refund, method, numbers = world.refunds[step["refund"]], step["method"], world.numbers
    order = world.orders[refund.order]
    used = [each for each in refund.offers if each.method != "stay"]
    becomes = {"change_to_refund_only": "return_and_refund", "change_to_return": "refund_only"}
    may_have = world.left(refund.order) + refund.amount
    reasons = said_no(
        invalid_transition=refund.status != "awaiting_merchant",
        offer_pending=refund.offer is not None,  # Q7
        attempts_exhausted=len(used) >= numbers.offers,  # Q8, T4
        method_not_available=method not in numbers.methods,
        not_retainable=bool(numbers.coupons) and (not order.is_shipped or refund.kind == "exchange"),  # Q1
        coupon_not_available=method == "coupon" and sum(world.coupons) >= numbers.coupons,
        method_not_repeatable=method == "reassurance" and any(each.method == method for each in used),  # Q9
        amount_above_refundable=method != "red_packet" and (step["amount"] or 0) > may_have,  # Q12, T5
    )
    if method in becomes and refund.kind != becomes[method]:
        reasons.add("method_not_available")
    if method == "coupon" and sum(world.coupons) > numbers.coupons:
        return False  # more promised and granted than there are
    if method == "red_packet" and step["amount"] > min(numbers.red_packet, may_have):
        reasons.add("payment_above_limit")
    may = {"invalid_transition"} if _is_late(refund, world) else set()
    if "invalid_transition" in reasons or reasons & {"method_not_available", "attempts_exhausted"}:
        may |= {"not_retainable", "invalid_transition"}  # the panel says so of all that can't be retained (Q3)
    if method == "change_to_return" and not order.is_shipped:
        may.add("method_not_available")  # there is nothing to send back yet; the rules don't say
    if not fits(answer, reasons, may):
        return False
    if answer.is_yes:
        until = refund.due if numbers.offer_lives is None else min(world.now + numbers.offer_lives, refund.due)
        refund.offers.append(Offer(method, until, step["amount"]))
    return True


def _answered(world: World, step: Step, answer: Answer) -> Offer | bool | None:
    """The offer that this answers, None when it comes too late, False when the answer doesn't fit."""
    refund = world.refunds[step["refund"]]
    proposed = refund.offers[step["place"]]
    over = proposed.status != "pending" or proposed.until <= world.now
    shipped = proposed.method == "stay" and world.orders[refund.order].is_shipped  # K1
    reasons = said_no(offer_not_pending=over, order_already_shipped=shipped)
    if not fits(answer, reasons, {"invalid_transition"} if over else ()):
        return False
    return proposed if answer.is_yes else None


@move
def accept(world: World, step: Step, answer: Answer) -> bool:
    """The buyer agrees: the refund is changed, or withdrawn with what was promised paid (Q10, T5, T6, K1)."""
    proposed = _answered(world, step, answer)
    if not proposed:
        return proposed is None
    refund, label = world.refunds[step["refund"]], step["refund"]
    proposed.status = "accepted"
    if proposed.method == "change_to_refund_only":
        refund.kind, refund.amount = "refund_only", proposed.amount
        world.pay(label)
    elif proposed.method == "change_to_return":
        refund.kind = "return_and_refund"
        world.move(refund, "awaiting_return", world.numbers.sends_return)
    else:
        world.move(refund, "withdrawn")
        if proposed.method in ("partial_refund", "red_packet"):
            world.send(label, proposed.amount, proposed.method)
        if proposed.method in ("gift", "reship"):  # Q16
            refund.parcels.append("owed")
        if proposed.method == "stay":
            world.orders[refund.order].is_kept = True
    return True


@move
def decline(world: World, step: Step, answer: Answer) -> bool:
    """The buyer says no: the merchant still has to answer (T9)."""
    proposed = _answered(world, step, answer)
    if proposed:
        proposed.status = "declined"
    return proposed is None or bool(proposed)


@move
def pay(world: World, step: Step, answer: Answer) -> bool:
    """The merchant settles a quarrel with a small payment (K8–K11)."""
    order, numbers, amount = world.orders[step["order"]], world.numbers, step["amount"]
    today = world.now.astimezone(SHANGHAI).date()
    last = order.paid_at.astimezone(SHANGHAI).date() + numbers.window
    spent = sum(
        payment.amount
        for payment in world.payments
        if payment.purpose == "other" and payment.status != "failed" and payment.at.astimezone(SHANGHAI).date() == today
    )
    reasons = said_no(
        payment_above_limit=amount > numbers.per_payment,
        order_payment_count_reached=len(world.small(step["order"])) >= numbers.per_order,
        payment_window_closed=today > last,
        store_day_limit_reached=spent + amount > world.day_limit,
    )
    if not fits(answer, reasons):
        return False
    if answer.is_yes:
        world.payments.append(Payment(step["order"], "", amount, "other", world.now))
    return True
