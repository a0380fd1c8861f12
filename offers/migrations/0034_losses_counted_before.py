"""What was counted as lost before gets its rows, as it comes out by now, and days become their sums.

Beside a release that goes on counting. A store's rows come first, in portions; then, in one snapshot, those that came
meanwhile, without those that went, and its days: every one is written, so whoever takes something out of one meanwhile
makes it begin again. What was done stays done when it is cut off.
"""

from functools import partial

from django.db import connection, migrations, transaction

from common.snapshots import in_one_snapshot
from stores.marketplaces import every_version

LOCK = 0x77616E6C  # of the roll-ups
PORTION = 10_000  # refunds of a transaction
FIRST_ID, LAST_ID = "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"
HIDDEN = ("acquisition", "outbound_freight", "return_freight", "handling", "stock_loss_percent")
SENT = "(d.shipped_at <= r.resolved_at OR d.shipped_pieces > 0 AND r.goods <> 'stopped')"
SHARE = "coalesce(round(coalesce(own.{0}, rule.{0}) * r.amount / nullif(d.paid_amount, 0), 2), 0)"
GIVE_ROWS = f"""
    INSERT INTO offers_lossoutcome (refund_id, store_id, date, marketplace, reason, sale, acquisition, outbound_freight,
                                    return_freight, handling, stock_loss)
    SELECT r.id, r.store_id, r.refunded_on, r.rules_name, r.reason, r.amount, {SHARE.format("acquisition")},
           CASE WHEN {SENT} THEN {SHARE.format("outbound_freight")} ELSE 0 END,
           CASE WHEN {SENT} AND r.kind <> 'refund_only' THEN coalesce(own.return_freight, rule.return_freight)
                ELSE 0 END,
           CASE WHEN {SENT} AND r.kind <> 'refund_only' THEN coalesce(own.handling, rule.handling) ELSE 0 END,
           CASE WHEN {SENT}
                THEN round(r.amount * coalesce(own.stock_loss_percent, rule.stock_loss_percent) / 100, 2) ELSE 0 END
    FROM refunds_refund r JOIN orders_order d ON d.id = r.order_id
    JOIN unnest(%(names)s::text[], %(versions)s::int[], %(acquisition)s::numeric[], %(outbound_freight)s::numeric[],
                %(return_freight)s::numeric[], %(handling)s::numeric[], %(stock_loss_percent)s::numeric[])
      AS rule(name, version, acquisition, outbound_freight, return_freight, handling, stock_loss_percent)
      ON rule.name = r.rules_name AND rule.version = r.rules_version
    LEFT JOIN LATERAL (
        SELECT c.* FROM offers_costrates c WHERE c.store_id = r.store_id AND c.valid_from <= r.resolved_at
        ORDER BY c.valid_from DESC, c.id DESC LIMIT 1
    ) own ON true
    WHERE r.store_id = %(store)s AND r.is_loss_counted AND r.id > %(after)s AND r.id <= %(until)s
      AND NOT EXISTS (SELECT FROM offers_lossoutcome b WHERE b.refund_id = r.id)
    ON CONFLICT (refund_id) DO NOTHING
"""
END_OF_PORTION = """
    SELECT id FROM (
        SELECT id FROM refunds_refund WHERE store_id = %(store)s AND id > %(after)s ORDER BY id LIMIT %(portion)s
    ) AS portion ORDER BY id DESC LIMIT 1
"""
# Whose money came back since, and perhaps went out again another day.
TAKE_ROWS = """
    DELETE FROM offers_lossoutcome b USING refunds_refund r
    WHERE r.store_id = %(store)s AND b.refund_id = r.id AND (NOT r.is_loss_counted OR b.date <> r.refunded_on)
"""
SUMS = """
    SELECT b.store_id, b.date, b.marketplace, b.reason, count(*) AS refunds, sum(b.sale) AS sale,
           sum(b.acquisition) AS acquisition, sum(b.outbound_freight) AS outbound_freight,
           sum(b.return_freight) AS return_freight, sum(b.handling) AS handling, sum(b.stock_loss) AS stock_loss
    FROM refunds_refund r JOIN offers_lossoutcome b ON b.refund_id = r.id
    WHERE r.store_id = %(store)s AND r.is_loss_counted GROUP BY b.store_id, b.date, b.marketplace, b.reason
"""
MAKE_DAYS_SUMS = f"""
    UPDATE offers_dailyloss d
    SET refunds = coalesce(s.refunds, 0), sale = coalesce(s.sale, 0), acquisition = coalesce(s.acquisition, 0),
        outbound_freight = coalesce(s.outbound_freight, 0), return_freight = coalesce(s.return_freight, 0),
        handling = coalesce(s.handling, 0), stock_loss = coalesce(s.stock_loss, 0)
    FROM offers_dailyloss was LEFT JOIN ({SUMS}) s USING (store_id, date, reason)
    WHERE was.store_id = %(store)s AND d.id = was.id
"""
ADD_DAYS = f"""
    INSERT INTO offers_dailyloss (store_id, date, marketplace, reason, refunds, sale, acquisition, outbound_freight,
                                  return_freight, handling, stock_loss) {SUMS}
    ON CONFLICT (store_id, date, reason) DO NOTHING
"""


def count_the_past(apps, schema_editor):
    """Of each store that has refunds."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('wanliu.stores', '*', true)")
        cursor.execute("SELECT id FROM stores_store ORDER BY id")
        store_ids = [store_id for (store_id,) in cursor.fetchall()]
    for store_id in store_ids:
        give_rows(store_id)
        in_one_snapshot(partial(count_store, store_id))


def give_rows(store_id):
    """Give a store's counted losses their rows, some at a time."""
    told, after = parameters(store_id), FIRST_ID
    while after is not None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('wanliu.stores', '*', true)")
            cursor.execute(END_OF_PORTION, told | {"after": after})
            [until] = cursor.fetchone() or [None]
            if until is not None:
                cursor.execute(GIVE_ROWS, told | {"after": after, "until": until})
        after = until


def count_store(store_id):
    """Make a store's rows and days those of its counted losses, while nobody rolls up."""
    told = parameters(store_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('wanliu.stores', '*', true), set_config('lock_timeout', '0', true)")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        for statement in (TAKE_ROWS, GIVE_ROWS, MAKE_DAYS_SUMS, ADD_DAYS):
            cursor.execute(statement, told)


def parameters(store_id):
    """What the statements are told, for all of the store's refunds."""
    rules = every_version()
    told = {name: [getattr(rule.costs, name) for rule in rules] for name in HIDDEN}
    told |= {"names": [rule.name for rule in rules], "versions": [rule.version for rule in rules]}
    return told | {"store": store_id, "after": FIRST_ID, "until": LAST_ID, "portion": PORTION}


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("offers", "0033_loss_outcome"),
        ("orders", "0031_due_by_store"),
        ("refunds", "0043_open_by_due"),
    ]

    operations = [migrations.RunPython(count_the_past, migrations.RunPython.noop)]
