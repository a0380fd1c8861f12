"""Return addresses that are retired, and the place that another one takes over."""

import common.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stores', '0013_held_day'),
    ]

    operations = [
        migrations.AddField(
            model_name='returnaddress',
            name='place',
            field=models.UUIDField(default=common.ids.new_id, editable=False),
        ),
        migrations.AddField(
            model_name='returnaddress',
            name='retired_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='retired'),
        ),
        migrations.RunSQL(
            "SELECT set_config('wanliu.stores', '*', true); UPDATE stores_returnaddress SET place = id;",
            migrations.RunSQL.noop,
        ),
    ]
