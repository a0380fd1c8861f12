"""The states of offers and of bulk rows, and where a coupon may be used."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OfferStatus(models.TextChoices):
    """Where an offer is."""

    PENDING = "pending", _("Waiting for the buyer")
    ACCEPTED = "accepted", _("Accepted")
    ACCEPTED_WAITING = "accepted_waiting", _("Accepted, waiting for the marketplace")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# What clients know of them.
PUBLIC = [(status.value, status.label) for status in OfferStatus if status != OfferStatus.ACCEPTED_WAITING]

# Nobody has said no, and what was promised hasn't happened: no other offer is made about the refund.
OUT = (OfferStatus.PENDING, OfferStatus.ACCEPTED_WAITING)


class CouponChannel(models.TextChoices):
    """Where a coupon may be used by the platform; only the first is recognised by retention (Q13)."""

    SMART_RETENTION = "smart_retention", _("Platform smart recommended retention")
    REFUND_RETENTION = "refund_retention", _("Refund retention")
    GENERAL = "general", _("General use")


# Coupons that people may give away by hand. What is on the platform's channel goes out with accepted offers only
# (Q13, K7).
BY_HAND = (CouponChannel.GENERAL, CouponChannel.REFUND_RETENTION)


class BulkRowStatus(models.TextChoices):
    """What became of one refund of a job."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    REFUSED = "refused", _("Refused")
