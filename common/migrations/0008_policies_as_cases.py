from django.db import migrations

from common.tenancy_sql import POLICIES_AS_CASES


class Migration(migrations.Migration):
    """The same rows may be seen; the planner guesses better how many they are."""

    dependencies = [
        ("common", "0007_changed"),
    ]

    operations = [
        migrations.RunSQL(POLICIES_AS_CASES, migrations.RunSQL.noop),
    ]
