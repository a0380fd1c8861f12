"""Goods that come back: sent, looked at, in parts, or in a parcel that nobody had announced."""

from tests.model.granting import pay, split
from tests.model.moves import Answer, Step, decided, fits, is_late, move, said_no
from tests.model.things import Refund, Stray
from tests.model.world import World


@move
def ship_return(world: World, step: Step, answer: Answer) -> bool:
    """The buyer sends the goods back under a number (P1)."""
    if not decided(world, step, answer, "awaiting_return"):
        return False
    if answer.is_yes:
        _announce(world, world.refunds[step["refund"]], step["number"])
    return True


def _announce(world: World, refund: Refund, number: str) -> None:
    refund.number = number
    if refund.status != "returning":
        world.move(refund, "returning", world.numbers.inspects)


@move
def inspect(world: World, step: Step, answer: Answer) -> bool:
    """The merchant has the goods before him (P1)."""
    if not decided(world, step, answer, "returning"):
        return False
    if answer.is_yes and step["passed"]:
        pay(world, step["refund"])
    elif answer.is_yes:
        world.move(world.refunds[step["refund"]], "rejected", world.numbers.disputes)
    return True


@move
def receive(world: World, step: Step, answer: Answer) -> bool:
    """Of what was announced some is in the parcel: that is paid, a person decides about the rest (P1).

    400 for more than was announced, and for what is worth nothing.
    """
    refund, arrived = world.refunds[step["refund"]], step["arrived"]
    if refund.status == "returning" and not is_late(refund, world):
        unknown = any(place not in refund.lines or n > refund.lines[place].pieces for place, n in arrived.items())
        worth = sum(refund.lines[place].amount for place in arrived if place in refund.lines)
        if unknown or (not worth and refund.amount):
            return answer.status == 400
    if not decided(world, step, answer, "returning"):
        return False
    if answer.is_yes:
        split(world, step["refund"], arrived)
        pay(world, step["refund"])
    return True


@move
def put_aside(world: World, step: Step, answer: Answer) -> bool:
    """The warehouse has a parcel whose number no refund has announced; it is put aside once (P1)."""
    number = step["number"]
    reasons = said_no(
        parcel_announced=bool(world.announced(number)),
        parcel_put_aside=any(stray.number == number and stray.status == "waiting" for stray in world.strays),
    )
    if not fits(answer, reasons):
        return False
    if answer.is_yes:
        world.strays.append(Stray(number))
    return True


@move
def assign(world: World, step: Step, answer: Answer) -> bool:
    """Somebody finds out whose it is: the refund goes on as if its buyer had announced the number (P1)."""
    refund, stray = world.refunds[step["refund"]], _stray(world, step)
    if stray is None:
        return False
    announced = world.announced(stray.number)
    reasons = said_no(
        invalid_transition=stray.status != "waiting" or refund.status not in ("awaiting_return", "returning"),
        parcel_announced=announced not in ("", step["refund"]),
    )
    if not fits(answer, reasons, {"invalid_transition"} if is_late(refund, world) else ()):
        return False
    if answer.is_yes:
        _announce(world, refund, stray.number)
        stray.status, stray.refund = "matched", step["refund"]
    return True


@move
def end_stray(world: World, step: Step, answer: Answer) -> bool:
    """It is nobody's: sent back to where it came from, or written off."""
    stray = _stray(world, step)
    if stray is None or not fits(answer, said_no(invalid_transition=stray.status != "waiting")):
        return False
    if answer.is_yes:
        stray.status = "sent_back"
    return True


def _stray(world: World, step: Step) -> Stray | None:
    """The parcel that was put aside under the number: which of several, if it came more than once."""
    named = [stray for stray in world.strays if stray.number == step["number"]]
    return named[step["nth"]] if step["nth"] < len(named) else None
