"""Put the wall around claims against carriers up."""

from django.db import migrations

from common.tenancy_sql import same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0008_shipments"),
        ("orders", "0008_shipments_tenancy"),
    ]

    operations = [
        secure_table("refunds_carrierclaim"),
        same_store("refunds_carrierclaim", "refund_id", "refunds_refund"),
        same_store("refunds_carrierclaim", "shipment_id", "orders_shipment"),
        same_store("refunds_refund", "split_from_id", "refunds_refund"),
    ]
