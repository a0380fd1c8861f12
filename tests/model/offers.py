"""Offers: what the merchant proposes instead of the refund, and the buyer's answer."""

from tests.model.granting import approve, send
from tests.model.moves import Answer, Step, fits, is_late, move, said_no
from tests.model.orders import has_left
from tests.model.things import Offer, Refund
from tests.model.world import World

BECOMES = {"change_to_refund_only": "return_and_refund", "change_to_return": "refund_only"}  # T5, T6: of which kind
CHANNELS = {"coupon": "coupon_not_available", "other_coupon": "coupon_channel_not_recognised"}


@move
def offer(world: World, step: Step, answer: Answer) -> bool:
    """The merchant proposes something else."""
    refund, method, numbers = world.refunds[step["refund"]], step["method"], world.numbers
    order = world.orders[refund.order]
    used = [each for each in refund.offers if each.method != "stay"]
    named = "coupon" if method == "other_coupon" else method
    may_have = _may_have(world, refund, method)
    cap = min(numbers.red_packet, may_have)
    reasons = said_no(
        invalid_transition=refund.status != "awaiting_merchant",
        offer_pending=refund.offer is not None,  # Q7
        attempts_exhausted=len(used) >= numbers.offers,  # Q8, T4
        method_not_available=named not in numbers.methods or refund.kind != BECOMES.get(method, refund.kind),
        not_retainable=_is_kept_out(world, refund),  # Q1
        coupon_not_available=method == "coupon" and sum(world.coupons) >= numbers.coupons,
        coupon_channel_not_recognised=method == "other_coupon",  # Q13
        method_not_repeatable=method == "reassurance" and any(each.method == method for each in used),  # Q9
        amount_above_refundable=_brings_too_much(method, step["amount"], may_have),  # Q12, T5
        payment_above_limit=method == "red_packet" and step["amount"] > cap,  # Q4
    )
    if method == "coupon" and sum(world.coupons) > numbers.coupons:
        return False  # more promised and granted than there are
    may = {"invalid_transition"} if is_late(refund, world) else set()
    if "invalid_transition" in reasons or reasons & {"method_not_available", "attempts_exhausted"}:
        may |= {"not_retainable", "invalid_transition"}  # the panel says so of all that can't be retained (Q3)
    if method == "change_to_return" and not order.is_shipped:
        may |= {"method_not_available", "nothing_to_return"}  # nothing to send back yet; the rules don't say
    if not fits(answer, reasons, may):
        return False
    if answer.is_yes:
        until = refund.due if numbers.offer_lives is None else min(world.now + numbers.offer_lives, refund.due)
        made = Offer(
            method, until, world.now, refund.kind, refund.amount, step["amount"], _worth(world, refund, method)
        )
        refund.offers.append(made)
    return True


def _brings_too_much(method: str, amount: int | None, may_have: int) -> bool:
    if method == "red_packet":  # it has a limit of its own
        return may_have < 1
    return (amount or 0) > may_have


def _is_kept_out(world: World, refund: Refund) -> bool:
    """Q1: nothing is retained of goods that haven't left, and no exchange."""
    order = world.orders[refund.order]
    waits = not order.is_shipped and not order.is_stopped and not has_left(world, refund, order)
    return bool(world.numbers.coupons) and (waits or refund.kind == "exchange")


def _may_have(world: World, refund: Refund, method: str) -> int:
    """Cents that the buyer may have at most: of the refund's goods, a red packet of the whole order."""
    own = sum(share.amount for share in refund.lines.values())
    return world.left(refund.order) + own if method == "red_packet" else world.most(refund.order, refund.lines)


def _worth(world: World, refund: Refund, method: str) -> int:
    """What the promise costs: a piece as a gift, all of the refund's again, the coupon."""
    pieces = sum(share.pieces for share in refund.lines.values())
    numbers = world.numbers
    return {"gift": numbers.product, "reship": numbers.product * pieces, "coupon": numbers.coupon}.get(method, 0)


def _answered(world: World, step: Step, answer: Answer) -> Offer | bool | None:
    """The offer that this answers, None when it comes too late, False when the answer doesn't fit."""
    refund = world.refunds[step["refund"]]
    proposed = refund.offers[step["place"]]
    over = proposed.status != "pending" or proposed.until <= world.now
    gone = proposed.method == "stay" and has_left(world, refund, world.orders[refund.order])  # K1
    reasons = said_no(offer_not_pending=over, order_already_shipped=gone and not proposed.answered)
    may = {"invalid_transition"} if over else set()
    if proposed.method == "change_to_return":
        may.add("nothing_to_return")  # T6: of goods that were stopped meanwhile
    if not fits(answer, reasons, may | _doubts(world, refund, proposed)):
        return False
    if answer.is_yes:
        proposed.answered = world.now
        return proposed
    return None


def _doubts(world: World, refund: Refund, proposed: Offer) -> set[str]:
    """What was offered may be claimed by others meanwhile: then the buyer is told so (Q12)."""
    gone = (proposed.amount or 0) > _may_have(world, refund, proposed.method)
    return {"amount_above_refundable", "offer_not_pending"} if gone else set()


@move
def accept(world: World, step: Step, answer: Answer) -> bool:
    """The buyer agrees: the refund is changed, or withdrawn with what was promised paid (Q10, T5, T6, K1)."""
    proposed = _answered(world, step, answer)
    if not proposed:
        return proposed is None
    refund, label = world.refunds[step["refund"]], step["refund"]
    if (proposed.amount or 0) > _may_have(world, refund, proposed.method):
        return False
    proposed.status = "accepted"
    if proposed.method == "change_to_refund_only":
        refund.kind, refund.amount = "refund_only", proposed.amount
        world.hold(refund.order, refund.lines, proposed.amount)
        approve(world, label)
    elif proposed.method == "change_to_return":
        refund.kind = "return_and_refund"
        world.move(refund, "awaiting_return", world.numbers.sends_return)
    else:
        world.move(refund, "withdrawn")
        _give(world, label, refund, proposed)
    return True


def _give(world: World, label: str, refund: Refund, proposed: Offer) -> None:
    """What was promised to a buyer who keeps the order."""
    if proposed.method == "partial_refund":
        world.hold(refund.order, refund.lines, proposed.amount)
    if proposed.method in ("partial_refund", "red_packet"):
        send(world, label, proposed.amount, proposed.method)
    if proposed.method == "gift":  # Q16
        refund.parcels.append("owed")
    if proposed.method == "reship":  # Q16: one for each line
        refund.parcels += ["owed"] * len(refund.lines)
    if proposed.method == "stay":
        world.orders[refund.order].is_kept = True


@move
def decline(world: World, step: Step, answer: Answer) -> bool:
    """The buyer says no: the merchant still has to answer (T9)."""
    proposed = _answered(world, step, answer)
    if proposed:
        proposed.status = "declined"
    return proposed is None or bool(proposed)


@move
def send_parcel(world: World, step: Step, answer: Answer) -> bool:
    """The merchant keeps a promise (Q16): a parcel is sent once."""
    refund = world.refunds[step["refund"]]
    if not fits(answer, said_no(invalid_transition="owed" not in refund.parcels[step["place"] :][:1])):
        return False
    if answer.is_yes:
        refund.parcels[step["place"]] = "shipped"
    return True
