"""Sharing new refunds out by skill: kinds and categories that a member takes, and what nobody takes (docs/adr/0065)."""

import pytest

from common.models import Event
from refunds.models import Assignment, Refund
from refunds.team import assigning
from refunds.team.assigning import share_out_refunds
from stores.actions import update_store
from stores.models import Membership
from stores.people.skills import MOST_CATEGORIES
from tests.world import MERCHANT, NOON, make_shop, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(clock):
    """A store on Tmall that shares out among anna and bob."""
    shop = make_shop("tmall")
    for name in ("anna", "bob"):
        make_user(name, shop=shop, role="agent")
    with shop.scope():
        update_store(store=shop.store, shares_out_refunds=True, actor=MERCHANT, now=NOON)
    return shop


def address(shop, username) -> str:
    with shop.scope():
        return f"stores/membership/{Membership.objects.get(user__username=username).pk}/"


def teach(desk, shop, username, kinds=(), categories=""):
    path = f"/admin/{address(shop, username)}skills/"
    return desk.client.post(path, {"kinds": list(kinds), "categories": categories}, follow=True)


def share_out(shop) -> dict:
    """Who has which refund once the sweep has found nothing more."""
    while share_out_refunds():
        pass
    with shop.scope():
        return dict(Assignment.objects.values_list("refund", "assignee__username"))


def test_the_turn_takes_only_members_who_have_the_skill(shop, sign_in):
    desk = sign_in("owner", shop)
    teach(desk, shop, "anna", ["return_and_refund"], "777，50010850")
    returns = [shop.refund(shop.order(category="777")) for _ in range(2)]
    shoes = shop.refund(shop.order(category="888"))
    money = [shop.refund(shop.order(category="777"), kind="refund_only") for _ in range(2)]
    assert share_out(shop) == {
        returns[0].pk: "anna",
        returns[1].pk: "bob",
        shoes.pk: "bob",
        money[0].pk: "bob",
        money[1].pk: "bob",
    }
    later = shop.refund(shop.order(category="50010850"))
    assert share_out(shop)[later.pk] == "anna", "whose turn is longest ago"
    shown = desk.get(f"{address(shop, 'anna')}change/").content.decode()
    assert 'value="50010850, 777"' in shown
    with shop.scope():
        told = Event.objects.get(name="member.skills_changed")
    assert told.data["kinds"] == [[], ["return_and_refund"]]
    assert told.data["categories"] == [[], ["50010850", "777"]]
    changed = desk.get("changes/").content.decode()
    assert "Skills changed" in changed
    assert "all → return_and_refund" in changed


def test_what_nobody_takes_stays_nobodys_is_said_and_is_in_nobodys_way(shop, sign_in, monkeypatch):
    desk = sign_in("owner", shop)
    teach(desk, shop, "anna", ["refund_only"])
    said = teach(desk, shop, "bob", ["refund_only"], "777")
    messages = [str(message) for message in said.context["messages"]]
    assert messages[-1].startswith("Saved. Nobody takes these in turn now, so they stay nobody's: ")
    assert "Return and refund" in messages[-1]
    untaken = [shop.refund() for _ in range(3)]
    taken = shop.refund(kind="refund_only")
    monkeypatch.setattr(assigning, "BATCH", 2)
    assert share_out_refunds(limit=2) == 1
    assert share_out(shop) == {taken.pk: "anna"}
    with shop.scope():
        assert Refund.objects.exclude(pk=taken.pk).count() == len(untaken)
    teach(desk, shop, "anna")
    assert set(share_out(shop).values()) == {"anna"}


def test_owners_take_only_where_there_is_no_agent(shop, sign_in):
    owner = sign_in("owner", shop)
    teach(owner, shop, "anna", ["refund_only"])
    teach(owner, shop, "bob", ["refund_only"])
    refund = shop.refund()
    assert share_out(shop) == {}
    with shop.scope():
        Membership.objects.filter(role="agent").update(role="viewer")
    teach(owner, shop, owner.user.username, ["refund_only"])
    assert share_out(shop) == {}
    teach(owner, shop, owner.user.username)
    assert share_out(shop) == {refund.pk: owner.user.username}


def test_only_owners_teach_and_what_is_wrong_is_said(shop, sign_in):
    desk = sign_in("owner", shop)
    assert sign_in("agent", shop).post(f"{address(shop, 'anna')}skills/", kinds="refund_only").status_code in (403, 404)
    other = sign_in("owner", make_shop("tmall"))
    assert other.post(f"{address(shop, 'anna')}skills/", kinds="refund_only").status_code == 404
    assert "nonsense is not one of the available choices" in teach(desk, shop, "anna", ["nonsense"]).content.decode()
    many = ",".join(str(number) for number in range(MOST_CATEGORIES + 1))
    assert f"Name at most {MOST_CATEGORIES} categories." in teach(desk, shop, "anna", [], many).content.decode()
    assert "at most 50 characters" in teach(desk, shop, "anna", [], "x" * 51).content.decode()
    with shop.scope():
        assert not Event.objects.filter(name="member.skills_changed").exists()
    make_user("store", shop=shop, role="warehouse")
    assert 'id="skills"' not in desk.get(f"{address(shop, 'store')}change/").content.decode()


def test_what_nobody_takes_is_a_tab_with_what_to_do(shop, sign_in):
    owner, queue = sign_in("owner", shop), "refunds/refund/"
    for name in ("anna", "bob"):
        teach(owner, shop, name, ["return_and_refund"], "777")
    left = [shop.refund(shop.order(category=category), kind=kind) for category, kind in (("888", "return_and_refund"),)]
    left.append(shop.refund(shop.order(category="777"), kind="refund_only"))
    taken = shop.refund(shop.order(category="777"))
    assert {row.pk for row in owner.rows(queue, queue="no_taker")} == {row.pk for row in left}
    assert owner.tiles()["Nobody takes them"] == "2"
    page = owner.get(queue, queue="no_taker").content.decode()
    assert "give somebody their kind or category under Members" in page
    assert share_out(shop).keys() == {taken.pk}
    few = len(owner.statements(queue, queue="no_taker"))
    teach(owner, shop, "bob")
    assert owner.rows(queue, queue="no_taker") == []
    assert "Somebody in the store has the skill" in owner.get(queue, queue="no_taker").content.decode()
    assert share_out(shop).keys() == {taken.pk, *(row.pk for row in left)}
    teach(owner, shop, "bob", ["exchange"])
    teach(owner, shop, "anna", ["exchange"])
    for _ in range(5):
        shop.refund(shop.order(category="888"))
    assert len(owner.statements(queue, queue="no_taker")) == few
    with shop.scope():
        update_store(store=shop.store, shares_out_refunds=False, actor=MERCHANT, now=NOON)
    assert "no_taker" not in owner.get(queue).content.decode()
