"""Offers of more than their refund holds are looked at again when others hold more of the order, and only then."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('offers', '0021_accepted_waiting'),
        ('refunds', '0026_refunded_on'),
        ('stores', '0013_held_day'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='offer',
            name='offer_above_asked',
        ),
        migrations.AddField(
            model_name='offer',
            name='is_in_doubt',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.RunSQL(
            """
            SELECT set_config('wanliu.stores', '*', true);
            UPDATE offers_offer SET is_in_doubt = true WHERE status = 'pending' AND amount > asked_amount;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name='offer',
            index=models.Index(condition=models.Q(('is_in_doubt', True), ('status', 'pending')), fields=['id'], name='offer_in_doubt'),
        ),
    ]
