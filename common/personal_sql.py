"""Migration operations that let a buyer's data be erased from rows that never change, and nothing else of them."""

from django.db.migrations import RunSQL

# A value gives way to the mark or a pseudonym; what holds others keeps its shape.
ERASED_FUNCTIONS = RunSQL(
    r"""
    CREATE FUNCTION wanliu_is_mark_of(old jsonb, new jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
    BEGIN
        IF old = new OR new = '"[erased]"' THEN
            RETURN true;
        ELSIF jsonb_typeof(new) = 'string' THEN
            RETURN new #>> '{}' ~ '^(buyer:)?erased-[0-9a-f]{32}$';
        ELSIF jsonb_typeof(old) = 'array' AND jsonb_typeof(new) = 'array' THEN
            RETURN jsonb_array_length(old) = jsonb_array_length(new) AND NOT EXISTS (
                SELECT FROM generate_series(0, jsonb_array_length(old) - 1) AS place
                WHERE NOT wanliu_is_mark_of(old -> place, new -> place)
            );
        ELSIF jsonb_typeof(old) = 'object' AND jsonb_typeof(new) = 'object' THEN
            RETURN NOT EXISTS (
                SELECT FROM jsonb_each(old) o FULL JOIN jsonb_each(new) n USING (key)
                WHERE o.value IS NULL OR n.value IS NULL OR NOT wanliu_is_mark_of(o.value, n.value)
            );
        END IF;
        RETURN false;
    END $$;

    CREATE FUNCTION wanliu_is_erased(old jsonb, new jsonb, columns text[]) RETURNS boolean LANGUAGE sql STABLE AS $$
        SELECT current_setting('wanliu.erasing', true) = 'on' AND NOT EXISTS (
            SELECT FROM jsonb_each(old) o JOIN jsonb_each(new) n USING (key)
            WHERE o.value <> n.value AND NOT (key = ANY (columns) AND wanliu_is_mark_of(o.value, n.value))
        )
    $$;
    """,
    "DROP FUNCTION wanliu_is_erased(jsonb, jsonb, text[]); DROP FUNCTION wanliu_is_mark_of(jsonb, jsonb);",
)
