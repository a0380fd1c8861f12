"""Put the wall around this room's tenant tables up."""

from django.db import migrations

from common.tenancy_sql import referable, same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0001_initial"),
        ("orders", "0002_tenancy"),
        ("stores", "0002_tenancy"),
    ]

    operations = [
        secure_table("payments_ledgeraccount"),
        secure_table("payments_payment"),
        secure_table("payments_transfer"),
        referable("payments_ledgeraccount"),
        referable("payments_payment"),
        same_store("payments_payment", "order_id", "orders_order"),
        same_store("payments_transfer", "payment_id", "payments_payment"),
        same_store("payments_transfer", "debit_account_id", "payments_ledgeraccount"),
        same_store("payments_transfer", "credit_account_id", "payments_ledgeraccount"),
    ]
