"""Put the wall around this room's tenant tables up."""

from django.db import migrations

from common.tenancy_sql import SCOPE_FUNCTION, referable, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0001_initial"),
    ]

    operations = [
        SCOPE_FUNCTION,
        secure_table("stores_store", store_column="id"),
        secure_table("stores_membership"),
        secure_table("stores_apikey"),
        secure_table("stores_product"),
        secure_table("stores_returnaddress"),
        referable("stores_returnaddress"),
    ]
