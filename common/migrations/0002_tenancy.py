"""Put the wall around this room's tenant tables up."""

from django.db import migrations

from common.tenancy_sql import secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0001_initial"),
        ("stores", "0002_tenancy"),
    ]

    operations = [
        secure_table("common_event"),
        secure_table("common_idempotentanswer"),
    ]
