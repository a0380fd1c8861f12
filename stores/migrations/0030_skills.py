"""Which refunds a member takes when new ones go round (docs/adr/0065)."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("stores", "0029_saved_views"),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='skilled_categories',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), db_default=models.Value([], output_field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), size=None)), default=list, size=None),
        ),
        migrations.AddField(
            model_name='membership',
            name='skilled_kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), db_default=models.Value([], output_field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), size=None)), default=list, size=None),
        ),
    ]
