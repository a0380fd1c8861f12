"""Tags on refunds (docs/adr/0115)."""

import common.ids
import django.db.models.deletion
from django.db import migrations, models

from common.tenancy_sql import same_store, secure_table


class Migration(migrations.Migration):

    dependencies = [
        ('refunds', '0043_open_by_due'),
        ('stores', '0033_invitations_end'),
    ]

    operations = [
        migrations.CreateModel(
            name='RefundTag',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=20, verbose_name='tag')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('refund', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='refunds.refund', verbose_name='refund')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'tag of a refund',
                'verbose_name_plural': 'tags of refunds',
                'indexes': [models.Index(fields=['store', 'name', '-refund'], name='refund_tag_leads_to')],
                'constraints': [models.UniqueConstraint(fields=('refund', 'name'), name='refund_tag_once')],
            },
        ),
        secure_table("refunds_refundtag"),
        same_store("refunds_refundtag", "refund_id", "refunds_refund"),
    ]
