"""What a copy may tell that nobody expects: it is followed or waits for a person, in words, and harms no other."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connectors.port import LineCopy
from connectors.taking import ReadCopy, take_copies, take_copy
from tests.cases import for_each
from tests.connectors.deciding import verify
from tests.connectors.toy import copy_of
from tests.world import NOON

LONG = "长" * 3000
LINE = LineCopy("8000", 1, Decimal("59.00"), "Quilt")
ODD = {
    "a long title": {"lines": (replace(LINE, title=LONG),)},
    "no title": {"lines": (replace(LINE, title=""),)},
    "a long item": {"lines": (replace(LINE, item_id="8" * 300),)},
    "no item": {"lines": (replace(LINE, item_id=""),)},
    "no pieces": {"lines": (replace(LINE, quantity=0),)},
    "many pieces": {"lines": (replace(LINE, quantity=99_999),)},
    "dear": {"lines": (replace(LINE, unit_price=Decimal("99999999.99")),)},
    "free": {"lines": (replace(LINE, unit_price=Decimal(0)),)},
    "many lines": {"lines": tuple(replace(LINE, item_id=str(number)) for number in range(300))},
    "the same goods twice": {"lines": (LINE, LINE)},
    "no lines": {"lines": ()},
    "a long description": {"description": LONG},
    "a long reason": {"reason": "", "raw_reason": LONG},
    "an unheard-of reason": {"reason": "mercury_retrograde"},
    "an unheard-of kind": {"kind": "", "raw_kind": LONG},
    "a long status": {"raw_status": LONG},
    "nothing asked for": {"amount": Decimal(0)},
    "less than nothing": {"amount": Decimal("-1.00")},
    "parts of a fen": {"amount": Decimal("1.005")},
    "more than anything": {"amount": Decimal("99999999.99")},
    "more than was paid": {"amount": Decimal("60.00")},
    "more paid back than asked for": {"refunded_amount": Decimal("58.00")},
    "less than nothing paid back": {"refunded_amount": Decimal("-1.00")},
    "a deadline long ago": {"deadline": NOON - timedelta(days=9000)},
    "a deadline in another age": {"deadline": NOON + timedelta(days=9000)},
    "made after it changed": {"created_at": NOON + timedelta(days=3)},
    "made in another age": {"created_at": NOON - timedelta(days=9000)},
    "a long carrier": {"return_carrier": LONG, "return_tracking_number": LONG},
    "a number of other signs": {"return_carrier": "SF", "return_tracking_number": "<b>顺丰 1\n2</b>"},
    "signs of the other direction": {"description": "\u202eevil\u202c 😀", "raw_status": "\u200b"},
}
STAGES = ("asked", "returning", "refunded", "withdrawn")


def strange(connected, stage: str, facts: dict, refund_id: str = "R1", order: dict | None = None):
    """A copy with these facts, at this stage."""
    copy = copy_of(connected.server.put(refund_id, kind="return_and_refund", status=stage))
    return replace(copy, **facts, order=replace(copy.order, **(order or {})))


def assert_told_in_words(problem: str) -> None:
    """Nothing of how we are built: what was told is a sentence of ours."""
    assert not problem or " " in problem, problem
    assert "Error" not in problem


@for_each("odd", ODD)
@pytest.mark.parametrize("stage", STAGES)
def test_an_odd_copy_is_followed_or_waits_with_a_reason(connected, odd, stage):
    good = [copy_of(connected.server.put(f"G{number}")) for number in range(2)]
    copies = [ReadCopy(each, NOON) for each in (good[0], strange(connected, stage, ODD[odd]), good[1])]
    assert take_copies(connected.connection, copies, now=NOON) == 3
    row = connected.row("R1")
    assert_told_in_words(row.problem)
    assert row.needs_look is bool(row.problem)
    assert (row.refund is None) is bool(row.problem)
    assert [connected.row(f"G{number}").problem for number in range(2)] == ["", ""]
    assert verify() == {}


@for_each("odd", ODD)
@pytest.mark.parametrize("stage", STAGES)
def test_what_was_followed_becomes_odd(connected, odd, stage):
    first = strange(connected, "asked", {})
    assert take_copy(connected.connection, first, read_at=NOON, now=NOON)
    assert take_copy(connected.connection, strange(connected, stage, ODD[odd]), read_at=NOON, now=NOON)
    row = connected.row("R1")
    assert_told_in_words(row.problem)
    assert row.needs_look is bool(row.problem)
    assert verify() == {}
    mended = strange(connected, "withdrawn", {})
    assert take_copy(connected.connection, mended, read_at=NOON, now=NOON)
    assert (connected.row("R1").problem, connected.row("R1").refund.status) == ("", "withdrawn")
    assert verify() == {}


@for_each(
    "order",
    [
        {"number": ""},
        {"number": "8" * 300},
        {"number": "a/b\n<c>"},
        {"buyer_id": "b" * 3000},
        {"buyer_id": "", "buyer_name": LONG},
        {"paid_amount": Decimal("-3.00")},
        {"paid_amount": Decimal(0)},
        {"paid_amount": Decimal("99999999.99")},
        {"paid_at": NOON + timedelta(days=9000)},
        {"paid_at": None, "is_shipped": None, "lines": ()},
    ],
    ids=str,
)
def test_an_odd_order_is_taken_or_waits_with_a_reason(connected, order):
    assert take_copy(connected.connection, strange(connected, "asked", {}, order=order), read_at=NOON, now=NOON)
    row = connected.row("R1")
    assert_told_in_words(row.problem)
    assert (row.refund is None) is bool(row.problem)
    assert verify() == {}


def test_one_of_tomorrow_is_put_aside_and_hides_no_newer_one(connected):
    ahead = replace(strange(connected, "refunded", {}), version=10**12, updated_at=NOON + timedelta(days=400))
    first = strange(connected, "asked", {}, "R2")
    for copy in (ahead, first, replace(ahead, id="R2")):
        take_copy(connected.connection, copy, read_at=NOON, now=NOON)
    for refund_id in ("R1", "R2"):
        row = connected.row(refund_id)
        assert ("yet to come" in row.problem, row.needs_look, row.version < 10**12) == (True, True, True)
        true = strange(connected, "withdrawn", {}, refund_id)
        assert take_copy(connected.connection, true, read_at=NOON, now=NOON)
        row = connected.row(refund_id)
        assert (row.problem, row.needs_look, row.refund.status) == ("", False, "withdrawn")


def test_goods_of_two_kinds_of_one_item_are_two_pieces(connected):
    """A masked order has a line for both; one that is here in full has its own."""
    lines = (replace(LINE, sku="red"), replace(LINE, sku="blue"))
    whole = connected.shop.order(number="O-R2", prices=("59.00", "59.00"), shipped=False)
    with connected.shop.scope():
        for line, sku in zip(whole.lines.order_by("pk"), ("red", "blue"), strict=True):
            whole.lines.filter(pk=line.pk).update(item_id="8000", sku=sku)
    for refund_id, held in (("R1", [2]), ("R2", [1, 1])):
        copy = strange(connected, "asked", {"lines": lines, "amount": Decimal("100.00")}, refund_id)
        assert take_copy(connected.connection, copy, read_at=NOON, now=NOON)
        row = connected.row(refund_id)
        assert row.problem == ""
        with connected.shop.scope():
            assert [line.quantity for line in row.refund.lines.order_by("pk")] == held
    assert verify() == {}
