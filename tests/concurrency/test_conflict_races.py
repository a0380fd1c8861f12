"""A gateway's later word, beside those who pay again and those who settle it: the buyer never gets it twice."""

from functools import partial

import pytest

from common.actors import SYSTEM
from common.tenancy import system_scope
from payments.actions import record_answers
from payments.conflicts import Word, book_unexpected_return, note_conflicts, settle_conflict
from payments.gateways.base import GatewayAnswer, GatewayOutcome
from payments.gateways.sandbox import SandboxGateway
from payments.models import Payment, SandboxTransfer
from payments.settlement import settle_batch
from payments.states import PaymentConflict
from refunds import payouts
from refunds.actions import approve_refund
from tests.concurrency.harness import overtaken, together
from tests.world import MERCHANT, NOON


@pytest.fixture
def declined(shop, settle):
    """A refund whose payment was declined here and is paid at the gateway, and that payment."""
    refund = shop.refund(shop.order(buyer_id="sandbox-decline"), kind="refund_only")
    with shop.scope():
        approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    settle()
    with shop.scope():
        payment = Payment.objects.get(topic_id=refund.pk)
    SandboxTransfer.objects.filter(key=str(payment.pk)).update(outcome="paid")
    return refund, payment


def in_scope(shop, call):
    """The call in a transaction of its own."""

    def inner():
        with shop.scope():
            return call()

    return inner


def hearing(payment):
    word = Word(PaymentConflict.PAID_THERE, payment.amount, "SBX-1")
    return partial(note_conflicts, words={payment.pk: word}, actor=SYSTEM, now=NOON)


def settling(shop, payment, how):
    return partial(settle_conflict, store_id=shop.store.pk, payment_id=payment.pk, how=how, actor=MERCHANT, now=NOON)


@pytest.mark.parametrize("news_first", [True, False])
def test_a_late_notice_beside_pay_again_pays_once(shop, declined, settle, news_first):
    refund, payment = declined
    hear = hearing(payment)
    again = partial(payouts.pay_again, store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    calls = (hear, again) if news_first else (again, hear)
    race = overtaken(calls[0], in_scope(shop, calls[1]), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "payment_in_conflict" if news_first else "ok"), True)
    settle()
    assert SandboxTransfer.objects.count() == 1, "a repeat that was reserved before the news is not sent"
    assert shop.reload(payment).conflict == "paid_there"
    in_scope(shop, settling(shop, payment, "book"))()
    assert shop.reload(refund).status == "refunded"


@pytest.mark.parametrize("ways", [("book", "book"), ("book", "demand_back"), ("demand_back", "demand_back")])
def test_of_two_who_settle_a_conflict_one_is_too_late(shop, declined, ways):
    refund, payment = declined
    in_scope(shop, hearing(payment))()
    results = together(*(in_scope(shop, settling(shop, payment, how)) for how in ways))
    codes = sorted(result.code for result in results)
    if "book" in ways and results[ways.index("book")].code == "ok" and codes == ["ok", "ok"]:
        assert ways == ("book", "demand_back"), "what was demanded back first may be booked"
    else:
        assert codes == ["invalid_transition", "ok"]
    with shop.scope():
        booked = Payment.objects.get(pk=payment.pk).transfers.filter(phase="posted").count()
    assert booked == int(shop.reload(refund).status == "refunded")


@pytest.mark.parametrize("back_first", [True, False])
def test_what_is_written_off_while_it_comes_back_is_one_or_the_other(shop, declined, back_first):
    _refund, payment = declined
    in_scope(shop, hearing(payment))()
    in_scope(shop, settling(shop, payment, "demand_back"))()
    with shop.scope():
        Payment.objects.filter(pk=payment.pk).update(given_up_at=NOON)
    comes_back = partial(book_unexpected_return, payment_id=payment.pk, error="unknown", actor=SYSTEM, now=NOON)
    write_off = settling(shop, payment, "write_off")
    calls = (comes_back, write_off) if back_first else (write_off, comes_back)
    race = overtaken(calls[0], in_scope(shop, calls[1]), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition" if back_first else "ok"), True)
    SandboxTransfer.objects.filter(key=str(payment.pk)).update(outcome="returned")
    found = shop.reload(payment)
    assert (found.conflict, found.reversed_at, found.written_off_at) == ("", NOON, None if back_first else NOON)


def test_of_two_who_write_it_off_one_books_the_loss(shop, declined):
    _refund, payment = declined
    in_scope(shop, hearing(payment))()
    in_scope(shop, settling(shop, payment, "demand_back"))()
    with shop.scope():
        Payment.objects.filter(pk=payment.pk).update(given_up_at=NOON)
    results = together(*[in_scope(shop, settling(shop, payment, "write_off"))] * 3)
    assert sorted(result.code for result in results) == ["invalid_transition", "invalid_transition", "ok"]
    with shop.scope():
        assert Payment.objects.get().transfers.filter(purpose="write_off").count() == 1


def test_an_answer_that_comes_after_the_payment_failed_is_kept_as_a_conflict(shop, clock, monkeypatch):
    refund = shop.refund(kind="refund_only")
    with shop.scope():
        approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
        payment = Payment.objects.get(topic_id=refund.pk)
    pay = SandboxGateway.pay

    def pay_slowly(gateway, instruction):
        """Meanwhile another worker hears that it was declined."""
        with system_scope():
            record_answers(answers=[GatewayAnswer(instruction.key, GatewayOutcome.DECLINED)], actor=SYSTEM, now=NOON)
        return pay(gateway, instruction)

    monkeypatch.setattr(SandboxGateway, "pay", pay_slowly)
    settle_batch()
    found = shop.reload(payment)
    assert (found.status, found.conflict) == ("failed", "paid_there")
    in_scope(shop, settling(shop, payment, "book"))()
    assert shop.reload(refund).status == "refunded"
