"""Money kept: a store's cost rates, what each ended offer came to, and the daily roll-ups (Q18, K12)."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.calendar import shown
from common.ids import new_id
from common.money import ZERO, MoneyField, MoneySumField
from common.tenancy import TenantModel, TenantQuerySet
from offers.models.offers import Offer
from offers.models.totals import FOLLOWING, MEASURES
from refunds.models import Refund
from refunds.states import RefundReason
from stores import marketplaces
from stores.marketplaces import Costs


class CostRatesQuerySet(TenantQuerySet):
    """Versions of rates, the newest first."""

    def newest_first(self):
        """What holds now comes first."""
        return self.order_by("-valid_from", "-id")


class CostRates(TenantModel):
    """What a store says its hidden costs are, from an instant on, in yuan.

    A change is a new row: the past keeps its rates.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    valid_from = models.DateTimeField(_("valid from"))
    return_freight = MoneyField(verbose_name=_("return freight"))
    handling = MoneyField(verbose_name=_("handling of a return"))
    agent_minutes = models.PositiveSmallIntegerField(_("agent's minutes per refund"))
    agent_hourly = MoneyField(verbose_name=_("agent's hour"))
    consultation = MoneyField(verbose_name=_("consultation per refund"))
    acquisition = MoneyField(verbose_name=_("acquisition of an order"))
    outbound_freight = MoneyField(verbose_name=_("outbound freight"))
    stock_loss_percent = models.DecimalField(_("stock loss in per cent"), max_digits=5, decimal_places=2)
    set_by = models.CharField(_("set by"), max_length=150, blank=True)

    objects = CostRatesQuerySet.as_manager()

    class Meta:
        verbose_name = _("cost rates")
        verbose_name_plural = _("cost rates")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    return_freight__gte=0,
                    handling__gte=0,
                    agent_hourly__gte=0,
                    consultation__gte=0,
                    acquisition__gte=0,
                    outbound_freight__gte=0,
                ),
                name="cost_rates_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(stock_loss_percent__gte=0, stock_loss_percent__lte=100), name="cost_rates_percent"
            ),
        ]
        indexes = [models.Index(fields=["store", "-valid_from", "-id"], name="cost_rates_newest")]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return shown(self.valid_from)

    @property
    def costs(self) -> Costs:
        """The same as a value."""
        return Costs(**{name: getattr(self, name) for name in Costs.__dataclass_fields__})


class RetentionFigures(TenantModel):
    """What offers came to, in offers and yuan. What was saved and paid is that of accepted offers only.

    `sales_kept` is what was asked back and is not refunded, less `taken_back`: what the buyer got refunded later all
    the same. The four costs are those that accepting avoided; `offer_costs` is what was given for it.
    """

    offers = models.IntegerField(default=0)
    answered = models.IntegerField(default=0)
    expired = models.IntegerField(default=0)
    accepted = models.IntegerField(default=0)
    sales_kept = MoneySumField(default=ZERO)
    taken_back = MoneySumField(default=ZERO)
    return_freight = MoneySumField(default=ZERO)
    handling = MoneySumField(default=ZERO)
    agent_time = MoneySumField(default=ZERO)
    consultation = MoneySumField(default=ZERO)
    offer_costs = MoneySumField(default=ZERO)

    class Meta:
        abstract = True


class RolledUpOffer(RetentionFigures):
    """What one ended offer has put into the roll-up: what is subtracted when it comes to something else later."""

    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "offers_outcome"

    def __str__(self) -> str:
        return str(self.offer_id)


class DailyRetention(RetentionFigures):
    """Ended offers by the store's day on which they were sent.

    `agent` is who sent them: `user:7`, `key:…`, `system`.
    """

    date = models.DateField()
    marketplace = models.CharField(max_length=20, choices=marketplaces.choices)
    method = models.CharField(max_length=30)
    reason = models.CharField(max_length=30, choices=RefundReason.choices)
    agent = models.CharField(max_length=64)
    agent_label = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name = _("money kept")
        verbose_name_plural = _("money kept")
        constraints = [
            models.UniqueConstraint(
                fields=["store", "date", "method", "reason", "agent", "agent_label"], name="daily_retention_once"
            ),
            models.CheckConstraint(
                condition=Q(accepted__gte=0, accepted__lte=F("answered"), answered__lte=F("offers")),
                name="daily_retention_accepted_within_answered",
            ),
        ]
        # An agent's own year is read from the index alone: by method and reason there are no totals of one agent.
        indexes = [
            models.Index(
                fields=["store", "agent", "date"],
                include=["method", "reason", "agent_label", "marketplace", *MEASURES],
                name="daily_retention_own",
            )
        ]
        triggers = FOLLOWING

    def __str__(self) -> str:
        return f"{self.date} {self.method} {self.reason}: {self.accepted} of {self.offers}"


class RetentionTotal(RetentionFigures):
    """The sums of these by day alone, and by day and method, reason or agent: what a range of days is read from.

    A day has few of them, however many offers were sent. Triggers keep them (`offers.models.totals`).
    """

    date = models.DateField()
    part = models.CharField(max_length=10)
    key = models.CharField(max_length=64, blank=True)
    label = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "date", "part", "key", "label"], include=MEASURES, name="retention_total_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.part} {self.key}: {self.accepted} of {self.offers}"


class LossFigures(TenantModel):
    """Yuan that refunded refunds cost, and the row of the roll-up that they are in.

    The sale and the hidden parts (K12), by the store's day on which the buyer was paid and by the buyer's reason.
    """

    date = models.DateField()
    marketplace = models.CharField(max_length=20, choices=marketplaces.choices)
    reason = models.CharField(max_length=30, choices=RefundReason.choices)
    sale = MoneySumField(default=ZERO)
    acquisition = MoneySumField(default=ZERO)
    outbound_freight = MoneySumField(default=ZERO)
    return_freight = MoneySumField(default=ZERO)
    handling = MoneySumField(default=ZERO)
    stock_loss = MoneySumField(default=ZERO)

    class Meta:
        abstract = True


class LossOutcome(LossFigures):
    """What one refunded refund has put into the roll-up: what is subtracted when its money comes back.

    As it was when it was counted: what becomes of order and refund later changes nothing of it.
    """

    refund = models.OneToOneField(Refund, on_delete=models.CASCADE, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return str(self.refund_id)


class DailyLoss(LossFigures):
    """The sums of these, and of how many refunds."""

    refunds = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "date", "reason"], name="daily_loss_once"),
            models.CheckConstraint(condition=Q(refunds__gte=0, sale__gte=0), name="daily_loss_not_negative"),
        ]
        indexes = [
            models.Index(fields=["date", "marketplace"], name="daily_loss_all"),
            models.Index(
                fields=["store", "date"],
                include=[
                    *("refunds", "sale", "acquisition", "outbound_freight"),
                    *("return_freight", "handling", "stock_loss"),
                ],
                name="daily_loss_of_store",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.reason}: {self.refunds}"
