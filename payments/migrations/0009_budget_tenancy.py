"""Put the wall around budgets up."""

from django.db import migrations

from common.tenancy_sql import referable, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0008_budget"),
    ]

    operations = [
        secure_table("payments_budget"),
        referable("payments_budget"),
    ]
