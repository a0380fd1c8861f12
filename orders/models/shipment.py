"""A parcel with a carrier: an order on its way to the buyer, or goods on their way back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from common.ids import new_id
from common.obligations import Obligation, ObligationQuerySet
from common.search import folded, starts_of
from common.states import StateField
from common.tenancy import TenantModel, TenantQuerySet
from orders.models.order import Order
from orders.states import MOVING, ON_ITS_WAY, ShipmentDirection, ShipmentStatus, ShipmentTask
from orders.waybills import carrier_label


class ShipmentQuerySet(ObligationQuerySet, TenantQuerySet):
    """Shipments by store, by whether a worker has something to ask, and by whether anybody waits for the answer."""

    def awaited(self):
        """Those that `is_awaited` says yes of."""
        is_pickup = Q(status=ShipmentStatus.AWAITING_PICKUP)
        return self.filter(is_pickup | Q(direction=ShipmentDirection.RETURN) | Q(recalled_at__isnull=False))

    def in_part_under(self, term):
        """Parcels with a part of an order whose number begins with what was typed, however it is typed and stored."""
        if not (start := folded(term)):
            return self.none()
        return self.filter(~Q(part_folded=""), part_folded__begins=start)


class Shipment(Obligation, TenantModel):
    """One parcel. `topic_id` is what it belongs to: the order on its way out, the refund on the way back.

    A promised parcel (orders/models/parcel.py) belongs to the refund in which it was promised.

    `task` is what we want of the carrier next; to ask is a worker's obligation as long as anybody waits for the answer.
    The id is the key under which the carrier knows the parcel: however often it is asked, it does a thing once.
    `recalled_for` is the refund for which the parcel is to come back.

    `pieces` says how many of which goods (`OrderLine.goods`) are in one of several parcels of an order; None where it
    carries everything. `is_out` is whether they count as sent: not once they came back, got lost or were stopped.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(
        Order, verbose_name=_("order"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    topic_id = models.UUIDField(editable=False)
    direction = models.CharField(_("direction"), max_length=10, choices=ShipmentDirection.choices)
    port = models.CharField(_("asked through"), max_length=30)
    carrier = models.CharField(_("carrier"), max_length=50)
    tracking_number = models.CharField(_("tracking number"), max_length=64)
    address = models.CharField(_("address"), max_length=300, blank=True)
    status = StateField(_("status"), max_length=20, choices=ShipmentStatus.choices, default=ShipmentStatus.ANNOUNCED)
    task = models.CharField(_("asked next"), max_length=20, choices=ShipmentTask.choices)
    pieces = models.JSONField(_("pieces"), null=True, editable=False)
    # The number as searches compare it, of a parcel with a part: an order has only one number of its own.
    part_folded = models.TextField(blank=True, default="", db_default="", editable=False)
    is_out = models.BooleanField(default=True, db_default=True, editable=False)
    recalled_for = models.UUIDField(null=True, editable=False)
    recalled_at = models.DateTimeField(_("recalled"), null=True)
    created_at = models.DateTimeField(_("handed over"))
    received_at = models.DateTimeField(_("received"), null=True, editable=False)
    reported_at = models.DateTimeField(_("last report"), null=True)

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        indexes = [
            models.Index(fields=["store", "order"], name="shipment_of_order"),
            models.Index(fields=["store", "topic_id"], name="shipment_of_topic"),
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="shipment_due"),
            models.Index(
                fields=["store", "next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
                name="shipment_due_by_store",
            ),
            models.Index(fields=["store", "-id"], condition=Q(needs_attention=True), name="shipment_attention"),
            starts_of("part_folded", "shipment_part_start", condition=~Q(part_folded="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(recalled_at__isnull=True, recalled_for__isnull=True)
                | Q(recalled_at__isnull=False, recalled_for__isnull=False),
                name="shipment_recalled_for_a_refund",
            ),
            models.CheckConstraint(
                condition=Q(pieces__isnull=True) | Q(direction=ShipmentDirection.OUTBOUND),
                name="shipment_pieces_of_an_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{carrier_label(self.carrier)} {self.tracking_number}"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to the parcel."""
        return self.status not in MOVING

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for news of it. That an order has arrived is told by its marketplace."""
        is_pickup = self.status == ShipmentStatus.AWAITING_PICKUP
        return is_pickup or self.direction == ShipmentDirection.RETURN or self.recalled_at is not None

    @transition(field=status, source=ShipmentStatus.ANNOUNCED, target=ShipmentStatus.AWAITING_PICKUP)
    def await_pickup(self):
        """The carrier knows of it and hasn't come yet (P2)."""

    @transition(
        field=status,
        source=[ShipmentStatus.ANNOUNCED, ShipmentStatus.AWAITING_PICKUP],
        target=ShipmentStatus.IN_TRANSIT,
    )
    def set_out(self):
        """It has been picked up."""

    @transition(
        field=status,
        source=[ShipmentStatus.ANNOUNCED, ShipmentStatus.AWAITING_PICKUP],
        target=ShipmentStatus.CANCELLED,
    )
    def cancel(self):
        """The pick-up is cancelled: it never leaves (P2)."""

    @transition(
        field=status,
        source=[ShipmentStatus.ANNOUNCED, ShipmentStatus.AWAITING_PICKUP],
        target=ShipmentStatus.REPLACED,
    )
    def replace(self):
        """Its number was wrong: another shipment takes its place."""

    @transition(field=status, source=[*ON_ITS_WAY], target=ShipmentStatus.COMING_BACK)
    def turn_back(self):
        """The carrier has accepted the recall (P4)."""

    @transition(field=status, source=[*ON_ITS_WAY, ShipmentStatus.COMING_BACK], target=ShipmentStatus.BACK)
    def come_back(self):
        """It is with its sender again (P4)."""

    @transition(field=status, source=[*ON_ITS_WAY, ShipmentStatus.COMING_BACK], target=ShipmentStatus.RECALL_REFUSED)
    def refuse_recall(self):
        """The carrier can't intercept it any more: it goes on to its recipient (P4)."""

    @transition(field=status, source=[*MOVING], target=ShipmentStatus.DELIVERED)
    def deliver(self):
        """It has arrived where it was sent to."""

    @transition(field=status, source=[*MOVING], target=ShipmentStatus.LOST)
    def lose(self):
        """The carrier has lost it (P3, P4)."""
