"""Refunds: asked for, answered, corrected, taken back."""

from tests.model.granting import approve as grant
from tests.model.granting import here_of, pay, reach, stop
from tests.model.moves import Answer, Step, decided, fits, is_late, move, moves_to, said_no
from tests.model.orders import has_left
from tests.model.things import DONE, Offer, Order, Refund, Share
from tests.model.world import World


@move
def ask(world: World, step: Step, answer: Answer) -> bool:
    """A buyer asks for money, with or without sending back the goods, or for others: of these lines, or of all.

    An exchange moves no money; meanwhile it holds what is left of its goods' price.
    """
    label = step["order"]
    if label not in world.orders:
        return answer.status == 404
    order, returns = world.orders[label], step["kind"] != "refund_only"
    pieces = step.get("lines") or world.unclaimed_pieces(label)
    lines = {place: Share(count) for place, count in pieces.items()}
    most = world.most(label, lines) if lines else 0
    amount = most if step["kind"] == "exchange" else step["amount"]
    is_open = any(refund.status not in DONE for refund in world.of_order(label))
    taken = returns and any(count > _returnable(world, label, place) for place, count in pieces.items())
    reasons = said_no(
        amount_above_refundable=amount > most or most == 0,
        refund_open=taken or (most == 0 and is_open),
        nothing_to_return=returns and any(count > _sent(order, place) for place, count in pieces.items()),
    )
    may = {"nothing_to_return"} if returns and not order.is_shipped else set()
    if not fits(answer, reasons, may | ({"after_sale_window_closed"} if order.is_delivered else set())):
        return False
    if answer.is_yes:
        world.refunds[step["refund"]] = refund = Refund(
            order=label,
            kind=step["kind"],
            amount=amount,
            due=world.now + world.numbers.answers,
            asked_at=world.now,
            lines=lines,
            reason=step["reason"],
        )
        all_left = order.is_shipped or (order.is_partly_shipped and not here_of(world, refund))
        refund.is_returnless = order.is_promised and not returns and (all_left or order.is_stopped)  # R1
        world.hold(label, lines, amount)
        _what_the_marketplace_does_first(world, step["refund"], refund, order)
    return True


def _sent(order: Order, place: int) -> int:
    """Pieces of a line that a carrier or the buyer has."""
    line = order.lines[place]
    return order.out(place) if order.is_partly_shipped or not order.sent else line.pieces - line.stopped


def _returnable(world: World, label: str, place: int) -> int:
    """Pieces of a line that have left and come back with no other refund."""
    return _sent(world.orders[label], place) - world.returning(label, place)


def _what_the_marketplace_does_first(world: World, label: str, refund: Refund, order: Order) -> None:
    numbers = world.numbers
    if numbers.at_once and reach(world, label)[0] == "stop":
        stop(world, label)  # P2, of whoever; a part of the money for all of the goods is for the merchant to answer
        pay(world, label)
    elif numbers.at_once and order.trusted and refund.kind != "exchange":  # P5
        refund.at_once = True
        pay(world, label)
    elif numbers.stays and not order.is_stopped and not order.is_shipped and not has_left(world, refund, order):  # K1
        until = min(world.now + numbers.offer_lives, refund.due)
        refund.offers.append(Offer("stay", until, world.now, refund.kind, refund.amount))


@move
def approve(world: World, step: Step, answer: Answer) -> bool:
    """The merchant says yes."""
    if not decided(world, step, answer, "awaiting_merchant"):
        return False
    if answer.is_yes:
        grant(world, step["refund"])
    return True


@move
def reject(world: World, step: Step, answer: Answer) -> bool:
    """The merchant says no: the buyer may ask the platform, or correct it."""
    return moves_to(world, step, answer, "awaiting_merchant", to="rejected", within=world.numbers.disputes)


@move
def withdraw(world: World, step: Step, answer: Answer) -> bool:
    """The buyer gives it up, also while the platform looks at it."""
    states = ("awaiting_merchant", "awaiting_return", "rejected", "disputed")
    return moves_to(world, step, answer, *states, to="withdrawn")


@move
def resubmit(world: World, step: Step, answer: Answer) -> bool:
    """The buyer corrects what was refused, at most three times."""
    refund = world.refunds[step["refund"]]
    order, most = world.orders[refund.order], world.most(refund.order, refund.lines)
    reasons = said_no(
        invalid_transition=refund.status != "rejected",
        attempts_exhausted=refund.resubmits >= world.numbers.resubmits,
        amount_above_refundable=step["amount"] != refund.amount and step["amount"] > most,
        nothing_to_return=refund.returns and any(s.pieces > _sent(order, p) for p, s in refund.lines.items()),
    )
    if not fits(answer, reasons, {"invalid_transition"} if is_late(refund, world) else ()):
        return False
    if answer.is_yes:
        if step["amount"] != refund.amount:
            world.hold(refund.order, refund.lines, step["amount"])
        refund.amount, refund.resubmits = step["amount"], refund.resubmits + 1
        world.move(refund, "awaiting_merchant", world.numbers.answers)
    return True
