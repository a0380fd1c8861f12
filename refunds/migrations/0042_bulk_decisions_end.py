"""Bulk decisions go some time after they are finished."""

from django.db import migrations, models

from common.index_sql import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("refunds", "0041_parcels_without_number")]

    operations = [
        BuildIndex(
            model_name="decisionjob",
            index=models.Index(
                fields=["finished_at"], condition=models.Q(finished_at__isnull=False), name="decision_job_finished"
            ),
        ),
    ]
