"""A user is called an account where people read it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0009_scopes_of_what_is"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={"verbose_name": "account", "verbose_name_plural": "accounts"},
        ),
    ]
