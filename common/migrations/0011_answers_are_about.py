"""A kept answer says which orders and refunds it shows: who has it repeated looks at them again."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0010_forgettings")]

    operations = [
        migrations.AddField(
            model_name="idempotentanswer",
            name="about",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), null=True, size=None),
        ),
    ]
