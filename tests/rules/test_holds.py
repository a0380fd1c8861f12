"""What a refund holds of its order, how an amount is spread over lines, and what goes back (P1, Q10, T5)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.actors import SYSTEM
from common.errors import Invalid, Refused
from common.money import CENT, allocate
from common.writes import WriteSet
from orders.holds import hold_yuan, most_of_order, why_not_take
from orders.signals import more_held
from refunds import opening
from refunds.arrivals import split_missing
from refunds.holds import hold, release
from refunds.states import RefundGoods, RefundKind
from tests.cases import for_each
from tests.rules.things import a_line, a_refund, an_order, code_of
from tests.world import NOON

NOTHING = "Nothing arrived: say that the inspection failed, and why."


@pytest.fixture(autouse=True)
def _nobody_else(monkeypatch):
    """What was offered about the same order lies in the database, which these rules don't need."""
    monkeypatch.setattr(more_held, "receivers", [])
    monkeypatch.setattr(more_held, "sender_receivers_cache", {})


cents = st.integers(0, 10**7).map(lambda count: Decimal(count).scaleb(-2))


def yuan(*amounts: str) -> list[Decimal]:
    """Amounts from their words."""
    return [Decimal(amount) for amount in amounts]


def held(refund) -> list[Decimal]:
    """What each of the refund's lines holds."""
    return [line.amount for line in refund.own_lines]


@for_each(
    ("amount", "caps", "shares"),
    [
        ("10.00", ["10.00", "10.00"], ["5.00", "5.00"]),
        ("10.00", ["30.00", "10.00"], ["7.50", "2.50"]),
        ("0.01", ["10.00", "10.00"], ["0.01", "0.00"]),
        ("0.02", ["1.00", "1.00", "1.00"], ["0.01", "0.01", "0.00"]),
        ("10.00", ["3.33", "3.33", "3.34"], ["3.33", "3.33", "3.34"]),
        ("1.00", ["0.01", "99.99"], ["0.00", "1.00"]),  # the cent that rounding leaves goes where most room is
        ("0.00", ["0.00", "0.00"], ["0.00", "0.00"]),
        ("5.00", ["0.00", "5.00"], ["0.00", "5.00"]),
    ],
)
def test_an_amount_is_spread_to_the_cent(amount, caps, shares):
    assert allocate(Decimal(amount), yuan(*caps)) == yuan(*shares)


@given(st.data(), st.lists(cents, min_size=1, max_size=6))
def test_every_spread_adds_up_and_stays_below_each_cap_and_within_a_cent_of_proportion(data, caps):
    total = sum(caps)
    amount = Decimal(data.draw(st.integers(0, int(total * 100)))).scaleb(-2)
    shares = allocate(amount, caps)
    assert sum(shares) == amount
    assert all(0 <= share <= cap for share, cap in zip(shares, caps, strict=True))
    if total:
        assert all(
            abs(share - amount * cap / total) < len(caps) * CENT for share, cap in zip(shares, caps, strict=True)
        )


@for_each(("amount", "caps"), [("0.01", ["0.00"]), ("10.01", ["10.00"]), ("-0.01", ["10.00"])])
def test_what_does_not_fit_is_an_error(amount, caps):
    with pytest.raises(ValueError, match="does not fit"):
        allocate(Decimal(amount), yuan(*caps))


@pytest.mark.rule("P1")
def test_a_refund_holds_its_amount_of_its_lines_and_of_the_order():
    order = an_order(a_line("30.00", quantity=2), a_line("40.00", item_id="8001"))
    refund = a_refund(order)
    hold(WriteSet(), refund, Decimal("50.00"), pieces=1)
    assert (refund.amount, held(refund)) == (Decimal("50.00"), yuan("30.00", "20.00"))
    assert [line.claimed_amount for line in order.own_lines] == yuan("30.00", "20.00")
    assert [line.claimed_quantity for line in order.own_lines] == [2, 1]
    assert (order.claimed_amount, order.refundable_amount) == tuple(yuan("50.00", "50.00"))


@pytest.mark.rule("T5", "T6")
def test_another_amount_replaces_what_was_held_and_its_own_hold_does_not_count_against_it():
    order = an_order(a_line("30.00", quantity=2), a_line("40.00", item_id="8001"))
    refund = a_refund(order)
    hold(WriteSet(), refund, Decimal("100.00"), pieces=1)
    assert most_of_order(order, refund.own_lines) == Decimal("100.00")
    hold(WriteSet(), refund, Decimal("2.00"), pieces=-1)
    assert (held(refund), order.claimed_amount) == (yuan("1.20", "0.80"), Decimal("2.00"))
    assert [line.claimed_quantity for line in order.own_lines] == [0, 0]


@pytest.mark.rule("P1")
@for_each(
    ("claimed", "amount", "code"),
    [
        ("0.00", "59.00", None),
        ("0.00", "59.01", "amount_above_refundable"),
        ("10.00", "49.00", None),
        ("10.00", "49.01", "amount_above_refundable"),
    ],
)
def test_no_more_than_what_others_leave(claimed, amount, code):
    refund = a_refund(an_order(a_line("59.00", claimed_amount=Decimal(claimed))))
    if code is None:
        hold(WriteSet(), refund, Decimal(amount), pieces=1)
        assert refund.order.claimed_amount == Decimal("59.00")
        return
    with pytest.raises(Refused) as raised:
        hold(WriteSet(), refund, Decimal(amount), pieces=1)
    assert raised.value.code == code
    assert refund.order.claimed_amount == Decimal(claimed)


@pytest.mark.rule("P1")
def test_the_same_pieces_are_not_returned_twice():
    order = an_order(a_line("10.00", quantity=3))
    first, second = a_refund(order, pieces=[2]), a_refund(order, pieces=[2])
    hold(WriteSet(), first, Decimal("5.00"), pieces=1)
    with pytest.raises(Refused) as raised:
        hold(WriteSet(), second, Decimal("5.00"), pieces=1)
    assert raised.value.code == "refund_open"


@pytest.mark.rule("Q10")
@for_each(("keep", "left"), [("0.00", ["0.00", "0.00"]), ("10.00", ["6.00", "4.00"])])
def test_an_end_gives_back_all_but_what_is_paid_all_the_same(keep, left):
    order = an_order(a_line("30.00", quantity=2), a_line("40.00", item_id="8001"))
    refund = a_refund(order)
    hold(WriteSet(), refund, Decimal("100.00"), pieces=1)
    release(WriteSet(), [refund], keep=Decimal(keep))
    assert (held(refund), order.claimed_amount) == (yuan(*left), Decimal(keep))
    assert [line.claimed_quantity for line in order.own_lines] == [0, 0]
    assert refund.amount == Decimal("100.00")  # what was asked for is told for ever


@pytest.mark.rule("P4")
@for_each(
    ("kind", "goods", "counts"), [("refund_only", "", 0), ("refund_only", RefundGoods.RECALLED, 1), ("exchange", "", 1)]
)
def test_whose_pieces_come_back_counts_them(kind, goods, counts):
    order = an_order()
    refund = a_refund(order, kind=kind, goods=goods)
    hold(WriteSet(), refund, Decimal("59.00"), pieces=counts)
    release(WriteSet(), [refund])
    assert [line.claimed_quantity for line in order.own_lines] == [0]
    assert refund.holds_pieces is bool(counts)


def test_yuan_that_belong_to_no_line_are_held_of_the_order():
    order = an_order()
    hold_yuan(WriteSet(), order, Decimal("9.00"))
    assert most_of_order(order, a_refund(order, kind=RefundKind.REFUND_ONLY).own_lines) == Decimal("50.00")
    with pytest.raises(Refused):
        hold_yuan(WriteSet(), order, Decimal("50.01"))
    assert order.claimed_amount == Decimal("9.00")
    assert code_of(why_not_take(Decimal("50.01"), most=Decimal("50.00"))) == "amount_above_refundable"
    assert why_not_take(Decimal("50.00"), most=Decimal("50.00")) is None


@pytest.mark.rule("P1")
@for_each("price", ["59.00", "0.00"])
def test_an_inspection_is_not_passed_of_goods_of_which_nothing_arrived(price):
    """Nor where they cost nothing: then what arrived is worth all that was asked."""
    refund = a_refund(an_order(a_line(price)), kind=RefundKind.EXCHANGE)
    for line in refund.own_lines:
        line.amount = Decimal(price)
    with pytest.raises(Invalid, match=NOTHING) as refused:
        split_missing(WriteSet(), refund, {line.line.goods: 0 for line in refund.own_lines}, actor=SYSTEM, now=NOON)
    assert refused.value.attr == "received"


@for_each(
    ("price", "is_left", "pays", "has_open", "code"),
    [
        ("59.00", True, True, False, None),
        ("0.00", True, False, False, None),
        ("0.00", True, True, False, "amount_above_refundable"),
        ("0.00", False, False, True, "refund_open"),
        ("59.00", False, True, True, "refund_open"),
        ("59.00", False, True, False, "amount_above_refundable"),
    ],
)
def test_something_has_to_be_left_to_ask_for_and_goods_that_cost_nothing_are_exchanged(
    monkeypatch, price, is_left, pays, has_open, code
):
    monkeypatch.setattr(opening, "_has_open", lambda order: has_open)
    refund = a_refund(an_order(a_line(price)))
    lines = refund.own_lines if is_left else []
    assert code_of(opening.why_not_open(refund.order, lines, pays=pays)) == code
