"""Who sees to a refund, and notes of colleagues about it (docs/adr/0065)."""

import common.ids
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from common.tenancy_sql import same_store, secure_table


class Migration(migrations.Migration):

    dependencies = [
        ('refunds', '0034_films'),
        ('stores', '0025_shared_out_refunds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('since', models.DateTimeField(verbose_name='since')),
                ('assignee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assigned to')),
                ('refund', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='refunds.refund', verbose_name='refund')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'assignment',
                'verbose_name_plural': 'assignments',
                'indexes': [models.Index(fields=['store', 'assignee', 'refund'], name='assignment_of_person')],
                'constraints': [models.UniqueConstraint(fields=('refund',), name='assignment_once_per_refund')],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('author', models.CharField(max_length=150, verbose_name='author')),
                ('text', models.CharField(max_length=1000, verbose_name='text')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('refund', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='refunds.refund', verbose_name='refund')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'internal note',
                'verbose_name_plural': 'internal notes',
                'indexes': [models.Index(fields=['store', 'refund', '-id'], name='note_of_refund')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cd4c1631975245f6314c47da1e8d0b78bbe890a2', operation='UPDATE OR DELETE', pgid='pgtrigger_kept_5752b', table='refunds_note', when='BEFORE')),
        ),
        secure_table("refunds_assignment"),
        same_store("refunds_assignment", "refund_id", "refunds_refund"),
        secure_table("refunds_note"),
        same_store("refunds_note", "refund_id", "refunds_refund"),
    ]
