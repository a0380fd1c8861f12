"""A refund that was ticked and can't be sent anything has a row without a method."""

from django.db import migrations, models

import offers.registry


class Migration(migrations.Migration):
    dependencies = [("offers", "0016_wide_sums")]

    operations = [
        migrations.AlterField(
            model_name="bulkrow",
            name="method",
            field=models.CharField(
                blank=True, choices=offers.registry.method_choices, max_length=30, verbose_name="method"
            ),
        ),
    ]
