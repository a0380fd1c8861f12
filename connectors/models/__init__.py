"""The tables: connection (one per store), mirror (refunds as the marketplace has them, hints), sending (decisions)."""

from connectors.models.connection import Connection
from connectors.models.mirror import MirroredRefund, RefundHint
from connectors.models.sending import PlatformTask, SentDecision

__all__ = ["Connection", "MirroredRefund", "PlatformTask", "RefundHint", "SentDecision"]
