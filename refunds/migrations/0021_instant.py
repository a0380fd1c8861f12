"""What the platform refunded at once is found by its instant, as long as an appeal is possible."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("refunds", "0020_unread")]

    operations = [
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("is_instant", True)), fields=["store", "created_at"], name="refund_instant"
            ),
        ),
    ]
