"""Put the wall around promised parcels up."""

from django.db import migrations

from common.tenancy_sql import same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0003_retention"),
        ("stores", "0004_open_categories"),
    ]

    operations = [
        secure_table("orders_owedparcel"),
        same_store("orders_owedparcel", "order_id", "orders_order"),
        same_store("orders_owedparcel", "product_id", "stores_product"),
    ]
