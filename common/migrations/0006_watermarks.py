"""Up to where the record is settled: looks at the counters, and the order in which events are paged."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from common.settled import SETTLED_FUNCTION


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0001_squashed_0005_setbacks'),
        ('stores', '0015_store_opened_at'),
    ]

    operations = [
        migrations.CreateModel(
            name='Watermark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('xid', models.BigIntegerField()),
                ('event_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['store', 'id'], name='event_feed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='known_first', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM pg_current_xact_id(); RETURN NULL;', hash='db28202df17b1936e1cd1ddbdf31e15cc5c908bf', level='STATEMENT', operation='INSERT', pgid='pgtrigger_known_first_18ebc', table='common_event', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='watermark',
            index=models.Index(fields=['event_id', 'at'], name='watermark_newest'),
        ),
        SETTLED_FUNCTION,
    ]
