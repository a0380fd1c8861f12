"""Before an order ships: its address, a buyer's urging, and coupons by hand, over the API (K3, K5, K6, K7)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from common.models import Event
from offers.coupons import create_coupon
from offers.states import CouponChannel
from orders.models import Order
from tests.api.helpers import ask, code, everything
from tests.cases import for_each
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PARCEL = {"carrier": "SF", "tracking_number": "SF-1"}


@pytest.fixture
def kuaishou():
    """A Kuaishou store."""
    return make_shop("kuaishou")


def events(shop, name):
    with shop.scope():
        return list(Event.objects.filter(name=name).order_by("id"))


def urged(shop):
    return [row["number"] for row in shop.merchant.get("orders/", tag="urged").json()["results"]]


def switch(shop, **settings):
    return shop.merchant.patch(f"stores/{shop.store.code}/", settings)


def coupon(shop, channel=CouponChannel.GENERAL, quantity=1, since=-1, days=9):
    with shop.scope():
        return create_coupon(
            store=shop.store,
            name="谢谢",
            channel=channel,
            amount_off=Decimal("5.00"),
            min_spend=Decimal("0.00"),
            valid_from=NOON + timedelta(days=since),
            valid_until=NOON + timedelta(days=days),
            quantity=quantity,
            actor=MERCHANT,
            now=NOON,
        )


@pytest.mark.rule("K3")
@for_each("side", ["merchant", "buyer"])
def test_either_side_changes_the_address_until_it_ships(kuaishou, side):
    order = kuaishou.order(shipped=False)
    client = getattr(kuaishou, side)
    changed = client.post(f"orders/{order.number}/change-address/", {"address": "上海市静安区 1 号"})
    assert (changed.status_code, changed.json()["address"]) == (200, "上海市静安区 1 号")
    [event] = events(kuaishou, "order.address_changed")
    assert (event.data["address"], event.actor_kind, event.rule) == (
        [order.address, "上海市静安区 1 号"],
        side,
        "K3",
    )
    kuaishou.merchant.post(f"orders/{order.number}/ship/", PARCEL)
    before = everything(kuaishou)
    refused = client.post(f"orders/{order.number}/change-address/", {"address": "elsewhere"})
    assert code(refused) == (409, "order_already_shipped", None)
    assert "SF Express SF-1" in refused.json()["errors"][0]["detail"]
    assert everything(kuaishou) == before


@pytest.mark.rule("K3")
@for_each("body", [{}, {"address": ""}, {"address": " "}, {"address": "x" * 301}, {"address": "a\0b"}])
def test_an_address_that_is_none_is_refused(kuaishou, body):
    order = kuaishou.order(shipped=False)
    before = everything(kuaishou)
    refused = kuaishou.merchant.post(f"orders/{order.number}/change-address/", body)
    assert (refused.status_code, code(refused)[2]) == (400, "address")
    assert everything(kuaishou) == before


@pytest.mark.rule("K3")
def test_the_same_address_changes_nothing_and_a_repeated_delivery_does_not_bring_the_old_one_back(kuaishou):
    order = kuaishou.order(shipped=False)
    before = everything(kuaishou)
    same = kuaishou.buyer.post(f"orders/{order.number}/change-address/", {"address": order.address})
    assert same.status_code == 200
    assert everything(kuaishou) == before
    kuaishou.merchant.post(f"orders/{order.number}/change-address/", {"address": "上海"})
    again = {
        "number": order.number,
        "buyer": {"id": order.buyer_id, "name": order.buyer_name},
        "paid_at": order.paid_at.isoformat(),
        "address": order.address,
        "lines": [{"item_id": "8000", "quantity": 1, "unit_price": "59.00"}],
    }
    assert kuaishou.buyer.post("orders/", again).json()["address"] == "上海"


@pytest.mark.rule("K3", "K5")
def test_an_order_of_which_nothing_is_left_is_neither_urged_nor_sent_elsewhere(kuaishou):
    order = kuaishou.order(shipped=False)
    kuaishou.buyer.post(f"orders/{order.number}/urge/")
    refund = ask(kuaishou, order).json()
    kuaishou.merchant.post(f"refunds/{refund['id']}/approve/")
    assert kuaishou.reload(order).status == "cancelled"
    before = everything(kuaishou)
    for call, body in (("urge", {}), ("change-address", {"address": "x"})):
        refused = kuaishou.buyer.post(f"orders/{order.number}/{call}/", body)
        assert code(refused) == (409, "invalid_transition", None)
    accepted = kuaishou.buyer.post(f"offers/{refund['offers'][0]['id']}/accept/")
    assert code(accepted) == (409, "offer_not_pending", None)
    assert everything(kuaishou) == before
    assert urged(kuaishou) == []


@pytest.mark.rule("K5")
def test_a_buyer_urges_once_a_day_until_it_ships(kuaishou, clock):
    order = kuaishou.order(shipped=False)
    for _ in range(2):
        assert kuaishou.buyer.post(f"orders/{order.number}/urge/").json()["tags"] == ["urged"]
    assert (len(events(kuaishou, "order.urged")), kuaishou.reload(order).urges) == (1, 1)
    clock.move(hours=23, minutes=59)
    kuaishou.buyer.post(f"orders/{order.number}/urge/")
    assert kuaishou.reload(order).urged_at == NOON
    clock.move(minutes=1)
    kuaishou.buyer.post(f"orders/{order.number}/urge/")
    assert [event.data["urges"] for event in events(kuaishou, "order.urged")] == [1, 2]
    assert urged(kuaishou) == [order.number]
    shipped = kuaishou.merchant.post(f"orders/{order.number}/ship/", PARCEL).json()
    assert (shipped["tags"], urged(kuaishou)) == ([], [])
    before = everything(kuaishou)
    assert code(kuaishou.buyer.post(f"orders/{order.number}/urge/")) == (409, "order_already_shipped", None)
    assert everything(kuaishou) == before


@pytest.mark.rule("K5")
def test_only_stores_with_smart_customer_service_see_urges_but_all_are_recorded(kuaishou):
    order = kuaishou.order(shipped=False)
    assert switch(kuaishou, smart_customer_service=False).json()["smart_customer_service"] is False
    assert kuaishou.buyer.post(f"orders/{order.number}/urge/").json()["tags"] == []
    assert (urged(kuaishou), len(events(kuaishou, "order.urged"))) == ([], 1)
    assert kuaishou.merchant.get("orders/").json()["results"][0]["tags"] == []
    switch(kuaishou, smart_customer_service=True)
    assert urged(kuaishou) == [order.number]
    assert kuaishou.merchant.get(f"orders/{order.number}/").json()["tags"] == ["urged"]


@pytest.mark.rule("K5")
def test_an_order_whose_money_is_asked_back_waits_for_nobody(kuaishou):
    order = kuaishou.order(shipped=False)
    kuaishou.buyer.post(f"orders/{order.number}/urge/")
    refund = ask(kuaishou, order).json()
    assert urged(kuaishou) == []
    kuaishou.buyer.post(f"offers/{refund['offers'][0]['id']}/accept/")
    assert urged(kuaishou) == [order.number]
    assert kuaishou.merchant.get(f"orders/{order.number}/").json()["tags"] == ["priority_shipping", "urged"]


@pytest.mark.rule("K5", "K6")
@for_each("read", ["urged", "priority"])
def test_a_partial_index_finds_them(kuaishou, read):
    order = kuaishou.order(shipped=False)
    with kuaishou.scope(), connection.cursor() as cursor:
        fields = [field for field in Order._meta.concrete_fields if not field.generated]
        columns = [field.column for field in fields if field.column not in ("id", "number")]
        names = ", ".join(columns)
        cursor.execute(
            f"INSERT INTO orders_order (id, number, {names}) "
            f"SELECT gen_random_uuid(), 'V' || n, {names} FROM orders_order, generate_series(1, 3000) n WHERE id = %s",
            [order.pk],
        )
        cursor.execute("ANALYZE orders_order")
        plan = getattr(Order.objects.for_store(kuaishou.store.pk), read)().order_by("ship_by").explain()
    assert f"order_{read}" in plan


@pytest.mark.rule("K6")
def test_the_number_that_interrupts_is_the_stores_or_the_marketplaces(kuaishou):
    path = f"stores/{kuaishou.store.code}/"
    assert kuaishou.merchant.get(path).json()["urge_alert_at"] == 10
    assert switch(kuaishou, urge_alert_at=3).json()["urge_alert_at"] == 3
    before = everything(kuaishou)
    for wrong in (0, -1, 1000, "many", 1.5):
        refused = switch(kuaishou, urge_alert_at=wrong)
        assert (refused.status_code, code(refused)[2]) == (400, "urge_alert_at")
    assert everything(kuaishou) == before
    assert switch(kuaishou, urge_alert_at=None).json()["urge_alert_at"] == 10


@pytest.mark.rule("K7")
@for_each("channel", ["general", "refund_retention"])
def test_a_coupon_is_granted_to_the_buyer_of_an_order(kuaishou, channel):
    order, given = kuaishou.order(), coupon(kuaishou, channel, quantity=2)
    granted = kuaishou.merchant.post(f"coupons/{given.pk}/grant/", {"order": order.number})
    assert granted.status_code == 201
    body = granted.json()
    assert (body["coupon"], body["order"], body["buyer"]) == (str(given.pk), order.number, order.buyer_id)
    assert (body["granted_by"], body["granted_at"]) == ("erp", "2026-11-20T04:00:00Z")
    [event] = events(kuaishou, "coupon.granted")
    assert (event.topic_id, event.rule, event.data) == (order.pk, "K7", {"coupon": "谢谢"})
    before = everything(kuaishou)
    again = kuaishou.merchant.post(f"coupons/{given.pk}/grant/", {"order": order.number})
    assert code(again) == (409, "coupon_already_granted", "coupon")
    assert everything(kuaishou) == before
    other = kuaishou.order()
    assert kuaishou.merchant.post(f"coupons/{given.pk}/grant/", {"order": other.number}).status_code == 201
    last = kuaishou.merchant.post(f"coupons/{given.pk}/grant/", {"order": kuaishou.order().number})
    assert code(last) == (409, "coupon_not_available", "coupon")
    assert kuaishou.merchant.get("coupons/").json()["results"][0]["granted"] == 2


@pytest.mark.rule("K7", "Q13")
def test_what_is_on_the_platforms_channel_goes_out_with_offers_only(kuaishou):
    order, given = kuaishou.order(), coupon(kuaishou, "smart_retention")
    before = everything(kuaishou)
    refused = kuaishou.merchant.post(f"coupons/{given.pk}/grant/", {"order": order.number})
    assert code(refused) == (409, "coupon_channel_not_recognised", "coupon")
    assert "General use" in refused.json()["errors"][0]["detail"]
    assert everything(kuaishou) == before


@pytest.mark.rule("K7")
@for_each(("since", "days"), [(1, 9), (-9, -1), (-9, 0)])
def test_a_coupon_is_granted_while_it_is_valid(kuaishou, since, days):
    given = coupon(kuaishou, since=since, days=days)
    refused = kuaishou.merchant.post(f"coupons/{given.pk}/grant/", {"order": kuaishou.order().number})
    assert code(refused) == (409, "coupon_not_available", "coupon")
