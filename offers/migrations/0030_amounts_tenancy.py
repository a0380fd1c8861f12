"""Put the wall around the tables of amounts up, and count what had been answered before."""

from django.db import migrations

from common.tenancy_sql import same_store, secure_table

COUNT_THE_PAST = """
    SELECT set_config('wanliu.stores', '*', true);
    INSERT INTO offers_amountacceptance (store_id, reason, method, band, percent, ended, accepted, given)
    SELECT o.store_id, r.reason, o.method, width_bucket(o.asked_amount, '{30,100,300,1000}'::numeric[]),
           CASE WHEN o.method IN ('partial_refund', 'red_packet') THEN ('{3,5,10,15,20,30,50}'::int[])[
               1 + coalesce(width_bucket(100 * o.amount / nullif(o.asked_amount, 0),
                                         '{4,7.5,12.5,17.5,25,40}'::numeric[]), 6)
           ] ELSE 0 END,
           count(*), count(*) FILTER (WHERE o.status = 'accepted'),
           sum(coalesce(o.amount, 0)
               + CASE WHEN o.method IN ('gift', 'reship') THEN coalesce(o.product_price, 0) ELSE 0 END
               + coalesce((SELECT sum(c.amount_off) FROM offers_offercoupon n JOIN offers_coupon c ON c.id = n.coupon_id
                           WHERE n.store_id = o.store_id AND n.offer_id = o.id), 0))
    FROM offers_offer o JOIN refunds_refund r ON r.id = o.refund_id
    WHERE o.is_counted AND o.status IN ('accepted', 'declined', 'expired')
      AND o.method IN ('reassurance', 'coupon', 'exchange', 'gift', 'partial_refund', 'reship', 'red_packet')
    GROUP BY 1, 2, 3, 4, 5;
    INSERT INTO offers_marketplaceamountacceptance (marketplace, reason, method, band, percent, ended, accepted, given)
    SELECT s.marketplace, a.reason, a.method, a.band, a.percent, sum(a.ended), sum(a.accepted), sum(a.given)
    FROM offers_amountacceptance a JOIN stores_store s ON s.id = a.store_id GROUP BY 1, 2, 3, 4, 5;
"""


class Migration(migrations.Migration):
    dependencies = [("offers", "0029_amounts")]

    operations = [
        secure_table("offers_amountacceptance"),
        secure_table("offers_advice"),
        same_store("offers_advice", "offer_id", "offers_offer"),
        migrations.RunSQL(COUNT_THE_PAST, migrations.RunSQL.noop),
    ]
