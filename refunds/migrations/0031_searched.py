"""The number under which goods come back, as searches look at it (docs/adr/0043)."""

import common.search
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0023_searched'),
        ('refunds', '0030_updated_at'),
        ('stores', '0018_updated_at'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='refund',
            name='refund_tracking_start',
        ),
        migrations.AddField(
            model_name='refund',
            name='return_tracking_folded',
            field=models.GeneratedField(db_persist=True, expression=common.search.Folded('return_tracking_number'), output_field=models.TextField()),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(fields=['store', 'return_tracking_folded'], name='refund_tracking_start', opclasses=['int8_ops', 'text_pattern_ops']),
        ),
    ]
