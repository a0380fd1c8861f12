"""When each row that clients list was last changed."""

import common.changed
import django.db.models.functions.datetime
from django.db import migrations, models

from common.changed import trace


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0007_changed'),
        ('orders', '0020_updated_at'),
        ('payments', '0016_purposes_by_file'),
        ('stores', '0018_updated_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='payment',
            name='updated_at',
            field=common.changed.ChangedAtField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='changed'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['store', 'updated_at'], name='payment_changed'),
        ),
        trace("payments_payment"),
    ]
