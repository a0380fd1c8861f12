"""Put the wall up around allowances and terms."""

from django.db import migrations

from common.tenancy_sql import secure_table


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_small_payments")]

    operations = [
        secure_table("payments_paymentterms"),
        secure_table("payments_dayallowance"),
    ]
