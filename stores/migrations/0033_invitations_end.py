"""Invitations go some time after their link has ended, records of sign-ins some time after they were written."""

from django.db import migrations, models

AGES = {"axes_accesslog": "sign_in_age", "axes_accessattempt": "sign_in_try_age"}


class Migration(migrations.Migration):
    dependencies = [("axes", "0010_accessattemptexpiration"), ("stores", "0032_unclaimed_days")]

    operations = [
        migrations.AddIndex(model_name="invitation", index=models.Index(fields=["ends_at"], name="invitation_age")),
        *(
            migrations.RunSQL(f"CREATE INDEX {name} ON {table} (attempt_time)", f"DROP INDEX {name}")
            for table, name in AGES.items()
        ),
    ]
