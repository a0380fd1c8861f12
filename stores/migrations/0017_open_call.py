from django.db import migrations

# One round trip for what every call of the API begins with. The key is looked for under the scope of the system, which
# ends in here: what is left is the scope of the one store, or of none. Called as whoever asks, so that row security
# holds as it does elsewhere.
OPEN_CALL = """
    CREATE FUNCTION wanliu_open_call(asked_prefix text, asked_store text, limit_ms text)
    RETURNS TABLE (key stores_apikey, store stores_store) LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM set_config('wanliu.stores', '*', true);
        IF limit_ms IS NOT NULL THEN
            PERFORM set_config('statement_timeout', limit_ms, true);
        END IF;
        SELECT k.* INTO key FROM stores_apikey k WHERE k.prefix = asked_prefix AND NOT k.revoked;
        IF (key).store_id IS NOT NULL THEN
            SELECT s.* INTO store FROM stores_store s WHERE s.id = (key).store_id;
        ELSE
            SELECT s.* INTO store FROM stores_store s
            WHERE s.code = asked_store AND s.marketplace = (key).marketplace AND (s.is_demo OR NOT (key).is_demo);
        END IF;
        PERFORM set_config('wanliu.stores', coalesce((store).id::text, '-'), true);
        RETURN NEXT;
    END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("stores", "0016_webhook_scopes"),
    ]

    operations = [
        migrations.RunSQL(OPEN_CALL, "DROP FUNCTION wanliu_open_call(text, text, text)"),
    ]
