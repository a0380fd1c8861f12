"""Put the wall around messages up."""

from django.db import migrations

from common.tenancy_sql import same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0003_retention"),
    ]

    operations = [
        secure_table("refunds_message"),
        same_store("refunds_message", "refund_id", "refunds_refund"),
    ]
