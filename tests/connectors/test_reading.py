"""What platforms send, read into our units: whatever it is, nothing but what is meant comes out, and no odd error."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import reading
from connectors.http import Response
from connectors.port import Throttled, Unreachable, UnreadableCopy

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("value", "yuan"),
    [
        (1990, "19.90"),
        ("1990", "19.90"),
        (0, "0.00"),
        (1, "0.01"),
        (9_999_999_999, "99999999.99"),
        (None, None),
        ("", None),
    ],
)
def test_fen(value, yuan):
    assert reading.fen(value) == (None if yuan is None else Decimal(yuan))


@pytest.mark.parametrize("value", [-1, "19.90", 19.9, True, "1e3", "１２", [1], 10**10, "9" * 30])
def test_what_is_no_fen(value):
    with pytest.raises(UnreadableCopy):
        reading.fen(value)


@pytest.mark.parametrize(
    ("value", "yuan"), [("19.90", "19.90"), ("19.9", "19.90"), ("19", "19.00"), (19, "19.00"), (None, None), ("", None)]
)
def test_yuan(value, yuan):
    assert reading.yuan_told(value) == (None if yuan is None else Decimal(yuan))


@pytest.mark.parametrize("value", ["-1", "19.901", 19.9, "NaN", "Infinity", "1e99", "x", [], "9" * 30])
def test_what_is_no_yuan(value):
    with pytest.raises(UnreadableCopy):
        reading.yuan_told(value)


def test_a_change_goes_back_into_whole_fen_only():
    assert reading.in_fen(Decimal("12.30")) == 1230
    with pytest.raises(ValueError, match="whole number"):
        reading.in_fen(Decimal("12.305"))


def test_instants():
    at = datetime(2026, 11, 20, 4, 0, 0, tzinfo=UTC)
    assert reading.seconds(1795147200) == reading.seconds("1795147200") == reading.milliseconds(1795147200000) == at
    assert reading.milliseconds("1795147200250") == at.replace(microsecond=250_000)
    assert reading.beijing("2026-11-20 12:00:00") == at
    for nothing in (None, 0, "0", "", -5, "x", True, 1.5, 10**30, 1795147200000000):
        assert reading.seconds(nothing) is None
    assert reading.beijing("2026-11-20") is reading.beijing(None) is None


@given(VALUES)
def test_any_value_reads_as_something_or_is_unreadable(value):
    for read in (reading.fen, reading.yuan_told):
        try:
            assert read(value) is None or isinstance(read(value), Decimal)
        except UnreadableCopy:
            pass
    assert isinstance(reading.text(value), str)
    assert reading.pieces(value) > 0
    assert isinstance(reading.part(value, "a", "b"), dict)
    assert all(isinstance(each, dict) for each in reading.rows(value))
    for read in (reading.seconds, reading.milliseconds, reading.beijing):
        assert read(value) is None or read(value).tzinfo is not None
    assert "\0" not in str(reading.cleaned(value))
    reading.without_receivers(value)


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (Response(429, b'{"a": 1}'), Throttled),
        (Response(500, b'{"a": 1}'), Unreachable),
        (Response(302, b""), Unreachable),
        (Response(200, b""), Unreachable),
        (Response(200, b"[]"), Unreachable),
        (Response(200, b'{"a": NaN}'), Unreachable),
        (Response(200, b"\xff"), Unreachable),
        (Response(200, b'{"a":' * 50_000), Unreachable),
    ],
)
def test_answers_that_are_none(response, error):
    with pytest.raises(error):
        reading.json_object(response)


def test_what_no_database_keeps_is_taken_out():
    assert reading.json_object(Response(200, rb'{"a\u0000": ["\ud800x\u0000"]}')) == {"a": ["x"]}


def test_receivers_are_left_out_at_every_depth_and_ids_of_addresses_stay():
    told = {
        "post_receiver": "x",
        "encrypt_post_tel_sec": "x",
        "address_id": "5",
        "return_address_id": "6",
        "items": [{"mobile": "x", "city_name": "x", "capacity": 3, "title": "y"}],
        "telephone_rate": 1,
    }
    assert reading.without_receivers(told) == {
        "address_id": "5",
        "return_address_id": "6",
        "items": [{"capacity": 3, "title": "y"}],
    }


def test_a_base_that_has_the_path_already_keeps_it_once():
    for base in ("http://h:1", "http://h:1/", "http://h:1/api/router", "http://h:1/api/router/"):
        assert reading.call_address(base, "/api/router") == "http://h:1/api/router"


def test_a_carrier_is_found_by_its_code_its_name_and_our_name_for_it():
    companies = [("44", "顺丰快递"), ("85", "圆通速递"), ("9", "海港快运")]
    for carrier, found in (("SF", "44"), ("顺丰", "44"), ("YTO", "85"), ("85", "85"), ("海港快运", "9")):
        assert reading.company_called(carrier, companies)[0] == found
    for nobody in ("ZTO", "", "other: Harbour"):
        assert reading.company_called(nobody, companies) is None
