"""Put the wall around shipments up."""

from django.db import migrations

from common.tenancy_sql import referable, same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0007_shipments"),
    ]

    operations = [
        secure_table("orders_shipment"),
        referable("orders_shipment"),
        same_store("orders_shipment", "order_id", "orders_order"),
    ]
