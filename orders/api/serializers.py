"""Shapes of orders."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.changes import ChangedAt
from common.api.fields import InstantField, ItemIdField, StrictMoneyField, WholeNumberField
from common.money import MOST_PER_ORDER, ZERO
from orders.carriers import known_codes
from orders.models import Order, OrderLine, OwedParcel, Shipment
from orders.states import OrderTag
from stores.states import ProductSource

MAX_LINES = 200
MAX_QUANTITY = 100_000
MAX_ADDRESS = Order._meta.get_field("address").max_length


class BuyerSerializer(serializers.Serializer):
    """Who bought."""

    id = serializers.CharField(source="buyer_id", max_length=64)
    name = serializers.CharField(source="buyer_name", max_length=100)
    credit_score = WholeNumberField(
        source="buyer_credit_score", min_value=0, max_value=1_000_000, required=False, default=0
    )
    vip = serializers.BooleanField(source="buyer_is_vip", required=False, default=False)


class OrderLineSerializer(serializers.ModelSerializer):
    """One product of an order."""

    item_id = ItemIdField()
    quantity = WholeNumberField(min_value=1, max_value=MAX_QUANTITY)
    unit_price = StrictMoneyField(minimum=ZERO, maximum=MOST_PER_ORDER, help_text=f"At most {MOST_PER_ORDER}.")
    programme = serializers.SerializerMethodField()
    claimed_amount = StrictMoneyField(read_only=True)

    class Meta:
        model = OrderLine
        fields = [
            "item_id",
            "title",
            "category",
            "quantity",
            "unit_price",
            "programme",
            "claimed_quantity",
            "claimed_amount",
            "cancelled_quantity",
        ]
        read_only_fields = ["title", "category", "claimed_quantity", "claimed_amount", "cancelled_quantity"]

    @extend_schema_field({"type": "string", "nullable": True, "enum": ["returnless", None]})
    def get_programme(self, line):
        """What the buyer was promised with it when the order was placed."""
        return line.programme or None


class PlaceOrderSerializer(serializers.Serializer):
    """An order as the marketplace sends it."""

    store = serializers.CharField()
    number = serializers.RegexField(r"\A[A-Za-z0-9_.\-]{1,64}\Z")
    buyer = BuyerSerializer()
    paid_at = InstantField(has_passed=True)
    ship_by = InstantField(whole_day=True, required=False, allow_null=True)
    address = serializers.CharField(max_length=MAX_ADDRESS)
    source = serializers.ChoiceField(ProductSource.choices, required=False, default=ProductSource.OWN)
    live_session = serializers.CharField(max_length=64, required=False, allow_blank=True, allow_null=True, default="")
    lines = OrderLineSerializer(
        many=True,
        allow_empty=False,
        max_length=MAX_LINES,
        help_text=f"1 to {MAX_LINES} lines, together worth at most {MOST_PER_ORDER}.",
    )

    def validate_lines(self, lines):
        """Each item once, and not worth more than an order may be."""
        items = [line["item_id"] for line in lines]
        if len(items) != len(set(items)):
            raise serializers.ValidationError(_("Name each item once; add its quantities up."))
        if sum(line["quantity"] * line["unit_price"] for line in lines) > MOST_PER_ORDER:
            most = _("The lines of an order are worth at most %(most)s together.") % {"most": MOST_PER_ORDER}
            raise serializers.ValidationError(most, "max_value")
        return lines

    @staticmethod
    def parts_of(data: dict) -> tuple[dict, list[dict]]:
        """The order's own fields, named as the model names them, and its lines."""
        head = {name: value for name, value in data.items() if name not in ("store", "lines", "buyer")}
        return {**head, **data["buyer"], "live_session": data["live_session"] or ""}, data["lines"]


class OrderSerializer(serializers.ModelSerializer):
    """An order with its lines."""

    buyer = BuyerSerializer(source="*")
    goods_status = serializers.CharField()
    tags = serializers.SerializerMethodField()
    paid_amount = StrictMoneyField()
    refundable_amount = StrictMoneyField()
    lines = OrderLineSerializer(many=True)

    updated_at = ChangedAt()

    class Meta:
        model = Order
        fields = [
            "number",
            "status",
            "goods_status",
            "tags",
            "buyer",
            "paid_at",
            "ship_by",
            "address",
            "source",
            "live_session",
            "carrier",
            "tracking_number",
            "shipped_at",
            "delivered_at",
            "paid_amount",
            "refundable_amount",
            "updated_at",
            "lines",
        ]

    def get_tags(self, order: Order) -> list[OrderTag]:
        """Why the order needs another look."""
        return order.tags(self.context["view"].store, self.context["view"].now)


CARRIER_HELP = f"One of {', '.join(known_codes())}, or its name, or `other: NAME` for any other carrier."


class ShipSerializer(serializers.Serializer):
    """A parcel with a carrier."""

    carrier = serializers.CharField(max_length=60, help_text=CARRIER_HELP)
    tracking_number = serializers.CharField(
        max_length=100,
        help_text="At most 64 letters, digits and hyphens; kept in capitals, without blanks.",
    )


class CorrectShipmentSerializer(ShipSerializer):
    """What the parcel's carrier and number should have been, and why they weren't."""

    reason = serializers.CharField(max_length=200)


class AddressSerializer(serializers.Serializer):
    """Where the order goes instead."""

    store = serializers.CharField(required=False)
    address = serializers.CharField(max_length=MAX_ADDRESS)


class StoreNameSerializer(serializers.Serializer):
    """What a marketplace's key adds to a POST."""

    store = serializers.CharField(required=False)


class ParcelSerializer(serializers.ModelSerializer):
    """A promised parcel. `refund` is the one in which it was promised."""

    order = serializers.CharField(source="order.number")
    refund = serializers.UUIDField(source="topic_id")

    updated_at = ChangedAt()

    class Meta:
        model = OwedParcel
        fields = [
            "id",
            "order",
            "refund",
            "kind",
            "item_id",
            "title",
            "quantity",
            "address",
            "status",
            "due_at",
            "late_at",
            "escalated_at",
            "carrier",
            "tracking_number",
            "created_at",
            "shipped_at",
            "updated_at",
        ]


class ShipmentSerializer(serializers.ModelSerializer):
    """A parcel as its carrier tells of it."""

    class Meta:
        model = Shipment
        fields = ["carrier", "tracking_number", "status", "needs_attention", "created_at", "reported_at"]
