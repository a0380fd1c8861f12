"""Endpoints and what each is owed."""

import common.changed
import common.ids
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from common.changed import trace
from common.tenancy_sql import referable, same_store, secure_table


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('common', '0007_changed'),
        ('stores', '0018_updated_at'),
    ]

    operations = [
        migrations.CreateModel(
            name='Endpoint',
            fields=[
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(null=True, verbose_name='next attempt')),
                ('leased_until', models.DateTimeField(editable=False, null=True)),
                ('leased_by', models.UUIDField(editable=False, null=True)),
                ('needs_attention', models.BooleanField(default=False, verbose_name='needs attention')),
                ('last_error', models.CharField(blank=True, max_length=200, verbose_name='last error')),
                ('updated_at', common.changed.ChangedAtField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='changed')),
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('url', models.CharField(max_length=500, verbose_name='address')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                ('events', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), blank=True, default=list, size=None, verbose_name='events')),
                ('sealed_secrets', models.TextField(editable=False)),
                ('status', models.CharField(choices=[('active', 'Active'), ('paused', 'Paused')], default='active', max_length=10, verbose_name='status')),
                ('paused_for', models.CharField(blank=True, choices=[('by_hand', 'Paused by hand'), ('gone', 'The receiver said that it is gone for good'), ('dead', 'It has taken nothing for three days')], max_length=10, verbose_name='paused because')),
                ('cursor', models.BigIntegerField(editable=False)),
                ('failures', models.PositiveIntegerField(default=0, verbose_name='failed calls in a row')),
                ('failing_since', models.DateTimeField(null=True, verbose_name='failing since')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('deleted_at', models.DateTimeField(null=True, verbose_name='deleted')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'webhook endpoint',
                'verbose_name_plural': 'webhook endpoints',
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(null=True, verbose_name='next attempt')),
                ('leased_until', models.DateTimeField(editable=False, null=True)),
                ('leased_by', models.UUIDField(editable=False, null=True)),
                ('needs_attention', models.BooleanField(default=False, verbose_name='needs attention')),
                ('last_error', models.CharField(blank=True, max_length=200, verbose_name='last error')),
                ('updated_at', common.changed.ChangedAtField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='changed')),
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('event', models.BigIntegerField(editable=False, verbose_name="event's number")),
                ('name', models.CharField(max_length=50, verbose_name='event')),
                ('topic_id', models.UUIDField(editable=False)),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered'), ('failed', 'Given up')], default='waiting', max_length=10, verbose_name='status')),
                ('tried_since', models.DateTimeField(editable=False, null=True)),
                ('response_status', models.PositiveSmallIntegerField(null=True, verbose_name='answer')),
                ('response', models.CharField(blank=True, max_length=2000, verbose_name="answer's text")),
                ('took_ms', models.PositiveIntegerField(null=True, verbose_name='milliseconds')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('delivered_at', models.DateTimeField(null=True, verbose_name='delivered')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                ('endpoint', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='webhooks.endpoint', verbose_name='endpoint')),
            ],
            options={
                'verbose_name': 'webhook delivery',
                'verbose_name_plural': 'webhook deliveries',
            },
        ),
        migrations.AddIndex(
            model_name='endpoint',
            index=models.Index(fields=['store', '-id'], name='endpoint_newest'),
        ),
        migrations.AddIndex(
            model_name='endpoint',
            index=models.Index(fields=['store', 'updated_at'], name='endpoint_changed'),
        ),
        migrations.AddIndex(
            model_name='endpoint',
            index=models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='endpoint_due'),
        ),
        migrations.AddConstraint(
            model_name='endpoint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('paused_for', ''), ('status', 'active')), models.Q(('status', 'paused'), models.Q(('paused_for', ''), _negated=True)), _connector='OR'), name='endpoint_paused_for_a_reason'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['store', '-id'], name='delivery_newest'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['store', 'updated_at'], name='delivery_changed'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['created_at'], name='delivery_age'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['endpoint', 'topic_id', 'event'], name='delivery_waiting'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('endpoint', 'event'), name='delivery_once'),
        ),
        secure_table("webhooks_endpoint"),
        secure_table("webhooks_delivery"),
        referable("webhooks_endpoint"),
        same_store("webhooks_delivery", "endpoint_id", "webhooks_endpoint"),
        trace("webhooks_endpoint"),
        trace("webhooks_delivery"),
    ]
