"""The platform's word: disputes, and appeals against what it gave at once."""

from tests.model.granting import pay, reach, stop
from tests.model.moves import Answer, Step, decided, fits, move, said_no
from tests.model.world import World


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
    """The platform decides: for the buyer, for the merchant, or a part, which an exchange hasn't (R7)."""
    refund, label, splits = world.refunds[step["refund"]], step["refund"], step["outcome"] == "split"
    if refund.kind == "exchange" and splits and refund.status == "disputed":
        return answer.status == 400
    reasons = said_no(
        invalid_transition=refund.status != "disputed",
        amount_above_refundable=splits and refund.status == "disputed" and step["amount"] >= refund.amount,
    )
    if not fits(answer, reasons):
        return False
    if not answer.is_yes:
        return True
    if step["outcome"] == "merchant":
        world.move(refund, "closed")
        return True
    if splits:
        refund.amount = step["amount"]
        world.hold(refund.order, refund.lines, refund.amount)
    if reach(world, label)[0] == "stop":  # P2: nobody ships what the buyer has the price of
        stop(world, label)
    pay(world, label)
    return True


@move
def appeal(world: World, step: Step, answer: Answer) -> bool:
    """The merchant asks back what the platform gave at once (P5): once, within 15 days."""
    refund = world.refunds[step["refund"]]
    reasons = said_no(
        invalid_transition=not refund.at_once or refund.appeal != "",
        after_sale_window_closed=world.now > refund.asked_at + world.numbers.appeals,
    )
    if not fits(answer, reasons):
        return False
    if answer.is_yes:
        refund.appeal = "open"
    return True


@move
def decide_appeal(world: World, step: Step, answer: Answer) -> bool:
    """The platform decides; upheld, it pays the merchant back, and nothing before the buyer has been paid (P5)."""
    refund, outcome = world.refunds[step["refund"]], step["outcome"]
    reasons = said_no(
        invalid_transition=refund.appeal != "open" or (outcome != "buyer" and refund.status != "refunded"),
        amount_above_refundable=outcome == "split" and step["amount"] >= refund.amount,
    )
    if not fits(answer, reasons):
        return False
    if answer.is_yes:
        refund.appeal = "decided"
        world.paid_back += {"buyer": 0, "merchant": refund.amount, "split": step["amount"]}[outcome]
    return True
