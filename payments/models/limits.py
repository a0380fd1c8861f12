"""What a store may send in small payments: its own terms, and how much of a day's allowance is used (K9, K10)."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.money import ZERO, MoneyField, MoneySumField
from common.tenancy import TenantModel
from orders.models import MOST_SMALL_PAYMENTS


class PaymentTerms(TenantModel):
    """What the operator has set for one store.

    Without a row, or where a field is empty, the marketplace's rule holds.
    """

    per_payment = MoneyField(verbose_name=_("most per payment"), null=True, blank=True)
    per_order = models.PositiveSmallIntegerField(
        _("payments per order"), null=True, blank=True, validators=[MaxValueValidator(MOST_SMALL_PAYMENTS)]
    )
    per_day = MoneyField(verbose_name=_("most per day"), null=True, blank=True)
    gateway = models.CharField(_("gateway"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("payment terms")
        verbose_name_plural = _("payment terms")
        constraints = [
            models.UniqueConstraint(fields=["store"], name="payment_terms_once"),
            models.CheckConstraint(
                condition=Q(per_payment__isnull=True) | Q(per_payment__gte=0), name="payment_terms_payment_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(per_order__isnull=True) | Q(per_order__lte=MOST_SMALL_PAYMENTS),
                name="payment_terms_order_bounded",
            ),
            models.CheckConstraint(
                condition=Q(per_day__isnull=True) | Q(per_day__gte=0), name="payment_terms_day_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return str(self.store)


class DayAllowance(TenantModel):
    """One store's small payments of one day of its time zone (K10).

    `used` counts what isn't failed; it grows only by a conditional update that keeps it within the limit of that
    moment. `limit` may be below `used` after the operator has lowered it, so no CHECK relates the two.
    """

    date = models.DateField(_("day"))
    limit = MoneyField(verbose_name=_("limit"))
    used = MoneySumField(verbose_name=_("used"), default=ZERO)

    class Meta:
        verbose_name = _("day's allowance")
        verbose_name_plural = _("days' allowances")
        constraints = [
            models.UniqueConstraint(fields=["store", "date"], name="day_allowance_once"),
            models.CheckConstraint(condition=Q(used__gte=0), name="day_allowance_used_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.date}: {self.used} / {self.limit}"
