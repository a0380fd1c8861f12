"""Goods that cost nothing can be exchanged."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0015_import_rows'),
        ('refunds', '0022_planned_budget'),
        ('stores', '0013_held_day'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='refund',
            name='refund_amount_positive',
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), models.Q(('amount', 0), ('kind', 'exchange')), _connector='OR'), name='refund_amount_positive'),
        ),
    ]
