"""Refunds and what hangs on them."""

from refunds.models.disputes import Dispute, DisputeStatus, Outcome, Side
from refunds.models.refund import Refund, RefundLine
from refunds.models.thread import Message, Sender

__all__ = ["Dispute", "DisputeStatus", "Message", "Outcome", "Refund", "RefundLine", "Sender", "Side"]
