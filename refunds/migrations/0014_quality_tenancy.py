"""Put the wall around the quality figures up."""

from django.db import migrations

from common.tenancy_sql import same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0013_quality"),
    ]

    operations = [
        secure_table("refunds_qualityrefund"),
        secure_table("refunds_qualityday"),
        secure_table("refunds_changedday"),
        secure_table("refunds_qualityrestriction"),
        same_store("refunds_qualityrefund", "refund_id", "refunds_refund"),
    ]
