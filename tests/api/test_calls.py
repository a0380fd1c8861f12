"""How many statements a call takes, from BEGIN to COMMIT, with everything that stands before its view."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.tenancy import system_scope
from stores.models import ApiKey
from tests.api.helpers import ask
from tests.world import NOON

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock", "broker_tasks")]


def statements(call, status) -> int:
    """How many the call takes."""
    with CaptureQueriesContext(connection) as captured:
        assert call().status_code == status
    assert captured.captured_queries[0]["sql"] == "BEGIN"
    return len(captured)


def test_no_call_takes_more_than_its_budget(taote):
    with system_scope():
        ApiKey.objects.update(last_used_at=NOON)  # noting a key's use is once a minute
    order, unshipped = taote.order(), taote.order(shipped=False)
    refund = taote.refund(kind="refund_only")
    shop, buyer = taote.merchant, taote.buyer
    placed = {
        "number": "N-1",
        "buyer": {"id": "b1", "name": "Li"},
        "paid_at": "2026-11-20T10:00:00+08:00",
        "address": "杭州",
        "lines": [{"item_id": "620013", "quantity": 1, "unit_price": "19.90"}],
    }
    parcel = {"carrier": "SF", "tracking_number": "SF1"}
    took = {
        "place": statements(lambda: buyer.post("orders/", placed), 201),
        "ship": statements(lambda: shop.post(f"orders/{unshipped.number}/ship/", parcel), 200),
        "order": statements(lambda: shop.get(f"orders/{order.number}/"), 200),
        "orders": statements(lambda: shop.get("orders/"), 200),
        "ask": statements(lambda: ask(taote, order), 201),
        "refund": statements(lambda: shop.get(f"refunds/{refund.pk}/"), 200),
        "refunds": statements(lambda: shop.get("refunds/"), 200),
        "options": statements(lambda: shop.get(f"refunds/{refund.pk}/offer-options/"), 200),
        "approve": statements(lambda: shop.post(f"refunds/{refund.pk}/approve/"), 200),
        "nobody": statements(lambda: shop.get("refunds/nobody/"), 404),
    }
    budget = {"place": 9, "ship": 7, "order": 5, "orders": 5, "ask": 10, "refund": 13, "refunds": 4}
    assert took == {**budget, "options": 10, "approve": 15, "nobody": 3}


def planned(like: str) -> tuple[bool, int]:
    """Whether PostgreSQL keeps a plan of a statement that says this, and how often it has planned one anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) > 0, coalesce(sum(custom_plans), 0) FROM pg_prepared_statements WHERE statement LIKE %s",
            [f"%{like}%"],
        )
        return cursor.fetchone()


def test_what_a_small_payment_says_is_planned_once(taote):
    def pay(order) -> int:
        body = {"order": order.number, "amount": "1.00", "purpose": "other"}
        key = {"Idempotency-Key": uuid4().hex}
        return statements(lambda: taote.merchant.post("payments/", body, **key), 201)

    with system_scope():
        ApiKey.objects.update(last_used_at=NOON)
    took = [pay(taote.order()) for _ in range(3)]
    assert took == [10, 10, 10]
    said = ("wanliu_open_call", "INTO common_idempotentanswer", 'FROM "orders_order"', 'FROM "stores_store"')
    said += ("INTO payments_payment", "INTO payments_dayallowance", "UPDATE common_idempotentanswer")
    assert {each: planned(each) for each in said} == dict.fromkeys(said, (True, 0))
