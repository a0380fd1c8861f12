"""Parcels on which nobody could read a number (docs/adr/0104)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("refunds", "0040_due_by_store"),
    ]

    operations = [
        migrations.AddField(
            model_name="unclaimedparcel",
            name="has_number",
            field=models.BooleanField(default=True, db_default=True, editable=False),
        ),
    ]
