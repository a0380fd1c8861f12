"""A statement that takes too long is stopped by PostgreSQL and answered in plain words; nothing of the call stays."""

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client, RequestFactory

from common import time_limits
from common.models import IdempotentAnswer
from common.tenancy import set_scope, system_scope, tenant_scope
from common.web.time_limits import TimeLimitMiddleware
from config.database import connection_options
from tests.world import make_shop, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def shown(name: str = "statement_timeout") -> str:
    """A setting as PostgreSQL has it now."""
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return cursor.fetchone()[0]


def sleep(*args, **kwargs):
    """A statement that takes five seconds."""
    with system_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")


@pytest.fixture
def impatient(monkeypatch):
    """Every way in has 50 ms."""
    for name in ("PUBLIC_MS", "API_MS", "DESK_MS", "OPERATOR_MS"):
        monkeypatch.setattr(time_limits, name, 50)
    monkeypatch.setattr("common.web.time_limits.BY_PREFIX", {"/api/": 50, "/admin/": 50})
    return monkeypatch


def test_the_limit_comes_with_the_scope_in_one_statement(taote, django_assert_num_queries):
    set_scope(None)
    with time_limits.within(1234), transaction.atomic():
        with django_assert_num_queries(1), tenant_scope(taote.store.pk):
            pass
        with tenant_scope(taote.store.pk):
            assert shown() == "1234ms"
            time_limits.allow(60_000)
            assert shown() == "1min"
            with system_scope():
                assert shown() == "1min"


def test_outside_requests_the_connections_limit_holds(taote):
    with system_scope():
        before = shown()
        time_limits.allow(1)
        assert shown() == before


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/api/v1/orders/", time_limits.API_MS),
        ("/admin/", time_limits.DESK_MS),
        ("/b/x/", time_limits.PUBLIC_MS),
        ("/gateways/sandbox/webhook/", time_limits.PUBLIC_MS),
    ],
)
def test_each_way_in_has_its_limit(path, limit):
    seen = TimeLimitMiddleware(lambda request: time_limits.current())(RequestFactory().get(path))
    assert seen == limit
    assert time_limits.current() is None


def test_a_connection_of_each_kind_of_process_ends_what_has_no_end(taote):
    for kind in ("web", "worker"):
        limits = dict(part.strip().split("=") for part in connection_options(kind).split("-c ")[1:])
        assert limits.pop("plan_cache_mode") == "force_generic_plan"
        assert set(limits) == {"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"}
        assert all(int(limit) > 0 for limit in limits.values())
    assert connection_options("web", "-c lock_timeout=1").endswith("-c lock_timeout=1")
    assert shown("lock_timeout") == "30s"
    assert shown("idle_in_transaction_session_timeout") == "1min"
    assert shown("plan_cache_mode") == "force_generic_plan"


def test_the_api_answers_503_with_the_code_timeout(taote, impatient):
    refund = taote.refund()
    impatient.setattr("refunds.actions.approve_refund", sleep)
    taote.merchant.client.raise_request_exception = False
    answer = taote.merchant.post(f"refunds/{refund.pk}/approve/", **{"Idempotency-Key": "k"})
    assert answer.status_code == 503
    assert answer.json()["type"] == "server_error"
    [error] = answer.json()["errors"]
    assert (error["code"], error["attr"]) == ("timeout", None)
    assert "took too long" in error["detail"]
    assert answer["Retry-After"] == "5"
    with system_scope():
        assert not IdempotentAnswer.objects.exists()


@pytest.mark.parametrize("who", ["owner", "operator"])
def test_the_desk_answers_503_in_plain_words(taote, impatient, who):
    client = Client(raise_request_exception=False)
    client.force_login(
        make_user(who, shop=taote, role="owner", operator=who == "operator"), "stores.permissions.RoleBackend"
    )
    impatient.setattr("workbench.dashboard.build", sleep)
    answer = client.get("/admin/")
    assert answer.status_code == 503
    assert "took too long" in answer.content.decode()
    assert answer["Retry-After"] == "5"


def test_the_buyers_page_answers_503_in_plain_words(impatient):
    impatient.setattr("offers.buyer.views.read_link", sleep)
    answer = Client(raise_request_exception=False).get("/b/x/")
    assert answer.status_code == 503
    assert "took too long" in answer.content.decode()


def test_whoever_waits_for_a_lock_is_told_the_same(taote, impatient):
    refund = taote.refund()

    def wait_for_a_lock(**kwargs):
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE lock_not_available; END $$")

    impatient.setattr("refunds.actions.approve_refund", wait_for_a_lock)
    taote.merchant.client.raise_request_exception = False
    answer = taote.merchant.post(f"refunds/{refund.pk}/approve/")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (503, "timeout")


@pytest.mark.parametrize("state", ["disk_full", "admin_shutdown", "too_many_connections", "read_only_sql_transaction"])
def test_a_database_that_is_full_or_going_down_is_503_and_not_our_mistake(taote, impatient, state):
    refund = taote.refund()

    def fail(**kwargs):
        with connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE {state}; END $$")

    impatient.setattr("refunds.actions.approve_refund", fail)
    taote.merchant.client.raise_request_exception = False
    answer = taote.merchant.post(f"refunds/{refund.pk}/approve/")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (503, "unavailable")


def test_a_database_that_cannot_be_reached_is_503_everywhere(taote, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("connection refused")

    shop = make_shop("taote")
    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.ensure_connection", refuse)
    connection.close()
    for client, path in ((shop.merchant.client, "/api/v1/orders/"), (Client(), "/admin/login/"), (Client(), "/b/x/")):
        client.raise_request_exception = False
        assert client.get(path).status_code in ({503} if "api" in path else {503, 200, 404})
    for pushed in ("/gateways/sandbox/webhook/", "/connect/kuaishou/token/"):
        answer = client.post(pushed, b"{}", content_type="application/json")
        assert (answer.status_code, answer["Retry-After"]) == (503, "5"), "who pushes comes again"
