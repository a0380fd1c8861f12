"""Refunds that several people have open: pages that are out of date, the next one of the list, and who else looks."""

import html
import re
from urllib.parse import unquote

import pytest
from redis.exceptions import RedisError

from automation.sweeps import run_rules
from common.hint_server import client, hint_server
from common.models import Event
from refunds import actions
from refunds.messages import post_message
from refunds.team.tags import tag_refund
from tests.automation.rules import live, ruling_of
from tests.cases import for_each
from tests.workbench.test_team import assign
from tests.world import BUYER, MERCHANT, NOON, make_shop, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def shop():
    """A store with an agent of its own beside those who sign in."""
    shop = make_shop("tmall")
    shop.wang = make_user("wang", shop=shop, role="agent")
    return shop


def fields(page) -> dict[str, str]:
    """The hidden fields of a page's forms that say what it knew."""
    return dict(re.findall(r'name="(as_of)" value="(\d+)"', page))


@for_each(
    ("page", "data"),
    [
        ("decide/reject/", {"reason": "worn"}),
        ("decide/approve/", {}),
        ("negotiate/", {"step": "preview", "method": "reassurance", "message": "亲"}),
        ("negotiate/", {"step": "send", "method": "reassurance", "message": "亲"}),
        ("decide/ask-platform/", {"plea": "look"}),
        ("pay/", {"step": "send", "purpose": "return_freight", "amount": "1.00", "note": "运费", "order_used": "0"}),
    ],
)
def test_what_happened_since_the_page_was_shown_stops_a_decision_and_is_told(shop, sign_in, page, data):
    refund, desk = shop.refund(kind="refund_only"), sign_in("owner", shop)
    shown = fields(desk.get(f"refunds/refund/{refund.pk}/change/").content.decode())
    with shop.scope():
        post_message(store_id=shop.store.pk, refund_id=refund.pk, text="我不退了", actor=BUYER, now=NOON)
    before = told_of(shop, refund)
    answer = desk.client.post(f"/admin/refunds/refund/{refund.pk}/{page}", {**data, **shown}, follow=True)
    text = answer.content.decode()
    assert "Your page was out of date, so nothing was decided." in text
    assert "Buyer" in text
    assert "Message (2026-11-20 12:00)" in text
    assert told_of(shop, refund) == before
    assert fields(text)["as_of"] > shown["as_of"]


def told_of(shop, refund):
    with shop.scope():
        return list(Event.objects.filter(topic_id=refund.pk).values_list("name", flat=True))


def test_the_refused_page_keeps_what_was_written_and_knows_by_then(shop, sign_in):
    refund, desk = shop.refund(kind="refund_only"), sign_in("agent", shop)
    path = f"refunds/refund/{refund.pk}/decide/reject/"
    shown = fields(desk.get(path).content.decode())
    with shop.scope():
        post_message(store_id=shop.store.pk, refund_id=refund.pk, text="x", actor=BUYER, now=NOON)
    again = desk.post(path, reason="worn out", **shown).content.decode()
    assert "worn out" in again
    assert desk.post(path, reason="worn out", **fields(again)).status_code == 302
    assert shop.reload(refund).status == "rejected"


def test_two_agents_meet_on_one_refund(shop, sign_in):
    refund, first, second = shop.refund(kind="refund_only"), sign_in("agent", shop), sign_in("owner", shop)
    path = f"refunds/refund/{refund.pk}/decide/"
    pages = [fields(desk.get(f"{path}reject/").content.decode()) for desk in (first, second)]
    assert first.post(f"{path}reject/", reason="worn", **pages[0]).status_code == 302
    answer = second.client.post(f"/admin/{path}approve/", pages[1], follow=True).content.decode()
    assert f"Merchant · {first.user.username}: Request rejected" in answer
    assert shop.reload(refund).status == "rejected"


def test_what_colleagues_say_to_each_other_is_no_news(shop, sign_in):
    refund, desk = shop.refund(kind="refund_only"), sign_in("agent", shop)
    path = f"refunds/refund/{refund.pk}/decide/reject/"
    shown = fields(desk.get(path).content.decode())
    assign(desk, refund, shop.wang)
    desk.post(f"refunds/refund/{refund.pk}/note/", text="x")
    assert desk.post(path, reason="worn", **shown).status_code == 302


@for_each(
    "says",
    [
        {"act": "tell", "text": "look"},
        {"act": "tag", "tag": "VIP"},
        {"act": "assign", "assignee": "wang"},
        {"act": "assign", "assignee": "wang", "held_out": 50},
        {"act": "offer", "method": "red_packet", "amount": "5.00"},
    ],
)
def test_that_a_rule_sorts_or_watches_is_no_news_what_it_decides_is(shop, sign_in, clock, says):
    live(shop, "R", **says)
    refund, desk = shop.refund(kind="refund_only"), sign_in("agent", shop)
    path = f"refunds/refund/{refund.pk}/decide/reject/"
    shown = fields(desk.get(path).content.decode())
    run_rules()
    answer = desk.post(path, reason="worn", **shown)
    assert ruling_of(refund).outcome in ("acted", "held_out")
    if says["act"] == "offer":
        assert "rule:R v1: Offer sent" in answer.content.decode()
        assert "rule:R v1: Automatic" not in answer.content.decode()
    else:
        assert answer.status_code == 302
        assert shop.reload(refund).status == "rejected"


@for_each("as_of", ["", "x", "-1", "9" * 30, "１"])
def test_a_page_that_knows_nothing_is_out_of_date(shop, sign_in, as_of):
    refund, desk = shop.refund(kind="refund_only"), sign_in("agent", shop)
    answer = desk.post(f"refunds/refund/{refund.pk}/decide/reject/", reason="worn", as_of=as_of)
    assert "Your page was out of date" in answer.content.decode()


def test_every_form_of_the_refunds_page_says_what_it_knew(shop, sign_in):
    refund, desk = shop.refund(kind="refund_only"), sign_in("owner", shop)
    with shop.scope():
        post_message(store_id=shop.store.pk, refund_id=refund.pk, text="x", actor=BUYER, now=NOON)
        tag_refund(store_id=shop.store.pk, refund_id=refund.pk, name="VIP", actor=MERCHANT, now=NOON)
    pages = ["change/", "decide/approve/", "decide/reject/", "negotiate/", "pay/", "decide/ask-platform/"]
    for name in pages:
        text = desk.get(f"refunds/refund/{refund.pk}/{name}").content.decode()
        forms = [form for form in re.findall(r"<form[^>]*>.*?</form>", text, re.DOTALL) if 'method="post"' in form]
        heads = {form: form.partition(">")[0] for form in forms}
        ours = [form for form, head in heads.items() if str(refund.pk) in head or "action=" not in head]
        assert ours
        assert [form[:200] for form in ours if 'name="as_of"' not in form] == []


def test_after_a_decision_comes_the_next_refund_of_the_list(shop, sign_in):
    desk = sign_in("agent", shop)
    refunds = [shop.refund(kind="refund_only") for _ in range(4)]
    shop.refund()
    queue = "queue=awaiting&kind__exact=refund_only"
    listed = [row.pk for row in desk.rows("refunds/refund/", queue="awaiting", kind__exact="refund_only")]
    links = re.findall(r'data-href="([^"]+)"', desk.get(f"refunds/refund/?{queue}").content.decode())
    assert [unquote(link).split("/")[4] for link in links] == [str(key) for key in listed]
    where = html.unescape(links[0])
    visited = []
    while "/change/" in where:
        page = desk.client.get(where)
        visited.append(page.context["refund"].pk)
        assert page.context["list"] == queue
        if len(visited) == 2:  # left as it is
            where = desk.client.get(f"/admin/refunds/refund/{visited[-1]}/next/").headers["Location"]
            continue
        step = desk.post(f"refunds/refund/{visited[-1]}/decide/reject/", reason="worn", **fields(page.content.decode()))
        where = step.headers["Location"]
    assert visited == listed
    assert where == f"/admin/refunds/refund/?{queue}"
    assert "That was the last one of this list." in desk.client.get(where).content.decode()
    assert {shop.reload(refund).status for refund in refunds} == {"rejected", "awaiting_merchant"}


def test_what_a_colleague_has_decided_meanwhile_is_passed_over(shop, sign_in):
    desk = sign_in("agent", shop)
    for _ in range(3):
        shop.refund(kind="refund_only")
    first, second, third = (row.pk for row in desk.rows("refunds/refund/", queue="awaiting"))
    desk.get(f"refunds/refund/{first}/change/", list="queue=awaiting")
    with shop.scope():
        actions.reject_refund(store_id=shop.store.pk, refund_id=second, reason="x", actor=MERCHANT, now=NOON)
    step = desk.post(f"refunds/refund/{first}/decide/reject/", reason="worn")
    assert f"/{third}/change/" in step.headers["Location"]


def test_without_a_list_a_decision_leads_back_to_the_refund(shop, sign_in):
    desk, refund, listed = sign_in("agent", shop), shop.refund(kind="refund_only"), shop.refund(kind="refund_only")
    assert desk.get(f"refunds/refund/{refund.pk}/next/").status_code == 404
    for query in ("nonsense__x=1", "queue=returns", "x" * 600):
        desk.get(f"refunds/refund/{listed.pk}/change/", list=query)
        assert desk.get(f"refunds/refund/{listed.pk}/next/").status_code == 404
    for each in (refund, listed):
        step = desk.post(f"refunds/refund/{each.pk}/decide/reject/", reason="worn")
        assert step.headers["Location"] == f"/admin/refunds/refund/{each.pk}/change/"


def test_the_list_of_another_store_leads_nowhere(shop, sign_in):
    desk, foreign = sign_in("agent", shop), make_shop("taote").refund()
    assert desk.get(f"refunds/refund/{foreign.pk}/next/", list="queue=awaiting").status_code == 404


def looks(desk, refund, **data):
    return desk.post(f"refunds/refund/{refund.pk}/looking/", **{"as_of": "0", **data})


def test_who_looks_at_a_refund_is_told_of_others_who_do(shop, sign_in):
    refund, other = shop.refund(), shop.refund()
    first, second, viewer = (sign_in(role, shop) for role in ("agent", "owner", "viewer"))
    assert looks(first, refund).json()["others"] == ""
    assert looks(second, refund).json()["others"] == f"{first.user.username} is looking at this, too."
    both = looks(viewer, refund).json()["others"]
    assert both == f"{first.user.username}, {second.user.username} are looking at this, too."
    assert looks(first, other).json()["others"] == ""
    assert looks(first, refund, leave="1").json() == {}
    assert looks(second, refund).json()["others"] == f"{viewer.user.username} is looking at this, too."


def test_who_has_gone_without_a_word_is_forgotten(shop, sign_in, monkeypatch):
    refund, first, second = shop.refund(), sign_in("agent", shop), sign_in("owner", shop)
    looks(first, refund)
    assert client().ttl(f"looking:{refund.pk}:seen") > 0
    monkeypatch.setattr("refunds.team.presence.FORGOTTEN_AFTER_S", -1)
    assert looks(second, refund).json()["others"] == ""


def test_a_page_hears_of_what_happened_since_and_of_nothing_in_another_store(shop, sign_in):
    refund, desk = shop.refund(kind="refund_only"), sign_in("agent", shop)
    knew = fields(desk.get(f"refunds/refund/{refund.pk}/change/").content.decode())
    assert looks(desk, refund, **knew).json()["news"] == ""
    with shop.scope():
        post_message(store_id=shop.store.pk, refund_id=refund.pk, text="x", actor=BUYER, now=NOON)
    assert looks(desk, refund, **knew).json()["news"].startswith("This page is out of date: Buyer")
    stranger = sign_in("agent", make_shop("taote"))
    assert looks(stranger, refund).status_code == 404
    assert stranger.get(f"refunds/refund/{refund.pk}/looking/").status_code in (404, 405)


def test_without_the_hint_server_nobody_is_shown(shop, sign_in, monkeypatch):
    def down():
        raise RedisError

    refund, desk = shop.refund(), sign_in("agent", shop)
    monkeypatch.setattr("refunds.team.presence.client", down)
    assert looks(desk, refund).json()["others"] == ""
    hint_server.forgive()
