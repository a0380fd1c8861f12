"""What is out of a store, which is looked up by its lists: the index of all stores' was read."""

from django.db import migrations, models

from common.index_sql import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ('offers', '0036_figures_by_index'),
        ('refunds', '0043_open_by_due'),
        ('stores', '0033_invitations_end'),
    ]

    operations = [
        BuildIndex(
            model_name='offer',
            index=models.Index(condition=models.Q(('status__in', ('pending', 'accepted_waiting'))), fields=['store', 'status', 'refund'], name='offer_out'),
        ),
    ]
