"""What must hold of orders, their lines, delay reports and imported files."""

from common.upkeep import Check
from orders.events import ORDER_URGED
from orders.models.order import LINE_PAID_SQL

CHECKS = (
    Check(
        "an order's paid amount is the sum of its lines, unless only copies of its refunds are known",
        f"""
        SELECT 'order ' || o.number FROM orders_order o
        LEFT JOIN orders_orderline l ON l.order_id = o.id
        WHERE NOT o.is_masked
        GROUP BY o.id HAVING o.paid_amount <> coalesce(sum({LINE_PAID_SQL}), 0)
            OR o.discount <> coalesce(sum(l.order_discount), 0) OR o.shipping_fee <> coalesce(sum(l.freight), 0)
        """,
    ),
    Check(
        "what an order and its lines count as sent in parts is what its parcels carry",
        """
        SELECT 'order line ' || l.id FROM orders_orderline l
        LEFT JOIN (
            SELECT s.order_id, p.goods, sum(p.pieces::int) AS pieces
            FROM orders_shipment s CROSS JOIN jsonb_each_text(s.pieces) p(goods, pieces)
            WHERE s.is_out AND s.pieces IS NOT NULL GROUP BY 1, 2
        ) sent ON sent.order_id = l.order_id
            AND sent.goods = CASE l.sku WHEN '' THEN l.item_id ELSE l.item_id || ':' || l.sku END
        WHERE l.shipped_quantity <> coalesce(sent.pieces, 0)
        UNION ALL
        SELECT 'order ' || o.number FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
        GROUP BY o.id HAVING o.shipped_pieces <> sum(l.shipped_quantity)
        """,
    ),
    Check(
        "an order that leaves in parts has shipped when, and only when, nothing of it is left to send",
        """
        SELECT 'order ' || o.number FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
        WHERE o.shipped_pieces > 0 GROUP BY o.id
        HAVING (o.status = 'unshipped') <> (sum(l.quantity - l.cancelled_quantity - l.shipped_quantity) > 0)
        """,
    ),
    Check(
        "an order was urged as often as it says",
        f"""
        SELECT 'order ' || o.number FROM orders_order o
        LEFT JOIN common_event e
            ON e.store_id = o.store_id AND e.topic_id = o.id AND e.subject_id = o.id AND e.name = '{ORDER_URGED}'
        WHERE o.urges > 0 GROUP BY o.id HAVING o.urges <> count(e.id)
        """,
    ),
    Check(
        "a delay report has the orders that it says, and none of them open once it is lifted",
        """
        SELECT 'delay report ' || r.id FROM orders_delayreport r
        LEFT JOIN orders_delayedorder d ON d.report_id = r.id
        GROUP BY r.id
        HAVING count(d.id) <> r.order_count OR coalesce(bool_or(d.is_open), false) <> (r.lifted_at IS NULL)
        """,
    ),
    Check(
        "an order's deadline is moved only while a delay report holds it",
        """
        SELECT 'order ' || o.number FROM orders_order o
        WHERE o.rule_ship_by IS NOT NULL AND o.status = 'unshipped' AND NOT EXISTS (
            SELECT 1 FROM orders_delayedorder d WHERE d.order_id = o.id AND d.is_open
        )
        """,
    ),
    Check(
        "an uploaded file is kept until it is read, and no longer",
        """
        SELECT 'shipment import ' || j.id FROM orders_shipmentimport j
        WHERE (j.status = 'reading') <> EXISTS (SELECT 1 FROM orders_filepart p WHERE p.job_id = j.id)
            AND NOT j.needs_attention
        """,
    ),
    Check(
        "an imported file has no rows left, and one that waits has as many as it says",
        """
        SELECT 'shipment import ' || j.id FROM orders_shipmentimport j
        LEFT JOIN orders_importrow r ON r.job_id = j.id
        GROUP BY j.id HAVING count(r.id) <> CASE j.status WHEN 'done' THEN 0 ELSE j.total END
            OR (j.status <> 'done' AND count(r.id) FILTER (WHERE r.code <> '') <> j.wrong)
        """,
    ),
    Check(
        "a promise is followed under its own number, and not after its parcel has ended elsewhere than at the buyer's",
        """
        SELECT 'parcel ' || p.id FROM orders_owedparcel p JOIN orders_shipment s ON s.id = p.shipment_id
        WHERE p.status <> 'shipped' OR (p.carrier, p.tracking_number) <> (s.carrier, s.tracking_number)
            OR s.direction <> 'promised' OR s.order_id <> p.order_id OR s.topic_id <> p.topic_id
            OR s.status IN ('back', 'lost', 'cancelled', 'replaced')
        """,
    ),
)
