"""Put the wall around this room's tenant tables up."""

from django.db import migrations

from common.tenancy_sql import same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0001_initial"),
        ("refunds", "0002_tenancy"),
        ("stores", "0002_tenancy"),
    ]

    operations = [
        secure_table("offers_offer"),
        same_store("offers_offer", "refund_id", "refunds_refund"),
        same_store("offers_offer", "return_address_id", "stores_returnaddress"),
    ]
