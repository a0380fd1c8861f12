"""The states and purposes of payments and transfers, what a gateway's notice brought, and how its statement differs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaymentStatus(models.TextChoices):
    """Where a payment is."""

    PENDING = "pending", _("Pending")
    PROCESSING = "processing", _("Processing")
    SUCCEEDED = "succeeded", _("Paid")
    FAILED = "failed", _("Failed")


class PaymentConflict(models.TextChoices):
    """In which way a gateway's later word contradicts our books; empty while the two agree."""

    PAID_THERE = "paid_there", _("Paid there, failed here")
    DECLINED_THERE = "declined_there", _("Declined there, paid here")
    AMOUNT = "amount", _("Another amount there")
    DEMANDED = "demanded", _("Demanded back")


# The buyer has the money of such a payment, though it failed here.
HELD_BY_BUYER = (PaymentConflict.PAID_THERE, PaymentConflict.DEMANDED)


class ConflictSettlement(models.TextChoices):
    """What a person decides about a conflict.

    The gateway is right, the buyer gives the money back, nobody expects it back any more, or our books are right.
    """

    BOOK = "book", _("Book what the gateway says")
    DEMAND_BACK = "demand_back", _("Demand it back")
    WRITE_OFF = "write_off", _("Write it off")
    KEEP = "keep", _("Keep our books")


class PaymentPurpose(models.TextChoices):
    """What a payment is for."""

    REFUND = "refund", _("Refund")
    PARTIAL_REFUND = "partial_refund", _("Partial refund")
    RED_PACKET = "red_packet", _("Red packet")
    RETURN_FREIGHT = "return_freight", _("Return freight")
    PRICE_DIFFERENCE = "price_difference", _("Price difference")
    GOODS_COMPENSATION = "goods_compensation", _("Compensation for goods")
    OTHER = "other", _("Other")


# What a small payment may be for (K11).
SMALL_PURPOSES = (
    PaymentPurpose.RETURN_FREIGHT,
    PaymentPurpose.PRICE_DIFFERENCE,
    PaymentPurpose.GOODS_COMPENSATION,
    PaymentPurpose.OTHER,
)


class AccountKind(models.TextChoices):
    """The accounts that every store has."""

    MERCHANT_FUNDS = "merchant_funds", _("Merchant's funds")
    BUYER_PAYOUTS = "buyer_payouts", _("Paid to buyers")
    SERVICE_BUDGET = "service_budget", _("Service budget")
    PLATFORM_FUNDS = "platform_funds", _("Platform's compensation")
    LOSSES = "losses", _("Written off")


class TransferPhase(models.TextChoices):
    """Two phases: what is reserved is later posted or voided."""

    PENDING = "pending", _("Reserved")
    POSTED = "posted", _("Posted")
    VOIDED = "voided", _("Voided")


class TransferPurpose(models.TextChoices):
    """Why yuan move. What is about one payment names it: its payout, its return, what was lost of it or found again."""

    PAYOUT = "payout", _("Payment to a buyer")
    TOP_UP = "top_up", _("Budget topped up")
    WITHDRAWAL = "withdrawal", _("Budget lowered")
    COMPENSATION = "compensation", _("Paid back to the merchant")
    REVERSAL = "reversal", _("Payment came back")
    WRITE_OFF = "write_off", _("Written off")
    RECOVERY = "recovery", _("Written off and come back after all")


# What is always about one payment.
OF_PAYMENT = (
    TransferPurpose.PAYOUT,
    TransferPurpose.REVERSAL,
    TransferPurpose.WRITE_OFF,
    TransferPurpose.RECOVERY,
)


class NoticeResult(models.TextChoices):
    """What a notice brought."""

    WAITING = "waiting", _("Waiting")
    APPLIED = "applied", _("Booked")
    NO_CHANGE = "no_change", _("Nothing new")
    UNKNOWN = "unknown", _("Unknown payment")
    CONFLICT = "conflict", _("Contradicts our books")
    FAILED = "failed", _("Could not be processed")
    UNREADABLE = "unreadable", _("Could not be read")


class DifferenceKind(models.TextChoices):
    """In which way the gateway and we disagree about one payment."""

    UNKNOWN_HERE = "unknown_here", _("Moved there, unknown here")
    UNKNOWN_THERE = "unknown_there", _("Paid here, unknown there")
    AMOUNT = "amount", _("Amounts differ")
    STATUS = "status", _("States differ")
