"""Put the wall around this room's tenant tables up."""

from django.db import migrations

from common.tenancy_sql import referable, same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0001_initial"),
        ("stores", "0002_tenancy"),
    ]

    operations = [
        secure_table("orders_order"),
        secure_table("orders_orderline"),
        referable("orders_order"),
        referable("orders_orderline"),
        same_store("orders_orderline", "order_id", "orders_order"),
    ]
