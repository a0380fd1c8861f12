"""How often buyers accepted what for a reason: what the recommendation learns from, and what it said (Q11)."""

from django.db import models
from django.db.models import F, Q

from common.ids import new_id
from common.money import ZERO, MoneyField, MoneySumField
from common.tenancy import TenantModel
from offers.models.offers import Offer
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


class AnswerTally(models.Model):
    """Ended offers of one price band and share of the ladder (offers.choosing.ladder), rolled up with the others.

    `given` is the yuan that they promised together, whatever the buyers said.
    """

    reason = models.CharField(max_length=30, choices=RefundReason.choices)
    method = models.CharField(max_length=30)
    band = models.PositiveSmallIntegerField()
    percent = models.PositiveSmallIntegerField()
    ended = models.PositiveBigIntegerField(default=0)
    accepted = models.PositiveBigIntegerField(default=0)
    given = MoneySumField(default=ZERO)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.reason} {self.method} {self.percent} %, band {self.band}: {self.accepted} of {self.ended}"


class AmountAcceptance(AnswerTally, TenantModel):
    """Those of a store."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "reason", "method", "band", "percent"], name="amount_acceptance_once"
            ),
            models.CheckConstraint(condition=Q(accepted__lte=F("ended")), name="amount_acceptance_within_ended"),
        ]


class MarketplaceAmountAcceptance(AnswerTally):
    """Those of all stores of a marketplace: sums only, so that they may be known to every store."""

    marketplace = models.CharField(max_length=20, choices=marketplaces.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "reason", "method", "band", "percent"], name="marketplace_amount_acceptance_once"
            )
        ]


class Advice(TenantModel):
    """What was recommended when an offer was sent, of which choices, and how likely each was: the log to learn from.

    `chance` is the likelihood, of a million, of what was recommended; `was_taken` whether the offer is that. `arms` are
    the choices, each a list: method, per cent, yuan (null: no amount), share of yeses of a million that was believed,
    yuan that a yes keeps, likelihood of a million.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, related_name="+")
    method = models.CharField(max_length=30)
    amount = MoneyField(null=True)
    chance = models.PositiveIntegerField()
    was_tried = models.BooleanField()
    was_taken = models.BooleanField()
    arms = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(chance__range=(0, 1_000_000)), name="advice_chance_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.amount}"
