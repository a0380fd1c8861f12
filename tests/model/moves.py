"""How a move of a client is told to the model: whether its answer fits the rules, and what then has changed.

Each move is told the answer. `fits` holds it against the refusals that the rules demand (which of several comes first
is nobody's promise) and those that they leave open (`may`). The moves are in the files of their rooms.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from tests.model.things import Refund
from tests.model.world import World

Step = dict
MOVES: dict[str, Callable[[World, Step, "Answer"], bool]] = {}


@dataclass(frozen=True)
class Answer:
    """What a call was answered: its HTTP status, the code of a refusal, the id of what it made.

    `each` are the answers to the items of a bulk call.
    """

    status: int
    code: str = ""
    made: str = ""
    each: tuple["Answer", ...] = ()

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
    key = step.get("key") if answer.status != 429 else None
    if key in world.answered:  # a retry has the first answer again, and no effect
        return world.answered[key] == answer
    if not MOVES[step["do"]](world, step, answer):
        return False
    if key:
        world.answered[key] = answer
    return True


def fits(answer: Answer, reasons: Iterable[str], may: Collection[str] = ()) -> bool:
    """Whether it says yes where nothing is in the way, and else names one of the reasons."""
    reasons = set(reasons)
    if answer.is_yes:
        return not reasons
    return answer.status == 409 and answer.code in reasons.union(may)


def said_no(**found: bool) -> set[str]:
    """The codes of what is so."""
    return {code for code, is_so in found.items() if is_so}


def is_late(refund: Refund, world: World) -> bool:
    """Its clock has run out and nobody has looked at it yet: until somebody does, either may come first."""
    return refund.due is not None and refund.due <= world.now


def decided(world: World, step: Step, answer: Answer, *states: str, codes: Collection[str] = ()) -> bool:
    """Whether the answer fits a move that a refund takes in these states only."""
    refund = world.refunds[step["refund"]]
    may = {"invalid_transition", *codes} if is_late(refund, world) else codes
    return fits(answer, said_no(invalid_transition=refund.status not in states), may)


def moves_to(world: World, step: Step, answer: Answer, *states: str, to: str, within=None) -> bool:
    """A move that brings a refund from one of these states to another, for so long."""
    if not decided(world, step, answer, *states):
        return False
    if answer.is_yes:
        world.move(world.refunds[step["refund"]], to, within)
    return True
