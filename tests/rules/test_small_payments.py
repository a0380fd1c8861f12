"""The limits of small payments to the cent, the place and the instant (K8–K10)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from payments.actions import why_not_resume
from payments.allowances import Limits, limits_under
from payments.models import Payment, PaymentTerms
from payments.payout_limits import why_lowered
from payments.small import Allowance, usable_until, why_not_pay
from stores.marketplaces import current_rules
from tests.cases import for_each
from tests.rules.things import a_store, an_order, code_of
from tests.world import NOON

RULES = current_rules("kuaishou")
INSTANT = timedelta(microseconds=1)
MIDNIGHT = datetime(2026, 11, 20, 16, tzinfo=UTC)  # in Shanghai


def left(**fields) -> Allowance:
    """What is left under Kuaishou's rules, everything unless `fields` say otherwise."""
    given = {
        "limits": limits_under(RULES, None),
        "order_used": 0,
        "day": date(2026, 11, 20),
        "day_used": Decimal("0.00"),
        "resets_at": MIDNIGHT,
        "usable_until": NOON + timedelta(days=30),
        "time_zone": "Asia/Shanghai",
    }
    return Allowance(**{**given, **fields})


@pytest.mark.rule("K9", "K10")
def test_the_numbers_of_the_rule_and_of_the_operators_terms():
    assert limits_under(RULES, None) == Limits(Decimal("1000.00"), 3, Decimal("100000.00"))
    own = PaymentTerms(per_payment=Decimal("0.00"), per_order=None, per_day=Decimal("5.00"))
    assert limits_under(RULES, own) == Limits(Decimal("0.00"), 3, Decimal("5.00"))


@pytest.mark.rule("K8", "K9", "K10")
@for_each(
    ("fields", "amount", "code"),
    [
        ({}, "1000.00", None),
        ({}, "1000.01", "payment_above_limit"),
        ({"order_used": 2}, "1.00", None),
        ({"order_used": 3}, "1.00", "order_payment_count_reached"),
        ({"day_used": Decimal("99000.00")}, "1000.00", None),
        ({"day_used": Decimal("99000.01")}, "1000.00", "store_day_limit_reached"),
        ({"day_used": Decimal("99999.99")}, "0.01", None),
        ({"day_used": Decimal("100000.00")}, "0.01", "store_day_limit_reached"),
        ({"usable_until": NOON + INSTANT}, "1.00", None),
        ({"usable_until": NOON}, "1.00", "payment_window_closed"),
        ({"order": an_order()}, "1.00", None),
        ({"order": an_order(erased_at=NOON)}, "1.00", "buyer_erased"),
    ],
)
def test_each_limit_to_the_cent_and_the_instant(fields, amount, code):
    assert code_of(why_not_pay(left(**fields), NOON, Decimal(amount))) == code


@pytest.mark.rule("K8", "K9", "K10")
def test_what_no_other_amount_mends_is_told_first():
    spent = {"order_used": 3, "day_used": Decimal("100000.00")}
    assert code_of(why_not_pay(left(**spent, usable_until=NOON), NOON, Decimal(5000))) == "payment_window_closed"
    assert code_of(why_not_pay(left(**spent), NOON, Decimal(5000))) == "payment_above_limit"
    assert code_of(why_not_pay(left(**spent), NOON)) == "order_payment_count_reached"
    assert code_of(why_not_pay(left(day_used=Decimal("100000.00")), NOON)) == "store_day_limit_reached"
    assert why_not_pay(left(day_used=Decimal("99999.99")), NOON) is None


@pytest.mark.rule("K9", "K10")
def test_a_store_that_may_send_nothing_is_told_so_without_an_amount():
    nothing = left(limits=Limits(Decimal("0.00"), 3, Decimal("100.00")))
    assert why_not_pay(nothing, NOON).detail == "The platform lets this store send no small payments."
    assert code_of(why_not_pay(left(limits=Limits(Decimal(1), 0, Decimal(100))), NOON)) == "order_payment_count_reached"
    assert code_of(why_not_pay(left(limits=Limits(Decimal(1), 3, Decimal(0))), NOON)) == "store_day_limit_reached"


@pytest.mark.rule("K10")
def test_the_day_says_what_is_left_and_until_when_by_the_stores_clock():
    refused = why_not_pay(left(day_used=Decimal("99000.50")), NOON, Decimal(1000))
    assert refused.detail == (
        "The store has 999.50 yuan left of today's 100,000.00; send less, or wait until 2026-11-21 00:00."
    )
    assert left(day_used=Decimal("100000.01"), order_used=9).day_left == Decimal("0.00")
    assert left(order_used=9).order_left == 0


@pytest.mark.rule("K8")
@for_each(
    ("zone", "paid_at", "until"),
    [
        # paid on 20 November by the store's clock: the 365th day after it is 20 November of the next year
        ("Asia/Shanghai", "2026-11-19T16:00:00Z", "2027-11-20T16:00:00Z"),
        ("Asia/Shanghai", "2026-11-20T15:59:59Z", "2027-11-20T16:00:00Z"),
        ("Asia/Shanghai", "2026-11-20T16:00:00Z", "2027-11-21T16:00:00Z"),
        # over a leap day the 365th day comes a date earlier
        ("Asia/Shanghai", "2027-11-20T04:00:00Z", "2028-11-19T16:00:00Z"),
        # a day of 25 hours is the last one
        ("America/New_York", "2026-11-07T12:00:00Z", "2027-11-08T05:00:00Z"),
    ],
)
def test_the_365th_day_is_the_last_by_the_stores_calendar(zone, paid_at, until):
    store = a_store("kuaishou", time_zone=zone)
    order = an_order(store=store, paid_at=datetime.fromisoformat(paid_at))
    assert usable_until(order, store) == datetime.fromisoformat(until)


@pytest.mark.rule("K9", "K10")
@for_each(
    ("amount", "place", "day_sum", "reason"),
    [
        ("10.00", 2, "50.00", ""),
        ("10.01", 2, "50.00", "per_payment_lowered:10.00"),
        ("10.00", 3, "50.00", "per_order_lowered:2"),
        ("10.00", 2, "50.01", "per_day_lowered:50.00"),
    ],
)
def test_a_worker_looks_again_under_the_limits_of_now(amount, place, day_sum, reason):
    limits = Limits(Decimal("10.00"), 2, Decimal("50.00"))
    assert why_lowered(limits, Decimal(amount), place=place, day_sum=Decimal(day_sum)) == reason


def test_a_gateway_is_asked_by_hand_only_after_it_fell_silent():
    assert why_not_resume(Payment(store_id=1, needs_attention=True)) is None
    assert code_of(why_not_resume(Payment(store_id=1))) == "invalid_transition"
