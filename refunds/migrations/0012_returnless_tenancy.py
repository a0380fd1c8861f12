"""Put the wall around enrolments up."""

from django.db import migrations

from common.tenancy_sql import referable, same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0011_returnless"),
        ("payments", "0009_budget_tenancy"),
        ("stores", "0004_open_categories"),
    ]

    operations = [
        secure_table("refunds_enrolment"),
        secure_table("refunds_coveredproduct"),
        secure_table("refunds_livesession"),
        referable("refunds_enrolment"),
        same_store("refunds_enrolment", "budget_id", "payments_budget"),
        same_store("refunds_coveredproduct", "enrolment_id", "refunds_enrolment"),
        same_store("refunds_coveredproduct", "product_id", "stores_product"),
    ]
