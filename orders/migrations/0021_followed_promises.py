"""A promised parcel is followed by its carrier like an order's: it refers to a shipment of its own, of its store."""

import django.db.models.deletion
from django.db import migrations, models

from common.tenancy_sql import same_store


class Migration(migrations.Migration):
    dependencies = [("orders", "0020_updated_at")]

    operations = [
        migrations.AddField(
            model_name="owedparcel",
            name="shipment",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orders.shipment",
                verbose_name="shipment",
            ),
        ),
        migrations.AlterField(
            model_name="shipment",
            name="direction",
            field=models.CharField(
                choices=[
                    ("outbound", "To the buyer"),
                    ("promised", "To the buyer, as promised"),
                    ("return", "Back to the store"),
                ],
                max_length=10,
                verbose_name="direction",
            ),
        ),
        migrations.AddIndex(
            model_name="owedparcel",
            index=models.Index(
                condition=models.Q(("shipment__isnull", False)), fields=["shipment"], name="parcel_of_shipment"
            ),
        ),
        migrations.AddIndex(
            model_name="owedparcel",
            index=models.Index(
                condition=models.Q(("tracking_number", ""), _negated=True),
                fields=["store", "tracking_number"],
                name="parcel_tracking_start",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
        ),
        same_store("orders_owedparcel", "shipment_id", "orders_shipment"),
    ]
