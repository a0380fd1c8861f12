"""Amounts are split to the cent, and no part gets more than it may."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.money import allocate, parse_money

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


@pytest.mark.parametrize("amount", ["-0.01", "10.01"])
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
