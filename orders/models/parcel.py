"""Parcels that are promised on top of an order."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from common.changed import Traced
from common.ids import new_id
from common.search import folded, folded_column, starts_of
from common.states import StateField
from common.tenancy import TenantModel, TenantQuerySet
from orders.models.order import Order
from orders.models.shipment import Shipment
from orders.states import ParcelKind, ParcelStatus
from stores.models import Product


class OwedParcelQuerySet(TenantQuerySet):
    """Promised parcels, by store."""

    def sent_under(self, term):
        """Those whose tracking number begins with what was typed, however it is typed and stored."""
        if not (start := folded(term)):
            return self.none()
        return self.filter(~Q(tracking_folded=""), tracking_folded__begins=start)


class OwedParcel(Traced, TenantModel):
    """A parcel that the merchant promised and owes until it is sent (Q16). `topic_id` is the refund it came from.

    `due_at` is the deadline, then the moment of escalation; empty when nothing runs. `shipment` is how its carrier
    knows it, as long as it is on its way or has arrived.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(
        Order, verbose_name=_("order"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    topic_id = models.UUIDField(editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=ParcelKind.choices)
    product = models.ForeignKey(
        Product, verbose_name=_("product"), on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    item_id = models.CharField(_("item id"), max_length=20)
    title = models.CharField(_("title"), max_length=200, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    address = models.CharField(_("delivery address"), max_length=300)
    status = StateField(_("status"), max_length=20, choices=ParcelStatus.choices, default=ParcelStatus.OWED)
    due_at = models.DateTimeField(_("deadline"), null=True)
    late_at = models.DateTimeField(_("late since"), null=True)
    escalated_at = models.DateTimeField(_("escalated"), null=True)
    carrier = models.CharField(_("carrier"), max_length=50, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=64, blank=True)
    tracking_folded = folded_column("tracking_number")
    shipment = models.ForeignKey(
        Shipment, verbose_name=_("shipment"), on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    rules_name = models.CharField(max_length=20, editable=False)
    rules_version = models.PositiveSmallIntegerField(editable=False)
    created_at = models.DateTimeField(_("promised"))
    shipped_at = models.DateTimeField(_("shipped"), null=True)

    objects = OwedParcelQuerySet.as_manager()

    class Meta:
        verbose_name = _("promised parcel")
        verbose_name_plural = _("promised parcels")
        indexes = [
            models.Index(fields=["store", "updated_at"], name="parcel_changed"),
            models.Index(fields=["store", "-id"], name="parcel_newest"),
            models.Index(fields=["store", "status", "due_at"], name="parcel_queue"),
            models.Index(fields=["store", "topic_id"], name="parcel_of_topic"),
            models.Index(fields=["store", "order"], name="parcel_of_order"),
            models.Index(fields=["shipment"], condition=Q(shipment__isnull=False), name="parcel_of_shipment"),
            starts_of("tracking_folded", "parcel_tracking_start", condition=~Q(tracking_folded="")),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="parcel_due"),
        ]
        constraints = [models.CheckConstraint(condition=Q(quantity__gte=1), name="parcel_quantity_positive")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.title or self.item_id} × {self.quantity}"

    def is_late(self, now) -> bool:
        """Whether the promise was not kept in time, even if the sweep has yet to flag it (Q16)."""
        if self.late_at is not None:
            return True
        return self.status == ParcelStatus.OWED and self.due_at is not None and self.due_at <= now

    @transition(field=status, source=ParcelStatus.AWAITING_RETURN, target=ParcelStatus.OWED)
    def expect(self, *, due_at):
        """The buyer's return is on its way."""
        self.due_at = due_at

    @transition(field=status, source=[ParcelStatus.AWAITING_RETURN, ParcelStatus.OWED], target=ParcelStatus.CANCELLED)
    def cancel(self):
        """Nobody waits for it any more."""
        self.due_at = None

    @transition(field=status, source=ParcelStatus.OWED, target=ParcelStatus.SHIPPED)
    def ship(self, *, carrier: str, tracking_number: str, now):
        """The merchant has sent it; the promise is kept."""
        self.carrier, self.tracking_number, self.shipped_at, self.due_at = carrier, tracking_number, now, None

    @transition(field=status, source=ParcelStatus.SHIPPED, target=ParcelStatus.OWED)
    def owe_again(self, *, due_at):
        """It never reached the buyer: what was promised is sent once more, and has its time for it."""
        self.carrier, self.tracking_number, self.shipped_at, self.shipment = "", "", None, None
        self.due_at, self.late_at, self.escalated_at = due_at, None, None
