"""The queue of promises: what is owed, what is late, and who sends it (Q16)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from offers.actions import accept_offer, send_offer
from orders.models import OwedParcel
from orders.parcels import sweep_due_parcels
from stores.actions import upsert_products
from tests.cases import for_each
from tests.world import BUYER, MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db
LIST = "orders/owedparcel/"
SHIPMENT = {"carrier": "SF", "tracking_number": "SF42"}


@pytest.fixture
def tmall(clock):
    """A Tmall store."""
    return make_shop("tmall")


def promise(shop, method="gift", now=NOON):
    """An accepted offer, and the parcel that is owed for it."""
    refund = shop.refund(reason="minor_flaw", now=now)
    with shop.scope():
        upsert_products(
            store=shop.store,
            products=[{"item_id": "9001", "title": "绒毯", "category": "1", "price": Decimal("9.90")}],
            actor=MERCHANT,
            now=NOON,
        )
        offer = send_offer(
            store_id=shop.store.pk, refund_id=refund.pk, method=method, item_id="9001", actor=MERCHANT, now=now
        )
        accept_offer(store_id=shop.store.pk, offer_id=offer.pk, actor=BUYER, now=now)
        return OwedParcel.objects.select_related("order").get(topic_id=refund.pk)


def shown(desk, **params):
    return [parcel.pk for parcel in desk.rows(LIST, **params)]


@pytest.mark.rule("Q16")
def test_the_tabs_follow_a_promise(tmall, clock, sign_in):
    desk = sign_in("warehouse", tmall)
    gift, exchange = promise(tmall), promise(tmall, "exchange")
    assert (shown(desk), shown(desk, queue="awaiting_return")) == ([gift.pk], [exchange.pk])
    text = desk.get(LIST).content.decode()
    assert "绒毯" in text
    assert "杭州市西湖区文三路 1 号" in text
    assert f"/admin/refunds/refund/{gift.topic_id}/change/" in text
    assert "47 h 59 min" in text or "48 h 0 min" in text
    assert shown(desk, queue="late") == []

    clock.move(hours=48)
    assert shown(desk, queue="late") == [gift.pk]
    assert '<span class="wl-badge red">late</span>' in desk.get(LIST).content.decode()
    sweep_due_parcels()
    assert (shown(desk, queue="late"), shown(desk, queue="escalated")) == ([gift.pk], [])
    clock.move(hours=24)
    sweep_due_parcels()
    assert (shown(desk, queue="late"), shown(desk, queue="escalated")) == ([gift.pk], [gift.pk])
    assert shown(sign_in("operator"), queue="escalated") == [gift.pk]

    assert desk.post(f"{LIST}{gift.pk}/ship/", **SHIPMENT).status_code == 302
    assert (shown(desk), shown(desk, queue="sent")) == ([], [gift.pk])
    assert "was late" in desk.get(LIST, queue="sent").content.decode()
    assert shown(desk, queue="all") == [exchange.pk, gift.pk]


@pytest.mark.rule("Q16")
@for_each("role", ["agent", "viewer", "finance"])
def test_the_warehouse_sends_and_the_others_see(tmall, sign_in, role):
    parcel, desk = promise(tmall), sign_in(role, tmall)
    page = desk.get(f"{LIST}{parcel.pk}/change/")
    assert page.status_code == 200
    assert 'id="decide-ship"' not in page.content.decode()
    assert desk.get(f"{LIST}{parcel.pk}/ship/").status_code == 403
    assert desk.post(f"{LIST}{parcel.pk}/ship/", **SHIPMENT).status_code == 403
    assert tmall.reload(parcel).status == "owed"
    warehouse = sign_in("warehouse", tmall)
    assert 'id="decide-ship"' in warehouse.get(f"{LIST}{parcel.pk}/change/").content.decode()
    assert warehouse.post(f"{LIST}{parcel.pk}/ship/", **SHIPMENT).status_code == 302
    now = tmall.reload(parcel)
    assert (now.status, now.carrier, now.tracking_number) == ("shipped", "SF", "SF42")


def test_a_get_ships_nothing_and_an_empty_form_neither(tmall, sign_in):
    parcel, desk = promise(tmall), sign_in("owner", tmall)
    assert desk.get(f"{LIST}{parcel.pk}/ship/", **SHIPMENT).status_code == 200
    answer = desk.post(f"{LIST}{parcel.pk}/ship/", carrier="SF")
    assert list(answer.context["form"].errors) == ["tracking_number"]
    assert tmall.reload(parcel).status == "owed"


def test_too_early_and_twice_are_refused_with_the_reason(tmall, sign_in):
    exchange, gift, desk = promise(tmall, "exchange"), promise(tmall), sign_in("owner", tmall)
    answer = desk.client.post(f"/admin/{LIST}{exchange.pk}/ship/", SHIPMENT, follow=True).content.decode()
    assert "an exchange is sent after it" in answer
    assert tmall.reload(exchange).status == "awaiting_return"
    desk.post(f"{LIST}{gift.pk}/ship/", **SHIPMENT)
    again = desk.client.post(f"/admin/{LIST}{gift.pk}/ship/", {**SHIPMENT, "carrier": "ZTO"}, follow=True)
    assert "already been sent" in again.content.decode()
    assert tmall.reload(gift).carrier == "SF"


def test_foreign_promises_are_missing(tmall, sign_in):
    other = make_shop("tmall")
    mine, theirs, desk = promise(tmall), promise(other), sign_in("owner", tmall)
    assert shown(desk, queue="all") == [mine.pk]
    assert shown(desk, q=theirs.order.number) == []
    assert shown(desk, q=mine.order.number) == [mine.pk]
    for page in ("change/", "ship/"):
        assert desk.get(f"{LIST}{theirs.pk}/{page}").status_code == 404
        assert desk.post(f"{LIST}{theirs.pk}/{page}", **SHIPMENT).status_code == 404
    assert other.reload(theirs).status == "owed"


@pytest.mark.rule("Q16")
def test_the_overview_counts_promises_and_the_late_ones(tmall, clock, sign_in):
    promise(tmall)
    desk = sign_in("warehouse", tmall)
    tile = desk.get("").context["tiles"][-1]
    assert (tile["label"], tile["count"], tile["tone"], tile.get("note")) == ("Promises to keep", "1", "amber", None)
    clock.move(hours=49)
    tile = desk.get("").context["tiles"][-1]
    assert (tile["count"], tile["tone"], tile["note"]) == ("1", "red", "1 late")
    assert desk.client.get(tile["url"]).status_code == 200
    taote = sign_in("owner", make_shop("taote"))
    assert "Promises to keep" not in taote.get("").content.decode()


def test_the_late_ones_come_first_and_statements_do_not_grow(tmall, clock, sign_in):
    desk, first = sign_in("owner", tmall), promise(tmall)
    few = desk.statements(LIST)
    clock.move(hours=49)
    sweep_due_parcels()
    fresh = [promise(tmall, now=NOON + timedelta(hours=49)).pk for _ in range(3)]
    assert shown(desk)[0] == first.pk
    assert sorted(shown(desk)[1:]) == sorted(fresh)
    assert len(desk.statements(LIST)) == len(few)
