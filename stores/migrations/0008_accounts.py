"""Accounts with a one-time password, since when somebody is a member, and scopes in words."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0007_callable_choices"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="since",
            field=models.DateTimeField(
                help_text="Empty for those who were there before it was kept.", null=True, verbose_name="since"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="must_change_password",
            field=models.BooleanField(default=False, verbose_name="must change the password"),
        ),
        migrations.AddField(
            model_name="user",
            name="opened_for",
            field=models.ForeignKey(
                help_text="The store whose owner may add this account as a member.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="stores.store",
                verbose_name="opened for",
            ),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
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
                        ("webhooks:read", "Webhooks: read"),
                        ("webhooks:write", "Webhooks: read and write"),
                    ],
                    max_length=20,
                ),
                blank=True,
                default=list,
                size=None,
                verbose_name="scopes",
            ),
        ),
    ]
