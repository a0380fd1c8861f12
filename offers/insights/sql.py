"""What offers and refunds come to, as SQL over sets of them: the roll-up, the reading and the rebuild share it.

The fragments are told the rules of every marketplace and the methods by what they do by `rule_parameters()`.
"""

from offers.models.totals import MEASURES
from offers.registry import method_parameters
from offers.states import OUT, OfferStatus
from payments.states import PaymentStatus
from stores.marketplaces import every_version

COUNTS = ("offers", "answered", "expired", "accepted")
AVOIDED = ("return_freight", "handling", "agent_time", "consultation")
PARTS = ("sale", "acquisition", "outbound_freight", "return_freight", "handling", "stock_loss")
LOSSES = ("refunds", *PARTS)
RETENTION_KEY = ("store_id", "date", "marketplace", "method", "reason", "agent", "agent_label")
LOSS_KEY = ("store_id", "date", "marketplace", "reason")

# The defaults and the window of the rules that a refund was opened under; then the store's own rates at an instant.
_RULES = """
    JOIN unnest(
        %(rule_names)s::text[], %(rule_versions)s::int[], %(holds)s::interval[], %(return_freights)s::numeric[],
        %(handlings)s::numeric[], %(agent_times)s::numeric[], %(consultations)s::numeric[], %(acquisitions)s::numeric[],
        %(outbound_freights)s::numeric[], %(stock_losses)s::numeric[]
    ) AS rule(name, version, holds, return_freight, handling, agent_time, consultation, acquisition, outbound_freight,
              stock_loss_percent)
      ON rule.name = r.rules_name AND rule.version = r.rules_version
"""
_OWN = """
    LEFT JOIN LATERAL (
        SELECT c.*, round(c.agent_minutes * c.agent_hourly / 60, 2) AS agent_time FROM offers_costrates c
        WHERE c.store_id = r.store_id AND c.valid_from <= {at} ORDER BY c.valid_from DESC, c.id DESC LIMIT 1
    ) own ON true
"""


def rule_parameters() -> dict:
    """What FRESH and LOSS want to be told."""
    rules = every_version()
    costs = [rule.costs for rule in rules]
    return {
        "rule_names": [rule.name for rule in rules],
        "rule_versions": [rule.version for rule in rules],
        "holds": [rule.retention_holds for rule in rules],
        "return_freights": [cost.return_freight for cost in costs],
        "handlings": [cost.handling for cost in costs],
        "agent_times": [cost.agent_time for cost in costs],
        "consultations": [cost.consultation for cost in costs],
        "acquisitions": [cost.acquisition for cost in costs],
        "outbound_freights": [cost.outbound_freight for cost in costs],
        "stock_losses": [cost.stock_loss_percent for cost in costs],
        **method_parameters(),
        "unpaid": [PaymentStatus.FAILED],
        "out": list(OUT),
        "over": [status for status in OfferStatus if status not in OUT],
    }


# An offer `o` that is out is one that was sent, and nothing else yet.
OUT_MEASURES = ", ".join(f"{'count(*)::int' if name == 'offers' else 0} AS {name}" for name in MEASURES)

# The purpose of the payment that an offer `o` makes; null when it makes none.
PURPOSE = "CASE WHEN o.method = ANY(%(paying)s) THEN o.method END"

# Of the offers in `chosen(id)`. A sale is kept as far as it was asked back and is not refunded; it is taken back by
# refunds of the same goods that the buyer asked for within `holds` and got, or was talked out of by another offer
# (which then keeps it). Nothing was avoided when it is taken back.
_FRESH = f"""
    SELECT o.id AS offer_id, o.refund_id, o.store_id, o.sent_on AS date, r.rules_name AS marketplace,
           o.method, o.reason,
           o.sent_by AS agent, o.sent_by_label AS agent_label,
           1 AS offers, (o.status IN ('accepted', 'declined'))::int AS answered, (o.status = 'expired')::int AS expired,
           (o.status = 'accepted')::int AS accepted,
           gross.yuan - back.yuan AS sales_kept, back.yuan AS taken_back,
           CASE WHEN spared.parcel THEN coalesce(own.return_freight, rule.return_freight) ELSE 0 END AS return_freight,
           CASE WHEN spared.parcel THEN coalesce(own.handling, rule.handling) ELSE 0 END AS handling,
           CASE WHEN spared.work THEN coalesce(own.agent_time, rule.agent_time) ELSE 0 END AS agent_time,
           CASE WHEN spared.work THEN coalesce(own.consultation, rule.consultation) ELSE 0 END AS consultation,
           paid.yuan + granted.yuan
               + CASE WHEN o.status = 'accepted' AND o.method = ANY(%(giving)s) THEN o.product_price ELSE 0 END
               AS offer_costs
    FROM {{offers}}
    JOIN refunds_refund r ON r.store_id = o.store_id AND r.id = o.refund_id
    {_RULES} {_OWN.format(at="o.created_at")}
    CROSS JOIN LATERAL (
        SELECT CASE WHEN o.status <> 'accepted' THEN 0
                    WHEN o.method = ANY(%(changing)s)
                    THEN greatest(o.asked_amount - coalesce(o.amount, o.asked_amount), 0)
                    ELSE o.asked_amount END AS yuan
    ) gross
    CROSS JOIN LATERAL (
        SELECT least(gross.yuan, coalesce(sum(CASE later.status WHEN 'refunded' THEN same.yuan ELSE again.yuan END), 0))
               AS yuan
        FROM refunds_refund later
        CROSS JOIN LATERAL (
            SELECT sum(l.amount) AS yuan FROM refunds_refundline l
            WHERE l.refund_id = later.id
              AND l.line_id IN (SELECT m.line_id FROM refunds_refundline m WHERE m.refund_id = r.id)
        ) same
        LEFT JOIN LATERAL (
            SELECT e.asked_amount AS yuan FROM offers_offer e
            WHERE e.store_id = o.store_id AND e.refund_id = later.id AND e.status = 'accepted'
              AND e.method <> ALL(%(changing)s)
        ) again ON later.status = 'withdrawn'
        WHERE o.status = 'accepted' AND o.method <> ALL(%(changing)s) AND same.yuan IS NOT NULL
          AND later.store_id = o.store_id AND later.order_id = r.order_id AND later.id > r.id
          AND later.created_at >= o.answered_at AND later.created_at < o.answered_at + rule.holds
          AND (later.status = 'refunded' OR again.yuan IS NOT NULL)
    ) back
    CROSS JOIN LATERAL (
        SELECT work, work AND o.asked_kind <> 'refund_only' AND o.method = ANY(%(sparing)s) AS parcel
        FROM (SELECT o.status = 'accepted' AND o.method = ANY(%(ending)s) AND back.yuan = 0 AS work) w
    ) spared
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(p.amount), 0) AS yuan FROM payments_payment p
        WHERE o.status = 'accepted' AND p.store_id = o.store_id AND p.topic_id = o.refund_id AND p.purpose = {PURPOSE}
          AND p.status <> ALL(%(unpaid)s)
    ) paid
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(c.amount_off), 0) AS yuan FROM offers_coupongrant g
        JOIN offers_coupon c ON c.id = g.coupon_id
        WHERE o.status = 'accepted' AND g.store_id = o.store_id AND g.offer_id = o.id AND g.ended_at IS NULL
    ) granted
"""
FRESH = _FRESH.format(offers="chosen JOIN offers_offer o ON o.id = chosen.id")
# What isn't rolled up is little, but PostgreSQL, which reckons with statuses and flags apart, believes it to be a good
# part of a store's history, and read that to join it. An array whose length it doesn't know it takes for short.
FRESH_OF_FEW = _FRESH.format(offers="(SELECT * FROM offers_offer WHERE id = ANY(ARRAY(SELECT id FROM chosen))) o")

# An order's cost, as far as its sale is lost; of an order that cost the buyer nothing, nothing.
_SHARE = "coalesce(round(coalesce(own.{rate}, rule.{rate}) * r.amount / nullif(d.paid_amount, 0), 2), 0)"
# Whether its goods had left when it was refunded: of an order in several parcels those that were not stopped before.
_SENT = "(d.shipped_at <= r.resolved_at OR d.shipped_pieces > 0 AND r.goods <> 'stopped')"

# Of the refunds in `lost(id)`, which are refunded (K12).
_LOSS = f"""
    SELECT r.id AS refund_id, r.store_id, r.refunded_on AS date, r.rules_name AS marketplace, r.reason,
           1 AS refunds, r.amount AS sale,
           {_SHARE.format(rate="acquisition")} AS acquisition,
           CASE WHEN {_SENT}
                THEN {_SHARE.format(rate="outbound_freight")} ELSE 0 END AS outbound_freight,
           CASE WHEN {_SENT} AND r.kind <> 'refund_only'
                THEN coalesce(own.return_freight, rule.return_freight) ELSE 0 END AS return_freight,
           CASE WHEN {_SENT} AND r.kind <> 'refund_only'
                THEN coalesce(own.handling, rule.handling) ELSE 0 END AS handling,
           CASE WHEN {_SENT}
                THEN round(r.amount * coalesce(own.stock_loss_percent, rule.stock_loss_percent) / 100, 2)
                ELSE 0 END AS stock_loss
    FROM {{refunds}}
    JOIN orders_order d ON d.id = r.order_id
    {_RULES} {_OWN.format(at="r.resolved_at")}
"""
LOSS = _LOSS.format(refunds="lost JOIN refunds_refund r ON r.id = lost.id")
LOSS_OF_FEW = _LOSS.format(refunds="(SELECT * FROM refunds_refund WHERE id = ANY(ARRAY(SELECT id FROM lost))) r")
