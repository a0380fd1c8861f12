"""The system checks notice every hole in the wall. Each hole is torn in a transaction that is rolled back."""

import psycopg
import pytest
from django.core.checks import Tags, run_checks
from django.db import connection

from common.system_checks import check_role_is_plain
from tests.cases import for_each
from tests.tenancy.furnish import tenant_tables
from tests.tenancy.test_tables import REFERENCES

pytestmark = pytest.mark.django_db


def complaints() -> set[tuple[str, str]]:
    return {
        (message.id, message.msg)
        for message in run_checks(tags=[Tags.database], databases=["default"])
        if message.id.startswith("wanliu.E")
    }


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_wall_stands():
    assert complaints() == set()


@for_each("table", tenant_tables())
@for_each(
    "hole",
    [
        "DROP POLICY tenant ON {0}",
        "ALTER TABLE {0} NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE {0} DISABLE ROW LEVEL SECURITY",
    ],
)
def test_a_table_without_its_policy_is_named(table, hole):
    execute(hole.format(table))
    [(code, message)] = complaints()
    assert code == "wanliu.E002"
    assert f"{table} has no" in message


@for_each(("table", "column", "parent"), REFERENCES)
def test_a_reference_that_may_leave_the_store_is_named(table, column, parent):
    execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_same_store")
    assert complaints() == {("wanliu.E003", f"{table}.{column} may refer to a row of another store.")}


def test_a_key_of_two_other_columns_does_not_pass_for_one_that_agrees_on_the_store():
    execute("ALTER TABLE offers_offer DROP CONSTRAINT offers_offer_refund_id_same_store")
    execute("ALTER TABLE refunds_refund ADD CONSTRAINT pair UNIQUE (id, order_id)")
    execute("ALTER TABLE offers_offer ADD COLUMN decoy uuid")
    execute("ALTER TABLE offers_offer ADD FOREIGN KEY (refund_id, decoy) REFERENCES refunds_refund (id, order_id)")
    assert complaints() == {("wanliu.E003", "offers_offer.refund_id may refer to a row of another store.")}


def test_what_a_later_migration_brings_is_no_hole():
    """Of a set-up that was cut off, or before an upgrade: else nothing would ever be migrated."""
    execute("ALTER TABLE orders_owedparcel DROP COLUMN shipment_id")
    execute("DROP TABLE connectors_refundhint")
    assert complaints() == set()


def test_a_superuser_is_refused(monkeypatch):
    # The role that initdb made; only the embedded services let us in as it.
    try:
        superuser = psycopg.connect(host=connection.settings_dict["HOST"], user="postgres", dbname="postgres")
    except psycopg.OperationalError:
        pytest.skip("this PostgreSQL doesn't let us in as a superuser")
    with superuser:
        monkeypatch.setattr("common.system_checks.connections", {"default": superuser})
        [error] = check_role_is_plain(None, ["default"])
    assert (error.id, "“postgres” is a superuser" in error.msg) == ("wanliu.E001", True)
