"""Put the wall around bulk sendings up."""

from django.db import migrations

from common.tenancy_sql import referable, same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0005_bulk"),
    ]

    operations = [
        referable("offers_bulkjob"),
        secure_table("offers_bulkjob"),
        secure_table("offers_bulkrow"),
        same_store("offers_bulkrow", "job_id", "offers_bulkjob"),
        same_store("offers_bulkrow", "refund_id", "refunds_refund"),
        same_store("offers_bulkrow", "offer_id", "offers_offer"),
    ]
