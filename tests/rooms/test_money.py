"""Amounts are split to the cent, and no part gets more than it may."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.money import allocate, apportion, parse_money
from orders.holds import _pieces_worth
from orders.models import OrderLine
from tests.cases import for_each

yuan = st.integers(0, 10**6).map(lambda cents: Decimal(cents).scaleb(-2))


@settings(max_examples=200, deadline=None)
@given(caps=st.lists(yuan, min_size=1, max_size=8), data=st.data())
def test_shares_add_up_and_stay_within_their_caps(caps, data):
    cents = data.draw(st.integers(0, int(sum(caps) * 100)))
    amount = Decimal(cents).scaleb(-2)
    shares = allocate(amount, caps)
    assert sum(shares) == amount
    assert all(0 <= share <= cap for share, cap in zip(shares, caps, strict=True))
    assert all(share == share.quantize(Decimal("0.01")) for share in shares)


def test_a_whole_is_split_in_proportion():
    assert allocate(Decimal("10.00"), [Decimal("30.00"), Decimal("10.00")]) == [Decimal("7.50"), Decimal("2.50")]


@for_each("amount", ["-0.01", "10.01"])
def test_what_the_caps_do_not_hold_is_refused(amount):
    with pytest.raises(ValueError, match="does not fit"):
        allocate(Decimal(amount), [Decimal("10.00")])


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=12))
def test_only_plain_digits_are_money(text):
    try:
        amount = parse_money(text)
    except ValueError:
        return
    assert text.isascii()
    assert Decimal(text) == amount
    assert amount.as_tuple().exponent == -2


def test_nothing_has_no_sign():
    assert [str(parse_money(text)) for text in ("-0", "-0.00", "0", "-0.01")] == ["0.00", "0.00", "0.00", "-0.01"]


@settings(max_examples=100, deadline=None)
@given(amount=yuan, weights=st.lists(yuan, min_size=1, max_size=8))
def test_proportions_add_up_and_none_is_a_cent_off(amount, weights):
    shares = apportion(amount, weights)
    assert sum(shares) == amount
    total = sum(weights) or len(weights)
    exact = [amount * (weight if any(weights) else 1) / total for weight in weights]
    assert all(abs(share - part) < Decimal("0.01") for share, part in zip(shares, exact, strict=True))


def test_the_largest_remainders_are_rounded_up():
    assert [str(share) for share in apportion(Decimal("20.00"), [Decimal(1)] * 3)] == ["6.67", "6.67", "6.66"]


def a_line() -> OrderLine:
    """Three pieces for which ¥20.00 was paid."""
    return OrderLine(quantity=3, unit_price=Decimal("7.00"), discount=Decimal("1.00"))


def test_pieces_are_worth_whole_cents_and_the_last_has_the_rest():
    assert [str(a_line().worth(1, after)) for after in range(3)] == ["6.66", "6.67", "6.67"]


def test_a_piece_of_which_a_cent_was_paid_back_is_held():
    held = {"0.00": 0, "0.01": 1, "6.66": 1, "6.67": 2, "13.34": 3, "20.00": 3}
    assert {amount: _pieces_worth(a_line(), Decimal(amount)) for amount in held} == held
