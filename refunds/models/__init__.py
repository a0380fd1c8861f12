"""Refunds and what hangs on them."""

from refunds.models.carrier_claim import CarrierClaim, ClaimStatus
from refunds.models.disputes import Dispute, DisputeStatus, Outcome, Side
from refunds.models.quality import ChangedDay, Policy, QualityDay, QualityRefund, QualityRestriction, Step
from refunds.models.refund import Refund, RefundLine
from refunds.models.thread import Message, Sender

__all__ = [
    "CarrierClaim",
    "ChangedDay",
    "ClaimStatus",
    "Dispute",
    "DisputeStatus",
    "Message",
    "Outcome",
    "Policy",
    "QualityDay",
    "QualityRefund",
    "QualityRestriction",
    "Refund",
    "RefundLine",
    "Sender",
    "Side",
    "Step",
]
