"""Put the wall around disputes up."""

from django.db import migrations

from common.tenancy_sql import same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0006_disputes"),
    ]

    operations = [
        secure_table("refunds_dispute"),
        same_store("refunds_dispute", "refund_id", "refunds_refund"),
    ]
