"""The yuan that a store's service budget shall hold once it joins; until then nothing moves."""

from django.db import migrations

import common.money


class Migration(migrations.Migration):
    dependencies = [("refunds", "0021_instant")]

    operations = [
        migrations.AddField(
            "enrolment",
            "planned_budget",
            common.money.MoneyField(decimal_places=2, max_digits=12, null=True, verbose_name="planned budget"),
        ),
    ]
