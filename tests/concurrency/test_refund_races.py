"""Requests, offers and inspections that arrive at the same moment; what was paid is never promised twice."""

from decimal import Decimal
from functools import partial

import pytest

from common.actors import SYSTEM
from common.tenancy import system_scope
from offers import actions as offer_actions
from offers.models import Offer
from orders import actions as order_actions
from orders.models import Order, OrderLine
from payments.conflicts import Word, note_conflicts
from payments.models import Payment, SandboxTransfer
from payments.settlement import settle_batch
from payments.states import PaymentConflict
from refunds import actions as refund_actions
from refunds import opening, payouts, returns, why_not
from refunds.messages import mark_read, post_message
from refunds.models import Message, Refund
from refunds.states import RefundStatus
from tests.concurrency.harness import overtaken, together
from tests.concurrency.invariants import assert_consistent
from tests.concurrency.negotiation import SOON, sender
from tests.world import BUYER, MERCHANT, NOON, make_shop

TAKEN = {"amount_above_refundable", "refund_open"}


def in_scope(shop, call):
    """The call in a transaction of its own."""

    def inner():
        with shop.scope():
            return call()

    return inner


def opener(shop, order, amount, kind="refund_only"):
    """A call that asks for a refund in the caller's scope."""
    return partial(
        opening.open_refund,
        store=shop.store,
        order_number=order.number,
        kind=kind,
        reason="changed_mind",
        amount=Decimal(amount),
        actor=BUYER,
        now=NOON,
    )


def claimed(shop, order) -> str:
    return str(shop.reload(order).claimed_amount)


@pytest.mark.rule("T5")
@pytest.mark.parametrize(
    ("kinds"), [("refund_only",) * 2, ("return_and_refund",) * 2, ("refund_only", "return_and_refund")]
)
def test_two_refunds_that_together_exceed_what_was_paid(shop, kinds):
    order = shop.order(prices=("40.00", "19.00"))
    race = overtaken(
        opener(shop, order, "40.00", kinds[0]),
        in_scope(shop, opener(shop, order, "30.00", kinds[1])),
        scope=shop.scope(),
    )
    assert race.waited
    assert race.first.code == "ok"
    assert race.second.code in TAKEN
    assert claimed(shop, order) == "40.00"


@pytest.mark.rule("T5")
def test_of_six_refunds_at_once_as_many_succeed_as_the_order_has_money_for(shop):
    for _ in range(4):
        order = shop.order(prices=("40.00", "19.00"))
        results = together(*[in_scope(shop, opener(shop, order, "20.00"))] * 6)
        codes = [result.code for result in results]
        assert codes.count("ok") == 2, codes
        assert set(codes) - {"ok"} <= TAKEN
        assert claimed(shop, order) == "40.00"


def test_two_small_refunds_at_once_both_fit(shop):
    order = shop.order(prices=("40.00", "19.00"))
    race = overtaken(opener(shop, order, "20.00"), in_scope(shop, opener(shop, order, "39.00")), scope=shop.scope())
    assert race.codes == ("ok", "ok")
    assert claimed(shop, order) == "59.00"


@pytest.mark.parametrize("first", ["resubmission", "request"])
def test_a_higher_resubmission_against_a_second_refund(shop, first):
    order = shop.order()
    with shop.scope():
        refund = opener(shop, order, "30.00")()
        refund_actions.reject_refund(store_id=shop.store.pk, refund_id=refund.pk, reason="no", actor=MERCHANT, now=NOON)
    contenders = {
        "resubmission": partial(
            refund_actions.resubmit_refund,
            store_id=shop.store.pk,
            refund_id=refund.pk,
            correction={"amount": Decimal("50.00")},
            actor=BUYER,
            now=SOON,
        ),
        "request": opener(shop, order, "20.00"),
    }
    leader = contenders.pop(first)
    follower = contenders.popitem()[1]
    race = overtaken(leader, in_scope(shop, follower), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "amount_above_refundable"), True)
    assert claimed(shop, order) == "50.00"
    assert shop.reload(refund).status == ("awaiting_merchant" if first == "resubmission" else "rejected")


@pytest.mark.rule("T4")
def test_the_second_of_two_offers_at_once_is_refused(shop):
    for _ in range(3):
        refund = shop.refund()
        race = overtaken(sender(shop, refund), in_scope(shop, sender(shop, refund, amount="3.00")), scope=shop.scope())
        assert (race.codes, race.waited) == (("ok", "offer_pending"), True)
        refund = shop.refund()
        codes = sorted(r.code for r in together(*[in_scope(shop, sender(shop, refund))] * 4))
        assert codes == ["offer_pending"] * 3 + ["ok"]
        with shop.scope():
            assert Offer.objects.filter(refund=refund).count() == 1


@pytest.mark.rule("T8")
@pytest.mark.parametrize("decision", ["approve", "reject", "withdraw"])
def test_an_offer_sent_while_the_refund_is_decided(negotiation, shop, decision):
    case = negotiation()
    call = case.decline()
    call()
    refund = shop.refund()
    case.refund = refund
    race = overtaken(getattr(case, decision)(), in_scope(shop, sender(shop, refund)), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    case.refund = refund = shop.refund()
    race = overtaken(sender(shop, refund), getattr(case, decision)(), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    with shop.scope():
        assert [offer.status for offer in Offer.objects.filter(refund=refund)] == ["withdrawn"]


@pytest.mark.rule("P1")
@pytest.mark.parametrize("second_passes", [True, False])
def test_two_inspections_at_once(shop, second_passes):
    refund = shop.refund()
    with shop.scope():
        refund_actions.approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
        returns.ship_return(
            store_id=shop.store.pk, refund_id=refund.pk, carrier="YTO", tracking_number="YT1", actor=BUYER, now=NOON
        )

    def inspector(passed):
        return partial(
            returns.inspect_return,
            store_id=shop.store.pk,
            refund_id=refund.pk,
            passed=passed,
            note="",
            actor=MERCHANT,
            now=SOON,
        )

    race = overtaken(inspector(True), in_scope(shop, inspector(second_passes)), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    with shop.scope():
        assert Payment.objects.filter(topic_id=refund.pk).count() == 1
    assert shop.reload(refund).status == RefundStatus.REFUNDING


@pytest.mark.rule("P1")
def test_two_retries_of_a_declined_payment_pay_once(shop, settle):
    refund = shop.refund(shop.order(buyer_id="sandbox-decline"), kind="refund_only")
    with shop.scope():
        refund_actions.approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    settle()
    again = partial(payouts.pay_again, store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=SOON)
    race = overtaken(again, in_scope(shop, again), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    with shop.scope():
        statuses = sorted(Payment.objects.filter(topic_id=refund.pk).values_list("status", flat=True))
    assert statuses == ["failed", "pending"]


@pytest.fixture
def unpaid(transactional_db, broker_tasks, clock):
    """A Tmall refund, withdrawn for a partial refund of ¥10 that the gateway has declined."""
    shop = make_shop("tmall")
    refund = shop.refund(shop.order(buyer_id="sandbox-decline"), kind="refund_only")
    with shop.scope():
        offer = offer_actions.send_offer(
            store_id=shop.store.pk,
            refund_id=refund.pk,
            method="partial_refund",
            amount=Decimal("10.00"),
            actor=MERCHANT,
            now=NOON,
        )
        offer_actions.accept_offer(store_id=shop.store.pk, offer_id=offer.pk, actor=BUYER, now=NOON)
    settle_batch()
    yield shop, refund
    assert_consistent()


@pytest.mark.parametrize("first", ["pay_again", "give_up_paying"])
def test_paying_again_and_giving_up_at_once_one_of_them_counts(unpaid, first):
    shop, refund = unpaid
    calls = {
        name: partial(getattr(payouts, name), store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=SOON)
        for name in ("pay_again", "give_up_paying")
    }
    leader = calls.pop(first)
    [follower] = calls.values()
    race = overtaken(leader, in_scope(shop, follower), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    assert claimed(shop, refund.order) == ("10.00" if first == "pay_again" else "59.00")
    assert shop.reload(refund).status == ("withdrawn" if first == "pay_again" else "awaiting_merchant")


@pytest.mark.parametrize("news_first", [True, False])
def test_a_late_notice_beside_giving_up(unpaid, news_first):
    shop, refund = unpaid
    with shop.scope():
        payment = Payment.objects.get(topic_id=refund.pk)
    SandboxTransfer.objects.filter(key=str(payment.pk)).update(outcome="paid")
    hear = partial(
        note_conflicts,
        words={payment.pk: Word(PaymentConflict.PAID_THERE, payment.amount)},
        actor=SYSTEM,
        now=SOON,
    )
    give_up = partial(payouts.give_up_paying, store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=SOON)
    calls = (hear, give_up) if news_first else (give_up, hear)
    race = overtaken(calls[0], in_scope(shop, calls[1]), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "payment_in_conflict" if news_first else "ok"), True)
    payment = shop.reload(payment)
    assert (payment.conflict, payment.given_up_at is None) == ("paid_there", news_first)


def test_the_same_order_delivered_twice_at_once_is_one_order(shop):
    def upsert(number, price):
        order, is_new = order_actions.upsert_order(
            store=shop.store,
            data={"number": number, "buyer_id": "b", "buyer_name": "b", "paid_at": NOON, "address": "a"},
            lines=[{"item_id": "8000", "quantity": 1, "unit_price": Decimal(price)}],
            actor=BUYER,
            now=NOON,
        )
        return str(order.paid_amount), is_new

    race = overtaken(
        partial(upsert, "TWICE", "59.00"), in_scope(shop, partial(upsert, "TWICE", "58.00")), scope=shop.scope()
    )
    assert (race.first.value, race.second.value, race.waited) == (("59.00", True), ("58.00", False), True)
    for round_ in range(4):
        results = together(*[in_scope(shop, partial(upsert, f"TWICE-{round_}", "59.00"))] * 4)
        assert sorted(result.value[1] for result in results) == [False, False, False, True]
    with system_scope():
        assert Order.objects.count() == OrderLine.objects.count() == 5


def test_a_correction_of_the_order_waits_for_the_refund_that_is_being_asked(shop):
    order = shop.order(shipped=False)

    def correct():
        return order_actions.upsert_order(
            store=shop.store,
            data={"number": order.number, "buyer_id": "b", "buyer_name": "b", "paid_at": NOON, "address": "a"},
            lines=[{"item_id": "8000", "quantity": 1, "unit_price": Decimal("10.00")}],
            actor=BUYER,
            now=NOON,
        )

    race = overtaken(opener(shop, order, "59.00"), in_scope(shop, correct), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    order = shop.order(shipped=False)
    race = overtaken(correct, in_scope(shop, opener(shop, order, "59.00")), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "amount_above_refundable"), True)
    with shop.scope():
        assert Refund.objects.filter(order=order).count() == 0


@pytest.mark.rule("Q17")
def test_two_messages_at_once_share_the_last_place(shop, monkeypatch):
    monkeypatch.setattr(why_not, "MOST_MESSAGES", 1)
    refund = shop.refund()
    write = partial(post_message, store_id=shop.store.pk, refund_id=refund.pk, text="?", now=NOON)
    race = overtaken(partial(write, actor=BUYER), in_scope(shop, partial(write, actor=BUYER)), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "message_limit_reached"), True)
    with shop.scope():
        write(actor=MERCHANT)  # the other side has places of its own
        assert Message.objects.count() == 2


def test_what_the_buyer_writes_while_the_thread_is_marked_as_read_stays_unread(shop):
    refund = shop.refund()
    named = {"store_id": shop.store.pk, "refund_id": refund.pk}
    write = partial(post_message, **named, text="?", actor=BUYER, now=NOON)
    with shop.scope():
        seen = write().pk
    race = overtaken(write, in_scope(shop, partial(mark_read, **named, seen=seen)), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert shop.reload(refund).unread_by_merchant == 1
