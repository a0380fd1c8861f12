"""When each row that clients list was last changed."""

import common.changed
import django.db.models.functions.datetime
from django.db import migrations, models

from common.changed import trace


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0007_changed'),
        ('orders', '0020_updated_at'),
        ('refunds', '0029_evidence_packs_tenancy'),
        ('stores', '0018_updated_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='appeal',
            name='updated_at',
            field=common.changed.ChangedAtField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='changed'),
        ),
        migrations.AddField(
            model_name='dispute',
            name='updated_at',
            field=common.changed.ChangedAtField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='changed'),
        ),
        migrations.AddField(
            model_name='refund',
            name='updated_at',
            field=common.changed.ChangedAtField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='changed'),
        ),
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(fields=['store', 'updated_at'], name='appeal_changed'),
        ),
        migrations.AddIndex(
            model_name='dispute',
            index=models.Index(fields=['store', 'updated_at'], name='dispute_changed'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(fields=['store', 'updated_at'], name='refund_changed'),
        ),
        trace("refunds_appeal"),
        trace("refunds_dispute"),
        trace("refunds_refund"),
    ]
