"""Lists are cursor pages, and filters are strict."""

import base64
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.api.helpers import code
from tests.cases import for_each
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def add_products(shop, count):
    shop.merchant.post(
        "products/", [{"item_id": str(n), "title": "Quilt", "price": "1.00"} for n in range(1, count + 1)]
    )


def walk(shop, path, **params):
    """Every page of a list, by its `next` links."""
    pages = [shop.merchant.get(path, **params).json()]
    while pages[-1]["next"]:
        pages.append(shop.merchant.client.get(pages[-1]["next"]).json())
    return pages


def test_walking_the_pages_meets_every_row_once_newest_first(taote):
    add_products(taote, 25)
    pages = walk(taote, "products/", page_size=4)
    assert [len(page["results"]) for page in pages] == [4, 4, 4, 4, 4, 4, 1]
    seen = [row["item_id"] for page in pages for row in page["results"]]
    assert seen == sorted((str(n) for n in range(1, 26)), reverse=True)  # those of one call come by their item ids
    assert {tuple(page) for page in pages} == {("next", "previous", "results")}


def test_a_row_that_arrives_meanwhile_shifts_nothing(taote):
    add_products(taote, 6)
    first = taote.merchant.get("products/", page_size=3).json()
    taote.merchant.post("products/", {"item_id": "99", "title": "New", "price": "1.00"})
    second = taote.merchant.client.get(first["next"]).json()
    assert [row["item_id"] for row in first["results"] + second["results"]] == ["6", "5", "4", "3", "2", "1"]
    assert [row["item_id"] for row in taote.merchant.client.get(second["previous"]).json()["results"]] == [
        "6",
        "5",
        "4",
    ]


@for_each(("size", "length"), [(1, 1), (200, 200), (201, 200), (10**9, 200)])
def test_a_page_has_at_most_200_rows(taote, size, length):
    add_products(taote, 202)
    assert len(taote.merchant.get("products/", page_size=size).json()["results"]) == length


def cursor_in(link):
    return parse_qs(urlsplit(link).query)["cursor"][0]


def encoded(text):
    return base64.b64encode(text.encode()).decode()


@for_each(
    "cursor",
    ["x", "ü", encoded("p=abc"), encoded("p=%00"), encoded("r=1&p=-"), encoded("o=x"), encoded("p=1e3")],
)
@for_each("path", ["products/", "refunds/{}/timeline/"])
def test_a_cursor_that_no_list_gave_is_refused(taote, cursor, path):
    answer = taote.merchant.get(path.format(taote.refund().pk), cursor=cursor)
    assert answer.status_code == 400, answer.json()
    assert [(error["code"], error["attr"]) for error in answer.json()["errors"]] == [("invalid", "cursor")]


@for_each("alter", [lambda cursor: f" {cursor}", lambda cursor: f"{cursor}!", lambda cursor: "!"])
def test_a_cursor_that_was_altered_is_refused(taote, alter):
    add_products(taote, 3)
    cursor = cursor_in(taote.merchant.get("products/", page_size=2).json()["next"])
    assert len(taote.merchant.get("products/", cursor=cursor).json()["results"]) == 1
    assert code(taote.merchant.get("products/", cursor=alter(cursor))) == (400, "invalid", "cursor")


def test_a_cursor_of_another_list_order_or_store_is_refused(transactional_db, taote, other):
    refunds = [taote.refund() for _ in range(2)]
    add_products(taote, 2)
    cursor = cursor_in(taote.merchant.get("refunds/", page_size=1).json()["next"])
    by_change = cursor_in(taote.merchant.get("refunds/", page_size=1, ordering="updated_at").json()["next"])
    narrowed = taote.merchant.get("refunds/", cursor=cursor, status="awaiting_merchant").json()
    assert [row["id"] for row in narrowed["results"]] == [str(refunds[0].pk)]
    timeline = f"refunds/{refunds[0].pk}/timeline/"
    for shop, path, params in [
        (taote, "products/", {"cursor": cursor}),
        (taote, timeline, {"cursor": cursor}),
        (taote, "refunds/", {"cursor": cursor, "ordering": "updated_at"}),
        (taote, "refunds/", {"cursor": by_change}),
        (taote, "orders/", {"cursor": by_change, "ordering": "updated_at"}),
        (other, "refunds/", {"cursor": cursor}),
    ]:
        assert code(shop.merchant.get(path, **params)) == (400, "invalid", "cursor"), (path, params)


def test_the_timeline_is_walked_oldest_first(taote):
    refund = taote.refund()
    taote.merchant.post(f"refunds/{refund.pk}/reject/", {"reason": "no"})
    taote.buyer.post(f"refunds/{refund.pk}/resubmit/")
    taote.buyer.post(f"refunds/{refund.pk}/withdraw/")
    pages = walk(taote, f"refunds/{refund.pk}/timeline/", page_size=1)
    names = [event["name"] for page in pages for event in page["results"]]
    assert names == ["refund.requested", "refund.rejected", "refund.resubmitted", "refund.withdrawn"]


@for_each(
    ("path", "params"),
    [
        ("refunds/", {"status": "nonsense"}),
        ("refunds/", {"kind": "\0"}),
        ("refunds/", {"due_before": "soon"}),
        ("refunds/", {"q": "\0"}),
        ("orders/", {"tag": "red"}),
        ("orders/", {"status": "lost"}),
        ("payments/", {"purpose": "fun"}),
    ],
)
def test_a_filter_that_means_nothing_is_refused(taote, path, params):
    answer = taote.merchant.get(path, **params)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, next(iter(params)))


@for_each(
    "instant",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-19T04:00:00-17:17"],
)
def test_an_instant_at_the_edge_of_the_calendar_is_an_instant(taote, instant):
    assert taote.merchant.get("refunds/", due_before=instant).status_code == 200


def test_filters_narrow_a_list(taote, clock):
    first, second = taote.refund(reason="quality"), taote.refund(kind="refund_only")
    taote.merchant.post(f"refunds/{first.pk}/reject/", {"reason": "no"})

    def found(**params):
        return [row["id"] for row in taote.merchant.get("refunds/", **params).json()["results"]]

    assert found() == [str(second.pk), str(first.pk)]
    assert found(status="rejected") == found(reason="quality") == found(kind="return_and_refund") == [str(first.pk)]
    assert found(due_before="2026-11-22T00:00:01+08:00") == found(status="awaiting_merchant") == [str(second.pk)]
    assert found(order=number_of(taote, second)) == [str(second.pk)]
    assert found(q="王") == found()
    assert found(q="nobody") == []


def number_of(shop, refund):
    return shop.merchant.get(f"refunds/{refund.pk}/").json()["order"]


def test_refunds_asked_for_by_deadline_come_by_deadline_over_all_pages(taote, clock):
    later, sooner = taote.refund(now=NOON), taote.refund(now=NOON - timedelta(hours=3))
    middle = taote.refund(now=NOON - timedelta(hours=1))
    page = taote.merchant.get("refunds/", due_before="2026-12-01T00:00:00Z", page_size=2).json()
    rest = taote.merchant.client.get(page["next"]).json()
    ids = [row["id"] for row in page["results"] + rest["results"]]
    assert ids == [str(refund.pk) for refund in (sooner, middle, later)]
