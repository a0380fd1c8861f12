"""How often buyers accepted a method for a reason: what the recommendation learns from (Q11)."""

from django.db import models
from django.db.models import F, Q

from common.tenancy import TenantModel
from refunds.states import RefundReason
from stores import marketplaces


class Acceptance(TenantModel):
    """Ended and accepted offers of a store, rolled up from the offers that `is_counted` marks."""

    reason = models.CharField(max_length=30, choices=RefundReason.choices)
    method = models.CharField(max_length=30)
    ended = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "reason", "method"], name="acceptance_once"),
            models.CheckConstraint(condition=Q(accepted__lte=F("ended")), name="acceptance_within_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.method}: {self.accepted} of {self.ended}"


class MarketplaceAcceptance(models.Model):
    """The same over all stores of a marketplace: sums only, so that they may be known to every store."""

    marketplace = models.CharField(max_length=20, choices=marketplaces.choices)
    reason = models.CharField(max_length=30, choices=RefundReason.choices)
    method = models.CharField(max_length=30)
    ended = models.PositiveBigIntegerField(default=0)
    accepted = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["marketplace", "reason", "method"], name="marketplace_acceptance_once")
        ]

    def __str__(self) -> str:
        return f"{self.marketplace} {self.reason} {self.method}: {self.accepted} of {self.ended}"
