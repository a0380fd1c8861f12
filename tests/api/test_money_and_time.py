"""What counts as an amount of yuan and as an instant, in and out."""

import json
import time

import pytest

from tests.api.test_errors import check_shape
from tests.cases import for_each
from tests.tenancy.calls import COUPON_BODY, ORDER_BODY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ACCEPTED = {
    '"12.30"': "12.30",
    '"12.3"': "12.30",
    '"12"': "12.00",
    '"0.01"': "0.01",
    '"0"': "0.00",
    '"9999999999.99"': "9999999999.99",
    '"007"': "7.00",
    "12": "12.00",
    "12.3": "12.30",
    "12.30": "12.30",
    "0": "0.00",
}
REFUSED = [
    *('"1e3"', '"1E3"', '"1_000"', '"1,000.00"', '"１２.30"', '"१२"', '"NaN"', '"Infinity"', '"-Infinity"', '"sNaN"'),
    *('"12.345"', '"12.300"', '".5"', '"5."', '""', '" 12.30"', '"12.30\\n"', '"+1.00"', '"0x10"', '"¥12"', '"-0.01"'),
    *('"10000000000.00"', '"99999999999999999999"', f'"{"9" * 4000}"'),
    *(
        "12.345",
        "0.001",
        "-1",
        "-0.01",
        "10000000000",
        "1e400000000",
        "1e-400000000",
        "1e99999999999999999999",
        "1e10",
        "1e2",
        "1.00E2",
        "9" * 400,
    ),
    *("true", "false", "null", "[]", "{}", '["12.30"]', '{"amount": "12.30"}'),
]
NOT_JSON = ["NaN", "Infinity", "-Infinity", "1_000", "012", "1.", "+1", "9" * 5000]


def post_price(shop, literal):
    body = f'{{"item_id": "1", "title": "Quilt", "price": {literal}}}'
    return shop.merchant.client.post("/api/v1/products/", body, content_type="application/json")


@for_each(("literal", "read"), ACCEPTED.items(), ids=list(ACCEPTED))
def test_an_amount_is_read_to_the_cent_and_written_with_two_decimals(taote, literal, read):
    answer = post_price(taote, literal)
    assert (answer.status_code, answer.json()["price"]) == (201, read)
    assert taote.merchant.get("products/1/").json()["price"] == read


@for_each("literal", REFUSED, ids=lambda literal: literal[:20])
def test_anything_else_is_refused_and_names_the_field(taote, literal):
    began = time.thread_time()
    answer = post_price(taote, literal)
    assert time.thread_time() - began < 1, "a short text must not take long, however large its exponent"
    assert (answer.status_code, answer.json()["type"]) == (400, "validation_error")
    assert [error["attr"] for error in answer.json()["errors"]] == ["price"]
    assert taote.merchant.get("products/").json()["results"] == []


@for_each("literal", NOT_JSON, ids=lambda literal: literal[:20])
def test_what_json_has_no_word_for_is_malformed(taote, literal):
    answer = post_price(taote, literal)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "parse_error")
    assert taote.merchant.get("products/").json()["results"] == []


def place(shop, **fields):
    body = {
        "number": "N-1",
        "buyer": {"id": "b", "name": "B"},
        "paid_at": "2026-11-19T04:00:00Z",
        "address": "x",
        "lines": [{"item_id": "8000", "quantity": 1, "unit_price": "1.00"}],
        **fields,
    }
    return shop.buyer.post("orders/", body)


@for_each(
    ("sent", "read"),
    [
        ("2026-11-19T04:00:00Z", "2026-11-19T04:00:00Z"),
        ("2026-11-19T12:00:00+08:00", "2026-11-19T04:00:00Z"),
        ("2026-11-19T12:00:00.123456+08:00", "2026-11-19T04:00:00.123456Z"),
        ("2026-11-19T12:00:00.1234569+08:00", "2026-11-19T04:00:00.123456Z"),
        ("2026-11-19t04:00:00z", "2026-11-19T04:00:00Z"),
        ("2026-11-19 12:00:00+0800", "2026-11-19T04:00:00Z"),
        ("20261119T040000Z", "2026-11-19T04:00:00Z"),
        ("2026-11-18T14:00:00-14:00", "2026-11-19T04:00:00Z"),
    ],
)
def test_an_instant_comes_with_its_offset_and_goes_out_in_utc(taote, sent, read):
    assert place(taote, paid_at=sent).json()["paid_at"] == read


@for_each("sent", ["yesterday", "2026-13-01T00:00:00Z", 1763524800, None, True, "", "9999-12-31T23:59:59Z"])
def test_what_is_no_instant_is_refused(taote, sent):
    answer = place(taote, paid_at=sent)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "paid_at")
    assert taote.merchant.get("orders/").json()["results"] == []


def test_every_time_that_goes_out_is_utc(taote):
    refund = taote.refund()
    texts = [taote.merchant.get(f"refunds/{refund.pk}/{part}").json() for part in ("", "timeline/")]
    times = [value for value in flatten(json.loads(json.dumps(texts))) if isinstance(value, str) and "T04:00" in value]
    assert times
    assert all(value.endswith("Z") for value in times)


def flatten(value):
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from flatten(inner)
    else:
        yield value


@for_each(
    "told",
    ["0001-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "9999-12-31T20:00:00Z", "9999-12-30"],
)
def test_an_instant_of_another_age_is_refused_before_a_page_has_to_show_it(taote, told):
    coupon = {**COUPON_BODY, "valid_from": told}
    check_shape(taote.merchant.post("coupons/", coupon), 400, "out_of_range", "valid_from")
    check_shape(taote.buyer.post("orders/", {**ORDER_BODY, "ship_by": told}), 400, "out_of_range", "ship_by")
