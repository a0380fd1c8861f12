"""What a refund and what hangs on it can be: kinds, reasons, states, outcomes, and what a deadline does.

In this order: the refund, its recall, disputes and appeals, messages, carrier claims, quality, enrolment in
returnless. The strings are the same in the database, in the API and in events.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RefundKind(models.TextChoices):
    """What the buyer asks for."""

    REFUND_ONLY = "refund_only", _("Refund only")
    RETURN_AND_REFUND = "return_and_refund", _("Return and refund")
    EXCHANGE = "exchange", _("Exchange")


class RefundReason(models.TextChoices):
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


class RefundStatus(models.TextChoices):
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
        RefundStatus.AWAITING_MERCHANT,
        RefundStatus.AWAITING_RETURN,
        RefundStatus.RETURNING,
        RefundStatus.RECALLING,
        RefundStatus.REFUNDING,
        RefundStatus.REJECTED,
        RefundStatus.DISPUTED,
    }
)


class RefundProgramme(models.TextChoices):
    """What a merchant has opted into and a refund runs under; empty for an ordinary refund."""

    RETURNLESS = "returnless", _("Refund without return")


class RefundGoods(models.TextChoices):
    """What became of the goods by the refund; empty as long as it left them where they are."""

    STOPPED = "stopped", _("Not shipped any more")
    RECALLED = "recalled", _("Recalled from their way")
    EXCHANGED = "exchanged", _("Exchanged")


class MarketplaceStage(models.TextChoices):
    """What a connected marketplace says of a refund, whatever it calls it there."""

    ASKED = "asked", _("Asked")
    AWAITING_RETURN = "awaiting_return", _("Agreed: the buyer is to send the goods")
    RETURNING = "returning", _("Goods on their way back")
    AGREED = "agreed", _("Agreed: the marketplace pays")
    REFUNDED = "refunded", _("Refunded")
    REFUSED = "refused", _("Refused")
    DISPUTED = "disputed", _("The marketplace decides")
    TO_RESHIP = "to_reship", _("The new goods are to be sent")
    RESHIPPED = "reshipped", _("The new goods are on their way")
    EXCHANGED = "exchanged", _("Exchanged")
    WITHDRAWN = "withdrawn", _("Withdrawn by the buyer")
    CLOSED = "closed", _("Closed without money")
    FAILED = "failed", _("The money could not be paid")
    UNKNOWN = "unknown", _("Unknown")


class MarketplaceVerb(models.TextChoices):
    """What a merchant decides about a refund that is followed: sent there, and true once the marketplace says so."""

    AGREE_REFUND = "agree_refund", _("Approval")
    AGREE_RETURN = "agree_return", _("Approval of the return")
    AGREE_EXCHANGE = "agree_exchange", _("Approval of the exchange")
    CONFIRM_RECEIPT = "confirm_receipt", _("Receipt of the goods")
    REFUSE = "refuse", _("Refusal")
    REFUSE_RECEIPT = "refuse_receipt", _("Refusal of what came back")
    RESHIP = "reship", _("Shipping of the new goods")
    CHANGE_REQUEST = "change_request", _("Change of the request")
    EXTEND = "extend", _("More time")


class BulkVerdict(models.TextChoices):
    """What is said of many refunds at once."""

    APPROVE = "approve", _("Approve")
    REJECT = "reject", _("Reject")


class DecisionRowStatus(models.TextChoices):
    """What became of one refund of a bulk decision."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    SENT = "sent", _("Sent to the marketplace")
    LEFT_OUT = "left_out", _("Left out")
    STOPPED = "stopped", _("Stopped")


class DueAction(models.TextChoices):
    """What happens when a refund's deadline passes."""

    APPROVE = "approve", _("approved automatically")
    CLOSE = "close", _("closed")
    REFUND = "refund", _("refunded automatically")


class RecallStatus(models.TextChoices):
    """How a recall stands (P4)."""

    ASKED = "asked", _("Asked of the carrier")
    ACCEPTED = "accepted", _("Accepted: the parcel is coming back")
    BACK = "back", _("The parcel is back")
    REFUSED = "refused", _("Failed: the buyer gets the parcel")
    LOST = "lost", _("The parcel is lost")


class CaseSide(models.TextChoices):
    """The two sides of a case."""

    MERCHANT = "merchant", _("Merchant")
    BUYER = "buyer", _("Buyer")


class DisputeStatus(models.TextChoices):
    """Where a dispute is."""

    OPEN = "open", _("To be decided")
    DECIDED = "decided", _("Decided")
    WITHDRAWN = "withdrawn", _("Withdrawn by the buyer")


class CaseOutcome(models.TextChoices):
    """Who was right."""

    BUYER = "buyer", _("For the buyer")
    MERCHANT = "merchant", _("For the merchant")
    SPLIT = "split", _("Split")


class AppealStatus(models.TextChoices):
    """Where an appeal is."""

    OPEN = "open", _("To be decided")
    DECIDED = "decided", _("Decided")


class AppealGround(models.TextChoices):
    """What was wrong with the goods that came back, or with the buyer's story."""

    FAKE_RETURN = "fake_return", _("Fake return")
    WRONG_GOODS = "wrong_goods", _("Wrong goods came back")
    DAMAGED_GOODS = "damaged_goods", _("Damaged goods came back")
    OTHER = "other", _("Other")


class MessageSender(models.TextChoices):
    """Who wrote."""

    MERCHANT = "merchant", _("Merchant")
    BUYER = "buyer", _("Buyer")


class CarrierClaimStatus(models.TextChoices):
    """What became of a carrier claim."""

    OPEN = "open", _("Open")
    PAID = "paid", _("Paid by the carrier")
    REFUSED = "refused", _("Refused by the carrier")


class PackStatus(models.TextChoices):
    """How far a dispute's evidence pack is."""

    MAKING = "making", _("Being made")
    MADE = "made", _("Made")
    FAILED = "failed", _("Could not be made")


class QualityPolicy(models.TextChoices):
    """When a refund counts."""

    BY_APPLICATION = "by_application", _("by the buyer's application")
    VERIFIED_FAULT = "verified_fault", _("when the fault is verified")


class QualityStep(models.TextChoices):
    """What a store above the thresholds meets, from the mildest to the hardest."""

    DEMOTION = "demotion", _("Demotion")
    NO_NEW_LISTINGS = "no_new_listings", _("No new listings")
    PRODUCTS_OFF = "products_off", _("Products taken off")


class EnrolmentStatus(models.TextChoices):
    """How far a store is: the steps in their order, then the programme itself (R2)."""

    NOT_ENROLLED = "not_enrolled", _("Not enrolled")
    EARLIER = "earlier", _("On an earlier version")
    AGREED = "agreed", _("Agreement accepted")
    BUDGETED = "budgeted", _("Budget set")
    TOP_UP_SET = "top_up_set", _("Automatic top-up set")
    READY = "ready", _("Ready to confirm")
    CONFIRMED = "confirmed", _("From the next live session on")
    IN_FORCE = "in_force", _("In force")
    LEFT = "left", _("Left")


class EnrolmentStep(models.TextChoices):
    """What a store does to join, in this order (R2)."""

    AGREEMENT = "agreement", _("Agreement")
    BUDGET = "budget", _("Service budget")
    AUTO_TOP_UP = "auto_top_up", _("Automatic top-up")
    PRODUCTS = "products", _("Products")
    CONFIRM = "confirm", _("Confirm")


# How many of the steps are done in each state.
STEPS_DONE = {
    EnrolmentStatus.AGREED: 1,
    EnrolmentStatus.BUDGETED: 2,
    EnrolmentStatus.TOP_UP_SET: 3,
    EnrolmentStatus.READY: 4,
    EnrolmentStatus.CONFIRMED: 5,
    EnrolmentStatus.IN_FORCE: 5,
}

JOINED = frozenset({EnrolmentStatus.CONFIRMED, EnrolmentStatus.IN_FORCE})

# From these the first step begins anew: 1.0 is gone, and a store that left reads the agreement again (R8).
BEGINNINGS = [EnrolmentStatus.NOT_ENROLLED, EnrolmentStatus.LEFT, EnrolmentStatus.EARLIER]


class UnclaimedStatus(models.TextChoices):
    """What became of a parcel that no refund had announced."""

    WAITING = "waiting", _("Waits for its refund")
    MATCHED = "matched", _("Belongs to a refund")
    SENT_BACK = "sent_back", _("Sent back")
    WRITTEN_OFF = "written_off", _("Written off")
