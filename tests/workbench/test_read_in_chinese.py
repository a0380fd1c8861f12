"""What a day at the desk reads in Chinese: files, tallies, states, and who did what."""

import re
from html import unescape

import pytest
from django.utils import translation

from common import clock as wall
from common.models import Event
from common.tenancy import system_scope
from offers.bulk import send_waiting_rows
from offers.methods import METHODS
from offers.models import BulkJob
from orders.addresses import in_a_line
from payments.inbox import process_due_notices, receive_notice
from payments.models import SandboxTransfer
from payments.reconciling import reconcile
from payments.settlement import settle_batch
from refunds.actions import approve_refund
from stores.models import ReturnAddress
from tests.api.test_gateways import SANDBOX
from tests.cases import for_each
from tests.returnless import join, open_shop
from tests.tenancy.things import make_parcel, make_small_payment
from tests.world import MERCHANT, NOON, make_shop
from workbench.kit.timeline import who

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]


def chinese(desk):
    desk.client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/admin/"})
    return desk


def text_of(answer) -> str:
    body = answer.content.decode().partition("<body")[2]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", body, flags=re.DOTALL)))


def test_the_export_of_orders_has_chinese_heads_and_states(sign_in):
    shop = make_shop("kuaishou")
    order = shop.order(shipped=False)
    answer = chinese(sign_in("warehouse", shop)).get("orders/order/export/")
    head, row = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert head == (
        "订单号,状态,标签,付款时间,最晚发货,买家 ID,买家,地址,待发货商品编号,待发货商品,待发货件数,实付金额,"
        "快递公司,运单号,收件人,电话,省份,城市,区县,详细地址,已发包裹"
    )
    assert row.startswith(f"{order.number},待发货,")


@for_each(("group_by", "head"), [("day", "日期"), ("method", "挽留方式"), ("reason", "原因"), ("agent", "客服")])
def test_the_table_of_money_kept_names_each_column_once(sign_in, group_by, head):
    shop = make_shop("tmall")
    answer = chinese(sign_in("owner", shop)).get("insights/", format="csv", group_by=group_by)
    heads = answer.content.decode("utf-8-sig").splitlines()[0].split(",")
    assert heads[0] == head
    assert heads[1] == "方案"
    assert len(set(heads)) == len(heads)
    assert [each for each in heads if not re.search("[\u4e00-\u9fff]", each)] == []


def test_the_tallies_of_a_bulk_sending_and_of_an_import(sign_in):
    shop = make_shop("tmall")
    refund, desk = shop.refund(reason="slow_logistics"), chinese(sign_in("agent", shop))
    desk.post("offers/bulkjob/start/", refund=[refund.pk])
    send_waiting_rows()
    with system_scope():
        job = BulkJob.objects.get()
    text = text_of(desk.get(f"offers/bulkjob/{job.pk}/change/"))
    assert "1 已发出" in text
    assert "发送于" not in text


def test_who_started_a_live_session_is_the_marketplace(sign_in):
    shop = open_shop()
    join(shop, session="L1")
    with system_scope():
        event = Event.objects.get(name="live_session.started")
    assert event.actor_kind == "platform"
    with translation.override("zh-hans"):
        assert who(event) == "平台 · kuaishou"
    assert "平台" in text_of(chinese(sign_in("owner", shop)).get("changes/"))


@for_each("reason", ["missing_parts", "minor_flaw"])
def test_a_gifts_reason_speaks_of_no_flaw(sign_in, reason):
    assert "flaw" not in METHODS["gift"].why(None)
    shop = make_shop("tmall")
    refund = shop.refund(reason=reason)
    text = text_of(chinese(sign_in("agent", shop)).get(f"refunds/refund/{refund.pk}/change/"))
    assert "以成本价送出赠品，弥补买家的不便" in text
    assert "瑕疵，可" not in text


@pytest.mark.rule("K12", "T5")
def test_negotiating_goods_and_all_the_money_away_is_asked_twice(taote, sign_in):
    refund, desk = taote.refund(), chinese(sign_in("agent", taote))
    path = f"refunds/refund/{refund.pk}/negotiate/"
    terms = {"method": "change_to_refund_only", "amount": "59.00", "message": "亲", "agreed_with_buyer": "on"}
    assert "买家既留用商品，又拿到申请的全部款项：¥59.00" in text_of(desk.post(path, step="preview", **terms))
    assert desk.post(path, step="send", **terms).status_code == 200
    assert taote.merchant.get(f"refunds/{refund.pk}/").json()["offers"] == []
    assert desk.post(path, step="send", sure="1", **terms).status_code == 302
    assert len(taote.merchant.get(f"refunds/{refund.pk}/").json()["offers"]) == 1


def test_no_page_says_of_one_refund_that_it_is_under_way_and_done(sign_in):
    shop = make_shop("tmall")
    refund = shop.refund(shop.order(shipped=False), kind="refund_only")
    desk = chinese(sign_in("owner", shop))
    with shop.scope():
        approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    pages = [f"refunds/refund/{refund.pk}/change/", f"orders/order/{refund.order_id}/change/"]
    for path in pages:
        text = text_of(desk.get(path))
        assert "退款中" in text, path
        assert [word for word in ("已退款", "已全部退款") if word in text] == [], path
    settle_batch()
    for path in pages:
        text = text_of(desk.get(path))
        assert "已退款" in text, path
        assert "退款中" not in text, path


def test_reconciliation(sign_in):
    shop, desk = make_shop("kuaishou"), chinese(sign_in("operator"))
    make_small_payment(shop)
    declined = make_small_payment(shop, shop.order(buyer_id="sandbox-decline"))
    settle_batch()
    SandboxTransfer.objects.filter(key=declined.pk).update(outcome="paid")
    headers, body = SANDBOX.notice(str(declined.pk))
    with system_scope():
        receive_notice(name="sandbox", headers=headers, body=body, now=wall.now())
    process_due_notices()
    SandboxTransfer.objects.update(amount="9.99")
    report = reconcile(name="sandbox", day=NOON.date(), now=wall.now())
    text = text_of(desk.get(f"payments/reconciliation/{report.pk}/change/"))
    for words in ("支付渠道", "差异", "金额不一致", "¥9.99"):
        assert words in text
    assert re.search(r"\b(paid|declined|returned|Amounts|differ)\b", text) is None


def test_a_structured_address_is_written_with_chinese_commas(sign_in):
    parts = {"name": "王芳", "phone": "13800001234", "province": "浙江省", "city": "杭州市", "detail": "文三路 1 号"}
    assert in_a_line(parts) == "浙江省 杭州市 文三路 1 号，王芳 13800001234"
    assert in_a_line({"name": "Ann", "detail": "1 Main St"}) == "1 Main St, Ann"
    assert str(ReturnAddress(contact="李四", phone="1", address="苏州市")) == "李四 1，苏州市"


def test_a_small_payment_that_failed_says_what_to_do(sign_in):
    shop = make_shop("kuaishou")
    payment = make_small_payment(shop, shop.order(buyer_id="sandbox-decline"))
    settle_batch()
    path, pay = f"payments/payment/{payment.pk}/change/", f"/admin/orders/order/{payment.order_id}/pay/"
    page = chinese(sign_in("finance", shop)).get(path)
    assert "如仍需付给买家，请重新发起一笔小额打款" in text_of(page)
    assert pay in page.content.decode()
    assert pay not in sign_in("viewer", shop).get(path).content.decode()
    paid = make_small_payment(shop, shop.order())
    settle_batch()
    assert 'id="anew"' not in sign_in("owner", shop).get(f"payments/payment/{paid.pk}/change/").content.decode()


def test_an_order_shows_what_was_promised_with_it(sign_in):
    shop = make_shop("tmall")
    parcel = make_parcel(shop)
    text = text_of(chinese(sign_in("warehouse", shop)).get(f"orders/order/{parcel.order_id}/change/"))
    assert "赠品 Quilt × 1 · 8000" in text
    assert "待寄出" in text


def test_a_discounted_piece_is_shown_with_what_was_paid_for_it(sign_in):
    shop = make_shop("tmall")
    order = {
        "number": "D-1",
        "buyer": {"id": "b", "name": "王小明"},
        "paid_at": "2026-11-19T04:00:00Z",
        "address": "杭州市",
        "discount": "10.00",
        "lines": [{"item_id": "8000", "quantity": 1, "unit_price": "59.00"}],
    }
    assert shop.buyer.post("orders/", order).status_code == 201
    asked = {"order": "D-1", "kind": "refund_only", "reason": "changed_mind", "amount": "49.00"}
    refund = shop.buyer.post("refunds/", asked).json()["id"]
    text = text_of(sign_in("agent", shop).get(f"refunds/refund/{refund}/change/"))
    assert "Maximum refundable ¥49.00" in text
    assert "¥59.00 paid ¥49.00" in text
