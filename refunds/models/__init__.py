"""Refunds and what hangs on them."""

from refunds.models.refund import Refund, RefundLine
from refunds.models.returnless import CoveredProduct, Enrolment, EnrolmentStatus, LiveSession, Step
from refunds.models.thread import Message, Sender

__all__ = [
    "CoveredProduct",
    "Enrolment",
    "EnrolmentStatus",
    "LiveSession",
    "Message",
    "Refund",
    "RefundLine",
    "Sender",
    "Step",
]
