"""What the application's database role may do, where another role owns the tables.

An owner can TRUNCATE the history, drop a policy or disable a trigger, whatever the triggers say. The application needs
none of it: rows are read and written, the append-only ones only added to.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

from common.personal import AppendOnly

_PARTS = "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND relowner = current_user::regrole"
# Of a back-up that is restored, what the release had that made it: the tables of this one come with `migrate`.
_THERE = """
    SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
"""
WHO = "USER", "PASSWORD", "HOST", "PORT"


@contextmanager
def as_owner(connection) -> Iterator[None]:
    """Connect as OWNER_DATABASE's role within the block; without that setting nothing changes."""
    if not settings.OWNER_DATABASE or connection.alias != DEFAULT_DB_ALIAS:
        yield
        return
    application = {key: connection.settings_dict[key] for key in WHO}
    connection.close()
    connection.settings_dict.update({key: settings.OWNER_DATABASE[key] for key in WHO})
    try:
        yield
        grant_rows(connection, application["USER"])
    finally:
        connection.close()
        connection.settings_dict.update(application)


def grant_rows(connection, role: str) -> None:
    """Let `role` work with every table there is now. To be called by their owner, after each migration."""
    name = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_user")
        schema, owner = cursor.fetchone()
        if owner == role:
            return
        everything = f"IN SCHEMA {name(schema)}"
        cursor.execute(f"GRANT USAGE ON SCHEMA {name(schema)} TO {name(role)}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES {everything} TO {name(role)}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES {everything} TO {name(role)}")
        cursor.execute(_PARTS)
        for (part,) in cursor.fetchall():  # rows are written through the whole table
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {name(part)} FROM {name(role)}")
        cursor.execute(_THERE)
        there = set(cursor.fetchall())
        for table in {table for table, _column in there} & {*append_only_tables()}:
            cursor.execute(f"REVOKE UPDATE, DELETE ON {name(table)} FROM {name(role)}")
        for table, columns in erasable_columns().items():
            for column in columns:
                if (table, column) in there:
                    cursor.execute(f"GRANT UPDATE ({name(column)}) ON {name(table)} TO {name(role)}")


def erasable_columns() -> dict[str, list[str]]:
    """Of the tables that only grow: the columns in which a trigger lets a buyer's data give way to the mark."""
    return {
        model._meta.db_table: [model._meta.get_field(column).column for column in trigger.erasable]
        for model in apps.get_models()
        for trigger in getattr(model._meta, "triggers", ())
        if isinstance(trigger, AppendOnly)
    }


def append_only_tables() -> list[str]:
    """The tables whose rows a trigger protects against every change."""
    return [
        model._meta.db_table
        for model in apps.get_models()
        for trigger in getattr(model._meta, "triggers", ())
        if isinstance(trigger, pgtrigger.Protect) and str(trigger.operation) == "UPDATE OR DELETE"
    ]
