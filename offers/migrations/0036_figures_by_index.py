"""Figures are read from indexes alone: what is out and what isn't rolled up, an agent's own rows, days of losses."""

from django.db import migrations, models

from common.index_sql import BuildIndex, DropIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("offers", "0035_totals_of_days")]

    operations = [
        BuildIndex(
            model_name='dailyloss',
            index=models.Index(fields=['store', 'date'], include=('refunds', 'sale', 'acquisition', 'outbound_freight', 'return_freight', 'handling', 'stock_loss'), name='daily_loss_of_store'),
        ),
        BuildIndex(
            model_name='dailyretention',
            index=models.Index(fields=['store', 'agent', 'date'], name='daily_retention_of_agent'),
        ),
        BuildIndex(
            model_name='offer',
            index=models.Index(condition=models.Q(('is_rolled', False)), fields=['store', 'status', 'sent_on'], include=('method', 'reason', 'sent_by', 'sent_by_label'), name='offer_unrolled'),
        ),
        DropIndex(
            model_name='dailyretention',
            name='daily_retention_all',
        ),
        DropIndex(
            model_name='offer',
            name='offer_not_rolled',
        ),
    ]
