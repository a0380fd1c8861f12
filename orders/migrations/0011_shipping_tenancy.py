"""Put the wall around delay reports and imported files up."""

from django.db import migrations

from common.tenancy_sql import referable, same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0010_shipping"),
    ]

    operations = [
        secure_table("orders_delayreport"),
        secure_table("orders_delayedorder"),
        secure_table("orders_shipmentimport"),
        secure_table("orders_importrow"),
        referable("orders_delayreport"),
        referable("orders_shipmentimport"),
        same_store("orders_delayedorder", "report_id", "orders_delayreport"),
        same_store("orders_delayedorder", "order_id", "orders_order"),
        same_store("orders_importrow", "job_id", "orders_shipmentimport"),
        same_store("orders_importrow", "order_id", "orders_order"),
    ]
