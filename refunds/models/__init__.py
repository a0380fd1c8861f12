"""Refunds and what hangs on them."""

from refunds.models.carrier_claim import CarrierClaim, ClaimStatus
from refunds.models.disputes import Dispute, DisputeStatus, Outcome, Side
from refunds.models.quality import ChangedDay, Policy, QualityDay, QualityRefund, QualityRestriction, QualityStep
from refunds.models.refund import Refund, RefundLine
from refunds.models.returnless import CoveredProduct, Enrolment, EnrolmentStatus, LiveSession, Step
from refunds.models.thread import Message, Sender

__all__ = [
    "CarrierClaim",
    "ChangedDay",
    "ClaimStatus",
    "CoveredProduct",
    "Dispute",
    "DisputeStatus",
    "Enrolment",
    "EnrolmentStatus",
    "LiveSession",
    "Message",
    "Outcome",
    "Policy",
    "QualityDay",
    "QualityRefund",
    "QualityRestriction",
    "QualityStep",
    "Refund",
    "RefundLine",
    "Sender",
    "Side",
    "Step",
]
