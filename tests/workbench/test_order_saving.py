"""Order saving at the desk: tags, addresses, coupons by hand, the interruption, and the settings behind them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.tenancy import system_scope
from offers.coupons import create_coupon
from offers.models import CouponGrant
from orders.saving import change_address, urge_order
from stores.actions import update_store
from stores.models import Membership, Store
from tests.api.helpers import ask
from tests.cases import for_each
from tests.workbench.conftest import Desk
from tests.world import BUYER, MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
URGED = "orders/order/?queue=urged"


@pytest.fixture
def kuaishou():
    """A Kuaishou store."""
    return make_shop("kuaishou")


def settings(shop, **changes):
    with shop.scope():
        update_store(store=shop.store, **changes, actor=MERCHANT, now=NOON)


def urge(shop, order=None):
    order = order or shop.order(shipped=False)
    with shop.scope():
        return urge_order(store=shop.store, number=order.number, actor=BUYER, now=NOON)


def coupon(shop, name="谢谢", channel="general", quantity=5, off="5.00"):
    with shop.scope():
        return create_coupon(
            store=shop.store,
            name=name,
            channel=channel,
            amount_off=Decimal(off),
            min_spend=Decimal("0.00"),
            valid_from=NOON - timedelta(days=1),
            valid_until=NOON + timedelta(days=9),
            quantity=quantity,
            actor=MERCHANT,
            now=NOON,
        )


def interrupts(desk, path="") -> bool:
    answer = desk.get(path)
    assert answer.status_code == 200
    return 'id="urge-alert"' in answer.content.decode()


@pytest.mark.rule("K1")
def test_the_refund_page_tells_what_the_platform_asked_and_what_came_of_it(kuaishou, sign_in):
    desk = sign_in("agent", kuaishou)
    refund = ask(kuaishou, kuaishou.order(shipped=False), reason="wrong_address").json()
    path = f"refunds/refund/{refund['id']}/change/"
    page = desk.get(path).content.decode()
    assert "The marketplace has asked the buyer to stay" in page
    assert "enter the right address and stay in one step" in page
    assert 'id="decide-approve"' in page
    kuaishou.buyer.post(f"offers/{refund['offers'][0]['id']}/accept/")
    page = desk.get(path).content.decode()
    assert "the order is tagged for priority shipping" in page
    other = ask(kuaishou, kuaishou.order(shipped=False)).json()
    kuaishou.buyer.post(f"offers/{other['offers'][0]['id']}/decline/")
    assert (
        "The original request is yours to handle." in desk.get(f"refunds/refund/{other['id']}/change/").content.decode()
    )


@pytest.mark.rule("K3")
def test_an_agent_changes_the_address_in_two_steps(kuaishou, sign_in):
    order, desk = kuaishou.order(shipped=False), sign_in("agent", kuaishou)
    page = f"orders/order/{order.pk}/"
    assert 'id="change-address"' in desk.get(f"{page}change/").content.decode()
    assert desk.get(f"{page}address/").context["form"].initial["address"] == order.address
    shown = desk.post(f"{page}address/", address="上海市静安区 1 号").content.decode()
    assert "上海市静安区 1 号" in shown
    assert order.address in shown
    assert kuaishou.reload(order).address == order.address
    edited = desk.post(f"{page}address/", address="上海市静安区 1 号", step="edit")
    assert edited.context["form"]["address"].value() == "上海市静安区 1 号"
    done = desk.post(f"{page}address/", address="上海市静安区 1 号", step="send")
    assert done.status_code == 302
    assert kuaishou.reload(order).address == "上海市静安区 1 号"
    assert f"{order.address} → 上海市静安区 1 号" in desk.get(f"{page}change/").content.decode()
    assert list(desk.post(f"{page}address/", address=" ").context["form"].errors) == ["address"]


@pytest.mark.rule("K3")
def test_after_shipping_the_reason_is_told(kuaishou, sign_in):
    order, desk = kuaishou.order(), sign_in("agent", kuaishou)
    page = f"orders/order/{order.pk}/"
    shown = desk.get(f"{page}change/").content.decode()
    assert 'id="change-address"' not in shown
    assert "its address can&#x27;t be changed any more" in shown.replace("'", "&#x27;")
    refused = desk.client.post(f"/admin/{page}address/", {"address": "x", "step": "send"}, follow=True)
    assert "Ask the carrier to redirect it" in refused.content.decode()
    assert kuaishou.reload(order).address == order.address


@pytest.mark.rule("K3", "K7")
@for_each("role", ["viewer", "finance", "warehouse"])
def test_only_owners_and_agents_change_addresses_and_give_coupons(kuaishou, sign_in, role):
    order, given, desk = kuaishou.order(shipped=False), coupon(kuaishou), sign_in(role, kuaishou)
    page = f"orders/order/{order.pk}/"
    shown = desk.get(f"{page}change/").content.decode()
    assert ('id="change-address"' in shown, 'id="grant"' in shown) == (False, False)
    assert desk.post(f"{page}address/", address="x", step="send").status_code == 403
    assert desk.post(f"{page}grant/", coupon=given.pk).status_code == 403
    assert kuaishou.reload(order).address == order.address
    assert kuaishou.reload(given).granted == 0


@pytest.mark.rule("K7")
def test_a_coupon_is_given_on_the_orders_page_and_shown_on_both(kuaishou, sign_in):
    order, desk = kuaishou.order(), sign_in("owner", kuaishou)
    page = f"orders/order/{order.pk}/"
    assert "No coupon can be given now." in desk.get(f"{page}change/").content.decode()
    given, other = coupon(kuaishou), coupon(kuaishou, "平台券", "smart_retention")
    form = desk.get(f"{page}change/").context["decide"]["grant"].form
    assert [choice[0] for choice in form.fields["coupon"].choices] == [given.pk]
    assert desk.post(f"{page}grant/", coupon=other.pk).status_code == 200
    assert kuaishou.reload(other).granted == 0
    desk.post(f"{page}grant/", coupon=given.pk)
    desk.post(f"{page}grant/", coupon=given.pk)
    with kuaishou.scope():
        [grant] = CouponGrant.objects.all()
    assert (grant.order_id, grant.offer_id, grant.granted_by) == (order.pk, None, desk.user.username)
    shown = desk.get(f"{page}change/")
    assert "谢谢" in shown.content.decode()
    assert shown.context["decide"]["grant"].form.offered == []
    assert order.number in desk.get(f"offers/coupon/{given.pk}/change/").content.decode()


@pytest.mark.rule("K7", "K12")
def test_coupons_by_hand_that_are_worth_more_than_the_order_are_asked_twice(kuaishou, sign_in):
    order, desk = kuaishou.order(), sign_in("owner", kuaishou)
    small, large = coupon(kuaishou, "小", off="9.00"), coupon(kuaishou, "大", off="50.01")
    page = f"orders/order/{order.pk}/"
    assert desk.post(f"{page}grant/", coupon=small.pk).status_code == 302
    asked = desk.post(f"{page}grant/", coupon=large.pk)
    assert asked.context["cautions"] == ["This costs ¥59.01. The whole order was paid with ¥59.00."]
    assert 'name="sure"' in asked.content.decode()
    assert kuaishou.reload(large).granted == 0
    assert desk.post(f"{page}grant/", coupon=large.pk, sure="1", step="send").status_code == 302
    assert kuaishou.reload(large).granted == 1


@pytest.mark.rule("K7")
def test_another_stores_coupon_is_no_choice(kuaishou, sign_in):
    order, foreign = kuaishou.order(), coupon(make_shop("kuaishou"))
    desk = sign_in("owner", kuaishou)
    desk.post(f"orders/order/{order.pk}/grant/", coupon=foreign.pk)
    with system_scope():
        assert CouponGrant.objects.count() == 0


@pytest.mark.rule("K7")
def test_a_store_without_retention_is_led_to_the_general_channel(kuaishou, sign_in):
    page = sign_in("agent", kuaishou).get("offers/coupon/add/")
    assert page.context["form"].fields["channel"].initial == "general"


@pytest.mark.rule("K5")
def test_tags_are_badges_filters_and_queues_where_the_store_sees_urges(kuaishou, sign_in):
    desk, order, plain = sign_in("warehouse", kuaishou), kuaishou.order(shipped=False), kuaishou.order(shipped=False)
    urge(kuaishou, order)

    def found(query):
        return [row.number for row in desk.get(f"orders/order/?{query}").context["cl"].result_list]

    assert found("queue=urged") == found("queue=all&tag=urged") == [order.number]
    assert set(found("queue=to_ship")) == {order.number, plain.number}
    assert 'wl-badge red">urged' in desk.get("orders/order/?queue=all").content.decode()
    assert "The buyer urges shipping" in desk.get(f"orders/order/{order.pk}/change/").content.decode()
    settings(kuaishou, smart_customer_service=False)
    assert found("queue=urged") == found("queue=all&tag=urged") == []
    assert 'wl-badge red">urged' not in desk.get("orders/order/?queue=all").content.decode()
    page = desk.get(f"orders/order/{order.pk}/change/").content.decode()
    assert "The buyer urges shipping" not in page
    assert "last urged" not in page


@pytest.mark.rule("K1")
def test_priority_orders_have_a_queue(kuaishou, sign_in):
    refund = ask(kuaishou, kuaishou.order(shipped=False)).json()
    desk = sign_in("warehouse", kuaishou)
    assert list(desk.get("orders/order/?queue=priority").context["cl"].result_list) == []
    kuaishou.buyer.post(f"offers/{refund['offers'][0]['id']}/accept/")
    for query in ("queue=priority", "queue=all&tag=priority_shipping"):
        rows = desk.get(f"orders/order/?{query}").context["cl"].result_list
        assert [row.number for row in rows] == [refund["order"]]


@pytest.mark.rule("K6")
@for_each("role", ["owner", "agent", "warehouse", "viewer"])
def test_at_the_number_the_ways_in_are_interrupted_and_the_ways_out_are_free(kuaishou, sign_in, role):
    settings(kuaishou, urge_alert_at=3)
    desk = sign_in(role, kuaishou)
    orders = [urge(kuaishou) for _ in range(2)]
    assert not interrupts(desk)
    orders.append(urge(kuaishou))
    for path in ("", "orders/order/", "orders/order/?queue=to_ship", "orders/owedparcel/"):
        page = desk.get(path).content.decode()
        assert "Urged orders that wait: 3" in page, path
        assert 'href="/admin/orders/order/?queue=urged"' in page
        assert ('id="to-delay"' in page) is (role in ("owner", "warehouse"))
        assert (f"/admin/stores/store/{kuaishou.store.pk}/change/" in page.partition("urge-alert")[2]) is (
            role == "owner"
        )
    free = [URGED, f"orders/order/{orders[0].pk}/change/", "orders/delayreport/", "refunds/refund/"]
    if role == "owner":
        free.append(f"stores/store/{kuaishou.store.pk}/change/")
    for path in free:
        assert not interrupts(desk, path), path
    kuaishou.merchant.post(f"orders/{orders[0].number}/ship/", {"carrier": "SF", "tracking_number": "1"})
    assert not interrupts(desk)


@pytest.mark.rule("K5", "K6")
def test_what_does_not_interrupt(kuaishou, sign_in):
    settings(kuaishou, urge_alert_at=1)
    order = urge(kuaishou)
    other = make_shop("kuaishou")
    assert interrupts(sign_in("viewer", kuaishou))
    assert not interrupts(sign_in("owner", other)), "another store's orders"
    operator = sign_in("operator")
    assert not interrupts(operator), "the platform ships nothing"
    settings(kuaishou, smart_customer_service=False)
    assert not interrupts(sign_in("agent", kuaishou)), "a store that doesn't see urges"
    settings(kuaishou, smart_customer_service=True)
    ask(kuaishou, order)
    assert not interrupts(sign_in("warehouse", kuaishou)), "its money is asked back"


@pytest.mark.rule("K6")
def test_over_several_stores_each_counts_for_itself(kuaishou, sign_in):
    second = make_shop("kuaishou")
    desk = sign_in("agent", kuaishou)
    with system_scope():
        Membership.objects.create(store=second.store, user=desk.user, role="viewer")
    for shop in (kuaishou, second):
        settings(shop, urge_alert_at=2)
        urge(shop)
    assert not interrupts(desk)
    urge(second)
    page = desk.get("").content.decode()
    assert "Urged orders that wait: 2" in page
    urge(kuaishou)
    page = desk.get("").content.decode()
    assert "Urged orders that wait: 4" in page
    desk.post("switch-store/", store=kuaishou.store.pk)
    assert "Urged orders that wait: 2" in desk.get("").content.decode()
    settings(kuaishou, urge_alert_at=5)
    assert not interrupts(desk), "another store's orders interrupt only where that store is shown"


@pytest.mark.rule("K6")
@for_each("path", ["", "orders/order/", "orders/owedparcel/"])
def test_it_costs_one_statement_however_many_wait(kuaishou, sign_in, path):
    desk = sign_in("owner", kuaishou)

    def statements() -> list[str]:
        Desk(desk.user).get(path)
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(path).status_code == 200
        return [query["sql"] for query in captured.captured_queries]

    with_alert = statements()
    settings(kuaishou, smart_customer_service=False)
    without = statements()
    assert len(with_alert) - len(without) == 1
    settings(kuaishou, smart_customer_service=True, urge_alert_at=2)
    for _ in range(3):
        urge(kuaishou)
    many = statements()
    assert sum("cardinality" in text for text in many) == 1
    assert next(text for text in many if "cardinality" in text).count("LIMIT 1000") == 1


@pytest.mark.rule("K1", "K5", "K6")
def test_the_owner_sets_the_switches_and_the_number(kuaishou, sign_in):
    path = f"stores/store/{kuaishou.store.pk}/change/"
    owner = sign_in("owner", kuaishou)
    assert owner.get(path).context["form"].initial["priority_shipping_tag"] is True
    data = {"name": "N", "time_zone": "Asia/Shanghai", "smart_customer_service": "on", "urge_alert_at": "4"}
    assert owner.post(path, **data).status_code == 302

    def now():
        with system_scope():
            store = Store.objects.get(pk=kuaishou.store.pk)
        return store.priority_shipping_tag, store.smart_customer_service, store.alerts_at

    assert now() == (False, True, 4)
    assert list(owner.post(path, **{**data, "urge_alert_at": "0"}).context["form"].errors) == ["urge_alert_at"]
    assert owner.post(path, **{**data, "urge_alert_at": "", "smart_customer_service": ""}).status_code == 302
    assert now() == (False, False, 10)
    assert sign_in("agent", kuaishou).post(path, **data).status_code == 403
    tmall = make_shop("tmall")
    form = sign_in("owner", tmall).get(f"stores/store/{tmall.store.pk}/change/").context["form"]
    assert "priority_shipping_tag" not in form.fields


@pytest.mark.rule("K3")
def test_the_change_by_the_buyer_is_seen_at_the_desk(kuaishou, sign_in):
    order = kuaishou.order(shipped=False)
    with kuaishou.scope():
        change_address(store_id=kuaishou.store.pk, number=order.number, address="上海", actor=BUYER, now=NOON)
    page = sign_in("warehouse", kuaishou).get(f"orders/order/{order.pk}/change/").content.decode()
    assert "changed 2026-11-20 12:00" in page
