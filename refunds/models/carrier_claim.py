"""What a carrier owes the store for a parcel that it lost."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from common.ids import new_id
from common.money import MoneyField, yuan
from common.states import StateField
from common.tenancy import TenantModel
from orders.models import Order, Shipment
from refunds.models.refund import Refund
from refunds.states import CarrierClaimStatus


class CarrierClaim(TenantModel):
    """What is asked of a carrier (P3). `amount` is what the buyer had paid for the goods in the parcel, in yuan.

    The carrier settles with the merchant outside the platform, so no ledger account moves. A parcel may be lost on its
    way out without a refund.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(
        Refund, verbose_name=_("refund"), on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    shipment = models.ForeignKey(
        Shipment, verbose_name=_("shipment"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount = MoneyField(verbose_name=_("amount"))
    status = StateField(_("status"), max_length=10, choices=CarrierClaimStatus.choices, default=CarrierClaimStatus.OPEN)
    note = models.CharField(_("note"), max_length=200, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("carrier claim")
        verbose_name_plural = _("carrier claims")
        constraints = [
            models.UniqueConstraint(fields=["shipment"], name="carrier_claim_once_per_parcel"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="carrier_claim_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(status="open", closed_at__isnull=True) | ~Q(status="open") & Q(closed_at__isnull=False),
                name="carrier_claim_closed_with_status",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "-id"], name="carrier_claim_newest"),
            models.Index(fields=["store", "status", "-id"], name="carrier_claim_by_status"),
            models.Index(fields=["store", "refund"], name="carrier_claim_of_refund"),
        ]

    def __str__(self) -> str:
        return f"{yuan(self.amount)} {self.get_status_display()}"

    @property
    def about(self) -> Refund | Order:
        """In whose history it is told: the refund's, or the order's where there is none."""
        return self.refund or self.shipment.order

    @transition(field=status, source=CarrierClaimStatus.OPEN, target=CarrierClaimStatus.PAID)
    def settle(self, *, note: str, now):
        """The carrier has paid."""
        self.note, self.closed_at = note, now

    @transition(field=status, source=CarrierClaimStatus.OPEN, target=CarrierClaimStatus.REFUSED)
    def give_up(self, *, note: str, now):
        """The carrier doesn't pay."""
        self.note, self.closed_at = note, now
