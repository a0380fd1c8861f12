"""Put the wall around evidence and appeals up."""

from django.db import migrations

from common.tenancy_sql import same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0015_evidence_and_appeals"),
    ]

    operations = [
        secure_table("refunds_evidence"),
        secure_table("refunds_appeal"),
        same_store("refunds_evidence", "refund_id", "refunds_refund"),
        same_store("refunds_appeal", "refund_id", "refunds_refund"),
    ]
