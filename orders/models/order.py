"""An order and its lines. What refunds and payments hold of them is counted on the rows, under a constraint."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from common.changed import Traced
from common.ids import new_id
from common.money import CENT, ZERO, MoneyField
from common.queries import among, named_query
from common.search import end_column, folded_column, starts_of
from common.states import StateField
from common.tenancy import TenantModel
from orders.addresses import COLUMNS, AddressParts
from orders.models.lines import OwnsLines
from orders.models.queries import (
    AWAITING,
    AWAITS_SHIPPING,
    COMES_FIRST,
    PHONE_END,
    OrderLineQuerySet,
    OrderQuerySet,
)
from orders.states import GOODS_STATUS, OrderStatus, OrderTag
from stores.models import Store
from stores.states import ProductSource

# No terms allow more small payments per order than this; it bounds the counter below.
MOST_SMALL_PAYMENTS = 50


@named_query
def _lines_of_orders(store_id, order_ids):
    return OrderLine.objects.for_store(store_id).filter(among("order", order_ids)).order_by("id")


class Order(OwnsLines, Traced, TenantModel):
    """What a buyer bought and paid. `claimed_amount` is what refunds and payments have taken or may still take of it.

    `ship_by` is the deadline that counts; while a delay report has moved it, `rule_ship_by` is the one to come back to.
    """

    is_topic = True  # what is told of it, and who looked, is filed under its id (common.looks)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(_("order number"), max_length=64)
    buyer_id = models.CharField(_("buyer id"), max_length=64)
    buyer_name = models.CharField(_("buyer"), max_length=100)
    buyer_credit_score = models.PositiveIntegerField(_("credit score"), default=0)
    buyer_is_vip = models.BooleanField(_("VIP"), default=False)
    paid_at = models.DateTimeField(_("paid"))
    ship_by = models.DateTimeField(_("ship by"))
    rule_ship_by = models.DateTimeField(_("deadline before the delay"), null=True)
    resumed_at = models.DateTimeField(_("delay lifted"), null=True)
    late_at = models.DateTimeField(_("late since"), null=True)
    address = models.CharField(_("delivery address"), max_length=300)
    # The same in its parts, where the marketplace names them (orders.addresses).
    address_name = models.CharField(_("receiver"), max_length=50, blank=True, default="", db_default="")
    address_phone = models.CharField(_("receiver's phone"), max_length=30, blank=True, default="", db_default="")
    address_province = models.CharField(_("province"), max_length=30, blank=True, default="", db_default="")
    address_city = models.CharField(_("city"), max_length=30, blank=True, default="", db_default="")
    address_district = models.CharField(_("district"), max_length=30, blank=True, default="", db_default="")
    address_detail = models.CharField(_("street and number"), max_length=120, blank=True, default="", db_default="")
    # Known only from a marketplace's copy of a refund, which masks where it goes; the order itself fills it in.
    is_masked = models.BooleanField(_("address masked"), default=False, db_default=False, editable=False)
    source = models.CharField(_("source"), max_length=20, choices=ProductSource.choices, default=ProductSource.OWN)
    live_session = models.CharField(_("live session"), max_length=64, blank=True)
    status = StateField(_("status"), max_length=20, choices=OrderStatus.choices, default=OrderStatus.UNSHIPPED)
    is_priority = models.BooleanField(_("priority shipping"), default=False)
    is_urged = models.BooleanField(_("urged"), default=False)
    urges = models.PositiveIntegerField(_("urged so often"), default=0, db_default=0)
    urged_at = models.DateTimeField(_("last urged"), null=True)
    address_changed_at = models.DateTimeField(_("address changed"), null=True)
    carrier = models.CharField(_("carrier"), max_length=50, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=64, blank=True)
    shipped_at = models.DateTimeField(_("shipped"), null=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    # Part of what was paid: what the goods cost, less `discount`, and the fee. The lines know their shares of both.
    shipping_fee = MoneyField(verbose_name=_("shipping fee"), default=ZERO, db_default=ZERO)
    discount = MoneyField(verbose_name=_("discount"), default=ZERO, db_default=ZERO)
    paid_amount = MoneyField(verbose_name=_("paid"))
    # The marketplace's count of its copies of this order: an older one changes nothing.
    version = models.PositiveBigIntegerField(_("version"), null=True, editable=False)
    claimed_amount = MoneyField(verbose_name=_("held for refunds"), default=ZERO)
    # Those of its lines together, sent in parcels that carry a part each; 0 where one parcel carries everything.
    shipped_pieces = models.PositiveIntegerField(_("pieces sent in parts"), default=0, db_default=0, editable=False)
    # Whether refunds that nobody has decided yet hold every piece that would go into a parcel (orders.packing).
    has_nothing_to_pack = models.BooleanField(default=False, db_default=False, editable=False)
    # The indexes below follow this column: following the amounts themselves would make every hold write them all anew.
    awaits_shipping = models.GeneratedField(
        expression=ExpressionWrapper(AWAITS_SHIPPING, models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # Its buyer's data is erased, or about to be: nothing personal comes back, and nothing new begins (privacy).
    erased_at = models.DateTimeField(_("buyer's data erased"), null=True, editable=False)
    number_folded = folded_column("number")
    buyer_folded = folded_column("buyer_name")
    tracking_folded = folded_column("tracking_number")
    receiver_folded = folded_column("address_name")
    phone_folded = folded_column("address_phone")
    phone_end = end_column("address_phone", PHONE_END)
    # Places that small payments take; one that fails or comes back gives its place back (K9).
    small_payments = models.PositiveSmallIntegerField(_("small payments"), default=0)

    objects = OrderQuerySet.as_manager()
    # Where it leaves in several parcels: those, if they were read, and the ids of those whose pieces just came back,
    # which the database may not know yet (orders.pieces).
    parts: Sequence = ()
    taken_back: frozenset = frozenset()

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
                condition=Q(discount__gte=0, shipping_fee__gte=0, shipping_fee__lte=F("paid_amount")),
                name="order_discount_and_fee",
            ),
            models.CheckConstraint(
                condition=Q(rule_ship_by__isnull=True) | Q(ship_by__gte=F("rule_ship_by")),
                name="order_delay_moves_later",
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
            models.Index(fields=["store", "updated_at"], name="order_changed"),
            models.Index(fields=["store", "-id"], name="order_newest"),
            models.Index(fields=["store", "status", "-id"], name="order_by_status"),
            models.Index(fields=["store", "buyer_id", "-id"], name="order_by_buyer"),
            models.Index(fields=["store", "ship_by"], condition=AWAITING, name="order_to_ship"),
            models.Index("store", COMES_FIRST.desc(), "ship_by", "id", condition=AWAITING, name="order_shipping_queue"),
            models.Index(fields=["store", "ship_by"], condition=AWAITING & Q(is_urged=True), name="order_urged"),
            models.Index(fields=["store", "ship_by"], condition=AWAITING & Q(is_priority=True), name="order_priority"),
            models.Index(
                fields=["store", "ship_by"], condition=AWAITING & Q(rule_ship_by__isnull=False), name="order_delayed"
            ),
            models.Index(fields=["ship_by"], condition=AWAITING & Q(late_at__isnull=True), name="order_becoming_late"),
            models.Index(
                fields=["store", "ship_by"], condition=Q(shipped_at__gt=F("ship_by")), name="order_shipped_late"
            ),
            models.Index(fields=["store", "paid_at"], name="order_by_payment"),
            models.Index(fields=["paid_at"], condition=Q(erased_at__isnull=True), name="order_to_forget"),
            # The search line asks for the start of each: only these operators serve it under every collation.
            starts_of("number_folded", "order_number_start"),
            starts_of("buyer_folded", "order_buyer_start"),
            starts_of("tracking_folded", "order_tracking_start"),
            starts_of("phone_folded", "order_phone_start", condition=~Q(phone_folded="")),
            starts_of("receiver_folded", "order_receiver_start", condition=~Q(receiver_folded="")),
            models.Index(fields=["store", "phone_end"], condition=~Q(phone_end=""), name="order_phone_end"),
        ]

    def __str__(self) -> str:
        return self.number

    def read_lines(self) -> list["OrderLine"]:
        """Its lines."""
        return _lines_of_orders.all(store_id=self.store_id, order_ids=[self.pk])

    @property
    def given_address(self) -> str | AddressParts:
        """Where it goes, in its parts where they are known."""
        parts: AddressParts = {part: getattr(self, column) for part, column in COLUMNS.items()}
        return parts if any(parts.values()) else self.address

    @property
    def is_to_ship(self) -> bool:
        """Whether the warehouse still has to send it; what `to_ship` finds, before the row is written."""
        is_kept = self.claimed_amount < self.paid_amount or not self.paid_amount
        is_packed = is_kept and not self.has_nothing_to_pack
        return self.status == OrderStatus.UNSHIPPED and is_packed and not self.is_masked

    @property
    def is_delayed(self) -> bool:
        """Whether an open delay report has moved its deadline (K4)."""
        return self.status == OrderStatus.UNSHIPPED and self.rule_ship_by is not None

    def tags(self, store: Store, now) -> list[OrderTag]:
        """Those that it carries now: shipping clears them, and urges are for stores that see them (K5)."""
        if not self.is_to_ship:
            return []
        carried = {
            OrderTag.PRIORITY: self.is_priority,
            OrderTag.URGED: self.is_urged and store.smart_customer_service,
            OrderTag.LATE: self.ship_by < now,
            OrderTag.SOON_LATE: now <= self.ship_by <= now + store.rules.ships_soon_within,
            OrderTag.DELAYED: self.is_delayed,
        }
        return [tag for tag, on in carried.items() if on]

    @property
    def is_partly_shipped(self) -> bool:
        """Whether pieces of it have left, and others wait."""
        return self.status == OrderStatus.UNSHIPPED and self.shipped_pieces > 0

    @property
    def pieces_wait(self) -> bool:
        """Whether the store has pieces of it that are still to go into a parcel; reads its lines."""
        return any(line.pieces_here for line in self.own_lines)

    @property
    def comes_first(self) -> bool:
        """Urged, and its delay was lifted (K4)."""
        return self.is_urged and self.resumed_at is not None

    @property
    def goods_status(self) -> str:
        """Where the goods are, in a refund's words."""
        return GOODS_STATUS[self.status]

    @property
    def refundable_amount(self) -> Decimal:
        """Yuan that nobody holds yet."""
        return self.paid_amount - self.claimed_amount

    @property
    def has_left(self) -> bool:
        """Whether the carrier has it, or the buyer."""
        return self.status in (OrderStatus.SHIPPED, OrderStatus.DELIVERED)

    @transition(field=status, source=OrderStatus.UNSHIPPED, target=OrderStatus.SHIPPED)
    def ship(self, *, carrier: str, tracking_number: str, now):
        """The parcel, or the last of several, is with the carrier."""
        self.carrier, self.tracking_number, self.shipped_at = carrier, tracking_number, now
        self.rule_ship_by = None  # no deadline to come back to

    @transition(field=status, source=OrderStatus.SHIPPED, target=OrderStatus.DELIVERED)
    def deliver(self, *, now):
        """The buyer has received it."""
        self.delivered_at = now

    @transition(field=status, source=OrderStatus.SHIPPED, target=OrderStatus.UNSHIPPED)
    def unship(self):
        """The pick-up is cancelled, or the parcel never arrived, and what is left is packed again (P2, P3)."""
        self.carrier, self.tracking_number, self.shipped_at = "", "", None

    @transition(field=status, source=[OrderStatus.UNSHIPPED, OrderStatus.SHIPPED], target=OrderStatus.CANCELLED)
    def cancel(self):
        """Everything was refunded before the carrier had it (P2)."""


def with_lines(orders: Sequence[Order], store: Store) -> Sequence[Order]:
    """Orders of one store, given that store and their lines in one statement."""
    read_lines_of(store.pk, orders)
    for order in orders:
        order.store = store
    return orders


def read_lines_of(store_id: int, orders: Sequence[Order]) -> None:
    """Give each of one store's orders its `own_lines`, in one statement."""
    found: dict[UUID, list[OrderLine]] = {order.pk: [] for order in orders}
    for line in _lines_of_orders.all(store_id=store_id, order_ids=list(found)):
        found[line.order_id].append(line)
    for order in orders:
        order.own_lines = found[order.pk]


# Yuan paid for a line, in the words of the database.
LINE_PAID = F("quantity") * F("unit_price") - F("discount") - F("order_discount") + F("freight")
LINE_PAID_SQL = "(l.quantity * l.unit_price - l.discount - l.order_discount + l.freight)"


class OrderLine(TenantModel):
    """One product of an order, with its title and category as they were when it was bought.

    `discount` is the line's own, `order_discount` and `freight` are its shares of the order's discount and shipping fee
    (orders.amounts), all in yuan for the whole line. `programme` is what the buyer was promised with it then; it stays,
    whatever the store does later (R3).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    item_id = models.CharField(_("item id"), max_length=20)
    sku = models.CharField(_("SKU"), max_length=64, blank=True, default="", db_default="")
    sku_folded = folded_column("sku")
    title = models.CharField(_("title"), max_length=200, blank=True)
    category = models.CharField(_("category"), max_length=50, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = MoneyField(verbose_name=_("unit price"))
    discount = MoneyField(verbose_name=_("discount"), default=ZERO, db_default=ZERO)
    order_discount = MoneyField(verbose_name=_("share of the discount"), default=ZERO, db_default=ZERO)
    freight = MoneyField(verbose_name=_("share of the shipping fee"), default=ZERO, db_default=ZERO)
    programme = models.CharField(_("promised under"), max_length=20, blank=True, editable=False)
    claimed_quantity = models.PositiveIntegerField(_("quantity held for refunds"), default=0)
    cancelled_quantity = models.PositiveIntegerField(_("quantity not shipped any more"), default=0, db_default=0)
    # Pieces that have left in parcels with a part of the order; 0 where one parcel carries everything (orders.pieces).
    shipped_quantity = models.PositiveIntegerField(_("quantity sent in parts"), default=0, db_default=0)
    claimed_amount = MoneyField(verbose_name=_("held for refunds"), default=ZERO)

    objects = OrderLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "item_id", "sku"], name="order_line_goods_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="order_line_quantity_positive"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="order_line_price_not_negative"),
            models.CheckConstraint(
                condition=Q(claimed_quantity__lte=F("quantity") - F("cancelled_quantity")),
                name="order_line_claimed_within_quantity",
            ),
            models.CheckConstraint(
                condition=Q(shipped_quantity__lte=F("quantity") - F("cancelled_quantity")),
                name="order_line_shipped_within_quantity",
            ),
            models.CheckConstraint(
                condition=Q(claimed_amount__gte=0, claimed_amount__lte=LINE_PAID),
                name="order_line_claimed_within_paid",
            ),
            models.CheckConstraint(
                condition=Q(
                    discount__gte=0,
                    order_discount__gte=0,
                    freight__gte=0,
                    discount__lte=F("quantity") * F("unit_price") - F("order_discount"),
                ),
                name="order_line_discounts_within_price",
            ),
        ]
        indexes = [
            starts_of("item_id", "order_line_item_start"),
            starts_of("sku_folded", "order_line_sku_start", condition=~Q(sku_folded="")),
        ]

    def __str__(self) -> str:
        return f"{self.label} × {self.quantity}"

    @property
    def label(self) -> str:
        """What people call it: its title, or the item id, and which variant."""
        return f"{self.title or self.item_id} {self.sku}".rstrip()

    @property
    def goods(self) -> str:
        """What it is a line of, once in an order: the item id, or `item_id:sku`."""
        return f"{self.item_id}:{self.sku}" if self.sku else self.item_id

    @property
    def paid_for_goods(self) -> Decimal:
        """Yuan paid for its pieces, without the shipping."""
        return self.quantity * self.unit_price - self.discount - self.order_discount

    @property
    def paid_amount(self) -> Decimal:
        """Yuan paid for the whole line, its share of the shipping fee included."""
        return self.paid_for_goods + self.freight

    def worth(self, pieces: int, after: int = 0) -> Decimal:
        """Yuan paid for so many of its pieces, `after` others: to the cent, and together what was paid for all."""
        return self._worth_of_first(after + pieces) - self._worth_of_first(after)

    def _worth_of_first(self, pieces: int) -> Decimal:
        return (self.paid_for_goods * pieces / self.quantity).quantize(CENT, ROUND_DOWN)

    @property
    def refundable_amount(self) -> Decimal:
        """Yuan of this line that nobody holds yet."""
        return self.paid_amount - self.claimed_amount

    @property
    def refundable_quantity(self) -> int:
        """Pieces that no refund holds yet."""
        return self.quantity_to_ship - self.claimed_quantity

    @property
    def quantity_to_ship(self) -> int:
        """Pieces that are packed: those that weren't refunded before (P2)."""
        return self.quantity - self.cancelled_quantity

    @property
    def pieces_here(self) -> int:
        """Pieces that are still to go into a parcel, as long as the order isn't on its way in one that carries all."""
        return self.quantity_to_ship - self.shipped_quantity
