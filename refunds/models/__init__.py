"""Refunds and what hangs on them."""

from refunds.models.refund import Refund, RefundLine
from refunds.models.thread import Message, Sender

__all__ = ["Message", "Refund", "RefundLine", "Sender"]
