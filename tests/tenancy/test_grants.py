"""The application's database role works with every table and owns none: the history can't be emptied as it."""

import psycopg
import pytest
from django.db import connection
from psycopg.errors import InsufficientPrivilege

from common.grants import append_only_tables, grant_rows
from common.system_checks import check_role_owns_nothing
from config.embedded.paths import APP_ROLE
from tests.world import make_shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def application():
    """A connection as the role that owns nothing, to the test's database."""
    try:
        it = psycopg.connect(
            host=connection.settings_dict["HOST"], user=APP_ROLE, dbname=connection.settings_dict["NAME"]
        )
    except psycopg.OperationalError:
        pytest.skip("this PostgreSQL doesn't let us in as the application's role")
    with connection.cursor() as cursor:  # whatever it was granted before
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {APP_ROLE}")
        cursor.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {APP_ROLE}")
    grant_rows(connection, APP_ROLE)
    with it:
        it.execute("SELECT set_config('wanliu.stores', '*', false)")
        yield it
        it.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE common_event",
        "DELETE FROM common_event",
        "UPDATE common_event SET name = ''",
        "ALTER TABLE common_event DISABLE TRIGGER ALL",
        "DROP POLICY tenant ON orders_order",
        "ALTER TABLE orders_order NO FORCE ROW LEVEL SECURITY",
        "TRUNCATE orders_order CASCADE",
        "CREATE TABLE mine ()",
        "CREATE OR REPLACE FUNCTION wanliu_stores() RETURNS bigint[] LANGUAGE sql AS 'SELECT NULL::bigint[]'",
        "SET ROLE wanliu",
    ],
)
def test_it_can_change_neither_the_history_nor_the_wall(application, statement):
    with pytest.raises(InsufficientPrivilege):
        application.execute(statement)


def test_it_reads_adds_and_changes_rows(application):
    store = make_shop("taote").store
    assert application.execute("UPDATE stores_store SET name = 'x' WHERE id = %s", [store.pk]).rowcount == 1
    added = "INSERT INTO common_event (store_id, at, name, subject_type, subject_id, topic_id, from_state, to_state,"
    added += " actor_kind, actor_id, actor_label, rule, data) SELECT store_id, at, name, subject_type, subject_id,"
    added += " topic_id, from_state, to_state, actor_kind, actor_id, actor_label, rule, data FROM common_event LIMIT 1"
    assert application.execute(added).rowcount == 1


def test_every_table_whose_rows_a_trigger_protects_is_only_added_to():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger "
            "WHERE tgname ~ '^pgtrigger_(append_only|kept)_' AND tgparentid = 0"
        )
        protected = {table for (table,) in cursor.fetchall()}
    assert "common_event" in protected
    assert set(append_only_tables()) == protected


def test_whoever_works_as_the_owner_is_told_by_the_checks(application, monkeypatch):
    [warning] = check_role_owns_nothing(None, ["default"])
    assert (warning.id, "owns the tables" in warning.msg) == ("wanliu.W001", True)
    monkeypatch.setattr("common.system_checks.connections", {"default": application})
    assert check_role_owns_nothing(None, ["default"]) == []
