"""An order and its lines. What is claimed back is counted on the rows, where a constraint holds the limit."""

from decimal import Decimal
from functools import cached_property

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from common.ids import new_id
from common.money import ZERO, MoneyField
from common.tenancy import TenantModel, TenantQuerySet
from stores.models import Product, ProductSource, Store

# No terms allow more small payments per order than this; it bounds the counter below.
MOST_SMALL_PAYMENTS = 50


class OrderStatus(models.TextChoices):
    """Where the goods are."""

    UNSHIPPED = "unshipped", _("To be shipped")
    SHIPPED = "shipped", _("In transit")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")


class GoodsStatus(models.TextChoices):
    """The order's status as a refund sees it."""

    NOT_SHIPPED = "not_shipped", _("Not shipped")
    IN_TRANSIT = "in_transit", _("In transit")
    RECEIVED = "received", _("Received")


GOODS_STATUS = {
    OrderStatus.UNSHIPPED: GoodsStatus.NOT_SHIPPED,
    OrderStatus.SHIPPED: GoodsStatus.IN_TRANSIT,
    OrderStatus.DELIVERED: GoodsStatus.RECEIVED,
    OrderStatus.CANCELLED: GoodsStatus.NOT_SHIPPED,
}


TAGS = ("priority_shipping", "urged", "late")
# An order whose money is asked back as a whole has nobody who waits for it.
WANTED = Q(paid_amount=0) | Q(claimed_amount__lt=F("paid_amount"))
WAITING = Q(status=OrderStatus.UNSHIPPED) & WANTED


class OrderQuerySet(TenantQuerySet):
    """Named reads."""

    def priority(self):
        """To be shipped before others, since the buyer was persuaded to stay (K1)."""
        return self.filter(WAITING, is_priority=True)

    def urged(self):
        """Waiting although the buyer asked for haste, in stores that see it (K5)."""
        return self.filter(WAITING, is_urged=True, store__smart_customer_service=True)

    def late(self, now):
        """Not shipped although it should be."""
        return self.filter(status=OrderStatus.UNSHIPPED, ship_by__lt=now)


class Order(TenantModel):
    """What a buyer bought and paid. `claimed_amount` is what refunds and payments have taken or may still take of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(_("order number"), max_length=64)
    buyer_id = models.CharField(_("buyer id"), max_length=64)
    buyer_name = models.CharField(_("buyer"), max_length=100)
    buyer_credit_score = models.PositiveIntegerField(_("credit score"), default=0)
    buyer_is_vip = models.BooleanField(_("VIP"), default=False)
    paid_at = models.DateTimeField(_("paid"))
    ship_by = models.DateTimeField(_("ship by"))
    address = models.CharField(_("delivery address"), max_length=300)
    source = models.CharField(_("source"), max_length=20, choices=ProductSource.choices, default=ProductSource.OWN)
    live_session = models.CharField(_("live session"), max_length=64, blank=True)
    status = FSMField(
        _("status"), max_length=20, choices=OrderStatus.choices, default=OrderStatus.UNSHIPPED, protected=True
    )
    is_priority = models.BooleanField(_("priority shipping"), default=False)
    is_urged = models.BooleanField(_("urged"), default=False)
    urges = models.PositiveIntegerField(_("urged so often"), default=0, db_default=0)
    urged_at = models.DateTimeField(_("last urged"), null=True)
    address_changed_at = models.DateTimeField(_("address changed"), null=True)
    carrier = models.CharField(_("carrier"), max_length=50, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=64, blank=True)
    shipped_at = models.DateTimeField(_("shipped"), null=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    paid_amount = MoneyField(verbose_name=_("paid"))
    claimed_amount = MoneyField(verbose_name=_("claimed back"), default=ZERO)
    # Places that small payments take; one that fails or comes back gives its place back (K9).
    small_payments = models.PositiveSmallIntegerField(_("small payments"), default=0)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(fields=["store", "number"], name="order_number_once"),
            models.CheckConstraint(condition=Q(paid_amount__gte=0), name="order_paid_not_negative"),
            models.CheckConstraint(
                condition=Q(claimed_amount__gte=0, claimed_amount__lte=F("paid_amount")),
                name="order_claimed_within_paid",
            ),
            models.CheckConstraint(
                condition=Q(is_urged=False, urges=0, urged_at=None)
                | Q(is_urged=True, urges__gte=1, urged_at__isnull=False),
                name="order_urges_are_dated",
            ),
            models.CheckConstraint(
                condition=Q(small_payments__gte=0, small_payments__lte=MOST_SMALL_PAYMENTS),
                name="order_small_payments_bounded",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "-id"], name="order_newest"),
            models.Index(fields=["store", "status", "-id"], name="order_by_status"),
            models.Index(fields=["store", "buyer_id", "-id"], name="order_by_buyer"),
            models.Index(fields=["store", "ship_by"], condition=Q(status="unshipped"), name="order_to_ship"),
            models.Index(fields=["store", "ship_by"], condition=WAITING & Q(is_priority=True), name="order_priority"),
            models.Index(fields=["store", "ship_by"], condition=WAITING & Q(is_urged=True), name="order_urged"),
        ]

    def __str__(self) -> str:
        return self.number

    @cached_property
    def own_lines(self) -> list["OrderLine"]:
        """Its lines, read once; an action that changes them changes these objects."""
        return list(OrderLine.objects.for_store(self.store_id).filter(order=self).order_by("id"))

    @property
    def goods_status(self) -> str:
        """Where the goods are, in a refund's words."""
        return GOODS_STATUS[self.status]

    @property
    def refundable_amount(self) -> Decimal:
        """Yuan that nobody has claimed yet."""
        return self.paid_amount - self.claimed_amount

    @property
    def is_waiting(self) -> bool:
        """Whether the buyer still waits for it to be shipped."""
        return self.status == OrderStatus.UNSHIPPED and (not self.paid_amount or self.claimed_amount < self.paid_amount)

    def tags(self, store: Store, now) -> list[str]:
        """Of TAGS those that it carries now: shipping clears them, and urges are for stores that see them (K1, K5)."""
        on = {
            "priority_shipping": self.is_waiting and self.is_priority,
            "urged": self.is_waiting and self.is_urged and store.smart_customer_service,
            "late": self.status == OrderStatus.UNSHIPPED and self.ship_by < now,
        }
        return [tag for tag in TAGS if on[tag]]

    @transition(field=status, source=OrderStatus.UNSHIPPED, target=OrderStatus.SHIPPED)
    def ship(self, *, carrier: str, tracking_number: str, now):
        """The parcel is with the carrier."""
        self.carrier, self.tracking_number, self.shipped_at = carrier, tracking_number, now

    @transition(field=status, source=OrderStatus.SHIPPED, target=OrderStatus.DELIVERED)
    def deliver(self, *, now):
        """The buyer has received it."""
        self.delivered_at = now

    @transition(field=status, source=OrderStatus.SHIPPED, target=OrderStatus.UNSHIPPED)
    def unship(self):
        """The pick-up is cancelled, and what is left is packed again (P2)."""
        self.carrier, self.tracking_number, self.shipped_at = "", "", None

    @transition(field=status, source=[OrderStatus.UNSHIPPED, OrderStatus.SHIPPED], target=OrderStatus.CANCELLED)
    def cancel(self):
        """Everything was refunded before the carrier had it (P2)."""


class OrderLine(TenantModel):
    """One product of an order, with its title and category as they were when it was bought.

    `programme` is what the buyer was promised with it then; it stays, whatever the store does later (R3).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    item_id = models.CharField(_("item id"), max_length=20)
    title = models.CharField(_("title"), max_length=200, blank=True)
    category = models.CharField(_("category"), max_length=50, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = MoneyField(verbose_name=_("unit price"))
    programme = models.CharField(_("promised under"), max_length=20, blank=True, editable=False)
    claimed_quantity = models.PositiveIntegerField(_("quantity claimed back"), default=0)
    cancelled_quantity = models.PositiveIntegerField(_("quantity not shipped any more"), default=0, db_default=0)
    claimed_amount = MoneyField(verbose_name=_("claimed back"), default=ZERO)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "item_id"], name="order_line_item_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="order_line_quantity_positive"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="order_line_price_not_negative"),
            models.CheckConstraint(
                condition=Q(claimed_quantity__lte=F("quantity") - F("cancelled_quantity")),
                name="order_line_claimed_within_quantity",
            ),
            models.CheckConstraint(
                condition=Q(claimed_amount__gte=0, claimed_amount__lte=F("quantity") * F("unit_price")),
                name="order_line_claimed_within_paid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title or self.item_id} × {self.quantity}"

    @property
    def paid_amount(self) -> Decimal:
        """Yuan paid for the whole line."""
        return self.quantity * self.unit_price

    @property
    def refundable_amount(self) -> Decimal:
        """Yuan of this line that nobody has claimed yet."""
        return self.paid_amount - self.claimed_amount

    @property
    def refundable_quantity(self) -> int:
        """Pieces that no refund has claimed yet."""
        return self.quantity_to_ship - self.claimed_quantity

    @property
    def quantity_to_ship(self) -> int:
        """Pieces that are packed: those that weren't refunded before (P2)."""
        return self.quantity - self.cancelled_quantity


class ParcelKind(models.TextChoices):
    """What was promised."""

    GIFT = "gift", _("Gift")
    RESHIP = "reship", _("Reship")
    EXCHANGE = "exchange", _("Exchange")


class ParcelStatus(models.TextChoices):
    """Where a promised parcel is."""

    AWAITING_RETURN = "awaiting_return", _("Awaiting the buyer's return")
    OWED = "owed", _("To be sent")
    SHIPPED = "shipped", _("Sent")


class OwedParcel(TenantModel):
    """A parcel that the merchant promised and owes until it is sent (Q16). `topic_id` is the refund it came from.

    `due_at` is the deadline, then the moment of escalation; empty when nothing runs.
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
    status = FSMField(
        _("status"), max_length=20, choices=ParcelStatus.choices, default=ParcelStatus.OWED, protected=True
    )
    due_at = models.DateTimeField(_("deadline"), null=True)
    late_at = models.DateTimeField(_("late since"), null=True)
    escalated_at = models.DateTimeField(_("escalated"), null=True)
    carrier = models.CharField(_("carrier"), max_length=50, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=64, blank=True)
    rules_name = models.CharField(max_length=20, editable=False)
    rules_version = models.PositiveSmallIntegerField(editable=False)
    created_at = models.DateTimeField(_("promised"))
    shipped_at = models.DateTimeField(_("shipped"), null=True)

    class Meta:
        verbose_name = _("promised parcel")
        verbose_name_plural = _("promised parcels")
        indexes = [
            models.Index(fields=["store", "-id"], name="parcel_newest"),
            models.Index(fields=["store", "status", "due_at"], name="parcel_queue"),
            models.Index(fields=["store", "topic_id"], name="parcel_of_topic"),
            models.Index(fields=["store", "order"], name="parcel_of_order"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="parcel_due"),
        ]
        constraints = [models.CheckConstraint(condition=Q(quantity__gte=1), name="parcel_quantity_positive")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.title or self.item_id} × {self.quantity}"

    @transition(field=status, source=ParcelStatus.AWAITING_RETURN, target=ParcelStatus.OWED)
    def expect(self, *, due_at):
        """The buyer's return is on its way."""
        self.due_at = due_at

    @transition(field=status, source=ParcelStatus.OWED, target=ParcelStatus.SHIPPED)
    def ship(self, *, carrier: str, tracking_number: str, now):
        """The promise is kept."""
        self.carrier, self.tracking_number, self.shipped_at, self.due_at = carrier, tracking_number, now, None
