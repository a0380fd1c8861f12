"""Orders: told of, sent in one parcel or in several, received."""

from datetime import timedelta

from tests.model.granting import here_of
from tests.model.moves import Answer, Step, fits, move, said_no
from tests.model.things import Line, Order, Parcel
from tests.model.world import World


@move
def place(world: World, step: Step, answer: Answer) -> bool:
    """The marketplace tells of an order, perhaps again."""
    if answer.status != (200 if step["order"] in world.orders else 201):
        return False
    paid_at = world.now - timedelta(minutes=step["paid_ago"])
    is_spent = not world.tops_up and (world.budget <= world.reserved or world.is_short)
    world.orders.setdefault(
        step["order"],
        Order(
            buyer=step["buyer"],
            lines=[Line(price, pieces) for price, pieces in step["lines"]],
            paid_at=paid_at,
            trusted=step["vip"] or step["credit"] >= world.numbers.credit,
            is_promised=world.began is not None and paid_at >= world.began and not is_spent,  # R3, R5
        ),
    )
    return True


@move
def ship(world: World, step: Step, answer: Answer) -> bool:
    """The merchant sends these pieces, or without any named all that are left, in a parcel (P2).

    Whether that may be done while their money is asked back, the rules don't say.
    """
    order = world.orders.get(step["order"])
    if order is None:
        return answer.status == 404
    left = order.here()
    wanted = dict(step.get("lines") or left)
    reasons = said_no(
        order_already_shipped=order.is_shipped,
        invalid_transition=order.is_stopped,
        pieces_not_left=any(count > left.get(place, 0) for place, count in wanted.items()),
    )
    if not fits(answer, reasons):
        return False
    if answer.is_yes:
        order.sent[step["number"]] = Parcel(wanted)
        _end_stays(world, step["order"])
    return True


def _end_stays(world: World, label: str) -> None:
    """Nobody is asked to wait for what is on its way (K1)."""
    order = world.orders[label]
    for refund in world.of_order(label):
        if refund.offer and refund.offer.method == "stay" and has_left(world, refund, order):
            refund.offer.status = "expired" if refund.offer.until <= world.now else "withdrawn"


def has_left(world: World, refund, order: Order) -> bool:
    """Whether some of a refund's goods have left the store."""
    if order.is_partly_shipped and refund.goods != "stopped":
        here = here_of(world, refund)
        return refund.returns or any(share.moving > here.get(place, 0) for place, share in refund.lines.items())
    return order.is_shipped


@move
def deliver(world: World, step: Step, answer: Answer) -> bool:
    """The marketplace tells that the order has arrived, or with a number one parcel of it."""
    order = world.orders[step["order"]]
    on_its_way = order.is_shipped and not order.is_delivered
    if number := step.get("number"):
        parcel = order.sent[number]
        refused = parcel.is_received or not (on_its_way or order.is_partly_shipped)
        arrived = [parcel]
    else:
        refused, arrived = not on_its_way, list(order.sent.values())
    if not fits(answer, said_no(invalid_transition=refused)):
        return False
    if answer.is_yes:
        for parcel in arrived:
            parcel.is_received = True
        _end_recalls(world, step["order"])
    return True


def _end_recalls(world: World, label: str) -> None:
    """A recall has failed once no parcel of it may come back: the buyer has the goods and sends them back (P4)."""
    for name, refund in world.refunds.items():
        called = [parcel for parcel in world.orders[label].sent.values() if parcel.recalled_for == name]
        if refund.status == "recalling" and called and all(parcel.is_received for parcel in called):
            refund.kind, refund.goods = "return_and_refund", ""
            world.move(refund, "awaiting_return", world.numbers.sends_return)
