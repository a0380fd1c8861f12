"""Migration operations that keep the stores apart: policies, and foreign keys that agree on the store."""

from django.db.migrations import RunSQL

# Raised when a tenant table is read or written and no scope is open.
NO_SCOPE_SQLSTATE = "WL001"

SCOPE_FUNCTION = RunSQL(
    f"""
    CREATE FUNCTION wanliu_stores() RETURNS bigint[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    DECLARE
        scope text := current_setting('wanliu.stores', true);
    BEGIN
        IF scope IS NULL OR scope = '' THEN
            RAISE EXCEPTION 'no tenant scope is open' USING ERRCODE = '{NO_SCOPE_SQLSTATE}';
        ELSIF scope = '*' THEN
            RETURN NULL;
        ELSIF scope = '-' THEN
            RETURN '{{}}';
        END IF;
        RETURN string_to_array(scope, ',')::bigint[];
    END $$;
    """,
    "DROP FUNCTION wanliu_stores()",
)


_RULE = (
    "(CASE WHEN (SELECT wanliu_stores()) IS NULL THEN true"
    " ELSE {column} = ANY ((SELECT wanliu_stores())::bigint[]) END)"
)

# For tables whose policy was made as an OR.
POLICIES_AS_CASES = f"""
    DO $$
    DECLARE
        each record;
        rule text;
    BEGIN
        FOR each IN
            SELECT polrelid::regclass AS name, substring(pg_get_expr(polqual, polrelid) FROM '(\\w+) = ANY') AS store
            FROM pg_policy WHERE polname = 'tenant' AND pg_get_expr(polqual, polrelid) NOT LIKE '%CASE%'
        LOOP
            rule := replace('{_RULE}', '{{column}}', each.store);
            EXECUTE format('ALTER POLICY tenant ON %s USING %s WITH CHECK %s', each.name, rule, rule);
        END LOOP;
    END $$;
"""


def rule_of(store_column: str) -> str:
    """The condition of a policy: the row's store is in the open scope."""
    return _RULE.format(column=store_column)


def secure_table(table: str, *, store_column: str = "store_id") -> RunSQL:
    """Enable and FORCE row-level security on a tenant table. The sub-selects are read once per query, not per row.

    A CASE, since PostgreSQL knows nothing about one and takes half of the rows to pass. Of an OR it believes that one
    in a hundred does, and then reads and sorts all rows of a store where an index has the newest of them in order.
    """
    rule = rule_of(store_column)
    return RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY tenant ON {table} USING {rule} WITH CHECK {rule};
        """,
        f"""
        DROP POLICY tenant ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def referable(table: str) -> RunSQL:
    """Let other tenant tables refer to (store, id) of this one."""
    return RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_store_id_id_key UNIQUE (store_id, id)",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_store_id_id_key",
    )


def same_store(table: str, column: str, parent: str) -> RunSQL:
    """Make `table.column` refer only to rows of `parent` that belong to the same store."""
    name = f"{table}_{column}_same_store"
    return RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} "
        f"FOREIGN KEY (store_id, {column}) REFERENCES {parent} (store_id, id)",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )
