"""What is due of a store, of whatever states, is read from an index alone."""

from django.db import migrations, models

from common.index_sql import BuildIndex, DropIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ('orders', '0031_due_by_store'),
        ('refunds', '0044_tags'),
        ('stores', '0033_invitations_end'),
    ]

    operations = [
        BuildIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['store', 'due_at', '-id'], include=('status', 'decision_sent', 'is_followed'), name='refund_by_due'),
        ),
        DropIndex(
            model_name='refund',
            name='refund_due_in_store',
        ),
    ]
