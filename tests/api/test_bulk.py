"""Bulk calls: each item is answered as its own call would be, and many cost little more than one."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.bulk import each_apart
from common.models import Event, IdempotentAnswer
from refunds.models import Refund
from stores.api.throttle import KeyThrottle
from stores.models import CategoryOpening
from tests.api.helpers import everything
from tests.api.test_errors import check_shape
from tests.cases import for_each
from tests.world import NOON, Api, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LINE = {"item_id": "8000", "quantity": 1, "unit_price": "59.00"}


def an_order(number, **more):
    head = {"number": number, "buyer": {"id": "b", "name": "B"}, "paid_at": "2026-11-19T04:00:00Z", "address": "x"}
    return {**head, "lines": [LINE], **more}


def a_request(order, **more):
    number = order if isinstance(order, str) else order.number
    return {"order": number, "kind": "refund_only", "reason": "other", "amount": "9.00", **more}


def results(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def statuses(answer):
    return [result["status"] for result in results(answer)]


def codes(answer):
    return [(result["body"].get("errors") or [{"code": ""}])[0]["code"] for result in results(answer)]


def of_several(shop) -> Api:
    """The marketplace's client, which names stores as it likes."""
    return Api(shop.marketplace_key)


# What differs although the same was asked: ids, and what hangs on them.
DIFFERENT = ("id", "number", "order", "tracking_number", "detail", "updated_at")


def alike(body):
    if isinstance(body, dict):
        return {name: alike(value) for name, value in body.items() if name not in DIFFERENT}
    return [alike(each) for each in body] if isinstance(body, list) else body


def happened(shop):
    with shop.scope():
        events = Event.objects.for_store(shop.store.pk)
        return sorted(events.values_list("name", "actor_kind", "actor_label", "from_state", "to_state", "rule"))


def _named(path):
    """What a single call says of the order by its address."""
    return {"number": path.split("/")[1]} if path.endswith("/ship/") else {}


@for_each("marketplace", ["taote", "tmall", "kuaishou", "pinduoduo"])
def test_each_item_is_answered_as_its_own_call_is(db, marketplace):
    one, many = make_shop(marketplace), make_shop(marketplace)
    asked = {
        "orders/": [
            an_order("A1"),
            an_order("A2", lines=[]),
            {**an_order("A3"), "surplus": 1},
            an_order("A1", address="elsewhere"),
            an_order("A1", lines=[{**LINE, "quantity": 2}]),
            an_order("A4", paid_at="0001-01-01", buyer={"id": "b", "name": "B", "vip": True}),
            an_order("A5", ship_by="9999-12-31"),
        ],
        "refunds/": [
            a_request("A1", amount="1.00", kind="return_and_refund", reason="quality"),
            a_request("A4", amount="59.00"),
            a_request("A1", amount="200.00"),
            a_request("A1", amount="1.00"),
            a_request("A1", kind="return_and_refund", lines=[{"item_id": "1", "quantity": 1}]),
            a_request("nowhere"),
            a_request("A1", amount="1e3"),
            a_request("A1", kind="swap"),
            {"order": "A1", "kind": "refund_only", "reason": "other"},
        ],
    }
    parcels = [("A1", "SF"), ("A1", "SF"), ("A9", "SF"), ("A4", "??")]
    calls = [
        *[("buyer", "orders/", "orders/bulk/", item) for item in asked["orders/"]],
        *[
            ("merchant", f"orders/{number}/ship/", "orders/ship/bulk/", {"carrier": carrier, "tracking_number": "T1"})
            for number, carrier in parcels
        ],
        *[("buyer", "refunds/", "refunds/bulk/", item) for item in asked["refunds/"]],
    ]
    singly = [getattr(one, who).post(path, item) for who, path, _bulk, item in calls]
    answered = []
    for who, bulk in [("buyer", "orders/bulk/"), ("merchant", "orders/ship/bulk/"), ("buyer", "refunds/bulk/")]:
        items = [{**item, **_named(path)} for _who, path, its, item in calls if its == bulk]
        answered += results(getattr(many, who).post(bulk, {"items": items}))
    assert [result["status"] for result in answered] == [answer.status_code for answer in singly]
    assert [alike(result["body"]) for result in answered] == [alike(answer.json()) for answer in singly]
    assert happened(one) == happened(many)


def test_what_is_no_item_at_all_is_told_in_its_place(taote):
    answer = taote.buyer.post("orders/bulk/", {"items": ["nonsense", None, an_order("A1")]})
    assert statuses(answer) == [400, 400, 201]


@for_each("marketplace", ["tmall", "kuaishou"])
def test_thirty_items_take_as_many_statements_as_three(db, marketplace):
    shop = make_shop(marketplace)
    counts = []
    for size in (3, 30):
        numbers = [f"N{size}-{place}" for place in range(size)]
        orders = [an_order(number) for number in numbers]
        parcels = [{"number": number, "carrier": "SF", "tracking_number": number} for number in numbers]
        requests = [a_request(number, kind="return_and_refund", reason="quality") for number in numbers]
        refused = [a_request(number, kind="return_and_refund", amount="99.00") for number in numbers]
        calls = [(shop.buyer, "orders/bulk/", orders)] * 2 + [(shop.merchant, "orders/ship/bulk/", parcels)]
        calls += [(shop.buyer, "refunds/bulk/", refused), (shop.buyer, "refunds/bulk/", requests)]
        counts.append([])
        for client, path, items in calls:
            with CaptureQueriesContext(connection) as captured:
                assert set(statuses(client.post(path, {"items": items}))) <= {200, 201, 409}
            counts[-1].append(len(captured))
    assert max(counts[1]) <= 24
    assert all(many <= few + 1 for few, many in zip(*counts, strict=True)), counts


def test_all_or_nothing(taote, other):
    taote.buyer.post("orders/bulk/", {"items": [an_order("A1"), an_order("A2")]})
    before = everything(taote)
    wanted = [a_request("A1"), a_request("A9"), a_request("A2", amount="x")]
    answer = taote.buyer.post("refunds/bulk/", {"items": wanted, "atomic": True})
    assert list(zip(statuses(answer), codes(answer), strict=True)) == [
        (409, "undone"),
        (404, "not_found"),
        (400, "invalid"),
    ]
    assert everything(taote) == before
    assert statuses(taote.buyer.post("refunds/bulk/", {"items": wanted[:1], "atomic": True})) == [201]


def test_stores_of_the_marketplace_and_no_others(taote, other):
    elsewhere = make_shop("kuaishou")
    before = everything(elsewhere)
    items = [
        an_order("A1", store=taote.store.code),
        an_order("A1", store=other.store.code, paid_at="2026-11-19"),
        an_order("A1", store=elsewhere.store.code),
        an_order("A1"),
        an_order("A1", store=7),
    ]
    answer = of_several(taote).post("orders/bulk/", {"items": items})
    assert list(zip(statuses(answer), codes(answer), strict=True)) == [
        (201, ""),
        (201, ""),
        (404, "not_found"),
        (400, "required"),
        (400, "invalid"),
    ]
    assert everything(elsewhere) == before
    assert [shop.merchant.get("orders/A1/").status_code for shop in (taote, other)] == [200, 200]
    nowhere = of_several(taote).post("orders/bulk/", {"items": items[2:]}, **{"Idempotency-Key": "k"})
    assert statuses(nowhere) == [404, 400, 400]
    parcel = {"number": "A1", "carrier": "SF", "tracking_number": "T1"}
    answer = taote.merchant.post("orders/ship/bulk/", {"items": [{**parcel, "store": other.store.code}, parcel]})
    assert statuses(answer) == [404, 200]
    assert other.merchant.get("orders/A1/").json()["status"] == "unshipped"


def test_one_key_covers_the_whole_call(taote):
    body, key = {"items": [an_order("A1"), an_order("A2", lines=[])]}, {"Idempotency-Key": str(uuid4())}
    first, again = (taote.buyer.post("orders/bulk/", body, **key) for _ in range(2))
    assert (first.json(), statuses(first)) == (again.json(), [201, 400])
    assert again["Idempotency-Replayed"] == "true"
    other_body = {"items": [an_order("A1")]}
    check_shape(taote.buyer.post("orders/bulk/", other_body, **key), 409, "idempotency_key_reused")
    with taote.scope():
        assert IdempotentAnswer.objects.for_store(taote.store.pk).count() == 1


@for_each(
    ("body", "attr"),
    [
        ({"items": []}, "items"),
        ({"items": {}}, "items"),
        ({"items": [{}] * 1001}, "items"),
        ({"items": [{}], "atomic": "perhaps"}, "atomic"),
        ({"atomic": True}, "items"),
        ({"items": [{}], "all": True}, "all"),
    ],
)
def test_a_body_that_is_no_bulk_call(taote, body, attr):
    for client, path in [(taote.buyer, "orders/"), (taote.merchant, "orders/ship/"), (taote.buyer, "refunds/")]:
        errors = check_shape(client.post(f"{path}bulk/", body), 400)["errors"]
        assert errors[0]["attr"] == attr


def test_ten_items_count_as_a_call(taote, monkeypatch):
    monkeypatch.setattr(KeyThrottle, "THROTTLE_RATES", {"key": "4/min"})
    few, many = [an_order("A1")], [an_order(f"B{number}") for number in range(31)]
    assert statuses(taote.buyer.post("orders/bulk/", {"items": few})) == [201]
    check_shape(taote.buyer.post("orders/bulk/", {"items": many}), 429, "throttled")
    assert taote.merchant.get("orders/").json()["results"][0]["number"] == "A1", "nothing of what was too much is done"


@pytest.mark.usefixtures("everything_holds")
def test_of_a_request_that_is_refused_nothing_is_written_beside_the_others(taote):
    """Its money is there, its goods come back in another refund already."""
    order = taote.order(quantity=2)
    whole = {"kind": "return_and_refund", "lines": [{"item_id": "8000", "quantity": 2}]}
    taote.refund(order, amount="10.00")
    items = [a_request(order, **whole), a_request(taote.order())]
    answer = taote.buyer.post("refunds/bulk/", {"items": items})
    assert (statuses(answer), codes(answer)) == ([409, 201], ["refund_open", ""])
    with taote.scope():
        assert Refund.objects.count() == 2


def test_what_only_the_database_refuses_harms_no_other(db):
    def open_all(categories):
        for category in categories:
            CategoryOpening.objects.create(marketplace="tmall", category=category, name="x", opens_on=NOON.date())
        return list(categories)

    CategoryOpening.objects.all().delete()
    outcomes = each_apart(open_all, ["1", "2", "1", "3"])
    assert [outcomes[0], outcomes[1], type(outcomes[2]).__name__, outcomes[3]] == ["1", "2", "IntegrityError", "3"]
    assert CategoryOpening.objects.count() == 3
