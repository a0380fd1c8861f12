"""Put the wall around this room's tenant tables up."""

from django.db import migrations

from common.tenancy_sql import referable, same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0001_initial"),
        ("orders", "0002_tenancy"),
        ("stores", "0002_tenancy"),
    ]

    operations = [
        secure_table("refunds_refund"),
        secure_table("refunds_refundline"),
        referable("refunds_refund"),
        same_store("refunds_refund", "order_id", "orders_order"),
        same_store("refunds_refund", "return_address_id", "stores_returnaddress"),
        same_store("refunds_refundline", "refund_id", "refunds_refund"),
        same_store("refunds_refundline", "line_id", "orders_orderline"),
    ]
