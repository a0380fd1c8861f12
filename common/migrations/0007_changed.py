"""What notes when a row was last changed; and looks don't wait for writers of other databases of the server."""

from django.db import migrations

from common.changed import TRACE_FUNCTION
from common.settled import SETTLED_FUNCTION


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0006_watermarks'),
    ]

    operations = [
        TRACE_FUNCTION,
        migrations.RunSQL(SETTLED_FUNCTION.sql, migrations.RunSQL.noop),
    ]
