"""Indexes of the refunds that are open: few, however long a store's history is."""

from django.db import models
from django.db.models import Q

from refunds.states import OPEN, RefundStatus

OF_WHAT_IS_OPEN = (
    # State by state in the order of the deadlines, without a look at the rows themselves.
    models.Index(
        fields=["store", "status", "due_at", "-id"],
        include=["decision_sent"],
        condition=Q(status__in=sorted(OPEN)),
        name="refund_open_by_due",
    ),
    # The same of all states, of which some pages show several together.
    models.Index(
        fields=["store", "due_at", "-id"],
        include=["status", "decision_sent", "is_followed"],
        condition=Q(due_at__isnull=False),
        name="refund_by_due",
    ),
    models.Index(
        fields=["store", "-id"],
        condition=Q(status=RefundStatus.AWAITING_RETURN, return_address__isnull=True, is_followed=False),
        name="refund_to_nowhere",
    ),
    models.Index(fields=["store", "-id"], condition=Q(needs_attention=True), name="refund_attention"),
)
