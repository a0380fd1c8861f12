"""Whether the stores are kept apart: run by `manage.py check --database default`, at every start and in the tests."""

from django.core.checks import Error, Tags, Warning, register
from django.db import connections

from common.tenancy import tenant_models


@register(Tags.database)
def check_role_is_plain(app_configs, databases, **kwargs):
    """A superuser or a BYPASSRLS role would walk through every policy."""
    errors = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            role, sees_all = cursor.fetchone()
        if sees_all:
            errors.append(
                Error(
                    f"The database role “{role}” is a superuser or bypasses row-level security.",
                    hint=f"Connect with a plain role: ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS.",
                    id="wanliu.E001",
                )
            )
    return errors


@register(Tags.database)
def check_role_owns_nothing(app_configs, databases, **kwargs):
    """An owner may TRUNCATE the append-only history and take off every trigger and policy."""
    warnings = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT current_user, count(*) FROM pg_class WHERE relkind = 'r' AND relowner = current_user::regrole"
            )
            role, tables = cursor.fetchone()
        if tables:
            warnings.append(
                Warning(
                    f"The database role “{role}” owns the tables it works with.",
                    hint="Give DATABASE_URL a role of its own, and OWNER_DATABASE_URL, for `migrate`, the owner's.",
                    id="wanliu.W001",
                )
            )
    return warnings


@register(Tags.database)
def check_tenant_tables_are_secured(app_configs, databases, **kwargs):
    """Every tenant table has a policy, FORCED, and its references agree on the store.

    Tables and columns that aren't migrated yet pass: an upgrade, or a set-up that was cut off, is checked before it
    goes on.
    """
    errors = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            secured = _secured_tables(cursor)
            missing = _columns(cursor) - _agreeing_references(cursor)
        for model in tenant_models():
            table = model._meta.db_table
            if table not in secured:
                continue
            if not secured[table]:
                errors.append(
                    Error(
                        f"The tenant table {table} has no row-level security policy, or it is not FORCED.",
                        hint=f"Add common.tenancy_sql.secure_table({table!r}) to a migration.",
                        obj=model,
                        id="wanliu.E002",
                    )
                )
            for column in _tenant_references(model):
                if (table, column) in missing:
                    errors.append(
                        Error(
                            f"{table}.{column} may refer to a row of another store.",
                            hint=f"Add common.tenancy_sql.same_store({table!r}, {column!r}, …) to a migration.",
                            obj=model,
                            id="wanliu.E003",
                        )
                    )
    return errors


def _secured_tables(cursor) -> dict[str, bool]:
    """Each existing table → whether it has forced row-level security and a policy."""
    cursor.execute(
        """
        SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity
               AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
        FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
        """
    )
    return dict(cursor.fetchall())


def _columns(cursor) -> set[tuple[str, str]]:
    """(table, column) of every column that is there."""
    cursor.execute(
        """
        SELECT a.attrelid::regclass::text, a.attname
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
              AND a.attnum > 0 AND NOT a.attisdropped
        """
    )
    return set(cursor.fetchall())


def _agreeing_references(cursor) -> set[tuple[str, str]]:
    """(table, column) of every two-column foreign key that includes store_id."""
    cursor.execute(
        """
        SELECT c.conrelid::regclass::text, a.attname
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
        JOIN pg_attribute s ON s.attrelid = c.conrelid AND s.attnum = ANY (c.conkey) AND s.attname = 'store_id'
        WHERE c.contype = 'f' AND cardinality(c.conkey) = 2 AND a.attname <> 'store_id'
        """
    )
    return set(cursor.fetchall())


def _tenant_references(model) -> list[str]:
    """Columns of `model` that refer to another tenant table (the store itself aside)."""
    targets = set(tenant_models())
    return [
        field.column
        for field in model._meta.concrete_fields
        if field.is_relation and field.name != "store" and field.related_model in targets and field.column != "store_id"
    ]
