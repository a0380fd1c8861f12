"""The tables of events and what every room shares, made at once. A database of an earlier release has made them step by step."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from common.tenancy_sql import secure_table


class Migration(migrations.Migration):

    replaces = [('common', '0001_initial'), ('common', '0002_tenancy'), ('common', '0003_event_of_the_platform'), ('common', '0004_event_area'), ('common', '0005_setbacks')]

    initial = True

    dependencies = [
        ('stores', '0001_squashed_0013_held_day'),
    ]

    operations = [
        migrations.CreateModel(
            name='IdempotentAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('owner', models.CharField(max_length=150)),
                ('key', models.CharField(max_length=255)),
                ('fingerprint', models.CharField(max_length=64)),
                ('status_code', models.PositiveSmallIntegerField(null=True)),
                ('body', models.JSONField(null=True)),
                ('created_at', models.DateTimeField()),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'indexes': [models.Index(fields=['created_at'], name='idempotent_answer_age')],
                'constraints': [models.UniqueConstraint(fields=('owner', 'key'), name='idempotent_answer_once')],
            },
        ),
        migrations.CreateModel(
            name='Setback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(null=True, verbose_name='next attempt')),
                ('leased_until', models.DateTimeField(editable=False, null=True)),
                ('leased_by', models.UUIDField(editable=False, null=True)),
                ('needs_attention', models.BooleanField(default=False, verbose_name='needs attention')),
                ('last_error', models.CharField(blank=True, max_length=200, verbose_name='last error')),
                ('sweep', models.CharField(max_length=50, verbose_name='work')),
                ('key', models.CharField(max_length=64, verbose_name='what failed')),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='since')),
            ],
            options={
                'verbose_name': 'setback',
                'verbose_name_plural': 'setbacks',
                'indexes': [models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='setback_due')],
                'constraints': [models.UniqueConstraint(fields=('sweep', 'key'), name='setback_once')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('name', models.CharField(max_length=50)),
                ('subject_type', models.CharField(max_length=30)),
                ('subject_id', models.UUIDField()),
                ('topic_id', models.UUIDField()),
                ('from_state', models.CharField(blank=True, max_length=30)),
                ('to_state', models.CharField(blank=True, max_length=30)),
                ('actor_kind', models.CharField(max_length=20)),
                ('actor_id', models.CharField(blank=True, max_length=64)),
                ('actor_label', models.CharField(blank=True, max_length=150)),
                ('rule', models.CharField(blank=True, max_length=10)),
                ('area', models.CharField(blank=True, db_default='', max_length=20)),
                ('data', models.JSONField(default=dict)),
                ('store', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'indexes': [models.Index(fields=['store', 'topic_id', 'id'], name='event_history'), models.Index(condition=models.Q(('area', ''), _negated=True), fields=['store', '-id'], name='event_changes'), models.Index(condition=models.Q(('area', ''), _negated=True), fields=['-id'], name='event_changes_of_all')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e5a526458ef9d32af5b203f32cebc1d477e57879', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_15f2f', table='common_event', when='BEFORE')),
        ),
        secure_table("common_event"),
        secure_table("common_idempotentanswer"),
    ]
