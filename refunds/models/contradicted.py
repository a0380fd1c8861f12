"""The payments about a refund that a gateway's later word contradicts (payments.conflicts)."""

from collections.abc import Sequence
from functools import cached_property
from uuid import UUID

from common.queries import among, named_query
from common.together import read_together
from payments.models import Payment


@named_query
def _in_conflict(store_ids, order_ids, refund_ids):
    rows = Payment.objects.filter(among("store", store_ids), among("order", order_ids), among("topic_id", refund_ids))
    return rows.in_conflict().not_small().order_by("id")


@read_together
def _contradicted_of(refunds: Sequence) -> dict[UUID, list[Payment]]:
    """By the refund's id; about one that is new nothing was paid yet."""
    found: dict[UUID, list[Payment]] = {refund.pk: [] for refund in refunds}
    asked = [refund for refund in refunds if not refund.is_new]
    if asked:
        stores, orders = {refund.store_id for refund in asked}, {refund.order_id for refund in asked}
        ids = [refund.pk for refund in asked]
        for payment in _in_conflict.all(store_ids=list(stores), order_ids=list(orders), refund_ids=ids):
            found[payment.topic_id].append(payment)
    return found


class MayBeContradicted:
    """Gives a refund `contradicted`; whoever has its payments at hand sets it."""

    @cached_property
    def contradicted(self) -> list[Payment]:
        """Payments about it of which the gateway says otherwise than our books; read when they are first asked for."""
        return _contradicted_of(self)
