"""The statements of `load_volume`: one plan of made-up cases a chunk, and for each table what the plan makes of it.

A case is an order, a refund of it, and what became of it. Parameters: see `volume.load`.
"""

from common.calendar import PLATFORM_ZONE, sql_day_of
from demo.volume_offers_sql import EVENTS as OFFER_EVENTS
from demo.volume_offers_sql import OFFER_INSERTS
from payments.events import PAYMENT_FAILED, PAYMENT_RESERVED, PAYMENT_SUCCEEDED
from refunds import events
from refunds.events.goods import REFUND_INSPECTION_PASSED, REFUND_RETURN_SHIPPED
from refunds.quality.events import REFUND_COUNTED

# What everything else follows from: dice, the story that they choose, and the instants of that story counted back from
# now. Cases come oldest first, so that ids grow and indexes are appended to.
_DICE = """
    SELECT n, CASE WHEN (n + 1) * %(largest)s::bigint / %(total)s > n * %(largest)s::bigint / %(total)s THEN 1
                   ELSE 1 + %(after)s + (n - n * %(largest)s::bigint / %(total)s) %% (%(stores)s - %(after)s)
              END AS store_place,
           random() AS luck, random() AS share, random() AS pace, random() AS wait,
           (random() * 1000)::int AS pick, (random() * 1000)::int AS other
    FROM generate_series(%(first)s, %(last)s) n
"""

_STORY = f"""
    SELECT d.*, s.store_id, s.marketplace, s.keeps, s.changes, s.rules_version, s.address_id, s.funds_id, s.payouts_id,
           t.status, t.kind, t.is_open,
           s.answers, s.returns, s.inspects, s.disputes,
           t.status IN ('rejected') OR (t.status = 'closed' AND t.kind = 'refund_only') AS is_rejected,
           t.status IN ('awaiting_return', 'returning', 'refunding', 'refunded')
               OR (t.status = 'closed' AND t.kind <> 'refund_only') AS is_approved,
           t.kind <> 'refund_only' AND t.status IN ('returning', 'refunding', 'refunded') AS came_back,
           t.status IN ('refunding', 'refunded') AS has_payment
    FROM ({_DICE}) d
    JOIN unnest(
        %(store_ids)s::bigint[], %(marketplaces)s::text[], %(keeps)s::bool[], %(changes)s::bool[], %(versions)s::int[],
        %(addresses)s::uuid[],
        %(funds)s::uuid[], %(payouts)s::uuid[], %(answers)s::interval[], %(returns)s::interval[],
        %(inspects)s::interval[], %(disputes)s::interval[]
    ) WITH ORDINALITY AS s(
        store_id, marketplace, keeps, changes, rules_version, address_id, funds_id, payouts_id, answers, returns,
        inspects,
        disputes, place
    ) ON s.place = d.store_place
    JOIN unnest(
        %(statuses)s::text[], %(kinds)s::text[], %(is_open)s::bool[], %(froms)s::float[], %(tos)s::float[]
    ) AS t(status, kind, is_open, luck_from, luck_to) ON d.luck >= t.luck_from AND d.luck < t.luck_to
"""

# `step` is when the state that the case is in (or ended from) began, `due_at` what that state waits for.
_TIMES = f"""
    SELECT w.*,
           CASE WHEN NOT is_open THEN NULL
                WHEN status = 'awaiting_merchant' THEN %(now)s + answers * wait
                WHEN status = 'awaiting_return' THEN %(now)s + returns * wait
                WHEN status = 'returning' THEN %(now)s + inspects * wait
                WHEN status = 'rejected' THEN %(now)s + disputes * wait END AS due_at,
           CASE WHEN NOT is_open
                THEN %(now)s - interval '10 days' - interval '350 days' * (1 - (n + share) / %(total)s)
                WHEN status = 'awaiting_merchant' THEN %(now)s - answers * (1 - wait)
                WHEN status = 'awaiting_return' THEN %(now)s - returns * (1 - wait) - answers * pace
                WHEN status = 'returning' THEN %(now)s - inspects * (1 - wait) - interval '2 days' - answers * pace
                WHEN status = 'rejected' THEN %(now)s - disputes * (1 - wait) - answers * pace
                ELSE %(now)s - interval '6 days' - interval '3 days' * wait END AS created_at
    FROM ({_STORY}) w
"""

_GOODS = f"""
    SELECT c.*, created_at + answers * pace AS decided_at,
           created_at + answers * pace + interval '2 days' AS returned_at,
           created_at + answers * pace + interval '2 days' + interval '1 day' * share AS inspected_at,
           created_at - interval '4 days' - interval '3 days' * share AS paid_at,
           p.item_id, p.title, p.category, p.price, q.item_id AS more_item_id, q.title AS more_title,
           q.category AS more_category, CASE WHEN other < 200 THEN q.price END AS more_price,
           CASE WHEN share < 0.15 THEN 2 ELSE 1 END AS quantity,
           is_open AND kind = 'refund_only' AND other %% 3 = 0 AS in_transit
    FROM ({_TIMES}) c
    JOIN unnest(
        %(product_marketplaces)s::text[], %(places)s::int[], %(counts)s::int[], %(item_ids)s::text[],
        %(titles)s::text[], %(categories)s::text[], %(prices)s::numeric[]
    ) AS p(marketplace, place, count, item_id, title, category, price)
      ON p.marketplace = c.marketplace AND p.place = c.pick %% p.count
    JOIN unnest(
        %(product_marketplaces)s::text[], %(places)s::int[], %(counts)s::int[], %(item_ids)s::text[],
        %(titles)s::text[], %(categories)s::text[], %(prices)s::numeric[]
    ) AS q(marketplace, place, count, item_id, title, category, price)
      ON q.marketplace = c.marketplace AND q.place = (c.pick + 1) %% q.count
"""

_KNOWS_UUIDV7 = 180_000
# The same for older servers: the first six bytes are milliseconds, the rest is random but for version and variant.
_UUIDV7 = """
    CREATE OR REPLACE FUNCTION pg_temp.uuidv7(shift interval DEFAULT '0') RETURNS uuid LANGUAGE sql VOLATILE AS $$
        SELECT encode(set_byte(made, 6, (get_byte(made, 6) & 15) | 112), 'hex')::uuid FROM (
            SELECT substring(int8send((extract(epoch FROM clock_timestamp() + shift) * 1000)::bigint) FROM 3)
                || substring(uuid_send(gen_random_uuid()) FROM 7)
        ) AS at(made)
    $$
"""


def execute(cursor, sql: str, parameters: dict) -> None:
    """Run a statement of these files; before PostgreSQL 18 the session gets a `uuidv7` of its own."""
    if "uuidv7(" in sql and cursor.connection.info.server_version < _KNOWS_UUIDV7:
        cursor.execute(_UUIDV7)
        sql = sql.replace("uuidv7(", "pg_temp.uuidv7(")
    cursor.execute(sql, parameters)


PLAN = f"""
    CREATE TEMP TABLE volume_plan AS
    SELECT g.*, %(prefix)s || lpad(n::text, 9, '0') AS number,
           uuidv7(paid_at - %(now)s) AS order_id, uuidv7(paid_at - %(now)s) AS line_id,
           uuidv7(created_at - %(now)s) AS refund_id,
           CASE WHEN came_back THEN inspected_at ELSE decided_at END AS reserved_at,
           uuidv7(CASE WHEN came_back THEN inspected_at ELSE decided_at END - %(now)s) AS payment_id,
           CASE WHEN is_open THEN NULL
                WHEN status = 'closed' AND kind = 'refund_only' THEN decided_at + disputes
                WHEN status = 'closed' THEN decided_at + returns
                WHEN came_back THEN inspected_at + interval '1 minute'
                ELSE decided_at + interval '1 minute' END AS resolved_at,
           CASE WHEN kind = 'refund_only' AND share > 0.3
                THEN greatest(0.01, round(quantity * price * share::numeric / 2, 2))
                ELSE quantity * price END AS amount,
           (CASE WHEN kind = 'refund_only' THEN %(small_reasons)s::text[] ELSE %(return_reasons)s::text[] END)
               [1 + other %% CASE WHEN kind = 'refund_only' THEN cardinality(%(small_reasons)s::text[])
                                  ELSE cardinality(%(return_reasons)s::text[]) END] AS reason,
           CASE WHEN status = 'refunding' THEN 'sandbox-decline'
                ELSE 'buyer-' || lpad((n / 2)::text, 9, '0') END AS buyer_id,
           (%(names)s::text[])[1 + pick %% cardinality(%(names)s::text[])] AS buyer_name,
           (%(homes)s::text[])[1 + pick %% cardinality(%(names)s::text[])] AS address,
           (%(carriers)s::text[])[1 + pick %% cardinality(%(carriers)s::text[])] AS carrier,
           status NOT IN ('withdrawn', 'closed') AS holds
    FROM ({_GOODS}) g
    ORDER BY g.created_at
"""

# What an accepted offer has paid is held of the order, and where it was paid for the goods of the line too.
_WITH_WHAT_WAS_GIVEN = """
    volume_plan LEFT JOIN (
        SELECT refund_id, offer_amount AS given,
               CASE offer_method WHEN 'partial_refund' THEN offer_amount ELSE 0 END AS given_for_line
        FROM volume_offers WHERE offer_pays
    ) gifts USING (refund_id)
"""

_ORDERS = f"""
    INSERT INTO orders_order (
        id, store_id, number, buyer_id, buyer_name, buyer_credit_score, buyer_is_vip, paid_at, ship_by, address, source,
        live_session, status, is_priority, is_urged, carrier, tracking_number, shipped_at, delivered_at, paid_amount,
        claimed_amount, small_payments
    )
    SELECT order_id, store_id, number, buyer_id, buyer_name, 480 + pick * 38 / 100, pick < 200, paid_at,
           paid_at + interval '2 days', address, 'own', '', CASE WHEN in_transit THEN 'shipped' ELSE 'delivered' END,
           false, false, carrier, 'V' || lpad(n::text, 12, '0'), paid_at + interval '20 hours',
           CASE WHEN NOT in_transit THEN paid_at + interval '68 hours' END,
           quantity * price + coalesce(more_price, 0), CASE WHEN holds THEN amount ELSE 0 END + coalesce(given, 0), 0
    FROM {_WITH_WHAT_WAS_GIVEN}
"""

_ORDER_LINES = f"""
    INSERT INTO orders_orderline (
        id, store_id, order_id, item_id, title, category, programme, quantity, unit_price, cancelled_quantity,
        claimed_quantity, claimed_amount
    )
    SELECT line_id, store_id, order_id, item_id, title, category, '', quantity, price, 0,
           CASE WHEN holds AND kind <> 'refund_only' THEN quantity ELSE 0 END,
           CASE WHEN holds THEN amount ELSE 0 END + coalesce(given_for_line, 0)
    FROM {_WITH_WHAT_WAS_GIVEN}
    UNION ALL
    SELECT uuidv7(paid_at - %(now)s), store_id, order_id, more_item_id, more_title, more_category,
           '', 1, more_price, 0, 0,
           0
    FROM volume_plan WHERE more_price IS NOT NULL
"""

_REFUNDS = f"""
    INSERT INTO refunds_refund (
        id, store_id, order_id, kind, reason, description, programme, amount, status, due_at, due_action,
        rules_name, rules_version,
        resubmissions, return_address_id, return_carrier, return_tracking_number, rejection_reason, inspection_note,
        is_instant, needs_attention, unread_by_merchant, created_at, resolved_at, refunded_on, is_loss_counted
    )
    SELECT refund_id, store_id, order_id, kind, reason, '', '', amount, status, due_at,
           CASE WHEN due_at IS NULL THEN ''
                ELSE CASE status WHEN 'awaiting_merchant' THEN 'approve' WHEN 'returning' THEN 'refund' ELSE 'close' END
           END,
           marketplace, rules_version, 0,
           CASE WHEN is_approved AND kind <> 'refund_only' THEN address_id END,
           CASE WHEN came_back THEN carrier ELSE '' END,
           CASE WHEN came_back THEN 'R' || lpad(n::text, 12, '0') ELSE '' END,
           CASE WHEN is_rejected THEN %(why_not)s ELSE '' END, '', false, status = 'refunding', 0,
           created_at, resolved_at,
           CASE WHEN status = 'refunded' THEN {sql_day_of("resolved_at", f"'{PLATFORM_ZONE}'")} END,
           %(is_counted)s AND status = 'refunded'
    FROM volume_plan
"""

_REFUND_LINES = f"""
    INSERT INTO refunds_refundline (id, store_id, refund_id, line_id, quantity, amount)
    SELECT uuidv7(created_at - %(now)s), store_id, refund_id, line_id, quantity,
           CASE WHEN holds THEN amount ELSE coalesce(given_for_line, 0) END
    FROM {_WITH_WHAT_WAS_GIVEN}
"""

_REFERENCE = "CASE WHEN status = 'refunded' THEN 'SBX-' || upper(right(payment_id::text, 12)) ELSE '' END"
_ERROR = "CASE WHEN status = 'refunded' THEN '' ELSE %(declined)s END"

_PAYMENTS = f"""
    INSERT INTO payments_payment (
        id, store_id, order_id, topic_id, purpose, amount, buyer_id, note, status, gateway, gateway_reference, attempts,
        next_attempt_at, needs_attention, last_error, created_at, settled_at
    )
    SELECT payment_id, store_id, order_id, refund_id, 'refund', amount, buyer_id, '',
           CASE WHEN status = 'refunded' THEN 'succeeded' ELSE 'failed' END, 'sandbox',
           {_REFERENCE}, 1, NULL, false, {_ERROR}, reserved_at, reserved_at + interval '1 minute'
    FROM volume_plan WHERE has_payment
"""

_TRANSFERS = """
    INSERT INTO payments_transfer (
        id, store_id, payment_id, purpose, topic_id, debit_account_id, credit_account_id, amount, phase, created_at,
        resolved_at
    )
    SELECT uuidv7(reserved_at - %(now)s), store_id, payment_id, 'payout', refund_id, funds_id, payouts_id, amount,
           CASE WHEN status = 'refunded' THEN 'posted' ELSE 'voided' END, reserved_at, reserved_at + interval '1 minute'
    FROM volume_plan WHERE has_payment
"""

_SANDBOX = """
    INSERT INTO payments_sandboxtransfer (key, buyer_id, amount, outcome, calls, at)
    SELECT payment_id::text, buyer_id, amount, CASE WHEN status = 'refunded' THEN 'paid' ELSE 'declined' END, 1,
           reserved_at + interval '1 minute'
    FROM volume_plan WHERE has_payment
"""

_QUALITY_REFUNDS = """
    INSERT INTO refunds_qualityrefund (id, store_id, refund_id, reason, policy, counted_at)
    SELECT uuidv7(created_at - %(now)s), store_id, refund_id, reason, 'by_application', created_at
    FROM volume_plan WHERE reason = ANY (%(quality_reasons)s)
"""

# The days that these orders and requests fall on have changed, should they be rolled up already.
_CHANGED_DAYS = f"""
    INSERT INTO refunds_changedday (id, store_id, date)
    SELECT uuidv7(), p.store_id, {sql_day_of("instant", "s.time_zone")}
    FROM volume_plan p JOIN stores_store s ON s.id = p.store_id
    CROSS JOIN LATERAL (VALUES (p.paid_at), (p.created_at)) i(instant)
    GROUP BY 2, 3
"""

EVENT_COLUMNS = """
    store_id, at, name, subject_type, subject_id, topic_id, from_state, to_state, actor_kind, actor_id, actor_label,
    rule, data
"""
EVENTS = f"""
    SELECT p.store_id, e.at, e.name, CASE e.subject WHEN 'offer_payment' THEN 'payment' ELSE e.subject END,
           CASE e.subject WHEN 'refund' THEN refund_id WHEN 'offer' THEN offer_id
                          WHEN 'offer_payment' THEN offer_payment_id
                          ELSE payment_id END, refund_id,
           e.before, e.after, e.actor, CASE e.actor WHEN 'system' THEN '' ELSE 'volume' END, '', e.rule, e.data
    FROM volume_plan p LEFT JOIN volume_offers USING (refund_id) CROSS JOIN LATERAL (
        SELECT created_at, 1, '{events.REFUND_REQUESTED}', 'refund', '', 'awaiting_merchant', 'buyer', '',
               jsonb_build_object('kind', kind, 'reason', reason, 'amount', amount::text, 'order', number,
                                  'programme', '')
        UNION ALL SELECT created_at, 1, '{REFUND_COUNTED}', 'refund', '', '', 'buyer', 'P6',
               jsonb_build_object('policy', 'by_application', 'reason', reason) WHERE reason = ANY (%(quality_reasons)s)
        UNION ALL SELECT decided_at, 2, '{events.REFUND_REJECTED}', 'refund', 'awaiting_merchant', 'rejected',
               'merchant', 'T8',
               jsonb_build_object('reason', %(why_not)s, 'evidence', '') WHERE is_rejected
        UNION ALL SELECT decided_at, 3, '{events.REFUND_APPROVED}', 'refund', 'awaiting_merchant',
               CASE kind WHEN 'refund_only' THEN 'refunding' ELSE 'awaiting_return' END, 'merchant', 'T8',
               jsonb_build_object('amount', amount::text) WHERE is_approved
        UNION ALL SELECT returned_at, 4, '{REFUND_RETURN_SHIPPED}', 'refund', 'awaiting_return', 'returning',
               'buyer', 'P1',
               jsonb_build_object('carrier', carrier, 'tracking_number', 'R' || lpad(n::text, 12, '0')) WHERE came_back
        UNION ALL SELECT inspected_at, 5, '{REFUND_INSPECTION_PASSED}', 'refund', 'returning', 'refunding',
               'merchant', 'P1',
               jsonb_build_object('note', '') WHERE came_back AND has_payment
        UNION ALL SELECT reserved_at, 6, '{PAYMENT_RESERVED}', 'payment', '', 'pending', 'merchant', '',
               jsonb_build_object('amount', amount::text, 'purpose', 'refund', 'account', 'merchant_funds')
               WHERE has_payment
        UNION ALL SELECT reserved_at + interval '1 minute', 7,
               CASE status WHEN 'refunded' THEN '{PAYMENT_SUCCEEDED}' ELSE '{PAYMENT_FAILED}' END,
               'payment', 'processing',
               CASE status WHEN 'refunded' THEN 'succeeded' ELSE 'failed' END, 'system', '',
               jsonb_build_object('amount', amount::text, 'attempts', 1, 'error', {_ERROR}, 'reference', {_REFERENCE})
               WHERE has_payment
        UNION ALL SELECT reserved_at + interval '1 minute', 8,
               CASE status WHEN 'refunded' THEN '{events.REFUND_REFUNDED}' ELSE '{events.REFUND_PAYMENT_FAILED}' END,
               'refund', 'refunding',
               status, 'system', '', jsonb_build_object('amount', amount::text, 'error', {_ERROR}) WHERE has_payment
        UNION ALL SELECT resolved_at, 9, '{events.REFUND_WITHDRAWN}', 'refund', 'awaiting_merchant',
               status, 'buyer', '', '{{}}'
               WHERE status = 'withdrawn'
        UNION ALL SELECT resolved_at, 10, '{events.REFUND_CLOSED}', 'refund',
               CASE kind WHEN 'refund_only' THEN 'rejected' ELSE 'awaiting_return' END, status, 'system', 'P1', '{{}}'
               WHERE status = 'closed'
        {OFFER_EVENTS}
    ) AS e(at, place, name, subject, before, after, actor, rule, data)
    ORDER BY e.at, e.place
"""

INSERTS = (
    _ORDERS,
    _ORDER_LINES,
    _REFUNDS,
    _REFUND_LINES,
    _PAYMENTS,
    _TRANSFERS,
    _SANDBOX,
    _QUALITY_REFUNDS,
    _CHANGED_DAYS,
    *OFFER_INSERTS,
)
INSERT_EVENTS = f"INSERT INTO common_event ({EVENT_COLUMNS}) {EVENTS}"

WRITTEN = (
    *("orders_order", "orders_orderline", "refunds_refund", "refunds_refundline", "refunds_qualityrefund"),
    *("payments_payment", "payments_transfer", "payments_sandboxtransfer", "offers_offer", "offers_lossoutcome"),
    "common_event",
)

ANALYZE = f"ANALYZE {', '.join(WRITTEN)}"
