"""The words of a refund: kinds, reasons, states, and what a deadline does."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What the buyer asks for."""

    REFUND_ONLY = "refund_only", _("Refund only")
    RETURN_AND_REFUND = "return_and_refund", _("Return and refund")
    EXCHANGE = "exchange", _("Exchange")


class Reason(models.TextChoices):
    """Why the buyer asks."""

    CHANGED_MIND = "changed_mind", _("Changed mind")
    WRONG_PURCHASE = "wrong_purchase", _("Wrong purchase")
    WRONG_ADDRESS = "wrong_address", _("Wrong address")
    SLOW_LOGISTICS = "slow_logistics", _("Slow logistics")
    NOT_DELIVERED = "not_delivered", _("Not delivered")
    PARCEL_LOST = "parcel_lost", _("Parcel lost")
    SELLER_DELAY = "seller_delay", _("Seller's delay")
    MINOR_FLAW = "minor_flaw", _("Minor flaw")
    PACKAGING_DAMAGED = "packaging_damaged", _("Packaging damaged")
    MISSING_PARTS = "missing_parts", _("Missing parts")
    WRONG_ITEM = "wrong_item", _("Wrong item")
    QUALITY = "quality", _("Quality")
    NOT_AS_DESCRIBED = "not_as_described", _("Not as described")
    NO_REASON_7D = "no_reason_7d", _("7 days, no reason")
    OTHER = "other", _("Other")


class Status(models.TextChoices):
    """Where a refund is."""

    AWAITING_MERCHANT = "awaiting_merchant", _("Awaiting merchant")
    AWAITING_RETURN = "awaiting_return", _("Awaiting return")
    RETURNING = "returning", _("Return on its way")
    RECALLING = "recalling", _("Recalling the parcel")
    REFUNDING = "refunding", _("Refunding")
    REFUNDED = "refunded", _("Refunded")
    REJECTED = "rejected", _("Rejected")
    DISPUTED = "disputed", _("Disputed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CLOSED = "closed", _("Closed")


# A refund in one of these may still take money or move.
OPEN = frozenset(
    {
        Status.AWAITING_MERCHANT,
        Status.AWAITING_RETURN,
        Status.RETURNING,
        Status.RECALLING,
        Status.REFUNDING,
        Status.REJECTED,
        Status.DISPUTED,
    }
)


class Programme(models.TextChoices):
    """What a merchant has opted into and a refund runs under; empty for an ordinary refund."""

    RETURNLESS = "returnless", _("Refund without return")


class Goods(models.TextChoices):
    """What became of the goods by the refund; empty as long as it hasn't touched them, or has left them where they are."""

    STOPPED = "stopped", _("Not shipped any more")
    RECALLED = "recalled", _("Recalled from their way")
    EXCHANGED = "exchanged", _("Exchanged")


class DueAction(models.TextChoices):
    """What happens when a refund's deadline passes."""

    APPROVE = "approve", _("approved automatically")
    CLOSE = "close", _("closed")
    REFUND = "refund", _("refunded automatically")
