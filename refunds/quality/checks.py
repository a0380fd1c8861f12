"""What must hold of quality figures and restrictions: a part of `verify_ledger`."""

from common.calendar import sql_is_on
from common.upkeep import Check

_PAID_THEN = sql_is_on("o.paid_at", "d.date", "d.time_zone")
_COUNTED_THEN = sql_is_on("q.counted_at", "d.date", "d.time_zone")

CHECKS = (
    Check(
        "a refund without return never counts as a quality refund",
        """
        SELECT 'refund ' || r.id FROM refunds_qualityrefund q
        JOIN refunds_refund r ON r.id = q.refund_id WHERE r.programme = 'returnless'
        """,
    ),
    Check(
        "a day that is rolled up has as many orders and quality refunds as there are",
        f"""
        SELECT 'store ' || d.store_id || ' on ' || d.date FROM refunds_qualityday d
        JOIN stores_store s ON s.id = d.store_id AND s.time_zone = d.time_zone
        WHERE NOT EXISTS (SELECT FROM refunds_changedday c WHERE c.store_id = d.store_id AND c.date = d.date)
          AND (d.orders <> (SELECT count(*) FROM orders_order o
                            WHERE o.store_id = d.store_id AND {_PAID_THEN})
            OR d.quality_refunds <> (SELECT count(*) FROM refunds_qualityrefund q
                            WHERE q.store_id = d.store_id AND {_COUNTED_THEN}))
        """,
    ),
    Check(
        "a store's catalogue is bound exactly while a restriction in force says so",
        """
        SELECT 'store ' || s.code FROM stores_store s
        LEFT JOIN refunds_qualityrestriction r ON r.store_id = s.id AND r.lifted_at IS NULL
        GROUP BY s.id
        HAVING s.listings_blocked <> (count(r.id) FILTER (WHERE r.step IN ('no_new_listings', 'products_off')) > 0)
            OR s.products_off <> (count(r.id) FILTER (WHERE r.step = 'products_off') > 0)
        """,
    ),
    Check(
        "a product is taken off only while its store's products are",
        """
        SELECT 'product ' || p.id FROM stores_product p
        JOIN stores_store s ON s.id = p.store_id WHERE p.taken_off AND NOT s.products_off
        """,
    ),
)
