"""Many at once against one by one, on real connections: orders that both make, goods that both ask for."""

from decimal import Decimal

from orders.actions import upsert_order
from orders.bulk import upsert_orders
from refunds.bulk import open_refunds
from refunds.opening import RefundRequest, open_refund
from tests.concurrency.harness import overtaken
from tests.world import BUYER, NOON

LINES = [{"item_id": "8000", "quantity": 1, "unit_price": Decimal("59.00")}]


def head(number):
    return {"number": number, "buyer_id": "b", "buyer_name": "B", "paid_at": NOON, "address": "x", "live_session": ""}


def make_one(shop, number="A1"):
    _order, is_new = upsert_order(store=shop.store, data=head(number), lines=LINES, actor=BUYER, now=NOON)
    return is_new


def make_many(shop, *numbers):
    wanted = [(head(number), LINES) for number in numbers or ("A2", "A1")]
    return upsert_orders(store=shop.store, wanted=wanted, actor=BUYER, now=NOON)


def asking(number, amount):
    return RefundRequest(
        order=number, kind="refund_only", reason="other", amount=Decimal(amount), description="", lines=None
    )


def ask_one(shop, number, amount):
    return open_refund(
        store=shop.store,
        order_number=number,
        kind="refund_only",
        reason="other",
        amount=Decimal(amount),
        actor=BUYER,
        now=NOON,
    )


def ask_many(shop, wanted):
    outcomes = open_refunds(
        store=shop.store, requests=[asking(*each) for each in wanted.items()], actor=BUYER, now=NOON
    )
    return [getattr(outcome, "code", "ok") for outcome in outcomes]


def in_scope(shop, call, *args):
    def inner():
        with shop.scope():
            return call(shop, *args)

    return inner


def test_an_order_that_is_made_by_itself_and_among_many_is_made_once(shop):
    race = overtaken(lambda: make_one(shop), in_scope(shop, make_many), scope=shop.scope())
    assert race.waited
    assert (race.first.value, race.second.value) == (True, [True, False])
    race = overtaken(lambda: make_many(shop, "B1", "B2"), in_scope(shop, make_one, "B2"), scope=shop.scope())
    assert race.waited
    assert (race.first.value, race.second.value) == ([True, True], False)


def test_what_one_asks_for_is_not_there_for_many_and_the_other_way_round(shop):
    first, second = (shop.order().number for _ in range(2))
    race = overtaken(
        lambda: ask_one(shop, first, "40.00"),
        in_scope(shop, ask_many, {second: "1.00", first: "30.00"}),
        scope=shop.scope(),
    )
    assert race.waited
    assert race.second.value == ["ok", "amount_above_refundable"]
    third = shop.order().number
    race = overtaken(
        lambda: ask_many(shop, {third: "40.00", second: "1.00"}),
        in_scope(shop, ask_one, third, "30.00"),
        scope=shop.scope(),
    )
    assert race.waited
    assert (race.first.value, race.second.code) == (["ok", "ok"], "amount_above_refundable")
