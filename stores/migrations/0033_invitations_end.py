"""Invitations go some time after their link has ended, records of sign-ins some time after they were written."""

from django.db import migrations, models

from common.index_sql import BuildIndex, BuildIndexByHand

AGES = {"axes_accesslog": "sign_in_age", "axes_accessattempt": "sign_in_try_age"}


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("axes", "0010_accessattemptexpiration"), ("stores", "0032_unclaimed_days")]

    operations = [
        BuildIndex(model_name="invitation", index=models.Index(fields=["ends_at"], name="invitation_age")),
        *(BuildIndexByHand(name, table, ["attempt_time"]) for table, name in AGES.items()),
    ]
