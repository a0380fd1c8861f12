"""Calls of stores' programs that were answered with an error; deliveries of test events."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from common.tenancy_sql import secure_table


class Migration(migrations.Migration):

    dependencies = [
        ('stores', '0022_second_factor'),
        ('webhooks', '0002_delivery_due'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='is_test',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.CreateModel(
            name='FailedCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField(editable=False)),
                ('key_prefix', models.CharField(blank=True, max_length=16, verbose_name='API key')),
                ('method', models.CharField(blank=True, max_length=10, verbose_name='HTTP method')),
                ('route', models.CharField(blank=True, max_length=200, verbose_name='route')),
                ('status', models.PositiveSmallIntegerField(verbose_name='answer')),
                ('codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), blank=True, size=None, verbose_name='codes')),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, size=None, verbose_name='fields')),
                ('times', models.PositiveIntegerField(verbose_name='calls')),
                ('first_at', models.DateTimeField(verbose_name='first call')),
                ('last_at', models.DateTimeField(verbose_name='last call')),
                ('request_id', models.CharField(blank=True, max_length=64, verbose_name='request id')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'failed call',
                'verbose_name_plural': 'failed calls',
                'indexes': [models.Index(fields=['store', '-last_at'], name='failed_call_newest'), models.Index(fields=['last_at'], name='failed_call_age')],
                'constraints': [models.UniqueConstraint(fields=('store', 'hour', 'key_prefix', 'method', 'route', 'status', 'codes', 'fields'), name='failed_call_once')],
            },
        ),
        secure_table("webhooks_failedcall"),
    ]
