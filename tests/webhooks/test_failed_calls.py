"""Calls that failed: counted without a statement, kept for seven days, by names of ours alone."""

import json
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis.exceptions import ConnectionError as RedisDown

from common.hint_server import client
from common.tenancy import system_scope
from stores import actions as store_actions
from stores.models import ApiKey
from tests.rooms.test_operations import sweep
from tests.tenancy.calls import CALLS
from tests.world import MERCHANT, NOON, Api
from webhooks.failed_calls import counting, keeping
from webhooks.failed_calls.counting import MOST_KINDS
from webhooks.failed_calls.kinds import names_of_fields
from webhooks.models import FailedCall

MARK = "张三13800138000"
NAMED = "marked"


def kept(shop) -> list[FailedCall]:
    """What is kept of the store, oldest first, once it is written down."""
    keeping.write_down_failed_calls()
    with shop.scope():
        return list(FailedCall.objects.for_store(shop.store.pk).order_by("first_at", "route", "status"))


def told(row: FailedCall) -> tuple:
    return row.method, row.route, row.status, row.codes, row.fields, row.times


def test_what_a_stores_key_did_wrong_is_kept_by_kind_with_the_last_ones_id(shop, clock):
    prefix = shop.merchant_key.partition(".")[0]
    answers = []
    for _ in range(3):
        clock.move(seconds=10)
        answers.append(shop.merchant.get("refunds/", page_size="many"))
    shop.merchant.post("orders/N-1/ship/", {"carrier": 1})
    shop.merchant.post("webhook-endpoints/", {"url": "https://127.0.0.1/", "events": ["x"], MARK: MARK})
    assert shop.merchant.get("refunds/").status_code == 200
    rows = kept(shop)
    assert [told(row) for row in rows] == [
        ("GET", "api/v1/refunds/", 400, ["invalid"], ["page_size"], 3),
        ("POST", "api/v1/orders/<number>/ship/", 400, ["required"], ["tracking_number"], 1),
        ("POST", "api/v1/webhook-endpoints/", 400, ["unknown"], [], 1),
    ]
    assert {row.key_prefix for row in rows} == {prefix}
    assert rows[0].request_id == answers[-1]["X-Request-ID"]
    assert (rows[0].first_at, rows[0].last_at) == (NOON + timedelta(seconds=10), NOON + timedelta(seconds=30))


def test_neither_a_call_that_works_nor_one_that_fails_costs_a_statement_for_it(shop):
    with system_scope():
        ApiKey.objects.update(last_used_at=NOON)
    with CaptureQueriesContext(connection) as captured:
        shop.merchant.get("refunds/nobody/")
    assert not [query for query in captured if "failedcall" in query["sql"]]
    assert len(captured) == 3  # BEGIN, the key and its store, ROLLBACK


def test_a_flood_is_one_statement_and_counted_to_the_last_call(shop):
    for _ in range(40):
        shop.merchant.get("refunds/nobody/")
    with CaptureQueriesContext(connection) as captured:
        assert keeping.write_down_failed_calls() == 1
    assert len([query for query in captured if "failedcall" in query["sql"]]) == 1
    assert [row.times for row in kept(shop)] == [40]
    assert keeping.write_down_failed_calls() == 0


def test_more_kinds_than_are_kept_are_counted_as_one(shop, monkeypatch):
    monkeypatch.setattr(counting, "MOST_KINDS", 2)
    for path in ("refunds/a/", "orders/a/", "offers/a/", "products/1/", "refunds/a/", "offers/a/"):
        assert shop.merchant.get(path).status_code == 404
    assert [(row.route, row.times) for row in kept(shop)] == [
        ("", 3),
        ("api/v1/orders/<number>/", 1),
        ("api/v1/refunds/<pk>/", 2),
    ]
    assert MOST_KINDS == 50


def test_an_hour_later_it_is_another_row(shop, clock):
    shop.merchant.get("refunds/nobody/")
    clock.move(hours=1)
    shop.merchant.get("refunds/nobody/")
    assert [row.times for row in kept(shop)] == [1, 1]


def test_what_is_written_down_twice_or_half_is_counted_once(shop, monkeypatch):
    shop.merchant.get("refunds/nobody/")
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "written_down", lambda counter: None)  # killed once it was written
        assert keeping.write_down_failed_calls() == 1
    (counter,) = counting.due_counters(5)
    shop.merchant.get("refunds/nobody/")
    counting.written_down(counter)  # it has counted since
    assert [row.times for row in kept(shop)] == [2]
    client().flushdb()
    shop.merchant.get("refunds/nobody/")
    assert [row.times for row in kept(shop)] == [2], "what the server has forgotten is counted anew"


def test_a_server_that_is_down_loses_the_count_and_no_answer(shop, monkeypatch):
    def down(*args, **kwargs):
        raise RedisDown

    monkeypatch.setattr(client(), "execute_command", down)
    assert shop.merchant.get("refunds/nobody/").status_code == 404
    assert keeping.write_down_failed_calls() == 0


def test_a_key_that_has_expired_is_told_to_its_owner_and_one_that_nobody_has_to_none(shop, clock):
    with shop.scope():
        _key, secret = store_actions.create_store_key(
            store=shop.store, name="old", actor=MERCHANT, now=NOON, expires_at=NOON + timedelta(days=1)
        )
    clock.move(days=2)
    assert Api(secret).get("refunds/").status_code == 401
    assert Api(f"{secret}x").get("refunds/").status_code == 401
    assert Api("nobody.x").get("refunds/").status_code == 401
    assert shop.buyer.get("refunds/nobody/").status_code == 404  # a marketplace's key is no store's
    assert [(told(row), row.key_prefix) for row in kept(shop)] == [
        (("GET", "api/v1/refunds/", 401, ["authentication_failed"], [], 1), secret.partition(".")[0])
    ]


def test_other_stores_see_nothing_of_it(shop, other):
    shop.merchant.get("refunds/nobody/")
    assert len(kept(shop)) == 1
    with other.scope():
        assert FailedCall.objects.count() == 0
        assert FailedCall.objects.for_store(shop.store.pk).count() == 0


def test_it_is_kept_for_seven_days(shop, clock):
    shop.merchant.get("refunds/nobody/")
    kept(shop)
    clock.move(days=7, seconds=-1)
    assert sweep()["failed calls forgotten"] == 0
    clock.move(seconds=1)
    assert sweep()["failed calls forgotten"] == 1
    assert kept(shop) == []


def test_nothing_that_was_sent_is_kept(shop, monkeypatch):
    """Every value, name and path of every call is marked; what is kept holds no mark."""
    monkeypatch.setattr(counting, "MOST_KINDS", 10_000)
    merchant = shop.merchant
    marked = {MARK: MARK, "buyer": {"name": MARK, MARK: MARK}, "lines": [{MARK: MARK, "item_id": MARK}], "reason": MARK}
    for call in CALLS:
        path = f"/api/v1/{call.route.replace('{}', MARK)}"
        for sent in (marked, [marked], MARK):
            merchant.client.generic(
                call.verb,
                f"{path}?{MARK}={MARK}&name={MARK}&page_size={MARK}",
                json.dumps(sent),
                content_type="application/json",
                headers={"Idempotency-Key": MARK.encode().hex() + NAMED, "X-Buyer": NAMED},
            )
        merchant.client.generic(call.verb, f"{path}{MARK}/", f"{{{MARK}", content_type="application/json")
    merchant.client.generic("MARKED", "/api/v1/refunds/", "", content_type="application/json")
    rows = kept(shop)
    with system_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(to_jsonb(f)::text, '') FROM webhooks_failedcall f")
        [everything] = cursor.fetchone()
    assert len(rows) > 20
    for mark in (MARK, "张三", "13800138000", MARK.encode().hex(), NAMED, NAMED.upper()):
        assert mark not in everything
    assert {row.status for row in rows} >= {400, 404, 405}
    assert not {"x", MARK} & names_of_fields()
