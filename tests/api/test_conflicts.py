"""A gateway's later word against our books: nothing more is paid until a person has settled it."""

import json
from datetime import timedelta

import pytest

from common import clock as wall
from common.errors import Refused
from common.tenancy import system_scope
from orders.models import MOST_SMALL_PAYMENTS
from payments.conflicts import why_not_settle
from payments.inbox import process_due_notices
from payments.models import DayAllowance, GatewayNotice, Payment, SandboxTransfer
from payments.settlement import settle_batch
from refunds.payouts import pay_again
from tests.api.helpers import code, detail
from tests.api.test_gateways import SANDBOX, post
from tests.api.test_small_payments import allowance, send
from tests.journeys.conftest import _clean_books  # noqa: F401  an autouse fixture
from tests.world import MERCHANT, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]


@pytest.fixture
def shop(db):
    return make_shop("kuaishou")


def declined_refund(shop) -> tuple:
    """A refund whose payment the gateway has declined, and the payment's id."""
    refund = shop.refund(shop.order(buyer_id="sandbox-decline"), kind="refund_only")
    shop.merchant.post(f"refunds/{refund.pk}/approve/")
    settle_batch()
    with shop.scope():
        return refund, str(Payment.objects.get(topic_id=refund.pk).pk)


def hear_that_it_was_paid(payment) -> None:
    SandboxTransfer.objects.filter(key=payment).update(outcome="paid")
    post(SANDBOX.notice(payment))
    process_due_notices()


def pay_it_again(shop, refund):
    with shop.scope():
        return pay_again(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=wall.now())


def settle(shop, payment, how):
    return shop.merchant.post(f"payments/{payment}/settle-conflict/", {"how": how})


def refused(call) -> str:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.code


def test_a_refund_that_was_paid_after_all_is_not_paid_again_but_booked(shop):
    refund, payment = declined_refund(shop)
    hear_that_it_was_paid(payment)
    [shown] = detail(shop, refund)["payments"]
    assert (shown["status"], shown["conflict"]) == ("failed", "paid_there")
    assert GatewayNotice.objects.get().result == "conflict"
    assert refused(lambda: pay_it_again(shop, refund)) == "payment_in_conflict"
    booked = settle(shop, payment, "book").json()
    assert (booked["status"], booked["conflict"]) == ("succeeded", "")
    after = detail(shop, refund)
    assert (after["status"], after["needs_attention"], len(after["payments"])) == ("refunded", False, 1)
    assert code(settle(shop, payment, "book")) == (409, "invalid_transition", None)


def test_what_is_demanded_back_is_paid_again_once_it_is_back(shop):
    refund, payment = declined_refund(shop)
    hear_that_it_was_paid(payment)
    assert settle(shop, payment, "demand_back").json()["conflict"] == "demanded"
    assert refused(lambda: pay_it_again(shop, refund)) == "payment_in_conflict"
    post(SANDBOX.send_back(payment))
    process_due_notices()
    shown = shop.merchant.get(f"payments/{payment}/").json()
    assert (shown["status"], shown["conflict"], bool(shown["reversed_at"])) == ("failed", "", True)
    pay_it_again(shop, refund)


def test_that_it_came_back_may_be_heard_first(shop):
    _refund, payment = declined_refund(shop)
    assert json.loads(SANDBOX.send_back(payment)[1])["outcome"] == "declined", "nothing was paid that could come back"
    SandboxTransfer.objects.filter(key=payment).update(outcome="paid")
    paid = SANDBOX.notice(payment)
    post(back := SANDBOX.send_back(payment))
    process_due_notices()
    post(paid)
    post(SANDBOX.sign(json.dumps({**json.loads(back[1]), "event": "told again"}).encode()))
    process_due_notices()
    told = dict(GatewayNotice.objects.values_list("event_id", "result"))
    assert (told[f"{payment}:returned"], told["told again"]) == ("applied", "no_change")
    shown = shop.merchant.get(f"payments/{payment}/").json()
    assert (shown["status"], shown["conflict"], bool(shown["reversed_at"])) == ("failed", "", True)


def test_a_repeat_that_was_reserved_before_is_not_sent_after_the_news(shop):
    refund, payment = declined_refund(shop)
    pay_it_again(shop, refund)
    other = send(shop, refund.order, "1.00").json()["id"]
    hear_that_it_was_paid(payment)
    settle_batch()
    assert [each["status"] for each in detail(shop, refund)["payments"]] == ["failed", "failed"]
    asked = {transfer.key for transfer in SandboxTransfer.objects.all()}
    assert asked == {payment, other}, "the gateway was asked once about the refund, and about what is beside it"
    assert settle(shop, payment, "book").json()["status"] == "succeeded"
    assert detail(shop, refund)["status"] == "refunded"


def test_that_it_cant_be_booked_is_said_before_anybody_tries(shop):
    refund, payment = declined_refund(shop)
    pay_it_again(shop, refund)
    hear_that_it_was_paid(payment)
    with shop.scope():
        row = Payment.objects.select_related("order").get(pk=payment)
        said, other = why_not_settle(row, "book"), why_not_settle(row, "demand_back")
    assert ((said.code, said.attr), other) == (("invalid_transition", "how"), None)
    assert settle(shop, payment, "book").json()["errors"][0]["detail"] == str(said)


@pytest.mark.rule("K9")
def test_a_small_payment_is_booked_while_the_order_has_a_place_and_a_refunds_money_while_it_went_out_once(shop):
    refund, payment = declined_refund(shop)
    small = send(shop, refund.order, "5.00", refund=str(refund.pk)).json()["id"]
    settle_batch()
    hear_that_it_was_paid(payment)
    hear_that_it_was_paid(small)
    with shop.scope():
        own, beside = (Payment.objects.select_related("order").get(pk=each) for each in (payment, small))
        for row in (own, beside):
            row.order.small_payments = MOST_SMALL_PAYMENTS
        assert why_not_settle(own, "book") is None
        assert why_not_settle(beside, "book").code == "order_payment_count_reached"
    assert settle(shop, payment, "book").json()["status"] == "succeeded"
    assert settle(shop, small, "book").json()["status"] == "succeeded"


@pytest.mark.rule("K9", "K10")
def test_a_small_payment_in_conflict_stops_the_orders_next_and_counts_again_when_booked(shop):
    order = shop.order(buyer_id="sandbox-decline")
    payment = send(shop, order, "5.00").json()["id"]
    settle_batch()
    hear_that_it_was_paid(payment)
    assert code(send(shop, order, "1.00", key="2"))[:2] == (409, "payment_in_conflict")
    with shop.scope():
        today = DayAllowance.objects.get()
        yesterday = DayAllowance.objects.create(store=shop.store, date=today.date - timedelta(days=1), limit=9)
    settle(shop, payment, "book")
    left = allowance(shop, order)
    assert (left["order"]["used"], left["store_day"]["used"], shop.reload(yesterday).used) == (1, "5.00", 0)


def test_only_the_ways_that_fit_settle_a_conflict(shop):
    _refund, payment = declined_refund(shop)
    assert code(settle(shop, payment, "book"))[:2] == (409, "invalid_transition")
    hear_that_it_was_paid(payment)
    assert code(settle(shop, payment, "keep")) == (409, "invalid_transition", "how")
    assert code(settle(shop, payment, "perhaps"))[0] == 400
    with system_scope():
        assert Payment.objects.get(pk=payment).conflict == "paid_there"
