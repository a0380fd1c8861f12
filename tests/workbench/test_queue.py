"""The queue: what each tab shows, in which order, and at what cost."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib import admin

from offers.actions import send_offer
from refunds import actions, returns
from refunds.messages import post_message
from refunds.platform.disputes import open_dispute
from refunds.states import CaseSide
from stores.models import Membership
from tests.api.test_arrivals import returning
from tests.world import BUYER, MERCHANT, NOON, make_shop
from workbench.kit.queue import MOST_COUNTED, QueueFilter, QueueMixin, capped

pytestmark = pytest.mark.django_db


def shown(desk, **params):
    """The order numbers of the queue, as listed."""
    return [refund.order.number for refund in desk.rows("refunds/refund/", **params)]


def propose(shop, refund):
    """Propose a return to the buyer, who has yet to answer."""
    with shop.scope():
        send_offer(
            store_id=shop.store.pk,
            refund_id=refund.pk,
            method="change_to_return",
            return_address_id=shop.address.pk,
            agreed_with_buyer=True,
            actor=MERCHANT,
            now=NOON,
        )


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
def test_what_needs_the_buyer_comes_after_what_needs_the_merchant_page_by_page(
    taote, clock, sign_in, monkeypatch, size
):
    refunds = []
    for minute in range(5):
        refunds.append(taote.refund(kind="refund_only", now=NOON + timedelta(minutes=minute)))
    clock.move(minutes=10)
    for refund in (refunds[0], refunds[2]):
        propose(taote, refund)
    monkeypatch.setattr("workbench.refunds.admin.RefundAdmin.list_per_page", size)
    desk, listed = sign_in("agent", taote), []
    for page in range(1, 5 // size + (5 % size > 0) + 1):
        listed += shown(desk, p=page)
    assert listed == [refunds[place].order.number for place in (1, 3, 4, 0, 2)]


@pytest.fixture
def desk(taote, clock, sign_in):
    """An agent's desk."""
    return sign_in("agent", taote)


def test_the_tabs(taote, clock, desk):
    first, second, third = taote.refund(), taote.refund(kind="refund_only"), taote.refund()
    propose(taote, second)
    with taote.scope():
        actions.approve_refund(store_id=taote.store.pk, refund_id=third.pk, actor=MERCHANT, now=NOON)
        returns.ship_return(
            store_id=taote.store.pk, refund_id=third.pk, carrier="YTO", tracking_number="1", actor=BUYER, now=NOON
        )
    numbers = [refund.order.number for refund in (first, second, third)]
    assert sorted(shown(desk)) == sorted(numbers[:2])
    assert shown(desk, queue="negotiating") == numbers[1:2]
    assert shown(desk, queue="returns") == numbers[2:]
    assert shown(desk, queue="all") == numbers[::-1]
    assert shown(desk, queue="due") == []
    clock.move(hours=34, minutes=1)
    assert sorted(shown(desk, queue="due")) == sorted(numbers[:2])
    assert "1 h 59 min" in desk.get("refunds/refund/").content.decode()
    clock.move(hours=2)
    assert shown(desk, queue="due") == []
    assert sorted(shown(desk, queue="overdue")) == sorted(numbers[:2])


def test_the_earliest_deadline_comes_first(taote, clock, desk):
    late = taote.refund()
    clock.move(hours=1)
    later = taote.refund(now=NOON.replace(hour=5))
    assert shown(desk, queue="awaiting") == [late.order.number, later.order.number]
    assert shown(desk, queue="all") == [later.order.number, late.order.number]


def test_what_waits_for_the_buyer_comes_last_and_is_marked(taote, clock, desk):
    offered, second, third = taote.refund(kind="refund_only"), taote.refund(), taote.refund()
    propose(taote, offered)
    assert shown(desk) == [third.order.number, second.order.number, offered.order.number]
    page = desk.get("refunds/refund/").content.decode()
    assert page.count('class="is-theirs"') == page.count("waits for the buyer") == 1


def test_a_question_is_seen_until_it_is_answered_even_when_the_refund_is_over(taote, clock, desk):
    over, asked, _silent = taote.refund(), taote.refund(), taote.refund()
    taote.buyer.post(f"refunds/{over.pk}/withdraw/")
    with taote.scope():
        for refund in (over, asked):
            post_message(store_id=taote.store.pk, refund_id=refund.pk, text="where is it?", actor=BUYER, now=NOON)

    def tile():
        return desk.tiles()["Unread messages"]

    assert (shown(desk, queue="unread"), tile()) == ([asked.order.number, over.order.number], "2")
    assert "1 unread" in desk.get("refunds/refund/", queue="unread").content.decode()
    assert desk.post(f"refunds/refund/{over.pk}/thread/", text="it is paid").status_code == 302
    assert (shown(desk, queue="unread"), tile()) == ([asked.order.number], "1")
    assert desk.post(f"refunds/refund/{asked.pk}/mark-read/").status_code == 302
    assert (shown(desk, queue="unread"), tile()) == ([], "0")


@pytest.mark.rule("P5")
def test_what_can_be_appealed_against_is_a_queue_and_says_how_long(clock, sign_in):
    shop = make_shop("pinduoduo")
    first, second = (shop.refund(shop.order(vip=True)) for _ in range(2))
    shop.refund()
    assert "queue=appealable" not in sign_in("agent", make_shop("taote")).get("refunds/refund/").content.decode()
    desk = sign_in("agent", shop)
    assert "queue=appealable" in desk.get("refunds/refund/").content.decode()
    assert shown(desk, queue="appealable") == [second.order.number, first.order.number]
    shop.merchant.post("appeals/", {"refund": str(first.pk), "claim": "寄回来的是空盒"})
    clock.move(days=2, hours=1)
    page = desk.get("refunds/refund/", queue="appealable").content.decode()
    assert page.count("appeal: 12 d 23 h left") == 1
    assert "appeal:" not in desk.get("refunds/refund/", queue="all", q=first.order.number).content.decode()
    pages = [desk.get(f"refunds/refund/{refund.pk}/change/").context["appeal_until"] for refund in (first, second)]
    assert pages == [None, second.created_at + timedelta(days=15)]
    clock.move(days=12, hours=23)
    assert shown(desk, queue="appealable") == [second.order.number]
    clock.move(minutes=1)
    assert shown(desk, queue="appealable") == []


def test_search_looks_through_everything(taote, clock, desk):
    refund = taote.refund()
    taote.merchant.post(f"refunds/{refund.pk}/reject/", {"reason": "no"})
    assert shown(desk) == []
    number = refund.order.number
    for term in (number, number[:-1], "王小明", "buyer-1"):
        assert number in shown(desk, q=term)
    assert shown(desk, q="nobody") == []
    assert shown(desk, q="%") == []


def test_filters_by_kind_and_reason(taote, clock, desk):
    one, two = taote.refund(reason="quality"), taote.refund(kind="refund_only")
    assert shown(desk, kind__exact="refund_only") == [two.order.number]
    assert shown(desk, reason__exact="quality") == [one.order.number]


def test_statements_do_not_grow_with_the_rows(taote, clock, desk):
    taote.refund()
    few = desk.statements("refunds/refund/")
    for _ in range(6):
        taote.refund()
    many = desk.statements("refunds/refund/")
    assert len(many) == len(few) <= 11
    counting = [sql for sql in many if "COUNT(" in sql.upper()]
    assert len(counting) == 1  # what is mine and what is nobody's, up to a limit
    assert counting[0].count(f"LIMIT {MOST_COUNTED + 1}") == counting[0].upper().count("COUNT(") == 2


def test_pages_without_a_count(taote, clock, desk, monkeypatch):
    monkeypatch.setattr("workbench.refunds.admin.RefundAdmin.list_per_page", 2)
    numbers = [taote.refund().order.number for _ in range(5)][::-1]
    assert shown(desk, queue="all", p=1) + shown(desk, queue="all", p=2) + shown(desk, queue="all", p=3) == numbers
    assert 'rel="next"' in desk.get("refunds/refund/", queue="all", p=2).content.decode()
    assert 'rel="next"' not in desk.get("refunds/refund/", queue="all", p=3).content.decode()
    assert shown(desk, queue="all", p=9) == []


def test_the_overview_counts_and_links(taote, clock, desk):
    taote.refund()
    taote.order(shipped=False)
    page = desk.get("")
    tiles = {tile["url"].split("queue=")[1]: tile["count"] for tile in page.context["tiles"]}
    assert (tiles["awaiting"], tiles["negotiating"], tiles["to_ship"]) == ("1", "0", "1")
    for tile in page.context["tiles"]:
        assert desk.client.get(tile["url"]).status_code == 200
    assert len(page.context["deadlines"]) == 1


def test_the_warehouse_finds_what_is_in_its_hands_on_the_overview(taote, clock, sign_in):
    """What awaits a decision isn't theirs to take, nor is money theirs to send: it would stand before what is."""
    taote.refund()
    disputed = taote.refund(taote.order(buyer_id="b2"))
    with taote.scope():
        ask = {"store_id": taote.store.pk, "refund_id": disputed.pk, "actor": MERCHANT, "now": NOON}
        open_dispute(opened_by=CaseSide.MERCHANT, plea="请看", **ask)
    taote.order(shipped=False)
    back = returning(taote, taote.order(), "59.00")
    clock.move(days=8)  # two before the inspection is due
    desk = sign_in("warehouse", taote)
    page, tiles = desk.get(""), desk.tiles()
    assert not {"Awaiting me", "Disputes"} & set(tiles)
    assert page.context["allowance_bars"] == []
    assert (tiles["Returns to inspect"], tiles["To ship"]) == ("1", "1")
    assert [refund.pk for refund in page.context["deadlines"]] == [UUID(back)]
    assert "?queue=returns" in page.content.decode()
    owner = sign_in("owner", taote)
    assert {"Awaiting me", "Returns to inspect", "Disputes"} <= set(owner.tiles())
    shown = owner.get("").context
    assert (len(shown["deadlines"]), len(shown["allowance_bars"])) == (2, 1)


def test_the_overview_counts_all_lists_in_one_statement_however_many_stores_and_queues(clock, sign_in):
    shops = [make_shop(name) for name in ("tmall", "taote", "kuaishou", "pinduoduo")]
    desk = sign_in("owner", shops[0])
    for shop in shops[1:]:
        with shop.scope():
            Membership.objects.create(store=shop.store, user=desk.user, role="owner")
        shop.refund()
    asked = desk.statements("")
    assert len([sql for sql in asked if sql.lower().startswith("select (select count(*)")]) == 1
    assert len(asked) <= 12


def test_a_refunds_page_takes_at_most_twenty_wherever_it_is(clock, sign_in):
    for name in ("tmall", "taote", "kuaishou", "pinduoduo"):
        shop = make_shop(name)
        asked = sign_in("owner", shop).statements(f"refunds/refund/{shop.refund().pk}/change/")
        assert len(asked) <= 20, name


def test_every_list_with_tabs_names_its_queues():
    lists = [each for each in admin.site._registry.values() if isinstance(each, QueueMixin)]
    assert len(lists) >= 7
    for each in lists:
        codes = [queue.code for queue in each.queues]
        assert QueueFilter in each.list_filter, each
        assert codes.count("all") == 1, each
        assert len(set(codes)) == len(codes), each


def test_counts_are_capped(taote, clock, desk, monkeypatch):
    monkeypatch.setattr("workbench.kit.queue.MOST_COUNTED", 2)
    for _ in range(4):
        taote.refund()
    assert desk.tiles()["Awaiting me"] == "2+"


def test_a_count_has_separators_and_an_end():
    assert [capped(0), capped(240), capped(500), capped(501)] == ["0", "240", "500", "500+"]


def test_a_queue_whose_rows_are_dear_is_counted_to_an_end_that_is_near(taote, clock, desk, monkeypatch):
    monkeypatch.setattr("workbench.kit.queue.MOST_DEAR", 2)
    for _ in range(4):
        propose(taote, taote.refund(kind="refund_only"))
    tiles = desk.tiles()
    assert (tiles["Awaiting me"], tiles["Negotiating"]) == ("4", "2+")


def test_the_length_of_a_page_is_chosen_once(taote, clock, desk, monkeypatch):
    monkeypatch.setattr("workbench.kit.changelist.PAGE_SIZES", (1, 2))
    monkeypatch.setattr("workbench.templatetags.desk.PAGE_SIZES", (1, 2))
    monkeypatch.setattr("workbench.refunds.admin.RefundAdmin.list_per_page", 1)
    for _ in range(3):
        taote.refund()
    assert len(shown(desk)) == 1
    page = desk.get("refunds/refund/", queue="all", p=2).content.decode()
    assert 'name="next" value="/admin/refunds/refund/?queue=all"' in page
    answer = desk.post("page-size/", size="2", next="/admin/refunds/refund/?queue=all")
    assert answer.headers["Location"] == "/admin/refunds/refund/?queue=all"
    assert (len(shown(desk)), len(shown(desk, queue="all", p=2))) == (2, 1)
    assert desk.post("page-size/", size="3").status_code == 404
    assert desk.post("page-size/", size="1", next="https://elsewhere.example/").headers["Location"] == "/admin/"
