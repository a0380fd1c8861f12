"""The payments that a gateway's later word contradicts and beside which nothing is paid about a refund.

Those about the refund itself, and those about others of its order whose money was given up: what they held is free
again, so that this refund may be about the same goods (payments.conflicts).
"""

from collections.abc import Sequence
from functools import cached_property
from uuid import UUID

from django.db.models import Q

from common.queries import among, named_query
from common.together import read_together
from payments.models import Payment


@named_query
def _in_conflict(store_ids, order_ids, refund_ids):
    about = among("topic_id", refund_ids) | Q(given_up_at__isnull=False)
    rows = Payment.objects.filter(about, among("store", store_ids), among("order", order_ids))
    return rows.in_conflict().not_small().order_by("id")


@read_together
def _contradicted_of(refunds: Sequence) -> dict[UUID, list[Payment]]:
    """By the refund's id; about one that is new nothing was paid yet."""
    found: dict[UUID, list[Payment]] = {refund.pk: [] for refund in refunds}
    asked = [refund for refund in refunds if not refund.is_new]
    if asked:
        stores, orders = {refund.store_id for refund in asked}, {refund.order_id for refund in asked}
        ids = [refund.pk for refund in asked]
        payments = _in_conflict.all(store_ids=list(stores), order_ids=list(orders), refund_ids=ids)
        for refund in asked if payments else ():
            found[refund.pk] = [payment for payment in payments if stops(payment, refund)]
    return found


def stops(payment: Payment, refund) -> bool:
    """Whether nothing is paid about the refund beside this payment until somebody has settled its conflict."""
    if not payment.conflict or payment.is_small or payment.order_id != refund.order_id:
        return False
    return payment.topic_id == refund.pk or payment.is_freed


class MayBeContradicted:
    """Gives a refund `contradicted`; whoever has all such payments at hand sets it."""

    @cached_property
    def contradicted(self) -> list[Payment]:
        """Payments beside which nothing is paid about it; read when they are first asked for."""
        return _contradicted_of(self)
