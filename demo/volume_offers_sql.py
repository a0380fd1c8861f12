"""The offers of `load_volume`: what was proposed in some of the planned cases, and what became of it.

Read from the plan of cases (volume_sql.py) and written after them; money that an accepted offer paid is
held and booked.
"""

from common.calendar import sql_day_of
from offers.events import OFFER_ENDED, OFFER_SENT
from payments.events import PAYMENT_RESERVED, PAYMENT_SUCCEEDED
from refunds.events import REFUND_CHANGED

# What is offered to keep an order, and in place of a return; only in stores whose marketplace has it.
KEEPING = ("reassurance", "partial_refund", "red_packet")
CHANGING = "change_to_refund_only"
_METHOD = "(ARRAY['reassurance', 'reassurance', 'partial_refund', 'partial_refund', 'red_packet'])[1 + pick %% 5]"

# Buyers who took the request back did so for an offer, mostly; some of those who didn't had refused one. A refund
# without return was often agreed on in place of a return.
PLAN_OFFERS = f"""
    CREATE TEMP TABLE volume_offers AS
    SELECT o.*, uuidv7(offered_at - %(now)s) AS offer_id, uuidv7(offer_ended_at - %(now)s) AS offer_payment_id,
           offer_status = 'accepted' AND offer_method IN ('partial_refund', 'red_packet') AS offer_pays
    FROM (
        SELECT refund_id, c.offer_method, c.offer_status,
               CASE c.offer_method
                    WHEN 'partial_refund' THEN greatest(0.01, round(amount * (0.05 + 0.25 * share)::numeric, 2))
                    WHEN 'red_packet' THEN round((1 + 9 * share)::numeric, 2)
                    WHEN 'change_to_refund_only' THEN amount END AS offer_amount,
               CASE WHEN c.offer_method = 'change_to_refund_only' THEN 'return_and_refund' ELSE kind END AS asked_kind,
               CASE WHEN c.offer_method = 'change_to_refund_only' THEN quantity * price ELSE amount END AS asked_amount,
               created_at + answers * pace * 0.3 AS offered_at,
               CASE WHEN c.offer_status = 'pending' THEN due_at
                    WHEN status = 'withdrawn' THEN resolved_at
                    ELSE created_at + answers * pace * 0.9 END AS offer_ended_at,
               'volume-' || 1 + n %% 4 AS sent_by,
               (ARRAY['小柔', '阿杰', '晓琳', '大鹏'])[1 + n %% 4] AS sent_by_label,
               (ARRAY['有点小瑕疵，补偿您一点心意', '亲，给您加急处理', '补您差价，留下用着好吗？'])
                   [1 + pick %% 3] AS offer_message
        FROM volume_plan CROSS JOIN LATERAL (
            SELECT {_METHOD} AS offer_method, 'accepted' AS offer_status
            WHERE keeps AND status = 'withdrawn' AND other < 750
            UNION ALL
            SELECT {_METHOD}, CASE WHEN other < 130 THEN 'declined' ELSE 'expired' END
            WHERE keeps AND status = 'refunded' AND other < 220
            UNION ALL
            SELECT {_METHOD}, 'pending' WHERE keeps AND status = 'awaiting_merchant' AND other < 150
            UNION ALL
            SELECT 'change_to_refund_only', 'accepted'
            WHERE changes AND status = 'refunded' AND kind = 'refund_only' AND other < 350
        ) c
    ) o
"""

_OFFERS = f"""
    INSERT INTO offers_offer (
        id, store_id, refund_id, method, status, message, amount, agreed_with_buyer, due_at, created_at, answered_at,
        is_counted, sent_by, sent_by_kind, sent_by_label, sent_on, reason, asked_kind, asked_amount, once_as, is_rolled
    )
    SELECT offer_id, p.store_id, refund_id, offer_method, offer_status, offer_message, offer_amount,
           offer_method = 'change_to_refund_only', greatest(offer_ended_at, offered_at), offered_at,
           CASE WHEN offer_status IN ('accepted', 'declined') THEN offer_ended_at END, false, sent_by, 'merchant',
           sent_by_label, {sql_day_of("offered_at", "s.time_zone")}, reason, asked_kind, asked_amount,
           coalesce((%(once_words)s::text[])[array_position(%(once_methods)s::text[], offer_method)], ''),
           %(is_counted)s AND offer_status <> 'pending'
    FROM volume_offers JOIN volume_plan p USING (refund_id) JOIN stores_store s ON s.id = p.store_id
"""

_PAYMENTS = """
    INSERT INTO payments_payment (
        id, store_id, order_id, topic_id, purpose, amount, buyer_id, note, status, gateway, gateway_reference, attempts,
        next_attempt_at, needs_attention, last_error, created_at, settled_at
    )
    SELECT offer_payment_id, store_id, order_id, refund_id, offer_method, offer_amount, buyer_id, '',
           'succeeded', 'sandbox',
           'SBX-' || upper(right(offer_payment_id::text, 12)), 1, NULL, false, '', offer_ended_at,
           offer_ended_at + interval '1 minute'
    FROM volume_offers JOIN volume_plan USING (refund_id) WHERE offer_pays
"""

_TRANSFERS = """
    INSERT INTO payments_transfer (
        id, store_id, payment_id, purpose, topic_id, debit_account_id, credit_account_id, amount, phase, created_at,
        resolved_at
    )
    SELECT uuidv7(offer_ended_at - %(now)s), store_id, offer_payment_id, 'payout', refund_id, funds_id, payouts_id,
           offer_amount, 'posted', offer_ended_at, offer_ended_at + interval '1 minute'
    FROM volume_offers JOIN volume_plan USING (refund_id) WHERE offer_pays
"""

_SANDBOX = """
    INSERT INTO payments_sandboxtransfer (key, buyer_id, amount, outcome, calls, at)
    SELECT offer_payment_id::text, buyer_id, offer_amount, 'paid', 1, offer_ended_at + interval '1 minute'
    FROM volume_offers JOIN volume_plan USING (refund_id) WHERE offer_pays
"""

_ENDED_AS = " ".join(f"WHEN '{status}' THEN '{event}'" for status, event in OFFER_ENDED.items())
_ENDED = f"CASE offer_status {_ENDED_AS} END"

# What the history of a case adds to the events of volume_sql.py.
EVENTS = f"""
        UNION ALL SELECT offered_at, 2, '{OFFER_SENT}', 'offer', '', 'pending', 'merchant',
               CASE offer_method WHEN 'change_to_refund_only' THEN 'T2' ELSE 'Q6' END,
               jsonb_build_object('method', offer_method, 'amount', offer_amount::text, 'message', offer_message,
                                  'buyer_sees', jsonb_build_object('text', offer_message, 'data', '{{}}'::jsonb),
                                  'coupons', '[]'::jsonb, 'item_id', NULL,
                                  'agreed_with_buyer', false)
               WHERE offer_id IS NOT NULL
        UNION ALL SELECT offer_ended_at, 2, {_ENDED}, 'offer', 'pending', offer_status,
               CASE offer_status WHEN 'expired' THEN 'system' ELSE 'buyer' END,
               CASE WHEN offer_method = 'change_to_refund_only' THEN 'T11'
                    WHEN offer_status = 'accepted' THEN 'Q10' ELSE 'Q8' END,
               jsonb_build_object('method', offer_method) WHERE offer_status <> 'pending'
        UNION ALL SELECT offer_ended_at, 2, '{REFUND_CHANGED}', 'refund', 'awaiting_merchant',
               'awaiting_merchant', 'buyer', 'T5',
               jsonb_build_object('kind', jsonb_build_array(asked_kind, kind),
                                  'amount', jsonb_build_array(asked_amount::text, amount::text))
               WHERE offer_method = 'change_to_refund_only'
        UNION ALL SELECT offer_ended_at, 9, '{PAYMENT_RESERVED}', 'offer_payment', '', 'pending', 'buyer', 'Q10',
               jsonb_build_object('amount', offer_amount::text, 'purpose', offer_method, 'account', 'merchant_funds')
               WHERE offer_pays
        UNION ALL SELECT offer_ended_at + interval '1 minute', 10, '{PAYMENT_SUCCEEDED}', 'offer_payment', 'processing',
               'succeeded', 'system', '',
               jsonb_build_object('amount', offer_amount::text, 'attempts', 1, 'error', '',
                                  'reference', 'SBX-' || upper(right(offer_payment_id::text, 12))) WHERE offer_pays
"""

OFFER_INSERTS = (_OFFERS, _PAYMENTS, _TRANSFERS, _SANDBOX)
