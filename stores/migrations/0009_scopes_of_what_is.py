"""No key keeps a scope of something that isn't there: webhooks come with a scope of their own when they come."""

import django.contrib.postgres.fields
from django.db import migrations, models

SCOPES = [
    ("orders:read", "Orders: read"),
    ("orders:write", "Orders: read and write"),
    ("refunds:read", "Refunds: read"),
    ("refunds:write", "Refunds: read and write"),
    ("offers:read", "Offers: read"),
    ("offers:write", "Offers: read and write"),
    ("payments:read", "Payments: read"),
    ("payments:write", "Payments: read and write"),
    ("catalog:read", "Products and addresses: read"),
    ("catalog:write", "Products, addresses and settings: read and write"),
]


class Migration(migrations.Migration):
    dependencies = [("stores", "0008_accounts")]

    operations = [
        migrations.RunSQL(
            """
            SELECT set_config('wanliu.stores', '*', true);
            UPDATE stores_apikey SET scopes = array_remove(array_remove(scopes, 'webhooks:read'), 'webhooks:write')
            WHERE scopes && ARRAY['webhooks:read', 'webhooks:write']::varchar[];
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=SCOPES, max_length=20),
                blank=True,
                default=list,
                size=None,
                verbose_name="scopes",
            ),
        ),
    ]
