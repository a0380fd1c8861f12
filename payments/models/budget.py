"""A store's service budget: what refunds without return are paid from (R5)."""

from decimal import ROUND_CEILING, Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.ids import new_id
from common.money import ZERO, MoneyField, MoneySumField
from common.tenancy import TenantModel


class Budget(TenantModel):
    """`balance` is what was topped up and not yet paid out; `reserved` of it waits for the gateway.

    The rows of the ledger say the same and `verify_ledger` compares. `short_since` is when a payout last didn't fit,
    until the next top-up: from then on the budget counts as spent, even if a little is left.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    balance = MoneySumField(verbose_name=_("balance"), default=ZERO)
    reserved = MoneySumField(verbose_name=_("reserved"), default=ZERO)
    tops_up = models.BooleanField(_("automatic top-up"), default=False)
    threshold = MoneyField(verbose_name=_("threshold"), default=ZERO)
    top_up_amount = MoneyField(verbose_name=_("top-up amount"), default=ZERO)
    short_since = models.DateTimeField(_("spent since"), null=True)

    class Meta:
        verbose_name = _("service budget")
        verbose_name_plural = _("service budgets")
        constraints = [
            models.UniqueConstraint(fields=["store"], name="budget_once_per_store"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, reserved__lte=F("balance")), name="budget_reserved_within_balance"
            ),
            models.CheckConstraint(
                condition=Q(threshold__gte=0) & (Q(tops_up=False, top_up_amount__gte=0) | Q(top_up_amount__gt=0)),
                name="budget_top_up_has_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"¥{self.available}"

    @property
    def available(self) -> Decimal:
        """Yuan that are not reserved for a payment."""
        return self.balance - self.reserved

    @property
    def is_spent(self) -> bool:
        """Whether nothing new may be promised on it (R5)."""
        return not self.tops_up and (self.available <= ZERO or self.short_since is not None)

    def automatic_top_up(self, wanted: Decimal = ZERO) -> Decimal:
        """Yuan to add so that `wanted` fits and the threshold is kept: the agreed amount, as often as it takes (R5)."""
        missing = self.threshold + wanted - self.available
        if not self.tops_up or missing <= ZERO:
            return ZERO
        times = (missing / self.top_up_amount).to_integral_value(ROUND_CEILING)
        return times * self.top_up_amount
