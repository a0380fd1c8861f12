"""Every act is told who does it and when, and leaves an event."""

import pytest

from common.actions import bookkeeping
from tests.rules.acts import Function, Project, missing_arguments, read, read_rooms
from tests.test_architecture import ROOMS, ROOT

PROJECT = read_rooms(ROOT, ROOMS)
ACTS = PROJECT.acts()


def test_the_acts_are_found():
    names = {str(function) for function in ACTS}
    assert {"refunds.actions.approve_refund", "stores.actions.members.add_member"} <= names
    assert len(names) > 60


@pytest.mark.parametrize("function", ACTS, ids=str)
def test_an_act_is_told_by_name_who_does_it_and_when(function: Function):
    assert missing_arguments(function) == set()


@pytest.mark.parametrize("function", ACTS, ids=str)
def test_an_act_leaves_an_event(function: Function):
    assert PROJECT.leaves_an_event(function), f"{function} records nothing: declare an event and tell it to a WriteSet"


GOOD = """
from common.actions import action
from shop.parts import record

@action
def sell(*, item, actor, now):
    return record(item)
"""
PARTS = """
def record(item):
    _note(item)

def _note(item):
    writes.event(SOLD, item)
"""


@pytest.mark.parametrize(
    ("change", "arguments", "leaves"),
    [
        (("", ""), set(), True),
        (("*, item", "item, *"), {"positional"}, True),
        ((", actor, now", ""), {"actor", "now"}, True),
        (("return record(item)", "return item.save()"), set(), False),
    ],
)
def test_an_act_that_says_too_little_is_found(change, arguments, leaves):
    project = Project(iter([read("shop.actions", GOOD.replace(*change)), read("shop.parts", PARTS)]))
    [function] = project.acts()
    assert (missing_arguments(function), project.leaves_an_event(function)) == (arguments, leaves)


def test_bookkeeping_gives_its_reason():
    with pytest.raises(ValueError, match="Say why"):
        bookkeeping("")
