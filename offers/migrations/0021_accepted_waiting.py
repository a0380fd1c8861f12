"""A buyer's yes about a refund that is followed waits for the marketplace; it is the only offer out meanwhile."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('offers', '0020_coupon_ends'),
        ('refunds', '0025_followed'),
        ('stores', '0013_held_day'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='offer',
            name='offer_one_pending_per_refund',
        ),
        migrations.RemoveIndex(
            model_name='offer',
            name='offer_due',
        ),
        migrations.AlterField(
            model_name='offer',
            name='status',
            field=models.CharField(choices=[('pending', 'Waiting for the buyer'), ('accepted', 'Accepted'), ('accepted_waiting', 'Accepted, waiting for the marketplace'), ('declined', 'Declined'), ('expired', 'Expired'), ('withdrawn', 'Withdrawn')], default='pending', max_length=20, verbose_name='status'),
        ),
        migrations.AddIndex(
            model_name='offer',
            index=models.Index(condition=models.Q(('status__in', ('pending', 'accepted_waiting'))), fields=['due_at'], name='offer_to_end'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ('pending', 'accepted_waiting'))), fields=('refund',), name='offer_one_out_per_refund'),
        ),
    ]
