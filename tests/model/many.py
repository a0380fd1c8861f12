"""Many in one call: each item as its own call would be answered, one after the other, or all or nothing."""

from tests.model.moves import MOVES, Answer, Step, move
from tests.model.things import Row
from tests.model.world import World

UNDONE = Answer(409, "undone")
BUSY = Answer(429, "busy")  # too many dear calls at once: nothing is done, and no key is taken


@move
def bulk(world: World, step: Step, answer: Answer) -> bool:
    """Orders, parcels or refunds by the list; with `atomic` one that fails undoes them all."""
    if answer == BUSY:
        return True
    if answer.status != 200 or len(answer.each) != len(step["items"]):
        return False
    if step["atomic"] and any(not each.is_yes for each in answer.each):
        return _is_undone(world.copy(), step, answer)
    return all(_does(world, item, each) for item, each in zip(step["items"], answer.each, strict=True))


def _does(world: World, item: Step, answer: Answer) -> bool:
    return MOVES[item["do"]](world, item, answer)


def _is_undone(there: World, step: Step, answer: Answer) -> bool:
    """Each that failed says why, and each other that it was undone: it would have been done."""
    for item, each in zip(step["items"], answer.each, strict=True):
        said = [Answer(201), Answer(200)] if each == UNDONE else [each]
        if each.is_yes or not any(_does(there, item, told) for told in said):
            return False
    return any(each != UNDONE for each in answer.each)


@move
def decide_many(world: World, step: Step, answer: Answer) -> bool:
    """The merchant approves or rejects what he sees in a list; each is decided by itself, as it was seen or not."""
    if answer.status != 201:
        return False
    world.rows += [Row(step["verdict"], label, world.appearance(label)) for label in step["refunds"]]
    return True
