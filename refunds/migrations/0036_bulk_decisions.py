"""Many refunds decided together, a row each (docs/adr/0077)."""

import common.ids
import common.money
import django.db.models.deletion
from django.db import migrations, models

from common.tenancy_sql import referable, same_store, secure_table


class Migration(migrations.Migration):

    dependencies = [
        ('refunds', '0035_team'),
        ('stores', '0025_shared_out_refunds'),
    ]

    operations = [
        migrations.CreateModel(
            name='DecisionJob',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('verdict', models.CharField(choices=[('approve', 'Approve'), ('reject', 'Reject')], max_length=10, verbose_name='decision')),
                ('actor', models.JSONField()),
                ('language', models.CharField(default='en', editable=False, max_length=10)),
                ('total', models.PositiveIntegerField(verbose_name='total')),
                ('amount', common.money.MoneyField(decimal_places=2, max_digits=12, verbose_name='amount')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('begins_at', models.DateTimeField(verbose_name='begins')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'bulk decision',
                'verbose_name_plural': 'bulk decisions',
            },
        ),
        migrations.CreateModel(
            name='DecisionRow',
            fields=[
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(null=True, verbose_name='next attempt')),
                ('leased_until', models.DateTimeField(editable=False, null=True)),
                ('leased_by', models.UUIDField(editable=False, null=True)),
                ('needs_attention', models.BooleanField(default=False, verbose_name='needs attention')),
                ('last_error', models.CharField(blank=True, max_length=200, verbose_name='last error')),
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('as_of', models.PositiveBigIntegerField(editable=False)),
                ('said', models.JSONField(default=dict)),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('sent', 'Sent to the marketplace'), ('left_out', 'Left out'), ('stopped', 'Stopped')], default='waiting', max_length=10, verbose_name='status')),
                ('why', models.JSONField(default=list, verbose_name='why nothing was decided')),
                ('job', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='refunds.decisionjob')),
                ('refund', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='refunds.refund')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'refund of a bulk decision',
                'verbose_name_plural': 'refunds of a bulk decision',
                'constraints': [models.UniqueConstraint(fields=('job', 'refund'), name='decision_row_once')],
            },
        ),
        migrations.AddIndex(
            model_name='decisionjob',
            index=models.Index(fields=['store', '-id'], name='decision_job_newest'),
        ),
        migrations.AddIndex(
            model_name='decisionjob',
            index=models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['id'], name='decision_job_open'),
        ),
        migrations.AddIndex(
            model_name='decisionrow',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['job', 'id'], name='decision_row_waiting'),
        ),
        migrations.AddIndex(
            model_name='decisionrow',
            index=models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='decision_row_due'),
        ),
        referable("refunds_decisionjob"),
        secure_table("refunds_decisionjob"),
        secure_table("refunds_decisionrow"),
        same_store("refunds_decisionrow", "job_id", "refunds_decisionjob"),
        same_store("refunds_decisionrow", "refund_id", "refunds_refund"),
    ]
