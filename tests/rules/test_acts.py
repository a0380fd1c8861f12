"""Every act is told who does it and when, and leaves an event; every write is an act's or declared bookkeeping."""

import pytest

from common.actions import bookkeeping
from tests.cases import for_each
from tests.rules.acts import Project, Uses, missing_arguments, read, read_rooms, uses_actor
from tests.test_architecture import ROOMS, ROOT


@pytest.fixture(scope="module")
def project():
    return read_rooms(ROOT, ROOMS)


def test_the_acts_are_found(project):
    names = {str(function) for function in project.acts()}
    assert {"refunds.actions.approve_refund", "stores.actions.members.add_member"} <= names
    assert len(names) > 60


def test_an_act_is_told_by_name_who_does_it_and_when(project):
    assert {str(function): missing for function in project.acts() if (missing := missing_arguments(function))} == {}


def test_an_act_leaves_an_event(project):
    silent = [str(function) for function in project.acts() if not project.leaves_an_event(function)]
    assert silent == [], "they record nothing: declare an event and tell it to a WriteSet"


def test_an_act_says_who_does_it(project):
    silent = [str(function) for function in project.acts() if not uses_actor(function)]
    assert silent == [], "they ask who does it and tell nobody"


# What outside parties remember is theirs; how a WriteSet is written is asked of who collects one; the demo makes up
# a past that nobody acted in.
NOT_OURS = ("orders.carriers.", "payments.gateways.", "common.writes", "demo.")


def test_every_write_is_an_acts_or_bookkeeping(project):
    found = Uses(project).unowned(but=NOT_OURS)
    assert found == [], "mark it (or what alone uses it) with @action or @bookkeeping of common.actions"


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


@for_each(
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


WRITER = """
from common.actions import action, bookkeeping
from django.dispatch import receiver
from shop.signals import sold

@action
def sell(*, item, actor, now):
    TOLD["all"](item)
    sold.send(sender=None, item=item)
    item.wrap()

TOLD = {"all": _file}

def _file(item):
    Paper.objects.create(item=item)

@receiver(sold)
def count(sender, item, **kwargs):
    _count(item)

def _count(item):
    with connection.cursor() as cursor:
        cursor.execute(_COUNT)

_ONE = "UPDATE shop_figures SET sold = sold + 1"
_COUNT = f"{_ONE} WHERE id = 1"

class Item:
    def wrap(self):
        self.save(update_fields=["is_wrapped"])
"""


@for_each(
    ("change", "unowned"),
    [
        (("", ""), []),
        (("@action", ""), ["_count", "_file", "wrap"]),
        (("sold.send", "bought.send"), ["_count"]),
        (("class Item", "def sweep():\n    partial(_file)\n\nclass Item"), ["_file"]),
        (("class Item", "SWEEPS = (Sweep(_count),)\n\nclass Item"), ["_count"]),
        (("item.wrap()", "item.sign()"), ["wrap"]),
        (("def _file", "@bookkeeping('Paper.')\ndef _file"), []),
        (("def _file(item):", "def _file(item):\n    default_storage.save('a', item)\n    facts.update({1: 2})"), []),
    ],
)
def test_a_write_that_is_nobodys_is_found(change, unowned):
    project = Project(iter([read("shop.actions", WRITER.replace(*change, 1))]))
    found = [each.split(".")[-1].split(":")[0] for each in Uses(project).unowned(but=("demo.",))]
    assert found == unowned


def test_bookkeeping_gives_its_reason():
    with pytest.raises(ValueError, match="Say why"):
        bookkeeping("")
