"""Numbers of a file whose leading zeros a spreadsheet has taken ship no other order, and no other parcel (K2)."""

import pytest

from tests.cases import for_each
from tests.order_files import HEADER, IMPORT, table, workbook
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.rule("K2")]


@pytest.fixture
def shop(db):
    """A Kuaishou store."""
    return make_shop("kuaishou")


@for_each("stored", [["00123"], ["123", "00123"], ["123", "0123", "00123"]])
@for_each("kind", ["csv", "xlsx"])
def test_a_number_that_may_have_lost_its_zeros_ships_no_other_order(shop, stored, kind):
    for number in stored:
        shop.order(shipped=False, number=number)
    content = (table if kind == "csv" else workbook)([["123" if kind == "csv" else 123, "SF", "T1"]], HEADER)
    answer = shop.merchant.upload(IMPORT, content, f"f.{kind}")
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (400, "zeros_lost")
    assert ("A2 (0" in error["detail"], shop.merchant.get("orders/", status="shipped").json()["results"]) == (
        True,
        [],
    )


@for_each(
    ("kind", "written"),
    [("csv", '="123"'), ("csv", "'123"), ("xlsx", "123")],
    ids=["formula", "apostrophe", "text"],
)
def test_what_is_written_as_text_is_the_very_order(shop, kind, written):
    for number in ("123", "00123"):
        shop.order(shipped=False, number=number)
    rows = [[written, "SF", "T1"], [written.replace("123", "00123"), "SF", "T2"]]
    answer = shop.merchant.upload(IMPORT, (table if kind == "csv" else workbook)(rows, HEADER), f"f.{kind}")
    assert (answer.status_code, answer.json()["shipped"]) == (200, 2), answer.content
    for number, tracked in (("123", "T1"), ("00123", "T2")):
        assert shop.merchant.get(f"orders/{number}/").json()["tracking_number"] == tracked


@for_each(
    ("carrier", "number", "expected"),
    [
        ("SF", 12345678901, "zeros_lost"),
        ("顺丰", "12345678901", "zeros_lost"),
        ("SF", 112345678901, None),
        ("SF", "012345678901", None),
        ("SF", '="12345678901"', None),
        ("SF", "SF12345678", None),
        ("中国邮政", 123456789012, "zeros_lost"),
        ("other: Harbour", 12345, None),
    ],
)
def test_a_tracking_number_shorter_than_its_carriers_may_have_lost_its_zeros(shop, carrier, number, expected):
    order = shop.order(shipped=False)
    content = table([[order.number, carrier, number]])
    if isinstance(number, int):
        content = workbook([[order.number, carrier, number]], HEADER)
    answer = shop.merchant.upload(f"{IMPORT}?dry_run=true", content, "f.xlsx" if isinstance(number, int) else "f.csv")
    told = [(error["code"], "C2" in error["detail"]) for error in answer.json()["errors"]]
    assert told == ([(expected, True)] if expected else [])
