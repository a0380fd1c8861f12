"""What has changed since: every list, in the order of its rows' changes, up to where nothing can appear any more."""

from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.changed import Traced
from config.urls import api
from tests.api.helpers import code
from tests.tenancy.calls import CALLS
from tests.tenancy.things import Names, make_coupon

LISTS = [call for call in CALLS if call.verb == "GET" and not call.names and call.route.count("/") == 1]
NOT_ROWS = {"event-types/", "events/", "quality/", "returnless/", "test-clock/"}


def changed(shop, path, **params):
    answer = shop.merchant.get(path, **params)
    assert answer.status_code == 200, answer.json()
    return answer.json()["results"]


def test_every_list_takes_it_and_tells_when_each_row_was_changed(transactional_db, clock, taote):
    names = Names(taote)
    assert all([names.parcel, names.dispute, names.appeal, names.delay, names.offer, names.payment, names.delivery])
    make_coupon(taote)
    lists = [call.route for call in LISTS if call.route not in NOT_ROWS]
    assert len(lists) >= 11
    for path in lists:
        rows = changed(taote, path, ordering="updated_at")
        assert rows, path
        instants = [row["updated_at"] for row in rows]
        assert instants == sorted(instants), path
        if len(rows) > 1:
            assert changed(taote, path, updated_after=instants[-2]) == rows[-1:], path
        assert changed(taote, path, updated_after=instants[-1]) == [], path
        for name, value in [("updated_after", "2026-11-20T10:00:00"), ("ordering", "name")]:
            assert code(taote.merchant.get(path, **{name: value}))[::2] == (400, name), path


def test_whoever_changes_a_row_the_database_notes_when(transactional_db, clock, taote):
    refund = taote.refund()
    first = changed(taote, "refunds/", ordering="updated_at")[0]["updated_at"]
    answered = taote.merchant.post(f"refunds/{refund.pk}/reject/", {"reason": "no"}).json()["updated_at"]
    second = changed(taote, "refunds/", updated_after=first)[0]["updated_at"]
    assert answered == second
    with taote.scope(), connection.cursor() as cursor:
        cursor.execute("UPDATE refunds_refund SET updated_at = '2001-01-01Z', description = 'x'")
    third = taote.merchant.get(f"refunds/{refund.pk}/").json()["updated_at"]
    assert first < second < third
    assert changed(taote, "refunds/", updated_after="2026-11-20") != [], "a date is the beginning of the store's day"


def test_every_table_that_says_so_is_noted(db):
    traced = {model._meta.db_table for model in apps.get_models() if issubclass(model, Traced)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'changed'")
        assert {name for (name,) in cursor.fetchall()} == traced
    listed = {view.queryset.model for _, view, _ in api.registry if hasattr(view, "list") and view.queryset is not None}
    assert {model._meta.db_table for model in listed} - traced == {"common_event"}


def test_it_costs_one_statement_more(transactional_db, clock, taote):
    taote.refund()
    taote.merchant.get("refunds/")
    with CaptureQueriesContext(connection) as plain:
        taote.merchant.get("refunds/")
    with CaptureQueriesContext(connection) as by_change:
        changed(taote, "refunds/", updated_after="2026-01-01T00:00:00Z")
    assert len(by_change) == len(plain) + 1
