"""Put the wall around evidence packs up."""

from django.db import migrations

from common.tenancy_sql import referable, same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0028_evidence_packs"),
    ]

    operations = [
        referable("refunds_dispute"),
        secure_table("refunds_evidencepack"),
        same_store("refunds_evidencepack", "dispute_id", "refunds_dispute"),
    ]
