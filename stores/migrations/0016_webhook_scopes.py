"""Scopes of keys for events and webhooks."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stores', '0015_store_opened_at'),
    ]

    operations = [
        migrations.AlterField(
            model_name='apikey',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('orders:read', 'Orders: read'), ('orders:write', 'Orders: read and write'), ('refunds:read', 'Refunds: read'), ('refunds:write', 'Refunds: read and write'), ('offers:read', 'Offers: read'), ('offers:write', 'Offers: read and write'), ('payments:read', 'Payments: read'), ('payments:write', 'Payments: read and write'), ('catalog:read', 'Products and addresses: read'), ('catalog:write', 'Products, addresses and settings: read and write'), ('webhooks:read', 'Events and webhooks: read'), ('webhooks:write', 'Events and webhooks: read and write')], max_length=20), blank=True, default=list, size=None, verbose_name='scopes'),
        ),
    ]
