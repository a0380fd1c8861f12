"""A coupon that an offer promises is kept until the offer ends (docs/adr/0026)."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('offers', '0018_lapsed_offers'),
        ('refunds', '0023_free_exchange'),
        ('stores', '0013_held_day'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='coupon',
            name='coupon_granted_within_quantity',
        ),
        migrations.AddField(
            model_name='coupon',
            name='reserved',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name='promised'),
        ),
        migrations.AddField(
            model_name='offercoupon',
            name='is_reserved',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        # What is promised now is kept as far as it goes, older offers first; an offer that was promised too much ends.
        migrations.RunSQL(
            """
            SELECT set_config('wanliu.stores', '*', true);
            WITH shown AS (
                SELECT n.id, n.offer_id, c.quantity - c.granted AS has, c.valid_until,
                       row_number() OVER (PARTITION BY n.coupon_id ORDER BY n.offer_id) AS turn,
                       row_number() OVER (PARTITION BY n.offer_id
                                          ORDER BY c.amount_off DESC, c.min_spend, c.valid_until, c.id) AS place
                FROM offers_offercoupon n JOIN offers_coupon c ON c.id = n.coupon_id
                JOIN offers_offer f ON f.id = n.offer_id WHERE f.status = 'pending' AND f.method = 'coupon'
            ), kept AS (
                SELECT offer_id, bool_and(turn <= has) AS fits, min(valid_until) AS ends
                FROM shown WHERE place <= 10 GROUP BY offer_id
            ), reserved AS (
                UPDATE offers_offercoupon n SET is_reserved = true FROM shown s JOIN kept k USING (offer_id)
                WHERE n.id = s.id AND s.place <= 10 AND k.fits RETURNING n.coupon_id
            ), ended AS (
                UPDATE offers_offer f SET has_lapsed = NOT k.fits,
                       due_at = CASE WHEN k.fits THEN least(f.due_at, k.ends) ELSE least(f.due_at, now()) END
                FROM kept k WHERE f.id = k.offer_id
            )
            UPDATE offers_coupon c SET reserved = r.count
            FROM (SELECT coupon_id, count(*) FROM reserved GROUP BY coupon_id) r WHERE c.id = r.coupon_id;
            SET CONSTRAINTS ALL IMMEDIATE;
            SET CONSTRAINTS ALL DEFERRED;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name='offer',
            index=models.Index(condition=models.Q(('amount__gt', models.F('asked_amount')), ('status', 'pending')), fields=['id'], name='offer_above_asked'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', django.db.models.expressions.CombinedExpression(models.F('granted'), '+', models.F('reserved')))), name='coupon_promised_within_quantity'),
        ),
    ]
