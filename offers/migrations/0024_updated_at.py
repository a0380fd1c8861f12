"""When each row that clients list was last changed."""

import common.changed
import django.db.models.functions.datetime
from django.db import migrations, models

from common.changed import trace


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0007_changed'),
        ('offers', '0023_costs_per_refund'),
        ('stores', '0018_updated_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='coupon',
            name='updated_at',
            field=common.changed.ChangedAtField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='changed'),
        ),
        migrations.AddIndex(
            model_name='coupon',
            index=models.Index(fields=['store', 'updated_at'], name='coupon_changed'),
        ),
        trace("offers_coupon"),
    ]
