"""When each row that clients list was last changed."""

import common.changed
import django.db.models.functions.datetime
from django.db import migrations, models

from common.changed import trace


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0007_changed'),
        ('orders', '0019_what_was_paid'),
        ('stores', '0018_updated_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='delayedorder',
            name='updated_at',
            field=common.changed.ChangedAtField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='changed'),
        ),
        migrations.AddField(
            model_name='delayreport',
            name='updated_at',
            field=common.changed.ChangedAtField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='changed'),
        ),
        migrations.AddField(
            model_name='order',
            name='updated_at',
            field=common.changed.ChangedAtField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='changed'),
        ),
        migrations.AddField(
            model_name='owedparcel',
            name='updated_at',
            field=common.changed.ChangedAtField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='changed'),
        ),
        migrations.AddIndex(
            model_name='delayedorder',
            index=models.Index(fields=['store', 'updated_at'], name='buyer_notice_changed'),
        ),
        migrations.AddIndex(
            model_name='delayreport',
            index=models.Index(fields=['store', 'updated_at'], name='delay_changed'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['store', 'updated_at'], name='order_changed'),
        ),
        migrations.AddIndex(
            model_name='owedparcel',
            index=models.Index(fields=['store', 'updated_at'], name='parcel_changed'),
        ),
        trace("orders_delayedorder"),
        trace("orders_delayreport"),
        trace("orders_order"),
        trace("orders_owedparcel"),
    ]
