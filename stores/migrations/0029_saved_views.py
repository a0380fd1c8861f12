"""Lists of the desk kept under a name (docs/adr/0065)."""

import common.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from common.tenancy_sql import secure_table


class Migration(migrations.Migration):

    dependencies = [
        ("stores", "0028_notices"),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('list_name', models.CharField(max_length=60)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.CharField(max_length=500)),
                ('is_shared', models.BooleanField(default=False, verbose_name='for everybody in the store')),
                ('is_default', models.BooleanField(default=False, verbose_name='the list opens like this')),
                ('saved_at', models.DateTimeField(verbose_name='saved')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'saved view',
                'verbose_name_plural': 'saved views',
                'indexes': [models.Index(fields=['store', 'list_name'], name='saved_view_of_list')],
                'constraints': [models.UniqueConstraint(fields=('store', 'owner', 'list_name', 'name'), name='saved_view_name_once'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('store', 'owner', 'list_name'), name='saved_view_default_once')],
            },
        ),
        secure_table("stores_savedview"),
    ]
