"""What a refund is about: the part of an order's line that it takes."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.ids import new_id
from common.money import ZERO, MoneyField
from common.queries import named_query
from common.tenancy import TenantModel
from orders.models import OrderLine


class RefundLine(TenantModel):
    """The part of an order line that a refund is about: pieces, and the yuan that it holds of the line now."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey("refunds.Refund", on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))
    # Pieces of a granted refund that the store still had while others of it had left: nobody ships them any more (P2).
    stopped_quantity = models.PositiveIntegerField(_("quantity not shipped any more"), default=0, db_default=0)
    amount = MoneyField(verbose_name=_("amount held"), default=ZERO)

    class Meta:
        verbose_name = _("refund line")
        verbose_name_plural = _("refund lines")
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="refund_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="refund_line_quantity_positive"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="refund_line_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(stopped_quantity__lte=F("quantity")), name="refund_line_stopped_within_quantity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} × {self.quantity}"

    @property
    def moving_quantity(self) -> int:
        """Its pieces that a carrier or the buyer has, as far as they were not stopped."""
        return self.quantity - self.stopped_quantity

    @property
    def quantity_here(self) -> int:
        """How many of its pieces the store still has, of an order that leaves in parts and a refund without a return.

        Those are meant before others of the line that have left; what other refunds bring back has left.
        """
        line = self.line
        return min(self.moving_quantity, line.quantity_to_ship - max(line.shipped_quantity, line.claimed_quantity))


@named_query
def lines_of_refund(store_id, refund_id):
    """A refund's lines with their order lines."""
    return RefundLine.objects.for_store(store_id).filter(refund=refund_id).select_related("line").order_by("id")
