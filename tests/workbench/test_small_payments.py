"""Small payments, their limits, reconciliation and the customer-service page at the desk."""

import re
from decimal import Decimal
from html import unescape

import pytest

from common import clock as wall
from common.tenancy import system_scope
from payments.gateways import gateway
from payments.inbox import process_due_notices, receive_notice
from payments.models import Payment, PaymentTerms, SandboxTransfer
from payments.reconciling import reconcile
from payments.settlement import settle_batch
from refunds.messages import post_message
from stores.models import Store
from tests.cases import for_each
from tests.tenancy.things import make_small_payment
from tests.world import BUYER, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]


@pytest.fixture
def shop(db):
    return make_shop("kuaishou")


def text_of(answer) -> str:
    """What is read on a page."""
    return text_of_html(answer.content.decode())


def text_of_html(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


def fill(desk, path, step, **data):
    values = {"purpose": "return_freight", "amount": "12.30", "note": "运费", "order_used": "0", **data}
    return desk.post(path, step=step, **values)


def sent(shop) -> list[Payment]:
    with shop.scope():
        return list(Payment.objects.order_by("id"))


@pytest.mark.rule("K11")
@for_each("way", ["order", "refund"])
def test_from_the_form_over_a_look_to_the_payment(shop, sign_in, way):
    refund = shop.refund()
    row = refund if way == "refund" else refund.order
    path = f"{'refunds/refund' if way == 'refund' else 'orders/order'}/{row.pk}/"
    desk = sign_in("finance", shop)
    page = desk.get(f"{path}change/")
    assert f"/admin/{path}pay/" in page.content.decode()
    form = text_of(desk.get(f"{path}pay/"))
    assert "at most ¥1,000.00" in form
    assert "3 of 3 left" in form
    assert "¥100,000.00 of ¥100,000.00 left" in form
    assert "2026-11-21 00:00" in form
    assert "2027-11-19 24:00" in form
    look = fill(desk, f"{path}pay/", "preview")
    assert "Pay ¥12.30" in text_of(look)
    assert sent(shop) == [], "nothing goes out before the second step"
    assert shop.reload(refund.order).small_payments == 0
    assert "12.30" in fill(desk, f"{path}pay/", "edit").content.decode()
    done = fill(desk, f"{path}pay/", "send")
    assert done.headers["Location"].endswith(f"{path}change/#small-payments")
    [payment] = sent(shop)
    assert (payment.amount, payment.purpose, payment.note) == (Decimal("12.30"), "return_freight", "运费")
    assert payment.topic_id == row.pk
    assert "2 of 3 left" in text_of(desk.get(path + "change/"))
    again = fill(desk, f"{path}pay/", "send")
    assert "meanwhile" in text_of(again), "the second click of two sends nothing"
    assert len(sent(shop)) == 1
    assert 'name="order_used" value="1"' in again.content.decode(), "and whoever means it may send another"


@pytest.mark.rule("K11", "K12")
def test_more_than_the_order_is_asked_twice(shop, sign_in):
    order = shop.order()
    desk, path = sign_in("finance", shop), f"orders/order/{order.pk}/pay/"
    make_small_payment(shop, order, amount=Decimal("50.00"))
    assert "Look twice" not in text_of(fill(desk, path, "preview", amount="9.00", order_used="1"))
    unsure = text_of(fill(desk, path, "send", amount="9.01", order_used="1"))
    assert "This costs ¥59.01. The whole order was paid with ¥59.00." in unsure, "with what was sent before"
    assert "Set this tick first" in unsure
    assert len(sent(shop)) == 1
    fill(desk, path, "send", amount="9.01", order_used="1", sure="1")
    assert len(sent(shop)) == 2


@pytest.mark.rule("K9", "K10")
@for_each(
    ("data", "words"),
    [
        ({"amount": "1000.01"}, "At most 1,000.00 yuan per payment"),
        ({"amount": "60.00"}, "50.00 yuan left of today"),
        ({"amount": "0"}, "above zero"),
        ({"amount": "1.234"}, "at most two decimals"),
        ({"amount": ""}, "required"),
        ({"purpose": "refund"}, "valid choice"),
    ],
)
def test_a_refusal_is_at_its_field(shop, sign_in, data, words):
    with system_scope():
        PaymentTerms.objects.create(store=shop.store, per_day=Decimal("50.00"))
    order = shop.order()
    answer = fill(sign_in("owner", shop), f"orders/order/{order.pk}/pay/", "preview", **data)
    field = "purpose" if "purpose" in data else "amount"
    block = answer.content.decode().partition(f'data-field="{field}"')[2].partition('class="wl-field ')[0]
    assert words in text_of_html(block)
    assert sent(shop) == []


@pytest.mark.rule("K9")
def test_when_nothing_is_left_the_card_says_why(shop, sign_in):
    order = shop.order()
    for _ in range(3):
        make_small_payment(shop, order)
    desk = sign_in("owner", shop)
    card = desk.get(f"orders/order/{order.pk}/change/").content.decode()
    assert "This order has had its 3 small payments; no more are possible unless one fails." in card
    assert f"{order.pk}/pay/" not in card
    assert 'value="preview"' not in desk.get(f"orders/order/{order.pk}/pay/").content.decode()


@for_each("role", ["agent", "warehouse", "viewer"])
def test_who_may_not_pay_sees_what_is_left_but_no_form(shop, sign_in, role):
    order = shop.order()
    desk = sign_in(role, shop)
    card = desk.get(f"orders/order/{order.pk}/change/")
    assert "3 of 3 left" in text_of(card)
    assert f"{order.pk}/pay/" not in card.content.decode()
    path = f"orders/order/{order.pk}/pay/"
    assert (desk.get(path).status_code, fill(desk, path, "send").status_code) == (403, 403)
    assert sent(shop) == []


@pytest.mark.rule("K10")
def test_the_days_allowance_is_a_bar_on_overview_and_list(shop, sign_in):
    make_small_payment(shop, amount=Decimal("250.00"))
    desk = sign_in("finance", shop)
    for path in ("", "payments/payment/"):
        page = desk.get(path)
        assert "¥250.00 of ¥100,000.00 used, ¥99,750.00 left" in text_of(page)
        assert '<progress max="100000.00" value="250.00">' in page.content.decode()


def test_a_payment_that_came_back_says_so(shop, sign_in):
    payment = make_small_payment(shop, note="补差")
    settle_batch()
    headers, body = gateway("sandbox").send_back(str(payment.pk))
    with system_scope():
        receive_notice(name="sandbox", headers=headers, body=body, now=wall.now())
    process_due_notices()
    page = text_of(sign_in("finance", shop).get(f"payments/payment/{payment.pk}/change/"))
    for words in ("gave it back", "补差", "Payment came back: Paid to buyers → Merchant's funds", "sandbox SBX-"):
        assert words in page


@pytest.mark.rule("K9", "K10")
def test_the_operator_sets_a_stores_limits(shop, sign_in):
    path = f"stores/store/{shop.store.pk}/payment-terms/"
    desk = sign_in("operator")
    assert "Empty: the marketplace's rule, ¥1,000.00." in text_of(desk.get(path))
    wrong = desk.post(path, per_payment="-1", per_order="5", per_day="", gateway="sandbox")
    assert "below zero" in text_of(wrong)
    assert desk.post(path, per_payment="", per_order="51", per_day="", gateway="no-such").status_code == 200
    done = desk.post(path, per_payment="200.00", per_order="5", per_day="", gateway="sandbox")
    assert done.status_code == 302
    with shop.scope():
        terms = PaymentTerms.objects.get()
    assert (terms.per_payment, terms.per_order, terms.per_day) == (Decimal("200.00"), 5, None)
    order = shop.order()
    assert "at most ¥200.00" in text_of(desk.get(f"orders/order/{order.pk}/pay/"))


def test_a_merchant_does_not(shop, sign_in):
    path = f"stores/store/{shop.store.pk}/payment-terms/"
    desk = sign_in("owner", shop)
    assert (desk.get(path).status_code, desk.post(path, per_order="50").status_code) == (403, 403)
    with shop.scope():
        assert not PaymentTerms.objects.exists()


def test_reconciliation_reports_are_the_operators(shop, sign_in):
    payment = make_small_payment(shop)
    settle_batch()
    SandboxTransfer.objects.update(amount=Decimal("9.99"))
    report = reconcile(name="sandbox", day=NOON.date(), now=wall.now())
    operator, owner = sign_in("operator"), sign_in("owner", shop)
    assert "2026" in text_of(operator.get("payments/reconciliation/"))
    page = text_of(operator.get(f"payments/reconciliation/{report.pk}/change/"))
    with shop.scope():
        number = Payment.objects.select_related("order").get(pk=payment.pk).order.number
    for words in ("1 difference", "Amounts differ", number, "¥1.00", "¥9.99"):
        assert words in page
    for path in ("payments/reconciliation/", f"payments/reconciliation/{report.pk}/change/"):
        assert owner.get(path).status_code == 403


@pytest.mark.rule("K11")
def test_the_customers_page_has_everything_of_a_buyer(shop, sign_in):
    first, second = (shop.order(buyer_id="buyer-7") for _ in range(2))
    refund = shop.refund(second)
    with shop.scope():
        post_message(store_id=shop.store.pk, refund_id=refund.pk, text="鞋子开胶了", actor=BUYER, now=NOON)
    payment = make_small_payment(shop, first, purpose="goods_compensation")
    stranger = shop.order(buyer_id="buyer-8")
    desk = sign_in("finance", shop)
    assert f"customers/?store={shop.store.code}&amp;buyer=buyer-7" in desk.get(
        f"refunds/refund/{refund.pk}/change/"
    ).content.decode().replace("/admin/", "")
    found = desk.get("customers/", q=first.number)
    page = desk.client.get(found.headers["Location"])
    html = page.content.decode()
    for part in (first.number, second.number, "鞋子开胶了", "Compensation for goods", str(payment.pk), str(refund.pk)):
        assert part in html
    assert f"orders/order/{first.pk}/pay/" in html
    assert stranger.number not in html
    assert "buyer-8" in desk.get("customers/", q="王小明").content.decode(), "several buyers have this name"


def test_the_customers_of_another_store_are_as_if_they_were_not(shop, sign_in):
    other = make_shop("kuaishou")
    order = other.order(buyer_id="buyer-9")
    desk = sign_in("owner", shop)
    answers = [
        desk.get("customers/", store=code, buyer="buyer-9") for code in (other.store.code, "no-such", shop.store.code)
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    there, nowhere = (answer.content.decode() for answer in answers[:2])
    assert without_token(there.replace(other.store.code, "no-such")) == without_token(nowhere)
    assert "No buyer found" in text_of(desk.get("customers/", q=order.number))
    assert sign_in(None).get("customers/", q="x").status_code == 403


def without_token(html: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)


@pytest.mark.rule("K9", "K10")
def test_no_sum_is_proposed_that_cannot_be_sent(shop, sign_in):
    """Within the platform's limits, the day and the ceiling of the role; where nothing can be sent, it is said why."""
    desk, refund = sign_in("finance", shop), shop.refund()
    paths = [f"refunds/refund/{refund.pk}/{page}/" for page in ("change", "pay")]
    for ceiling, most, usual in (
        ("7.00", "¥7.00", ["5.00"]),
        ("0.01", "¥0.01", []),
        (None, "¥12.00", ["5.00", "10.00"]),
    ):
        with system_scope():
            Store.objects.filter(pk=shop.store.pk).update(finance_payment_ceiling=ceiling)
            PaymentTerms.objects.update_or_create(store=shop.store, defaults={"per_payment": "12.00"})
        form = desk.get(paths[1]).content.decode()
        assert f"At most {most} now." in form
        assert re.findall(r'data-fill="id_amount" value="([\d.]+)"', form) == usual
    with system_scope():
        Store.objects.filter(pk=shop.store.pk).update(finance_payment_ceiling="0.00")
    assert "your role in this store may give at most ¥0.00 at once" in text_of(desk.get(paths[0]))
    assert fill(desk, paths[1], "send", amount="0.01").status_code == 302, "back, where the reason stands"
    assert not sent(shop)
