"""Events that belong to no store: row-level security shows them to the system's scope only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0002_tenancy"),
    ]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="store",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.TENANT_MODEL,
            ),
        ),
    ]
