"""Small payments at the same instant (K9–K11).

Three places an order, the day's yuan to the cent, and nothing paid twice.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, OperationalError, connection

from common.actors import SYSTEM, Actor, ActorKind
from common.errors import Refused
from common.models import Event
from common.tenancy import system_scope
from payments.allowances import open_day_allowances
from payments.models import DayAllowance, Payment, SandboxTransfer
from payments.reversals import reverse_payments
from payments.settlement import settle_batch
from payments.small import send_small_payment
from payments.terms import set_payment_terms
from stores.actions import update_store
from tests.concurrency.crash import Moment, crash_at, every_crash
from tests.concurrency.harness import Result, overtaken, together
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.rule("K9", "K10"), pytest.mark.usefixtures("clock")]

OPERATOR = Actor(ActorKind.OPERATOR, "test", "operator")
MIDNIGHT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)  # in Shanghai


def sending(shop, order, amount="1.00", now=NOON):
    """A call that sends a small payment, in a transaction of its own."""

    def call():
        with shop.scope():
            return bare(shop, order, amount, now)()

    return call


def bare(shop, order, amount="1.00", now=NOON):
    """The same within the caller's transaction."""
    return lambda: send_small_payment(
        store=shop.store,
        order_number=order.number,
        amount=Decimal(amount),
        purpose="other",
        actor=MERCHANT,
        now=now,
    )


def at_once(calls, connections=20):
    """Run many calls on that many connections at the same instant, each taking its share; their results in order."""

    def share(first):
        def run():
            results = []
            for call in calls[first::connections]:
                try:
                    results.append(Result(call()))
                except Refused as refusal:
                    results.append(Result(error=refusal))
            return results

        return run

    shares = [result.value for result in together(*[share(first) for first in range(connections)]) if result.code]
    found = [None] * len(calls)
    for first, results in enumerate(shares):
        found[first::connections] = results
    return found


def used(shop) -> dict[str, str]:
    with shop.scope():
        return {str(row.date): str(row.used) for row in DayAllowance.objects.order_by("date")}


def reversing(payment):
    def call():
        with system_scope():
            return len(reverse_payments(reasons={payment.pk: "came back"}, now=NOON, actor=SYSTEM))

    return call


def set_terms(shop, **terms):
    values = {"per_payment": None, "per_order": None, "per_day": None, "gateway": "", **terms}
    with system_scope():
        set_payment_terms(store=shop.store, actor=OPERATOR, now=NOON, **values)


def send_back(payment) -> None:
    SandboxTransfer.objects.filter(key=str(payment.pk)).update(outcome="returned")


def test_of_twelve_at_once_three_get_a_place(shop):
    order = shop.order()
    codes = [result.code for result in together(*[sending(shop, order) for _ in range(12)])]
    assert sorted(codes) == ["ok"] * 3 + ["order_payment_count_reached"] * 9
    assert (shop.reload(order).small_payments, used(shop)) == (3, {"2026-11-20": "3.00"})


def test_the_fourth_waits_for_the_third_and_is_refused(shop):
    order = shop.order()
    for _ in range(2):
        sending(shop, order)()
    race = overtaken(bare(shop, order), sending(shop, order), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "order_payment_count_reached"), True)


@pytest.mark.parametrize("is_open", [True, False], ids=["opened by beat", "opened on demand"])
def test_of_a_hundred_at_once_as_many_fit_as_fit(shop, is_open):
    """100,000.00 a day: 100 payments of 1,000.00 fit, 40 are there already, of 70 at once 60 get through."""
    if is_open:
        with system_scope():
            open_day_allowances(now=NOON)
    orders = [shop.order() for _ in range(110)]
    for order in orders[:40]:
        sending(shop, order, "1000.00")()
    codes = [result.code for result in at_once([sending(shop, order, "1000.00") for order in orders[40:]])]
    assert sorted(codes) == ["ok"] * 60 + ["store_day_limit_reached"] * 10
    assert used(shop) == {"2026-11-20": "100000.00"}


def test_a_hundred_at_once_of_different_amounts_stay_within_the_day(shop):
    set_terms(shop, per_day=Decimal("1000.00"))
    orders = [shop.order() for _ in range(100)]
    amounts = [f"{7 + number % 13}.{number:02d}" for number in range(100)]
    results = at_once([sending(shop, order, amount) for order, amount in zip(orders, amounts, strict=True)])
    sent = sum((result.value.amount for result in results if result.code == "ok"), Decimal(0))
    refused = [Decimal(amount) for amount, result in zip(amounts, results, strict=True) if not result.ok]
    assert used(shop) == {"2026-11-20": str(sent)}
    assert sent <= 1000 < sent + min(refused), "nobody was refused who fitted"


def test_two_that_open_the_day_at_once_share_it(shop):
    set_terms(shop, per_day=Decimal("1.50"))
    race = overtaken(bare(shop, shop.order()), sending(shop, shop.order()), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "store_day_limit_reached"), True)


@pytest.mark.parametrize("moves_first", [True, False])
def test_a_payment_beside_a_change_of_the_stores_zone_counts_on_the_running_day(shop, moves_first):
    evening = NOON + timedelta(hours=6, minutes=30)
    move = partial(update_store, store=shop.store, actor=MERCHANT, now=evening, time_zone="Pacific/Kiritimati")
    stale = shop.reload(shop.store)
    send = partial(
        send_small_payment,
        store=stale,
        order_number=shop.order().number,
        amount=Decimal("1.00"),
        purpose="other",
        actor=MERCHANT,
        now=evening,
    )
    calls = (move, send) if moves_first else (send, move)

    def second():
        with shop.scope():
            return calls[1]()

    race = overtaken(calls[0], second, scope=shop.scope())
    assert race.codes == ("ok", "ok")
    with shop.scope():
        assert [str(day.date) for day in DayAllowance.objects.filter(used__gt=0)] == ["2026-11-20"]


def test_beat_and_the_first_payment_open_the_day_once(shop):
    order = shop.order()

    def beat():
        with system_scope():
            return open_day_allowances(now=NOON)

    race = overtaken(bare(shop, order), beat, scope=shop.scope())
    assert (race.first.code, race.second.code, race.second.value) == ("ok", "ok", 0)
    other = make_shop("taote")
    race = overtaken(lambda: open_day_allowances(now=NOON), sending(other, other.order()), scope=system_scope())
    assert (race.first.value, race.second.code, used(other)) == (1, "ok", {"2026-11-20": "1.00"})


def test_midnight_the_old_day_is_full_and_the_new_one_is_not(shop):
    set_terms(shop, per_day=Decimal("10.00"))
    orders = [shop.order() for _ in range(20)]
    before, after = MIDNIGHT - timedelta(seconds=1), MIDNIGHT
    calls = [sending(shop, order, "2.00", (before, after)[number % 2]) for number, order in enumerate(orders)]
    codes = [result.code for result in at_once(calls)]
    assert codes.count("ok") == 10
    assert used(shop) == {"2026-11-20": "10.00", "2026-11-21": "10.00"}


def test_a_place_that_comes_free_is_taken_once(shop):
    order = shop.order()
    first = sending(shop, order)()
    settle_batch()
    for _ in range(2):
        sending(shop, order)()
    send_back(first)
    race = overtaken(
        lambda: len(reverse_payments(reasons={first.pk: "came back"}, now=NOON, actor=SYSTEM)),
        sending(shop, order),
        scope=system_scope(),
    )
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert shop.reload(order).small_payments == 3


def test_a_reversal_told_many_times_at_once_frees_one_place(shop):
    order = shop.order()
    payments = [sending(shop, order)() for _ in range(3)]
    settle_batch()
    send_back(payments[0])
    results = together(*[reversing(payments[0])] * 6, sending(shop, order), sending(shop, order))
    assert sorted(result.value for result in results[:6]) == [0, 0, 0, 0, 0, 1]
    assert [result.code for result in results[6:]].count("ok") <= 1
    left = shop.reload(order).small_payments
    assert left == 2 + [result.code for result in results[6:]].count("ok")


def test_answers_that_decline_many_stores_payments_do_not_lock_each_other_out(shop):
    shops = [shop, make_shop("taote"), make_shop("taote")]
    for each in shops * 4:
        sending(each, each.order(buyer_id="sandbox-decline"))()
    results = together(*[partial(settle_batch, limit=4)] * 4)
    assert sum(result.value for result in results if result.code == "ok") == 12
    assert [used(each) for each in shops] == [{"2026-11-20": "0.00"}] * 3


def test_limits_lowered_while_payments_are_sent_hold_at_pay_out(shop):
    orders = [shop.order() for _ in range(10)]
    calls = [sending(shop, order, "10.00") for order in orders]
    together(*calls[:5], lambda: set_terms(shop, per_day=Decimal("30.00")), *calls[5:])
    while settle_batch():
        pass
    with shop.scope():
        paid = Payment.objects.filter(status="succeeded").count()
    assert (paid, used(shop)) == (3, {"2026-11-20": "30.00"})


def statements_of(call) -> int:
    with crash_at(None) as steps:
        call()
    return len(steps)


def test_the_action_crashes_at_every_statement(shop):
    counted = shop.order()
    count = statements_of(sending(shop, counted))
    expected = Decimal("1.00")
    for step, moment in every_crash(count):
        order = shop.order()
        with pytest.raises(OperationalError), crash_at(step, moment) as steps:
            sending(shop, order)()
        is_done = (step, moment) == (count, Moment.AFTER)
        assert steps.crashed
        assert shop.reload(order).small_payments == int(is_done), (step, moment)
        expected += int(is_done)
        assert used(shop) == {"2026-11-20": f"{expected:.2f}"}, (step, moment)


def test_the_call_crashes_at_every_statement_and_its_key_pays_once(shop):
    shop.merchant.client.raise_request_exception = False

    def post(order, key):
        body = {"order": order.number, "amount": "1.00", "purpose": "other"}
        return shop.merchant.post("payments/", body, **{"Idempotency-Key": key})

    post(shop.order(), "first")  # notes the use of the store's key
    counted = shop.order()
    count = statements_of(lambda: post(counted, "count"))
    for step, moment in every_crash(count):
        order, key = shop.order(), f"{step}-{moment}"
        with crash_at(step, moment):
            assert post(order, key).status_code == 503
        answers = [post(order, key) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201], (step, moment)
        assert answers[0].json() == answers[1].json()
        assert shop.reload(order).small_payments == 1, (step, moment)
    while settle_batch():
        pass
    assert set(SandboxTransfer.objects.values_list("calls", flat=True)) == {1}


def test_the_same_key_at_the_same_instant_pays_once(shop):
    order = shop.order()

    def post():
        body = {"order": order.number, "amount": "1.00", "purpose": "other"}
        return shop.merchant.post("payments/", body, **{"Idempotency-Key": "same"}).json()

    answers = [result.value for result in together(*[post] * 6)]
    assert len({answer["id"] for answer in answers}) == 1
    assert shop.reload(order).small_payments == 1


def test_a_reversal_crashes_at_every_statement(shop):
    def paid():
        payment = sending(shop, shop.order())()
        settle_batch()
        send_back(payment)
        return payment

    count = statements_of(reversing(paid()))
    for step, moment in every_crash(count):
        payment = paid()
        with pytest.raises(OperationalError), crash_at(step, moment):
            reversing(payment)()
        assert reversing(payment)() == int((step, moment) != (count, Moment.AFTER)), (step, moment)
        assert used(shop) == {"2026-11-20": "0.00"}


@pytest.mark.parametrize(
    ("sql", "net"),
    [
        ("UPDATE orders_order SET small_payments = 51", "order_small_payments_bounded"),
        ("UPDATE orders_order SET small_payments = -1", "small_payments"),
        ("UPDATE payments_dayallowance SET used = -0.01", "day_allowance_used_not_negative"),
        ("UPDATE payments_payment SET allowance_date = NULL", "payment_small_has_day"),
        ("UPDATE payments_payment SET reversed_at = created_at", "payment_reversed_is_failed"),
        (
            "INSERT INTO payments_transfer (id, store_id, payment_id, purpose, topic_id, debit_account_id, "
            "credit_account_id, amount, phase, created_at) SELECT gen_random_uuid(), store_id, payment_id, purpose, "
            "topic_id, debit_account_id, credit_account_id, amount, 'pending', created_at FROM payments_transfer",
            "transfer_one_live_per_payment",
        ),
        (
            'INSERT INTO payments_dayallowance (store_id, date, "limit", used) '
            "SELECT store_id, date, 1, 0 FROM payments_dayallowance",
            "day_allowance_once",
        ),
    ],
)
def test_the_tables_themselves_refuse(shop, sql, net):
    sending(shop, shop.order())()
    with pytest.raises(IntegrityError, match=net), system_scope(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_of_two_who_set_the_limits_the_second_changes_what_the_first_has_set(shop, clock):
    operator = Actor(ActorKind.OPERATOR, "ops", "operator")
    numbers = {"per_payment": None, "per_order": None, "gateway": "", "actor": operator, "now": NOON}

    def limited(per_day):
        with system_scope():
            set_payment_terms(store=shop.store, per_day=Decimal(per_day), **numbers)

    limited("60.00")
    race = overtaken(partial(limited, "70.00"), partial(limited, "80.00"), scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    with system_scope():
        told = Event.objects.filter(name="payment_terms.set").order_by("id").values_list("data", flat=True)
        assert [data["per_day"] for data in told] == [[None, "60.00"], ["60.00", "70.00"], ["70.00", "80.00"]]
