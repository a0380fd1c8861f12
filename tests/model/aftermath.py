"""What may be asked once money has moved or goods came back: it bounces, is paid again, is appealed against."""

from tests.model.moves import Answer, Step, decided, fits, move, said_no
from tests.model.world import World


@move
def bounce(world: World, step: Step, answer: Answer) -> bool:
    """The buyer's bank sends money back, and the gateway says so, perhaps twice: K9, R5."""
    if answer.status != 204:
        return False
    mine = [
        payment
        for payment in world.payments
        if payment.status == "succeeded"
        and (payment.refund == step["refund"] if "refund" in step else _is_small(payment, step))
    ]
    if not mine:
        return True
    payment = min(mine, key=lambda each: each.at)
    payment.status = "failed"
    if payment.from_budget:
        world.budget += payment.amount
    if payment.purpose == "refund":
        world.refunds[payment.refund].status = "refunding"
    return True


def _is_small(payment, step: Step) -> bool:
    return (payment.order, payment.purpose, payment.amount) == (step["order"], "other", step["amount"])


@move
def retry(world: World, step: Step, answer: Answer) -> bool:
    """A person has what failed paid again: only when nothing else of it is on its way or has arrived."""
    mine = [payment for payment in world.payments if payment.refund == step["refund"]]
    failed = bool(mine) and all(payment.status == "failed" for payment in mine)
    if not fits(answer, said_no(invalid_transition=not failed)):
        return False
    if answer.is_yes:
        world.send(step["refund"], mine[-1].amount, mine[-1].purpose)
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


@move
def send_parcel(world: World, step: Step, answer: Answer) -> bool:
    """The merchant keeps a promise (Q16): a parcel is sent once."""
    refund = world.refunds[step["refund"]]
    if not fits(answer, said_no(invalid_transition="owed" not in refund.parcels[step["place"] :][:1])):
        return False
    if answer.is_yes:
        refund.parcels[step["place"]] = "shipped"
    return True


@move
def top_up(world: World, step: Step, answer: Answer) -> bool:
    """The merchant fills the service budget: promises rest on it again (R5)."""
    if answer.status not in (200, 201):
        return False
    world.budget += step["amount"]
    world.is_short = False
    return True


@move
def receive(world: World, step: Step, answer: Answer) -> bool:
    """Of what was announced some is in the parcel: that is paid, a person decides about the rest (P1)."""
    if not decided(world, step, answer, "returning"):
        return False
    refund = world.refunds[step["refund"]]
    if answer.is_yes:
        missing = refund.amount - step["worth"]
        if missing > 0:
            world.split(step["refund"], missing)
        world.pay(step["refund"])
    return True
