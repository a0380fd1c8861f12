"""A team at one desk: who sees to a refund, by hand and in turn, what colleagues note, and who reads it."""

import pytest

from automation.sweeps import run_rules
from common.models import Event
from refunds import actions
from refunds.models import Assignment, Note
from refunds.team.assigning import give_in_turn, share_out_refunds
from refunds.team.notes import write_note
from stores.actions import change_member, remove_member, update_store
from stores.models import Membership
from tests.automation.rules import OFFER, live
from tests.cases import for_each
from tests.world import MERCHANT, NOON, OPERATOR, make_shop, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def shop():
    """A store with an agent of its own beside those who sign in."""
    shop = make_shop("tmall")
    shop.wang = make_user("wang", shop=shop, role="agent")
    return shop


def holder(shop, refund) -> str:
    """The user name of who sees to the refund; empty for nobody."""
    with shop.scope():
        rows = Assignment.objects.filter(refund=refund).select_related("assignee")
        return next((row.assignee.username for row in rows), "")


def told(shop, refund) -> list[str]:
    """What happened to the refund between the people of the store, oldest first."""
    with shop.scope():
        names = Event.objects.filter(topic_id=refund.pk).order_by("id").values_list("name", flat=True)
        return [name for name in names if name.endswith("assigned") or name == "note.written"]


def assign(desk, refund, assignee, had=""):
    return desk.post(f"refunds/refund/{refund.pk}/assign/", assignee=getattr(assignee, "pk", assignee), had=had)


def test_a_refund_is_taken_given_and_put_back(shop, sign_in):
    refund, desk = shop.refund(), sign_in("agent", shop)
    page = desk.get(f"refunds/refund/{refund.pk}/change/").content.decode()
    assert 'id="take"' in page
    assert "nobody sees to it yet" in page
    assert assign(desk, refund, desk.user).status_code == 302
    assert holder(shop, refund) == desk.user.username
    assert 'id="take"' not in desk.get(f"refunds/refund/{refund.pk}/change/").content.decode()
    assign(desk, refund, shop.wang, had=desk.user.pk)
    assert holder(shop, refund) == "wang"
    assign(desk, refund, "", had=shop.wang.pk)
    assert holder(shop, refund) == ""
    assert told(shop, refund) == ["refund.assigned", "refund.assigned", "refund.unassigned"]


def test_who_looks_at_an_older_page_takes_nothing_away(shop, sign_in):
    refund, desk = shop.refund(), sign_in("agent", shop)
    assign(desk, refund, shop.wang)
    answer = assign(desk, refund, desk.user)
    assert "Meanwhile wang sees to this refund." in answer.content.decode()
    assign(desk, refund, "", had=shop.wang.pk)
    assert "Meanwhile this refund was put back" in assign(desk, refund, desk.user, had=shop.wang.pk).content.decode()
    assert holder(shop, refund) == ""


@for_each("role", ["viewer", "finance", "warehouse"])
def test_only_those_who_decide_refunds_assign_and_are_assigned(shop, sign_in, role):
    refund, other = shop.refund(), sign_in(role, shop)
    assert assign(other, refund, shop.wang).status_code == 403
    assert other.post("refunds/refund/assign/", refund=str(refund.pk), assignee=shop.wang.pk).status_code == 403
    assert 'id="assign-ticked"' not in other.get("refunds/refund/").content.decode()
    desk = sign_in("agent", shop)
    assert assign(desk, refund, other.user).status_code == 200
    assert assign(desk, refund, sign_in("agent", make_shop("taote")).user).status_code == 200
    assert assign(desk, refund, "x").status_code == 200
    assert holder(shop, refund) == ""


def test_the_refund_of_another_store_is_not_found(shop, sign_in):
    foreign, desk = make_shop("taote").refund(), sign_in("agent", shop)
    assert assign(desk, foreign, desk.user).status_code == 404
    for page in ("note", "assign"):
        assert desk.post(f"refunds/refund/{foreign.pk}/{page}/", text="x").status_code == 404
    assert desk.post("refunds/refund/assign/", refund=str(foreign.pk), assignee=desk.user.pk).status_code == 404


def test_a_refund_that_has_ended_is_given_to_nobody(shop, sign_in):
    refund, desk = shop.refund(), sign_in("agent", shop)
    shop.buyer.post(f"refunds/{refund.pk}/withdraw/")
    assign(desk, refund, desk.user)
    assert holder(shop, refund) == ""
    assert 'id="form-assign"' not in desk.get(f"refunds/refund/{refund.pk}/change/").content.decode()


def test_many_at_once_and_those_left_out_are_named(shop, sign_in):
    desk = sign_in("agent", shop)
    free, taken, ended, moved = (shop.refund() for _ in range(4))
    assign(desk, moved, shop.wang)
    ticked = [str(each.pk) for each in (free, taken, ended, moved)]
    shown = desk.get("refunds/refund/", queue="all").content.decode()
    assert f'value="{moved.pk}:{shop.wang.pk}"' in shown
    assign(desk, taken, shop.wang)
    shop.buyer.post(f"refunds/{ended.pk}/withdraw/")
    answer = desk.client.post(
        "/admin/refunds/refund/assign/",
        {
            "refund": ticked,
            "assignee": desk.user.pk,
            "had": f"{moved.pk}:{shop.wang.pk}",
            "next": "/admin/refunds/refund/",
        },
        follow=True,
    )
    said = [str(message) for message in answer.context["messages"]]
    assert said[-3:] == [
        "2 refunds have changed hands.",
        f"{taken.order.number}: Meanwhile wang sees to this refund.",
        f"{ended.order.number}: This refund has ended: nobody has to see to it any more.",
    ]
    assert [holder(shop, each) for each in (free, moved, taken, ended)] == [desk.user.username] * 2 + ["wang", ""]
    assert "Tick the refunds first." in desk.client.post("/admin/refunds/refund/assign/", follow=True).content.decode()


def test_mine_nobodys_and_a_colleagues_with_their_counts(shop, sign_in):
    desk = sign_in("agent", shop)
    mine, hers, free, ended = (shop.refund() for _ in range(4))
    assign(desk, mine, desk.user)
    assign(desk, hers, shop.wang)
    shop.buyer.post(f"refunds/{ended.pk}/withdraw/")

    def shown(**params):
        return [refund.pk for refund in desk.rows("refunds/refund/", **params)]

    assert shown(assigned="mine") == [mine.pk]
    assert shown(assigned="nobody") == [free.pk]
    assert shown(assigned=shop.wang.pk) == [hers.pk]
    assert shown(queue="all", assigned="nobody") == [ended.pk, free.pk]
    for queue in ("awaiting", "all"):
        shares = desk.get("refunds/refund/", queue=queue).context["shares"]
        assert [(share.code, share.count) for share in shares] == [("mine", "1"), ("nobody", "1")]
    page = desk.get("refunds/refund/").content.decode()
    assert page.count("wl-whose") == 2
    assert desk.get("refunds/refund/", assigned="12345").status_code == 302, "who isn't there is said not to be"


def test_whoever_leaves_or_decides_no_more_frees_their_refunds(shop, sign_in):
    desk = sign_in("owner", shop)
    first, second, ended = shop.refund(), shop.refund(), shop.refund()
    for refund in (first, second, ended):
        assign(desk, refund, shop.wang)
    shop.buyer.post(f"refunds/{ended.pk}/withdraw/")
    by = {"store_id": shop.store.pk, "actor": OPERATOR, "now": NOON}
    with shop.scope():
        member = Membership.objects.get(user=shop.wang)
        change_member(member_id=member.pk, role="owner", **by)
        assert Assignment.objects.count() == 3
        change_member(member_id=member.pk, role="warehouse", **by)
        assert not Assignment.objects.exists()
        change_member(member_id=member.pk, role="agent", **by)
    assert told(shop, first) == told(shop, second) == ["refund.assigned", "refund.unassigned"]
    assert told(shop, ended) == ["refund.assigned"]
    assign(desk, first, shop.wang)
    with shop.scope():
        remove_member(member_id=member.pk, **by)
    assert holder(shop, first) == ""


def share(shop, on=True):
    with shop.scope():
        update_store(store=shop.store, shares_out_refunds=on, actor=OPERATOR, now=NOON)
    return share_out_refunds()


def test_new_refunds_go_round_the_agents(shop):
    li = make_user("li", shop=shop, role="agent")
    make_user("owner", shop=shop, role="owner")
    first = [shop.refund() for _ in range(3)]
    assert share_out_refunds() == 0
    assert share(shop) == 3
    assert [holder(shop, refund) for refund in first] == ["wang", "li", "wang"]
    later = [shop.refund() for _ in range(2)]
    assert (share_out_refunds(), share_out_refunds()) == (2, 0)
    assert [holder(shop, refund) for refund in later] == ["li", "wang"]
    with shop.scope():
        Membership.objects.get(user=li).delete()
    last = shop.refund()
    share_out_refunds()
    assert holder(shop, last) == "wang"


def test_without_an_agent_the_owners_get_them_and_without_anybody_they_wait():
    shop = make_shop("tmall")
    refund = shop.refund()
    assert share(shop) == 0
    make_user("chef", shop=shop, role="owner")
    assert share_out_refunds() == 1
    assert holder(shop, refund) == "chef"


def test_what_is_decided_or_somebodys_already_is_not_shared_out(shop, sign_in):
    desk = sign_in("owner", shop)
    decided, taken, other = shop.refund(), shop.refund(), make_shop("taote").refund()
    with shop.scope():
        actions.reject_refund(store_id=shop.store.pk, refund_id=decided.pk, reason="x", actor=MERCHANT, now=NOON)
    assign(desk, taken, desk.user)
    assert share(shop) == 0
    assert holder(shop, taken) == desk.user.username
    assert other.status == "awaiting_merchant"


def test_what_was_taken_between_the_look_and_the_lock_stays_taken(shop, sign_in):
    desk, refund = sign_in("owner", shop), shop.refund()
    assign(desk, refund, desk.user)
    with shop.scope():
        give_in_turn(refunds=[refund], actor=OPERATOR, now=NOON)
    assert (holder(shop, refund), told(shop, refund)) == (desk.user.username, ["refund.assigned"])


def test_a_note_is_read_by_colleagues_alone(shop, sign_in):
    refund, desk = shop.refund(), sign_in("warehouse", shop)
    assert desk.post(f"refunds/refund/{refund.pk}/note/", text="箱子是湿的 <b>").status_code == 302
    page = sign_in("agent", shop).get(f"refunds/refund/{refund.pk}/change/").content.decode()
    assert "箱子是湿的 &lt;b&gt;" in page
    with shop.scope():
        note = Note.objects.get()
        assert (note.author, note.at) == (desk.user.username, NOON)
    assert sign_in("viewer", shop).post(f"refunds/refund/{refund.pk}/note/", text="x").status_code == 403
    for side in (shop.buyer, shop.merchant):
        for path in (f"refunds/{refund.pk}/", f"refunds/{refund.pk}/timeline/", f"refunds/{refund.pk}/messages/"):
            assert "箱子" not in side.get(path).content.decode()
    assert "箱子" not in shop.merchant.get("events/").content.decode()


def test_the_marketplaces_key_reads_nothing_of_the_team(shop, sign_in):
    refund, desk = shop.refund(), sign_in("agent", shop)
    assign(desk, refund, desk.user)
    assign(desk, refund, "", had=desk.user.pk)
    desk.post(f"refunds/refund/{refund.pk}/note/", text="x")
    own = {"refund.assigned", "refund.unassigned", "note.written"}

    def names(client):
        return {event["name"] for event in client.get(f"refunds/{refund.pk}/timeline/").json()["results"]}

    assert names(shop.merchant) & own == own
    assert names(shop.buyer) & own == set()
    assert names(shop.buyer) == names(shop.merchant) - own


def test_the_marketplaces_key_reads_nothing_of_what_is_recommended_and_ruled(sign_in, broker_tasks):
    """It acts for the buyer: who knows that more would be offered, or that a lot decides, waits for more."""
    tmall = make_shop("tmall")
    live(tmall, "small", reasons=["slow_logistics"], most_a_day=9, most_yuan_a_day="99.00", **OFFER)
    refund = tmall.refund(reason="slow_logistics")
    run_rules()

    def told(client):
        events = client.get(f"refunds/{refund.pk}/timeline/").json()["results"]
        return {event["name"]: event["data"] for event in events}

    own, theirs = told(tmall.merchant), told(tmall.buyer)
    secret = {"recommended_method", "recommended_amount", "propensity", "was_tried", "was_taken"}
    assert own["offer.sent"].keys() >= secret
    assert own.keys() - theirs.keys() == {"rule.acted"}
    assert own["offer.sent"].keys() - theirs["offer.sent"].keys() == secret


def test_an_empty_note_is_none_and_there_is_an_end_of_them(shop, sign_in, monkeypatch):
    refund, desk = shop.refund(), sign_in("agent", shop)
    assert desk.post(f"refunds/refund/{refund.pk}/note/", text="  ").status_code == 200
    monkeypatch.setattr("refunds.team.notes.MOST_NOTES", 1)
    with shop.scope():
        write_note(store_id=shop.store.pk, refund_id=refund.pk, text="a", actor=MERCHANT, now=NOON)
    assert "at most 1 notes" in desk.post(f"refunds/refund/{refund.pk}/note/", text="b").content.decode()
    with shop.scope():
        assert Note.objects.count() == 1


def test_what_colleagues_say_costs_no_statement_more(shop, sign_in):
    refund, desk = shop.refund(), sign_in("agent", shop)
    path = f"refunds/refund/{refund.pk}/change/"
    before = len(desk.statements(path))
    assign(desk, refund, desk.user)
    for text in "abc":
        desk.post(f"refunds/refund/{refund.pk}/note/", text=text)
    assert len(desk.statements(path)) == before <= 20
    assert len(desk.statements(path, list="queue=awaiting")) <= 20
