"""Stores to try things in."""

from django.db import migrations, models

FOR_EVER = """
    CREATE FUNCTION wanliu_sandbox_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a store is a sandbox from its opening on, or never' USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE TRIGGER sandbox_for_ever BEFORE UPDATE OF is_sandbox ON stores_store
        FOR EACH ROW WHEN (OLD.is_sandbox IS DISTINCT FROM NEW.is_sandbox)
        EXECUTE FUNCTION wanliu_sandbox_for_ever();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('stores', '0019_ceilings'),
    ]

    operations = [
        migrations.AddField(
            model_name='store',
            name='is_sandbox',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='sandbox'),
        ),
        migrations.RunSQL(
            FOR_EVER, "DROP TRIGGER sandbox_for_ever ON stores_store; DROP FUNCTION wanliu_sandbox_for_ever()"
        ),
    ]
