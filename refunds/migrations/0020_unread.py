"""What the buyers wrote and nobody has read is found without reading the store's history."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("refunds", "0019_no_clock_without_address")]

    operations = [
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("unread_by_merchant__gt", 0)), fields=["store", "-id"], name="refund_unread"
            ),
        ),
    ]
