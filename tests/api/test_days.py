"""Dates where an instant is meant, instants that are still to come, and things that nobody knows (Conventions)."""

import pytest

from common.tenancy import system_scope
from tests.api.helpers import code
from tests.cases import for_each
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
UNKNOWN = "01890000-0000-7000-8000-000000000000"


def order(**fields) -> dict:
    """An order as the marketplace sends it."""
    return {
        "number": "N-1",
        "buyer": {"id": "b", "name": "B"},
        "paid_at": "2026-11-19T04:00:00Z",
        "address": "x",
        "lines": [{"item_id": "8000", "quantity": 1, "unit_price": "1.00"}],
        **fields,
    }


def coupon(**fields) -> dict:
    terms = {"name": "Thanks", "channel": "general", "amount_off": "5.00", "quantity": 3}
    return {**terms, "valid_from": "2026-11-20", "valid_until": "2026-11-30", **fields}


@for_each(
    ("zone", "begins", "ends"),
    [
        ("Asia/Shanghai", "2026-11-19T16:00:00Z", "2026-11-30T16:00:00Z"),
        ("America/Los_Angeles", "2026-11-20T08:00:00Z", "2026-12-01T08:00:00Z"),
    ],
)
def test_a_coupon_holds_from_the_first_days_midnight_to_the_last_days(taote, zone, begins, ends):
    with system_scope():
        taote.store.time_zone = zone
        taote.store.save()
    made = taote.merchant.post("coupons/", coupon()).json()
    assert (made["valid_from"], made["valid_until"]) == (begins, ends)


def test_a_day_is_the_stores_where_it_begins_or_ends_as_the_field_means_it(taote):
    made = taote.buyer.post("orders/", order(paid_at="2026-11-19", ship_by="2026-11-21")).json()
    assert (made["paid_at"], made["ship_by"]) == ("2026-11-18T16:00:00Z", "2026-11-21T16:00:00Z")
    shop = make_shop("kuaishou")
    body = {"reason": "snow", "orders": [shop.order(shipped=False).number], "expected_at": "2026-11-25"}
    assert shop.merchant.post("delay-reports/", body).json()["expected_at"] == "2026-11-25T16:00:00Z"


def test_a_filter_takes_the_first_instant_of_a_day(taote):
    taote.refund()  # due at midnight of the 22nd in Shanghai

    def found(day: str) -> int:
        return len(taote.merchant.get("refunds/", due_before=day).json()["results"])

    assert (found("2026-11-22"), found("2026-11-23"), found("0001-01-01"), found("9999-12-31")) == (0, 1, 0, 1)


@for_each(
    ("day", "why"),
    [
        *((day, "invalid") for day in ("2026-02-30", "9999-12-31", "20261119", "2026-W47-4", "2026-11-19T12:00")),
        ("0001-01-01", "out_of_range"),
    ],
)
def test_what_is_no_day_and_no_instant_is_refused(taote, day, why):
    assert code(taote.merchant.post("coupons/", coupon(valid_until=day))) == (400, why, "valid_until")


@for_each(
    ("at", "answer"),
    [
        ("2026-11-20T04:05:00Z", (201, None)),
        ("2026-11-20T04:05:01Z", (400, "in_future")),
        ("2099-01-01", (400, "in_future")),
        ("2099-01-01T00:00:00Z", (400, "in_future")),
    ],
)
def test_an_order_was_paid_before_it_is_told(taote, at, answer):
    called = taote.buyer.post("orders/", order(paid_at=at))
    errors = called.json().get("errors", [{"code": None, "attr": "paid_at"}])
    assert (called.status_code, errors[0]["code"], errors[0]["attr"]) == (*answer, "paid_at")


def test_a_live_session_is_told_once_it_has_started():
    session = {"live_session": "live-1", "started_at": "2099-01-01"}
    answer = make_shop("kuaishou").buyer.post("returnless/live-sessions/", session)
    assert code(answer) == (400, "invalid", "started_at")


def test_what_a_body_names_and_nobody_knows_is_404_with_the_fields_name(taote, other):
    foreign, theirs = other.order().number, str(other.refund().pk)
    ours = {"kind": "refund_only", "reason": "other", "amount": "1.00"}
    paid = {"amount": "1.00", "purpose": "other"}
    known = taote.merchant.post("coupons/", coupon()).json()["id"]
    for number, refund in (("nobody-knows", UNKNOWN), (foreign, theirs)):
        calls = [
            (taote.buyer.post("refunds/", {**ours, "order": number}), "order"),
            (taote.merchant.post("payments/", {**paid, "order": number}, **{"Idempotency-Key": number}), "order"),
            (taote.merchant.get("payments/allowance/", order=number), "order"),
            (taote.merchant.post(f"coupons/{known}/grant/", {"order": number}), "order"),
            (taote.merchant.post("disputes/", {"refund": refund, "claim": "no"}), "refund"),
            (taote.merchant.post("appeals/", {"refund": refund, "claim": "no", "ground": "fake_return"}), "refund"),
            (taote.merchant.post("offers/", {"refund": refund, "method": "change_to_return"}), "refund"),
        ]
        assert [code(answer) for answer, _ in calls] == [(404, "not_found", field) for _, field in calls]
    assert code(taote.merchant.post(f"coupons/{UNKNOWN}/grant/", {"order": foreign})) == (404, "not_found", None)
