"""`load_volume` of many: tables lack their indexes meanwhile, and have them again, whatever happens."""

import re
from collections import Counter

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from common.clock import now
from common.models import Event
from common.tenancy import system_scope
from demo.management.commands import load_volume
from demo.volume import open_stores
from demo.volume_bare import may_be_bared
from demo.volume_sql import WRITTEN
from demo.volume_whole import load_whole
from offers.insights.rebuild import rebuild
from offers.models import DailyLoss, DailyRetention, Offer
from operations.verification import run_checks
from refunds.models import Refund
from refunds.states import RefundStatus
from stores import marketplaces

pytestmark = pytest.mark.django_db

SCHEMA = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint",
    "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid, indisprimary FROM pg_index "
    "WHERE indrelid::regclass::text NOT LIKE 'pg_%%'",
    "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT tgrelid::regclass::text, tgfoid::text, count(*)::text FROM pg_trigger WHERE tgisinternal GROUP BY 1, 2",
    "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relkind = 'r'",
    "SELECT attrelid::regclass::text, attname, attnotnull FROM pg_attribute JOIN pg_class c ON c.oid = attrelid "
    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0",
)


def schema() -> list[Counter]:
    """All that belongs to the tables, however PostgreSQL writes the casts of a condition down."""
    with connection.cursor() as cursor:
        found = []
        for asked in SCHEMA:
            cursor.execute(asked, [])
            found.append(Counter(re.sub(r"::[a-z ]+(\[\])?|[()]", "", str(row)) for row in cursor.fetchall()))
        return found


def test_what_is_loaded_as_a_whole_is_right_and_leaves_the_tables_as_they_were(clock):
    stores, before, told = open_stores(len(marketplaces.newest())), schema(), []
    load_whole(stores=stores, refunds=1500, now=now(), told=told.append, largest=700)
    call_command("load_volume", "--refunds", "50", "--stores", "2")
    load_whole(stores=stores[:2], refunds=300, now=now(), told=told.append)

    assert (told, schema()) == ([1500, 300], before)
    with system_scope():
        assert Refund.objects.count() == 1850
        assert Counter(Refund.objects.values_list("store", flat=True))[stores[0].pk] == 700 + 25 + 150
        assert [(check.name, off) for check, off in run_checks() if off] == []
        requested = Event.objects.filter(name="refund.requested").values_list("topic_id", flat=True)
        assert sorted(requested) == sorted(Refund.objects.values_list("pk", flat=True))
        assert Refund.objects.filter(status=RefundStatus.REFUNDED, is_loss_counted=False).count() == 0
        ended = Offer.objects.exclude(status="pending").count()
        assert sum(DailyRetention.objects.values_list("offers", flat=True)) == ended > 50
        refunded = Refund.objects.filter(status=RefundStatus.REFUNDED).count()
        assert sum(DailyLoss.objects.values_list("refunds", flat=True)) == refunded > 1000
        assert [rebuild(store) for store in stores] == [0] * len(stores)  # what the roll-up makes of the rows is there


def test_what_fails_on_the_way_leaves_everything_as_it_was(clock):
    stores = open_stores(2)
    with connection.cursor() as cursor:
        cursor.execute("CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'full'; END $$")
        cursor.execute("CREATE TRIGGER fails BEFORE INSERT ON payments_transfer EXECUTE FUNCTION fails()")
    before = schema()
    with pytest.raises(DatabaseError, match="full"), transaction.atomic():
        load_whole(stores=stores, refunds=100, now=now(), told=print)

    assert schema() == before
    with system_scope():
        assert (Refund.objects.count(), Event.objects.filter(name="refund.requested").count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_who_works_with_the_tables_is_waited_for_shortly_and_who_owns_none_loads_row_by_row(monkeypatch):
    """Both are told apart before anything is written."""
    monkeypatch.setattr(load_volume, "WHOLE_FROM", 20)
    monkeypatch.setattr("demo.volume_bare.LOCK_WAIT", "100ms")
    params = connection.get_connection_params()
    with psycopg.connect(**{key: params[key] for key in ("host", "user", "dbname") if key in params}) as other:
        other.execute("LOCK TABLE orders_order IN ROW EXCLUSIVE MODE")
        with pytest.raises(CommandError, match="No refund was added"):
            call_command("load_volume", "--refunds", "20", "--stores", "1")
    with system_scope():
        assert Refund.objects.count() == 0
    assert may_be_bared(WRITTEN)
    assert not may_be_bared([*WRITTEN, "pg_class"])
    call_command("load_volume", "--refunds", "20", "--stores", "1")
    with system_scope():
        assert Refund.objects.count() == 20
