"""Small payments, the service budget, and what may be asked once money has moved: it bounces and is paid again."""

from zoneinfo import ZoneInfo

from tests.model.granting import keep_topped_up, send
from tests.model.moves import Answer, Step, fits, move, said_no
from tests.model.things import Payment
from tests.model.world import World

SHANGHAI = ZoneInfo("Asia/Shanghai")  # K10: the default of a store


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


@move
def bounce(world: World, step: Step, answer: Answer) -> bool:
    """The buyer's bank sends money back, and the gateway says so, perhaps twice: K9, R5."""
    if answer.status != 204:
        return False
    mine = [payment for payment in world.payments if payment.status == "succeeded" and _is_meant(payment, step)]
    if not mine:
        return True
    payment = min(mine, key=lambda each: each.at)
    payment.status = "failed"
    if payment.from_budget:
        world.budget += payment.amount
    if payment.purpose == "refund":
        world.refunds[payment.refund].status = "refunding"
    return True


def _is_meant(payment: Payment, step: Step) -> bool:
    if "refund" in step:
        return payment.refund == step["refund"]
    return (payment.order, payment.purpose, payment.amount) == (step["order"], "other", step["amount"])


@move
def retry(world: World, step: Step, answer: Answer) -> bool:
    """A person has what failed paid again: only when nothing else of it is on its way or has arrived."""
    mine = [payment for payment in world.payments if payment.refund == step["refund"]]
    failed = bool(mine) and all(payment.status == "failed" for payment in mine)
    if not fits(answer, said_no(invalid_transition=not failed)):
        return False
    if answer.is_yes:
        send(world, step["refund"], mine[-1].amount, mine[-1].purpose)
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
def set_top_up(world: World, step: Step, answer: Answer) -> bool:
    """The merchant lets the budget top up by itself, or no longer; at once what its threshold needs (R2, R5)."""
    if answer.status != 200:
        return False
    world.tops_up = step["on"]
    keep_topped_up(world)
    return True
