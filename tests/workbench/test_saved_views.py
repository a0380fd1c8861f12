"""Lists of the desk under a name: one's own, shared with the store, opened by default, and told when they broke."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.models import Event
from common.tenancy import system_scope
from stores.actions import remove_member
from stores.models import Membership, SavedView
from stores.people.saved_views import MOST_VIEWS
from tests.world import NOON, OPERATOR, make_shop, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/refunds/refund/"
QUERY = "queue=awaiting&kind__exact=refund_only"


def save(desk, shop, name, query=QUERY, **more):
    told = {"list_name": "refunds.refund", "query": query, "name": name, "store": shop.store.pk, "next": LIST, **more}
    return said(desk.client.post("/admin/save-view/", told, follow=True))


def change(desk, called, **told):
    with system_scope():
        view = SavedView.objects.get(name=called)
    told = {"name": called, "next": f"{LIST}?queue=all", **told}
    return desk.client.post(f"/admin/views/{view.pk}/", told, follow=True)


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def shown(desk) -> set[str]:
    """The names of the views above the list."""
    page = desk.client.get(f"{LIST}?queue=all")
    return {view.name for view in page.context["shelf"].views}


def names(shop) -> list[tuple]:
    with shop.scope():
        return sorted(SavedView.objects.values_list("name", "is_shared", "is_default"))


def test_a_view_is_saved_opened_renamed_and_deleted(taote, sign_in):
    taote.refund(kind="refund_only")
    desk = sign_in("agent", taote)
    page = desk.client.get(f"{LIST}?kind__exact=refund_only&p=1&reason__exact=").content.decode()
    assert f'name="query" value="{QUERY.replace("&", "&amp;")}"' in page
    assert save(desk, taote, "只退款") == ["The view is saved."]
    page = desk.client.get(f"{LIST}?kind__exact=refund_only&queue=awaiting").content.decode()
    assert re.search(r'class="is-on" aria-current="true">只退款', page)
    assert "change-view" in page
    assert "save-view" not in page
    assert 'name="is_shared"' not in page, "an agent shares nothing"
    assert save(desk, taote, "只退款", "queue=all") == ["The view is saved."], "the same name shows this from now on"
    change(desk, "只退款", is_default="on")
    assert names(taote) == [("只退款", False, True)]
    opened = desk.client.get(LIST)
    assert opened.headers["Location"] == f"{LIST}?queue=all"
    save(desk, taote, "second", QUERY, is_default="on")
    assert names(taote) == [("second", False, True), ("只退款", False, False)]
    assert "There is a view of this name already." in said(change(desk, "second", **{"name": "只退款"}))[0]
    change(desk, "second", **{"name": "第二"})
    change(desk, "第二", delete="1")
    assert names(taote) == [("只退款", False, False)]
    assert desk.client.get(LIST).status_code == 200
    with taote.scope():
        told = Event.objects.filter(name__startswith="view.").order_by("id")
        assert [event.name for event in told] == ["view.saved"] * 2 + ["view.changed", "view.saved"] + [
            "view.changed",
            "view.deleted",
        ]


def test_what_is_wrong_is_said_and_nothing_is_kept(taote, sign_in):
    desk = sign_in("agent", taote)
    assert save(desk, taote, "  ") == ["Name of the view: This field is required."]
    assert save(desk, taote, "x", "") == ["Choose a tab, a filter or a search first."]
    assert "too long to be kept" in save(desk, taote, "x", "q=" + "x" * 600)[0]
    assert save(desk, taote, "x", is_shared="on") == [
        "For everybody in the store: Only owners share a view with everybody in the store."
    ]
    assert names(taote) == []
    for number in range(MOST_VIEWS):
        save(desk, taote, f"v{number}")
    assert save(desk, taote, "one more")[0].startswith(f"Keep at most {MOST_VIEWS} views")
    assert len(names(taote)) == MOST_VIEWS


def test_owners_share_and_each_sees_their_own_and_what_is_shared(taote, sign_in):
    owner, agent, other = sign_in("owner", taote), sign_in("agent", taote), make_shop("taote")
    stranger = sign_in("owner", other)
    taote.refund()
    other.refund()
    save(owner, taote, "shared", is_shared="on", is_default="on")
    save(owner, taote, "private")
    save(agent, taote, "own")
    for desk, seen in ((owner, {"shared", "private"}), (agent, {"shared", "own"}), (stranger, set())):
        assert shown(desk) == seen
    assert agent.client.get(LIST).status_code == 200, "somebody else's default is not one's own"
    assert said(change(agent, "shared", delete="1")) == [
        "Whoever saved this view changes it, or an owner of the store."
    ]
    assert change(agent, "private").status_code == 404
    assert change(stranger, "shared").status_code == 404
    second = make_user("second", shop=taote)
    agents = type(agent)(second)
    assert said(change(agents, "shared", is_shared="on")) == [
        "The list opens like this: A list opens like one of your own views: save this one under a name of yours first."
    ]
    change(agents, "shared", is_default="on")
    assert ("shared", False, True) in names(taote), "another owner may end the sharing"
    assert stranger.client.post("/admin/save-view/", {"store": taote.store.pk, "name": "x"}).status_code == 404


def test_a_filter_that_is_no_more_is_told_and_left_out(taote, sign_in):
    wang, desk = make_user("wang", shop=taote, role="agent"), sign_in("agent", taote)
    taote.refund()
    save(desk, taote, "wang's", f"queue=all&assigned={wang.pk}", is_default="on")
    assert desk.client.get(LIST, follow=True).status_code == 200
    with taote.scope():
        member = Membership.objects.get(user=wang)
        remove_member(store_id=taote.store.pk, member_id=member.pk, actor=OPERATOR, now=NOON)
    opened = desk.client.get(LIST, follow=True)
    left_out = f"This list has nothing like “Who sees to it: {wang.pk}” to filter by now; that part of the address"
    assert said(opened) == [f"{left_out} was left out."]
    assert opened.request["QUERY_STRING"] == "queue=all"
    for query, told in {
        "queue=gone": "Queue: gone",
        "followed=yes": "From the marketplace: yes",
        "reason__exact=gone": "Reason: gone",
        "shipped=gone&queue=all": "Shipped or not: gone",
    }.items():
        assert told in said(desk.client.get(f"{LIST}?{query}", follow=True))[0], query
    own = desk.client.get(f"{LIST}?assigned={desk.user.pk}")
    assert own.status_code == 200, "a colleague's view of what is this user's"
    assert own.context["cl"].result_list == []


def test_whoever_leaves_takes_their_own_views_along(taote, sign_in):
    agent = sign_in("agent", taote)
    save(agent, taote, "own")
    with taote.scope():
        SavedView.objects.filter(name="own").update(is_shared=True)
    save(agent, taote, "private")
    with taote.scope():
        member = Membership.objects.get(user=agent.user)
        remove_member(store_id=taote.store.pk, member_id=member.pk, actor=OPERATOR, now=NOON)
    assert names(taote) == [("own", True, False)]


def test_the_views_cost_one_statement(taote, sign_in):
    desk = sign_in("agent", taote)
    taote.refund()

    def reads():
        with CaptureQueriesContext(connection) as captured:
            desk.client.get(f"{LIST}?queue=all")
        return [query["sql"] for query in captured]

    few = len(reads())
    for number in range(3):
        save(desk, taote, f"v{number}")
    many = reads()
    assert len(many) == few
    assert sum("stores_savedview" in sql for sql in many) == 1
