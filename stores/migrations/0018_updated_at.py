"""When each row that clients list was last changed."""

import common.changed
import django.db.models.functions.datetime
from django.db import migrations, models

from common.changed import trace


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0007_changed'),
        ('stores', '0017_open_call'),
    ]

    operations = [
        migrations.AddField(
            model_name='product',
            name='updated_at',
            field=common.changed.ChangedAtField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='changed'),
        ),
        migrations.AddField(
            model_name='returnaddress',
            name='updated_at',
            field=common.changed.ChangedAtField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='changed'),
        ),
        migrations.AddField(
            model_name='store',
            name='updated_at',
            field=common.changed.ChangedAtField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='changed'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['store', 'updated_at'], name='product_changed'),
        ),
        migrations.AddIndex(
            model_name='returnaddress',
            index=models.Index(fields=['store', 'updated_at'], name='return_address_changed'),
        ),
        trace("stores_product"),
        trace("stores_returnaddress"),
        trace("stores_store"),
    ]
