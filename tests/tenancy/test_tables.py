"""Every tenant table, in PostgreSQL itself: a scope shows and lets touch its own stores' rows and nothing else."""

from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import product

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from common import events
from common.actors import SYSTEM
from common.events import EventType
from common.ids import event_id
from common.tenancy import NoScope, current_scope, system_scope, tenant_models, tenant_scope
from common.writes import WriteSet
from stores.models import ApiKey
from tests.cases import for_each
from tests.tenancy.furnish import fingerprint, make_furnished_shop, tenant_tables

pytestmark = pytest.mark.django_db

TABLES = tenant_tables()
# Tables that belong to no store. A new table is either a tenant's or is put here, with a reason.
SHARED = {
    "django_migrations",
    "django_content_type",
    "django_session",  # unused: sessions are stores_desksession
    "stores_desksession",  # a session is a person's, in whichever store they work
    "stores_device",  # browsers in which a person signed in
    "stores_letter",  # e-mails to people; only operators read them
    "django_admin_log",  # who changed what in the workbench; only operators read it
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "stores_user",  # people may work in several stores
    "stores_user_groups",
    "stores_user_user_permissions",
    "axes_accessattempt",
    "axes_accessattemptexpiration",
    "axes_accessfailurelog",
    "axes_accesslog",
    "rest_framework_api_key_apikey",  # the library's own model, unused
    "common_forgetting",
    "common_setback",  # what sweeps failed at, by id and kind of failure; only operators read it
    "common_watermark",  # how far writing had come, of all stores: numbers and instants
    "stores_categoryopening",  # what the marketplaces have opened, edited by the operator
    "offers_marketplacemethod",  # the marketplaces' own switches, edited by the operator
    "offers_marketplaceacceptance",  # sums over all stores of a marketplace
    "offers_marketplaceamountacceptance",  # the same, by amount
    "orders_sandboxparcel",  # the sandbox carrier's memory: it plays an outside party
    "payments_gatewaynotice",  # what gateways told the platform; only its operator reads it
    "payments_reconciliation",  # the platform's comparison with its gateways, its operator's
    "payments_difference",
    "payments_sandboxtransfer",  # the sandbox gateway's memory: it plays an outside party
}
REFERENCES = [
    (model._meta.db_table, field.column, field.related_model._meta.db_table)
    for model in tenant_models()
    for field in model._meta.concrete_fields
    if field.is_relation and field.name != "store" and field.related_model in set(tenant_models())
]


@pytest.fixture
def own_catalogue(monkeypatch):
    """What a test declares is forgotten afterwards."""
    monkeypatch.setattr(events, "_types", dict(events._types))


@pytest.fixture
def own(unprotected):
    return make_furnished_shop()


@pytest.fixture
def foreign(unprotected):
    return make_furnished_shop()


@pytest.fixture
def unprotected(db):
    """Without the triggers that protect history only the wall can refuse; the test's transaction brings them back."""
    for table in TABLES:
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def run(statement, params=()):
    """The rows that a statement gives, or the number that it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def insert_sql(table) -> str:
    """Insert a row given as JSON, but for the columns that PostgreSQL computes."""
    names = run(
        "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass "
        "AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [table],
    )
    columns = ", ".join(name for (name,) in names)
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_record(NULL::{table}, %s)"


@contextmanager
def refused(sqlstate):
    """The block fails with this SQLSTATE; the transaction goes on."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield caught
    assert isinstance(caught.value.__cause__, psycopg.Error)
    assert caught.value.__cause__.sqlstate == sqlstate, caught.value


def test_every_table_of_the_schema_is_a_tenants_or_is_listed_as_shared():
    tables = {
        name
        for (name,) in run(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition "
            "AND relnamespace = current_schema()::regnamespace"
        )
    }
    assert tables - set(TABLES) - SHARED == set(), "a table that nobody thought of: is it a tenant's?"
    assert set(TABLES) <= tables


def test_a_table_with_a_store_column_is_a_tenants_table():
    with_store = run(
        "SELECT table_name FROM information_schema.columns "
        "WHERE column_name = 'store_id' AND table_schema = current_schema() "
        "AND NOT (SELECT relispartition FROM pg_class WHERE oid = table_name::regclass)"
    )
    assert {name for (name,) in with_store} == set(TABLES) - {"stores_store"}


@for_each("table", TABLES)
def test_row_level_security_is_on_and_forced_with_one_policy_for_everything(table):
    [(enabled, forced)] = run(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table]
    )
    policies = run("SELECT cmd, permissive, qual = with_check FROM pg_policies WHERE tablename = %s", [table])
    assert (enabled, forced, policies) == (True, True, [("ALL", "PERMISSIVE", True)])


def test_a_scope_shows_its_own_rows_only(own, foreign, subtests):
    for table in TABLES:
        with subtests.test(table):
            column = TABLES[table]
            stores_seen = f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY 1"
            with tenant_scope(own.store.pk):
                assert run(stores_seen) == [(own.store.pk,)]
                assert run(f"SELECT count(*) FROM {table} WHERE {column} IS NULL") == [(0,)]
            with tenant_scope(own.store.pk, foreign.store.pk):
                assert run(stores_seen) == sorted([(own.store.pk,), (foreign.store.pk,)])
            with tenant_scope():
                assert run(stores_seen) == []
            with system_scope():
                assert {(own.store.pk,), (foreign.store.pk,)} <= set(run(stores_seen))


def test_a_row_of_another_store_cannot_be_inserted(own, foreign, subtests):
    for table in TABLES:
        with subtests.test(table):
            insert = insert_sql(table)
            with system_scope():
                rows = dict(run(f"SELECT {TABLES[table]}, row_to_json(t)::text FROM {table} t"))
            with tenant_scope(own.store.pk):
                with refused("42501"):
                    run(insert, [rows[foreign.store.pk]])
                with refused("23505"):  # the own row passes the wall and only then turns out to exist already
                    run(insert, [rows[own.store.pk]])


def test_what_belongs_to_no_store_is_seen_and_recorded_by_the_system_only(own, own_catalogue):
    key = ApiKey(pk="TEST.key", marketplace="taote")
    happened = EventType("test.happened", "Happened", "apikey")

    def record():
        writes = WriteSet()
        writes.event(happened, key, topic=key, at=datetime.now(UTC), actor=SYSTEM)
        writes.flush()

    with system_scope():
        record()
        assert run("SELECT store_id FROM common_event WHERE name = 'test.happened'") == [(None,)]
    with tenant_scope(own.store.pk):
        assert run("SELECT store_id FROM common_event WHERE name = 'test.happened'") == []
        with refused("42501"):
            record()


def test_what_happens_to_a_store_is_in_the_stores_own_history(own, foreign, own_catalogue):
    happened = EventType("test.store_changed", "Changed", "store")
    with tenant_scope(own.store.pk):
        writes = WriteSet()
        writes.event(happened, own.store, topic=own.store, at=datetime.now(UTC), actor=SYSTEM)
        writes.flush()
    seen = "SELECT store_id, subject_id, topic_id FROM common_event WHERE name = 'test.store_changed'"
    with tenant_scope(own.store.pk):
        assert run(seen) == [(own.store.pk, event_id(own.store), event_id(own.store))]
    with tenant_scope(foreign.store.pk):
        assert run(seen) == []


def test_a_row_cannot_be_given_to_another_store(own, foreign, subtests):
    for table in TABLES:
        with subtests.test(table):
            column = TABLES[table]
            with tenant_scope(own.store.pk):
                with refused("42501"):
                    run(f"UPDATE {table} SET {column} = %s", [foreign.store.pk])
                assert run(f"UPDATE {table} SET {column} = {column}") > 0


def test_updates_and_deletes_touch_nothing_foreign(own, foreign, subtests):
    for table in TABLES:
        with subtests.test(table):
            column = TABLES[table]
            before = fingerprint(foreign)
            with tenant_scope(own.store.pk):
                mine = run(f"SELECT count(*) FROM {table}")[0][0]
                assert mine > 0
                assert run(f"UPDATE {table} SET {column} = {column} WHERE {column} = %s", [foreign.store.pk]) == 0
                assert run(f"DELETE FROM {table} WHERE {column} = %s", [foreign.store.pk]) == 0
                assert run(f"UPDATE {table} SET {column} = {column}") == mine
            assert fingerprint(foreign) == before


def test_without_a_scope_there_is_an_error_and_no_empty_page(own, subtests):
    for table, statement in product(TABLES, ["SELECT * FROM {0}", "UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"]):
        with subtests.test(f"{table}: {statement}"):
            run("SELECT set_config('wanliu.stores', '', true)")
            with refused("WL001"):
                run(statement.format(table, TABLES[table]))


def test_without_a_scope_nothing_can_be_inserted(own, subtests):
    for table in TABLES:
        with subtests.test(table):
            with system_scope():
                [(row,), *_] = run(f"SELECT row_to_json(t)::text FROM {table} t")
            run("SELECT set_config('wanliu.stores', '', true)")
            with refused("WL001"):
                run(insert_sql(table), [row])


def test_without_a_scope_python_says_so_too():
    with pytest.raises(NoScope):
        current_scope()


@pytest.fixture
def not_unique(unprotected):
    """Without what keeps a parent from having two such children, so that only the reference itself can refuse."""
    for table, column, _ in REFERENCES:
        unique = run(
            """
            SELECT i.indexrelid::regclass::text, c.conname
            FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('u', 'p')
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
            WHERE i.indrelid = %s::regclass AND i.indisunique AND a.attname = %s
            """,
            [table, column],
        )
        for index, constraint in unique:
            run(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}" if constraint else f"DROP INDEX {index}")


def test_a_reference_to_another_stores_row_is_refused(not_unique, own, foreign, subtests):
    for table, column, parent in REFERENCES:
        with subtests.test(f"{table}.{column}"), system_scope():
            parents = dict(run(f"SELECT store_id, id FROM {parent}"))
            with refused("23503") as caught:
                run(f"UPDATE {table} SET {column} = %s WHERE store_id = %s", [parents[foreign.store.pk], own.store.pk])
            assert caught.value.__cause__.diag.constraint_name == f"{table}_{column}_same_store"
            assert run(f"UPDATE {table} SET {column} = {column} WHERE store_id = %s", [own.store.pk]) > 0


def test_every_foreign_key_between_tenant_tables_agrees_on_the_store():
    keys = run(
        """
        SELECT c.conrelid::regclass::text, array_agg(a.attname ORDER BY a.attname)
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
        WHERE c.contype = 'f' AND c.confrelid::regclass::text = ANY (%s) AND c.confrelid <> 'stores_store'::regclass
        GROUP BY c.oid
        """,
        [list(TABLES)],
    )
    single = {(table, columns[0]) for table, columns in keys if len(columns) == 1}
    paired = {(table, column) for table, columns in keys if len(columns) == 2 for column in columns}
    assert single == {(table, column) for table, column, _ in REFERENCES}
    assert single <= paired
