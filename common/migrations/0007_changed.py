"""What notes when a row was last changed."""

from django.db import migrations

from common.changed import TRACE_FUNCTION


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0006_watermarks'),
    ]

    operations = [
        TRACE_FUNCTION,
    ]
