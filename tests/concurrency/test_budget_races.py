"""A service budget under many hands (R5).

It is never below zero, never above what was topped up, and each yuan is given back once.
"""

from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, OperationalError, connection

from common.tenancy import system_scope
from payments.gateways.base import GatewayOutcome
from payments.models import Budget, Payment, Transfer
from payments.settlement import settle_batch
from refunds import actions as refund_actions
from refunds.returnless import enrolment, programme
from refunds.sweeps import sweep_due_refunds
from tests.concurrency.crash import Moment, crash_at, every_crash
from tests.concurrency.harness import overtaken, together
from tests.concurrency.invariants import assert_consistent, assert_paid_once
from tests.concurrency.test_settlement_races import in_system, record
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.rule("R5"), pytest.mark.usefixtures("clock")]

SETTINGS = {
    "agreement_version": "3.0",
    "budget": Decimal("100.00"),
    "auto_top_up": {"on": False, "threshold": Decimal("0.00"), "amount": Decimal("0.00")},
    "products": ["8000"],
}


@pytest.fixture
def shop(transactional_db, broker_tasks):
    """A Kuaishou store; afterwards every invariant must hold."""
    yield make_shop("kuaishou")
    assert_consistent()


def join(shop, budget: str, *, top_up: str = "0.00") -> None:
    """The store joins with so much in its budget; what is below ¥59 is topped up by `top_up`."""
    shop.order()  # makes the product
    auto_top_up = {"on": top_up != "0.00", "threshold": Decimal("59.00"), "amount": Decimal(top_up)}
    settings = {**SETTINGS, "budget": Decimal(budget), "auto_top_up": auto_top_up}
    with shop.scope():
        enrolment.change_settings(store=shop.store, settings=settings, actor=MERCHANT, now=NOON)
        enrolment.confirm_enrolment(store=shop.store, actor=MERCHANT, now=NOON)
        programme.start_live_session(store=shop.store, session="L1", actor=MERCHANT, now=NOON)


def promised(shop, **kwargs):
    """A refund of ¥59 of goods that were promised to stay with the buyer."""
    return shop.refund(shop.order(live_session="L1", **kwargs), kind="refund_only")


def approve(shop, refund):
    """A call that approves the refund in a transaction of its own."""

    def call():
        with shop.scope():
            refund_actions.approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)

    return call


def budget(shop) -> tuple[str, str]:
    """(balance, reserved)."""
    with shop.scope():
        row = Budget.objects.get(store=shop.store)
    return str(row.balance), str(row.reserved)


def drawn(shop, kind: str = "service_budget") -> int:
    """How many payouts an account has paid or will pay."""
    with shop.scope():
        return Transfer.objects.filter(purpose="payout", debit_account__kind=kind).exclude(phase="voided").count()


def test_of_fifty_approvals_at_once_the_budget_pays_what_it_holds(shop):
    join(shop, "1475.00")  # 25 × ¥59
    refunds = [promised(shop) for _ in range(50)]
    assert {refund.programme for refund in refunds} == {"returnless"}
    assert {result.code for result in together(*[approve(shop, refund) for refund in refunds])} == {"ok"}
    assert budget(shop) == ("1475.00", "1475.00")
    assert (drawn(shop), drawn(shop, "merchant_funds")) == (25, 25)
    while settle_batch():
        pass
    assert budget(shop) == ("0.00", "0.00")


def test_at_once_it_tops_itself_up_as_often_as_it_takes(shop):
    join(shop, "100.00", top_up="100.00")
    refunds = [promised(shop) for _ in range(12)]
    assert {result.code for result in together(*[approve(shop, refund) for refund in refunds])} == {"ok"}
    assert (drawn(shop), drawn(shop, "merchant_funds")) == (12, 0)
    assert budget(shop) == ("800.00", "708.00"), "12 × ¥59 and at least ¥59 left, in steps of ¥100"


def test_who_comes_second_waits_and_finds_the_budget_spent(shop):
    join(shop, "60.00")
    first, second = promised(shop), promised(shop)
    one = partial(refund_actions.approve_refund, store_id=shop.store.pk, refund_id=first.pk, actor=MERCHANT, now=NOON)
    race = overtaken(one, approve(shop, second), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert (drawn(shop), drawn(shop, "merchant_funds")) == (1, 1)


def test_a_draw_and_its_voiding_meet_an_approval(shop):
    join(shop, "60.00")
    declined, second = promised(shop, buyer_id="sandbox-decline"), promised(shop)
    approve(shop, declined)()
    assert budget(shop) == ("60.00", "59.00")
    assert {result.code for result in together(settle_batch, approve(shop, second))} == {"ok"}
    while settle_batch():
        pass
    assert budget(shop) in {("1.00", "0.00"), ("60.00", "0.00")}, "either it was free again in time or it was not"


def test_two_declines_at_once_give_back_once(shop):
    join(shop, "200.00")
    first, second = promised(shop), promised(shop)
    for refund in (first, second):
        approve(shop, refund)()
    with system_scope():
        Payment.objects.update(status="processing", next_attempt_at=None)
    answers = [in_system(record(first, GatewayOutcome.DECLINED)) for _ in range(4)]
    assert [result.code for result in together(*answers)] == ["ok"] * 4
    assert budget(shop) == ("200.00", "59.00")


def test_the_connection_breaks_at_every_statement_of_an_approval(shop):
    join(shop, "5900.00")
    refund = promised(shop)
    with crash_at(None) as steps:
        approve(shop, refund)()
    done = 1
    for step, moment in every_crash(len(steps)):
        refund = promised(shop)
        with pytest.raises(OperationalError), crash_at(step, moment):
            approve(shop, refund)()
        is_done = (step, moment) == (len(steps), Moment.AFTER)
        assert drawn(shop) == done + is_done, (step, moment)
        together(approve(shop, refund))
        done += 1
        assert budget(shop)[1] == str(59 * done) + ".00", (step, moment)
    while settle_batch():
        pass
    assert budget(shop) == (str(5900 - 59 * done) + ".00", "0.00")
    assert_paid_once(refund, "59.00")


def test_sweeps_of_many_stores_lock_their_budgets_in_one_order(shop, clock):
    shops = [shop, *(make_shop("kuaishou") for _ in range(3))]
    for each in shops:
        join(each, "1000.00")
    for turn in range(4):
        for each in shops[turn % 2 :] + shops[: turn % 2]:
            promised(each)
    clock.move(hours=48)
    results = together(*[partial(sweep_due_refunds, limit=5)] * 4)
    assert {result.code for result in results} == {"ok"}
    while sweep_due_refunds():
        pass
    assert [budget(each) for each in shops] == [("1000.00", "236.00")] * 4
    assert {result.code for result in together(*[partial(settle_batch, limit=5)] * 4)} == {"ok"}
    while settle_batch():
        pass
    assert [budget(each) for each in shops] == [("764.00", "0.00")] * 4


@pytest.mark.parametrize(
    ("sql", "net"),
    [
        ("UPDATE payments_budget SET reserved = balance + 1", "budget_reserved_within_balance"),
        ("UPDATE payments_budget SET reserved = -1", "budget_reserved_within_balance"),
        ("UPDATE payments_budget SET tops_up = true, top_up_amount = 0", "budget_top_up_has_amount"),
        ("UPDATE refunds_enrolment SET status = 'in_force', in_force_since = NULL", "enrolment_in_force_has_beginning"),
        ("UPDATE refunds_enrolment SET agreement_at = NULL", "enrolment_confirmed_with_agreement"),
        (
            "INSERT INTO payments_budget "
            "SELECT gen_random_uuid(), 0, 0, false, 0, 0, NULL, store_id FROM payments_budget",
            "budget_once_per_store",
        ),
    ],
)
def test_the_tables_refuse_what_must_never_be(shop, sql, net):
    join(shop, "100.00")
    with pytest.raises(IntegrityError, match=net), system_scope(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_two_first_steps_at_once_make_one_enrolment(shop):
    def begin():
        with shop.scope():
            settings = {"agreement_version": "3.0", "budget": Decimal("100.00")}
            enrolment.change_settings(store=shop.store, settings=settings, actor=MERCHANT, now=NOON)

    assert [result.code for result in together(*[begin] * 6)] == ["ok"] * 6
    with shop.scope():
        enrolled = enrolment.enrolment_of(shop.store.pk)
    assert enrolled.planned_budget == Decimal("100.00"), "set, not added up"
    assert budget(shop) == ("0.00", "0.00")


def test_a_session_told_twice_at_once_brings_it_into_force_once(shop):
    join(shop, "100.00")

    def start():
        with shop.scope():
            return programme.start_live_session(store=shop.store, session="L2", actor=MERCHANT, now=NOON)[1]

    assert sorted(result.value for result in together(*[start] * 6)) == [False] * 5 + [True]


def test_of_two_confirmations_the_second_waits_and_is_refused(shop):
    join(shop, "100.00")
    with shop.scope():
        programme.leave_programme(store=shop.store, actor=MERCHANT, now=NOON)
        enrolment.change_settings(store=shop.store, settings=SETTINGS, actor=MERCHANT, now=NOON)

    def confirm():
        with shop.scope():
            return enrolment.confirm_enrolment(store=shop.store, actor=MERCHANT, now=NOON)

    one = partial(enrolment.confirm_enrolment, store=shop.store, actor=MERCHANT, now=NOON)
    race = overtaken(one, confirm, scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
