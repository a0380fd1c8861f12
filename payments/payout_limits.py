"""Looking again when a worker takes up small payments: the limits may have changed since they were sent (K9, K10)."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from common.queries import preparing_cursor
from payments.allowances import Limits, limits_under
from payments.gateway_errors import lowered
from payments.models import Payment, PaymentTerms
from stores import marketplaces

# A payment's place among the order's, and the day's yuan up to and including it: what is paid comes first, then by age.
_STANDING = """
    SELECT p.id, s.marketplace, t.per_payment, t.per_order, t.per_day,
           (SELECT count(*) FROM payments_payment e
            WHERE e.store_id = p.store_id AND e.order_id = p.order_id AND e.allowance_date IS NOT NULL
              AND (e.status = 'succeeded' OR e.status <> 'failed' AND e.id <= p.id)),
           CASE WHEN a.used > coalesce(t.per_day, $1::numeric) THEN
               (SELECT sum(e.amount) FROM payments_payment e
                WHERE e.store_id = p.store_id AND e.allowance_date = p.allowance_date
                  AND (e.status = 'succeeded' OR e.status <> 'failed' AND e.id <= p.id))
           ELSE 0 END
    FROM payments_payment p
    JOIN stores_store s ON s.id = p.store_id
    LEFT JOIN payments_paymentterms t ON t.store_id = p.store_id
    LEFT JOIN payments_dayallowance a ON a.store_id = p.store_id AND a.date = p.allowance_date
    WHERE p.id = ANY ($2)
"""


def no_longer_fitting(payments: Sequence[Payment]) -> dict[UUID, str]:
    """Those of these small payments that the limits of now don't allow any more, each with the reason.

    One statement.
    """
    small = {payment.pk: payment for payment in payments if payment.is_small}
    if not small:
        return {}
    with preparing_cursor() as cursor:
        cursor.execute(_STANDING, [_lowest_day_limit(), list(small)])
        rows = cursor.fetchall()
    refused = {}
    for payment_id, marketplace, per_payment, per_order, per_day, place, yuan in rows:
        terms = PaymentTerms(per_payment=per_payment, per_order=per_order, per_day=per_day)
        limits = limits_under(marketplaces.current_rules(marketplace), terms)
        reason = why_lowered(limits, small[payment_id].amount, place=place, day_sum=yuan)
        if reason:
            refused[payment_id] = reason
    return refused


def why_lowered(limits: Limits, amount: Decimal, *, place: int, day_sum: Decimal) -> str:
    """Which limit of now a payment that was sent under earlier ones is above, as a code; empty when it still fits.

    `place` is its place among its order's, `day_sum` the yuan of its day up to and including it.
    """
    if amount > limits.per_payment:
        return lowered("per_payment", limits.per_payment)
    if place > limits.per_order:
        return lowered("per_order", limits.per_order)
    if day_sum > limits.per_day:
        return lowered("per_day", limits.per_day)
    return ""


def _lowest_day_limit():
    """Below this no marketplace's rule can be exceeded, and the day need not be summed up."""
    return min(rules.store_day_limit for rules in marketplaces.newest().values())
