"""Refunds and what hangs on them."""

from refunds.models.carrier_claim import CarrierClaim, ClaimStatus
from refunds.models.refund import Refund, RefundLine
from refunds.models.thread import Message, Sender

__all__ = ["CarrierClaim", "ClaimStatus", "Message", "Refund", "RefundLine", "Sender"]
