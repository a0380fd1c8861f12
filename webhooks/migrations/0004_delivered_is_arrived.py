"""A delivered message has arrived: in Chinese it was worded as a parcel is that was signed for."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("webhooks", "0003_failed_calls"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="status",
            field=models.CharField(choices=[("waiting", "Waiting"), ("delivered", "Arrived"), ("failed", "Given up")], default="waiting", max_length=10, verbose_name="status"),
        ),
    ]
