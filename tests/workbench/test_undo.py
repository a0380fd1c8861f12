"""Undoing for ten seconds that refunds were given to somebody (docs/adr/0078)."""

import re

import pytest

from common.models import Event
from refunds.models import Assignment
from refunds.team.assigning import assign_refund
from stores.actions import remove_member
from stores.models import Membership
from stores.permissions import actor_of
from tests.cases import for_each
from tests.world import NOON, OPERATOR, make_shop, make_user

pytestmark = pytest.mark.django_db
UNDO = "refunds/refund/assign/undo/"
QUEUE = "/admin/refunds/refund/"


def holder(shop, refund) -> str:
    with shop.scope():
        return ",".join(Assignment.objects.filter(refund=refund).values_list("assignee__username", flat=True))


def told(shop, refund) -> list[str]:
    with shop.scope():
        events = Event.objects.filter(topic_id=refund.pk, name__contains="assign").order_by("id")
        return [event.name.removeprefix("refund.") for event in events]


def banner(desk) -> str:
    """What the next page's banner sends; empty for no banner."""
    found = re.search(r'name="acts" value="([^"]*)"', desk.client.get(QUEUE).content.decode())
    return found.group(1) if found else ""


def press(desk, acts) -> list[str]:
    answer = desk.client.post(f"/admin/{UNDO}", {"acts": acts, "next": QUEUE}, follow=True)
    assert answer.status_code == 200
    return [str(message) for message in answer.context["messages"]]


def give(desk, refunds, to, had=None):
    pairs = [f"{refund.pk}:{had.pk}" for refund in refunds] if had else []
    ids = [str(refund.pk) for refund in refunds]
    desk.client.post(f"{QUEUE}assign/", {"refund": ids, "assignee": to.pk if to else "", "had": pairs, "next": QUEUE})


def test_what_was_given_goes_back_to_whoever_had_it(taote, sign_in, clock):
    wang, desk = make_user("wang", shop=taote, role="agent"), sign_in("agent", taote)
    hers, free = taote.refund(), taote.refund()
    give(desk, [hers], wang)
    clock.move(seconds=30)
    assert banner(desk) == ""
    give(desk, [hers], desk.user, had=wang)
    assert press(desk, banner(desk)) == ["Undone for 1 refund."]
    assert (holder(taote, hers), told(taote, hers)) == ("wang", ["assigned", "assigned", "assignment_undone"])
    assert banner(desk) == ""

    give(desk, [free], wang)
    acts = banner(desk)
    assert press(desk, acts)[-1] == "Undone for 1 refund."
    assert holder(taote, free) == ""
    assert press(desk, acts)[-1] == f"{free.order.number}: Meanwhile {desk.user.username} has changed who sees to it."

    desk.post(f"refunds/refund/{hers.pk}/assign/", assignee="", had=wang.pk)
    assert holder(taote, hers) == ""
    press(desk, banner(desk))
    assert holder(taote, hers) == "wang"
    with taote.scope():
        undone = Event.objects.filter(name="refund.assignment_undone").order_by("-id")[0]
    assert undone.data == {"assignee": "wang", "before": ""}


def test_not_later_not_once_something_followed_and_not_by_anybody_else(taote, sign_in, clock):
    wang, desk = make_user("wang", shop=taote, role="agent"), sign_in("agent", taote)
    late, taken, ended, fine, left = (taote.refund() for _ in range(5))
    give(desk, [late], wang)
    acts = banner(desk)
    clock.move(seconds=10)
    assert banner(desk) == ""
    clock.move(seconds=1)
    assert "It can be taken back for 10 seconds only" in press(desk, acts)[-1]
    assert holder(taote, late) == "wang"

    give(desk, [taken, ended, fine], desk.user)
    acts = banner(desk)
    with taote.scope():
        by = {"store_id": taote.store.pk, "actor": actor_of(wang), "now": NOON}
        assign_refund(**by, refund_id=taken.pk, assignee_id=wang.pk, had=desk.user.pk)
    taote.buyer.post(f"refunds/{ended.pk}/withdraw/")
    other = sign_in("owner", taote)
    assert other.post(UNDO, acts=acts).status_code == 404
    assert sign_in("agent", make_shop("taote")).post(UNDO, acts=acts).status_code == 404
    assert press(desk, acts)[-3:] == [
        "Undone for 1 refund.",
        f"{taken.order.number}: Meanwhile wang has changed who sees to it.",
        f"{ended.order.number}: This refund has ended: nobody has to see to it any more.",
    ]
    assert [holder(taote, each) for each in (taken, ended, fine)] == ["wang", desk.user.username, ""]

    give(desk, [left], wang)
    give(desk, [left], desk.user, had=wang)
    acts = banner(desk)
    with taote.scope():
        member = Membership.objects.get(user=wang)
        remove_member(store_id=taote.store.pk, member_id=member.pk, actor=OPERATOR, now=NOON)
    assert "Choose a member of this store" in press(desk, acts)[-1]
    assert holder(taote, left) == desk.user.username


@for_each("acts", ["", "x-y", "1", "1-2-3", "9" * 30 + "-1", "1-2"])
def test_what_names_none_of_ones_own_acts_is_not_found(taote, sign_in, acts):
    desk = sign_in("agent", taote)
    assert desk.post(UNDO, acts=acts).status_code == 404
    assert desk.get(UNDO).status_code == 405
    desk.client.cookies["wl_undo"] = acts
    assert banner(desk) == ""
