"""Refunds and what hangs on them."""

from refunds.models.quality import ChangedDay, Policy, QualityDay, QualityRefund, QualityRestriction, Step
from refunds.models.refund import Refund, RefundLine
from refunds.models.thread import Message, Sender

__all__ = [
    "ChangedDay",
    "Message",
    "Policy",
    "QualityDay",
    "QualityRefund",
    "QualityRestriction",
    "Refund",
    "RefundLine",
    "Sender",
    "Step",
]
