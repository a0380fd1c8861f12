"""The same effects as the platform's actions, in SQL through psycopg: what the database alone takes for them.

The statements are prepared, run as the platform's plain role and inside its row-level security.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import psycopg

from common.calendar import PLATFORM_ZONE, day_of
from offers.events import OFFER_ACCEPTED
from payments.events import PAYMENT_RESERVED, PAYMENT_SUCCEEDED
from refunds.events import REFUND_APPROVED, REFUND_CHANGED, REFUND_REFUNDED

SCOPE = "SELECT set_config('wanliu.stores', %s, true)"

LOCK_OFFER = """
    SELECT f.amount, f.due_at, f.status, r.id, r.status, r.amount, r.kind, r.due_at, o.id, o.buyer_id, o.claimed_amount,
           o.paid_amount, f.message, r.reason, o.buyer_name
    FROM offers_offer f JOIN refunds_refund r ON r.id = f.refund_id JOIN orders_order o ON o.id = r.order_id
    WHERE f.store_id = %s AND f.id = %s
    FOR NO KEY UPDATE OF o, r, f
"""

LINES = """
    SELECT rl.id, rl.quantity, rl.amount, l.id, l.claimed_amount, l.claimed_quantity
    FROM refunds_refundline rl JOIN orders_orderline l ON l.id = rl.line_id
    WHERE rl.store_id = %s AND rl.refund_id = %s ORDER BY rl.id
"""

_ACCOUNTS = """
    JOIN payments_ledgeraccount d ON d.store_id = p.store_id AND d.kind = 'merchant_funds'
    JOIN payments_ledgeraccount c ON c.store_id = p.store_id AND c.kind = 'buyer_payouts'
"""

_EVENT_COLUMNS = """
    store_id, at, name, subject_type, subject_id, topic_id, from_state, to_state, actor_kind, actor_id, actor_label,
    rule, data
"""

_PAYMENT_COLUMNS = """
    id, store_id, order_id, topic_id, purpose, amount, buyer_id, note, status, gateway, gateway_reference, attempts,
    next_attempt_at, needs_attention, last_error, created_at, settled_at
"""

_TRANSFER_COLUMNS = (
    "id, store_id, payment_id, purpose, topic_id, debit_account_id, credit_account_id, amount, phase, created_at, "
    "resolved_at"
)

ACCEPT = f"""
    WITH f AS (
        UPDATE offers_offer SET status = 'accepted', answered_at = %(now)s WHERE id = %(offer)s RETURNING 1
    ), r AS (
        UPDATE refunds_refund SET status = 'refunding', kind = 'refund_only', amount = %(amount)s, due_at = NULL,
               due_action = '', resolved_at = NULL
        WHERE id = %(refund)s RETURNING 1
    ), rl AS (
        UPDATE refunds_refundline SET amount = %(amount)s WHERE id = %(refund_line)s RETURNING 1
    ), l AS (
        UPDATE orders_orderline SET claimed_amount = %(amount)s, claimed_quantity = 0 WHERE id = %(line)s RETURNING 1
    ), o AS (
        UPDATE orders_order SET claimed_amount = %(amount)s WHERE id = %(order)s RETURNING 1
    ), p AS (
        INSERT INTO payments_payment ({_PAYMENT_COLUMNS})
        VALUES (uuidv7(), %(store)s, %(order)s, %(refund)s, 'refund', %(amount)s, %(buyer)s, '', 'pending', '', '', 0,
                %(now)s, false, '', %(now)s, NULL)
        RETURNING id, store_id, topic_id, amount
    ), t AS (
        INSERT INTO payments_transfer ({_TRANSFER_COLUMNS})
        SELECT uuidv7(), p.store_id, p.id, 'payout', p.topic_id, d.id, c.id, p.amount, 'pending', %(now)s, NULL
        FROM p {_ACCOUNTS}
    ), e AS (
        INSERT INTO common_event ({_EVENT_COLUMNS})
        SELECT %(store)s, %(now)s, v.name, v.subject, v.id, %(refund)s, v.before, v.after, 'buyer', 'bench', 'bench',
               'T5', v.data::jsonb
        FROM (VALUES
            ('{OFFER_ACCEPTED}', 'offer', %(offer)s::uuid, 'pending', 'accepted',
             '{{"method": "change_to_refund_only"}}'),
            ('{REFUND_CHANGED}', 'refund', %(refund)s, 'awaiting_merchant', 'awaiting_merchant',
             '{{"amount": ["59", "2"]}}'),
            ('{REFUND_APPROVED}', 'refund', %(refund)s, 'awaiting_merchant', 'refunding', '{{"amount": "2.00"}}')
        ) AS v(name, subject, id, before, after, data)
        UNION ALL
        SELECT p.store_id, %(now)s, '{PAYMENT_RESERVED}', 'payment', p.id, %(refund)s, '', 'pending', 'buyer', 'bench',
               'bench', 'T5', '{{"purpose": "refund"}}' FROM p
    )
    SELECT (SELECT count(*) FROM f), (SELECT count(*) FROM r), (SELECT count(*) FROM rl), (SELECT count(*) FROM l),
           (SELECT count(*) FROM o), (SELECT id FROM p)
"""

CLAIM = """
    WITH due AS (
        SELECT id FROM payments_payment WHERE next_attempt_at <= %(now)s AND id = ANY (%(ids)s::uuid[])
        ORDER BY next_attempt_at LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE payments_payment p SET status = 'processing', attempts = attempts + 1,
           next_attempt_at = %(now)s + interval '2 minutes', gateway = 'sandbox'
    FROM due WHERE p.id = due.id RETURNING p.id, p.buyer_id, p.amount
"""

PAY = """
    INSERT INTO payments_sandboxtransfer (key, buyer_id, amount, outcome, calls, at) VALUES (%s, %s, %s, 'paid', 1, %s)
    ON CONFLICT DO NOTHING
"""

RECORD = f"""
    WITH open AS MATERIALIZED (
        SELECT p.id, p.store_id, p.topic_id, p.amount, 'SBX-' || right(p.id::text, 12) AS reference
        FROM payments_payment p JOIN orders_order o ON o.id = p.order_id
        WHERE p.id = ANY (%(ids)s::uuid[]) AND p.status = 'processing'
        ORDER BY p.order_id, p.id FOR NO KEY UPDATE OF o, p
    ), refund AS MATERIALIZED (
        SELECT r.id FROM refunds_refund r JOIN open ON open.topic_id = r.id
        WHERE r.status = 'refunding' ORDER BY r.id FOR NO KEY UPDATE OF r
    ), p AS (
        UPDATE payments_payment p SET status = 'succeeded', gateway_reference = open.reference, settled_at = %(now)s,
               next_attempt_at = NULL, needs_attention = false, last_error = ''
        FROM open WHERE p.id = open.id
    ), t AS (
        UPDATE payments_transfer t SET phase = 'posted', resolved_at = %(now)s
        FROM open WHERE t.payment_id = open.id AND t.phase = 'pending'
    ), r AS (
        UPDATE refunds_refund r SET status = 'refunded', resolved_at = %(now)s, refunded_on = %(now)s::date,
               needs_attention = false
        FROM refund WHERE r.id = refund.id
    ), e AS (
        INSERT INTO common_event ({_EVENT_COLUMNS})
        SELECT open.store_id, %(now)s, v.name, v.subject, v.id, open.topic_id, v.before, v.after, 'system', '', '', '',
               jsonb_build_object('amount', open.amount::text, 'reference', open.reference)
        FROM open CROSS JOIN LATERAL (VALUES
            ('{PAYMENT_SUCCEEDED}', 'payment', open.id, 'processing', 'succeeded'),
            ('{REFUND_REFUNDED}', 'refund', open.topic_id, 'refunding', 'refunded')
        ) AS v(name, subject, id, before, after)
    )
    SELECT count(*) FROM open
"""

SWEEP = f"""
    WITH due AS MATERIALIZED (
        SELECT r.id, r.store_id, r.order_id, r.amount, o.buyer_id
        FROM refunds_refund r JOIN orders_order o ON o.id = r.order_id
        WHERE r.due_at <= %(now)s ORDER BY r.due_at LIMIT %(limit)s
        FOR NO KEY UPDATE OF o, r SKIP LOCKED
    ), r AS (
        UPDATE refunds_refund r SET status = 'refunding', due_at = NULL, due_action = '', resolved_at = NULL
        FROM due WHERE r.id = due.id
    ), p AS (
        INSERT INTO payments_payment ({_PAYMENT_COLUMNS})
        SELECT uuidv7(), store_id, order_id, id, 'refund', amount, buyer_id, '', 'pending', '', '', 0, %(now)s, false,
               '', %(now)s, NULL
        FROM due RETURNING id, store_id, topic_id, amount
    ), t AS (
        INSERT INTO payments_transfer ({_TRANSFER_COLUMNS})
        SELECT uuidv7(), p.store_id, p.id, 'payout', p.topic_id, d.id, c.id, p.amount, 'pending', %(now)s, NULL
        FROM p {_ACCOUNTS}
    ), e AS (
        INSERT INTO common_event ({_EVENT_COLUMNS})
        SELECT p.store_id, %(now)s, v.name, v.subject, v.id, p.topic_id, v.before, v.after, 'system', '', '', 'T10',
               jsonb_build_object('amount', p.amount::text)
        FROM p CROSS JOIN LATERAL (VALUES
            ('{PAYMENT_RESERVED}', 'payment', p.id, '', 'pending'),
            ('{REFUND_APPROVED}', 'refund', p.topic_id, 'awaiting_merchant', 'refunding')
        ) AS v(name, subject, id, before, after)
    )
    SELECT count(*) FROM due
"""


LOCK_ORDER = """
    SELECT id, buyer_id, paid_at, small_payments FROM orders_order WHERE store_id = %s AND number = %s
    FOR NO KEY UPDATE
"""

SMALL = f"""
    WITH o AS (
        UPDATE orders_order SET small_payments = small_payments + 1 WHERE id = %(order)s
    ), p AS (
        INSERT INTO payments_payment ({_PAYMENT_COLUMNS}, allowance_date)
        VALUES (uuidv7(), %(store)s, %(order)s, %(order)s, 'other', 1, %(buyer)s, '', 'pending', '', '', 0,
                %(now)s, false,
                '', %(now)s, NULL, %(day)s)
        RETURNING id, store_id, topic_id, amount
    ), t AS (
        INSERT INTO payments_transfer ({_TRANSFER_COLUMNS})
        SELECT uuidv7(), p.store_id, p.id, 'payout', p.topic_id, d.id, c.id, p.amount, 'pending', %(now)s, NULL
        FROM p {_ACCOUNTS}
    )
    INSERT INTO common_event ({_EVENT_COLUMNS})
    SELECT p.store_id, %(now)s, '{PAYMENT_RESERVED}', 'payment', p.id, p.topic_id, '', 'pending',
           'merchant', 'bench', 'bench',
           'K11', '{{"amount": "1.00", "purpose": "other"}}' FROM p
"""

DRAW = """
    INSERT INTO payments_dayallowance AS a (store_id, date, "limit", used) VALUES (%(store)s, %(day)s, 100000, 1)
    ON CONFLICT (store_id, date) DO UPDATE SET used = a.used + excluded.used
    WHERE a.used + excluded.used <= a."limit" RETURNING used
"""


def connect() -> psycopg.Connection:
    """A connection that prepares every statement the first time."""
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0)


def accept(connection: psycopg.Connection, store_id: int, offer_id: UUID, now: datetime) -> UUID:
    """Lock, read and write as `accept_offer` does; returns the payment's id."""
    with connection.transaction():
        connection.execute(SCOPE, [str(store_id)])
        row = connection.execute(LOCK_OFFER, [store_id, offer_id]).fetchone()
        amount, refund, order, buyer = row[0], row[3], row[8], row[9]
        refund_line, _, _, line, _, _ = connection.execute(LINES, [store_id, refund]).fetchone()
        values = {
            "now": now,
            "offer": offer_id,
            "store": store_id,
            "amount": amount,
            "refund": refund,
            "order": order,
            "buyer": buyer,
            "refund_line": refund_line,
            "line": line,
        }
        return connection.execute(ACCEPT, values).fetchone()[5]


def settle(connection: psycopg.Connection, ids: Sequence[UUID], now: datetime) -> int:
    """Claim, pay and book as `settle_batch` does: the gateway's rows are written outside both transactions."""
    with connection.transaction():
        connection.execute(SCOPE, ["*"])
        claimed = connection.execute(CLAIM, {"now": now, "ids": list(ids), "limit": len(ids)}).fetchall()
    for payment_id, buyer_id, amount in claimed:
        connection.execute(PAY, [str(payment_id), buyer_id, amount, now])
    with connection.transaction():
        connection.execute(SCOPE, ["*"])
        return connection.execute(RECORD, {"now": now, "ids": [row[0] for row in claimed]}).fetchone()[0]


def sweep(connection: psycopg.Connection, limit: int, now: datetime) -> int:
    """Approve overdue refunds as `sweep_due_refunds` does; returns how many."""
    with connection.transaction():
        connection.execute(SCOPE, ["*"])
        return connection.execute(SWEEP, {"now": now, "limit": limit}).fetchone()[0]


def small_payment(connection: psycopg.Connection, store_id: int, number: str, now: datetime) -> None:
    """Lock, write and draw as `send_small_payment` does."""
    with connection.transaction():
        connection.execute(SCOPE, [str(store_id)])
        order, buyer, _paid_at, _sent = connection.execute(LOCK_ORDER, [store_id, number]).fetchone()
        values = {"store": store_id, "order": order, "buyer": buyer, "now": now, "day": day_of(now, PLATFORM_ZONE)}
        connection.execute(SMALL, values)
        if connection.execute(DRAW, values).fetchone() is None:
            raise RuntimeError("The day's allowance is used up.")
