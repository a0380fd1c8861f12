"""Stores whose clocks are moved, 29 February, clocks that jump: limits of a day and deadlines, over the API."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from common import clock as wall
from common.tenancy import system_scope
from offers.sweeps import sweep_due_offers
from payments.allowances import open_day_allowances
from payments.settlement import settle_batch
from refunds.sweeps import sweep_due_refunds
from tests.api.helpers import ask, code, detail
from tests.api.test_small_payments import allowance, send, set_terms
from tests.cases import for_each
from tests.world import NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("broker_tasks")]
SECOND = timedelta(seconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shop_in(zone: str):
    """A Kuaishou store whose calendar is this zone's; ¥5 a day."""
    shop = make_shop("kuaishou", time_zone=zone)
    set_terms(shop, per_day=Decimal("5.00"))
    return shop


@pytest.mark.rule("K10")
@for_each(
    ("zone", "first", "last", "day"),
    [
        # The clock strikes one twice: both hours are of one day, which has 25.
        ("America/New_York", "2026-11-01T04:00:00", "2026-11-02T05:00:00", "2026-11-01"),
        ("Europe/Berlin", "2026-10-24T22:00:00", "2026-10-25T23:00:00", "2026-10-25"),
        # An hour is skipped: the day has 23.
        ("America/New_York", "2026-03-08T05:00:00", "2026-03-09T04:00:00", "2026-03-08"),
        ("Europe/Berlin", "2026-03-28T23:00:00", "2026-03-29T22:00:00", "2026-03-29"),
        ("Asia/Shanghai", "2028-02-28T16:00:00", "2028-02-29T16:00:00", "2028-02-29"),
    ],
)
def test_a_limit_of_a_day_lasts_as_long_as_the_day(clock, zone, first, last, day):
    clock.traveller.move_to(at(first) - SECOND)
    shop = shop_in(zone)
    order, other = shop.order(now=wall.now()), shop.order(now=wall.now())
    assert send(shop, order, "5.00").status_code == 201, "the day before"
    clock.traveller.move_to(at(first))
    shown = allowance(shop, order)["store_day"]
    assert (shown["date"], shown["used"], shown["resets_at"]) == (day, "0.00", f"{at(last):%Y-%m-%dT%H:%M:%SZ}")
    assert send(shop, order, "5.00").status_code == 201
    clock.traveller.move_to(at(last) - SECOND)
    with system_scope():
        open_day_allowances(now=wall.now())
    assert code(send(shop, other, "0.01"))[:2] == (409, "store_day_limit_reached")
    clock.traveller.move_to(at(last))
    assert send(shop, other, "5.00").status_code == 201


@pytest.mark.rule("K10")
@for_each("hours", [1, 24])
def test_a_clock_that_jumps_back_gives_no_day_twice(clock, hours):
    shop = shop_in("Asia/Shanghai")
    order, other = shop.order(), shop.order()
    clock.traveller.move_to(at("2026-11-20T16:00:00"))  # the 21st begins
    assert send(shop, order, "5.00").status_code == 201
    clock.traveller.shift(timedelta(hours=-hours))
    assert send(shop, order, "5.00").status_code == 201, "the 20th has its own"
    assert code(send(shop, other, "0.01"))[1] == "store_day_limit_reached"
    clock.traveller.shift(timedelta(hours=hours))
    assert code(send(shop, other, "0.01"))[1] == "store_day_limit_reached", "and the 21st is still spent"


@pytest.mark.rule("K8")
@for_each(
    ("paid", "until"),
    [
        ("2028-02-29T04:00:00", "2029-02-28T16:00:00Z"),  # 365 days later is the 28th
        ("2027-02-28T04:00:00", "2028-02-28T16:00:00Z"),  # and the 29th is a day too many
        ("2027-03-01T04:00:00", "2028-02-29T16:00:00Z"),
    ],
)
def test_a_year_of_small_payments_is_365_days_with_a_29_february_or_without(clock, paid, until):
    clock.traveller.move_to(at(paid))
    shop = shop_in("Asia/Shanghai")
    order = shop.order(paid_at=at(paid), now=at(paid))
    assert allowance(shop, order)["usable_until"] == until
    clock.traveller.move_to(at(until.rstrip("Z")) - SECOND)
    assert send(shop, order).status_code == 201
    clock.traveller.shift(SECOND)
    assert code(send(shop, order))[:2] == (409, "payment_window_closed")


@pytest.mark.rule("T10")
@for_each(
    ("zone", "asked"),
    [
        ("America/New_York", "2026-03-07T12:00:00"),
        ("America/New_York", "2026-10-31T12:00:00"),
        ("Europe/Berlin", "2026-03-28T12:00:00"),
        ("Europe/Berlin", "2026-10-24T12:00:00"),
        ("Asia/Shanghai", "2028-02-28T12:00:00"),
    ],
)
def test_thirty_six_hours_are_thirty_six_wherever_clocks_are_moved(clock, zone, asked):
    clock.traveller.move_to(at(asked))
    shop = make_shop("taote", time_zone=zone)
    refund = shop.refund(shop.order(now=at(asked)), kind="refund_only", now=at(asked))
    clock.traveller.move_to(at(asked) + timedelta(hours=36) - SECOND)
    assert sweep_due_refunds() == 0
    clock.traveller.shift(SECOND)
    assert sweep_due_refunds() == 1
    assert detail(shop, refund)["status"] == "refunding"


@pytest.mark.rule("T10")
def test_a_store_that_changes_its_zone_changes_no_deadline(clock):
    shop = make_shop("taote")
    refund = shop.refund(kind="refund_only")
    due = detail(shop, refund)["due_at"]
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York"):
        assert shop.merchant.patch(f"stores/{shop.store.code}/", {"time_zone": zone}).status_code == 200
        assert detail(shop, refund)["due_at"] == due
    clock.traveller.move_to(NOON + timedelta(hours=36) - SECOND)
    assert sweep_due_refunds() == 0
    clock.traveller.shift(SECOND)
    assert sweep_due_refunds() == 1


@pytest.mark.rule("T7", "T10")
@for_each("hours", [1, 24])
def test_a_clock_that_jumps_forward_and_back_does_everything_once(clock, hours):
    """What is done early by a jump stays done; what comes after it is due by its own clock again."""
    shop = make_shop("taote")
    first = shop.refund(kind="refund_only")
    clock.traveller.move_to(NOON + timedelta(hours=36) - SECOND)
    second = shop.refund(shop.order(), kind="refund_only", now=wall.now())
    clock.traveller.shift(timedelta(hours=-hours))
    assert sweep_due_refunds() == 0, "not before its time, wherever the clock has been"
    clock.traveller.shift(timedelta(hours=hours) + SECOND)
    assert (sweep_due_refunds(), sweep_due_refunds()) == (1, 0)
    assert settle_batch() == 1
    clock.traveller.shift(timedelta(hours=-hours))
    assert (sweep_due_refunds(), sweep_due_offers(), settle_batch()) == (0, 0, 0)
    third = ask(shop, shop.order(), amount="59.00").json()
    clock.traveller.shift(timedelta(hours=hours))
    assert (sweep_due_refunds(), settle_batch()) == (0, 0)
    shown = [detail(shop, refund) for refund in (first.pk, second.pk, third["id"])]
    assert [refund["status"] for refund in shown] == ["refunded", "awaiting_merchant", "awaiting_merchant"]
    assert [len(refund["payments"]) for refund in shown] == [1, 0, 0]
    assert third["due_at"] == f"{NOON + timedelta(hours=72 - hours):%Y-%m-%dT%H:%M:%SZ}"
