"""Shapes of orders."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common import clock
from common.api.changes import ChangedAt
from common.api.fields import InstantField, ItemIdField, StrictMoneyField, TextField, WholeNumberField
from common.money import MOST_PER_ORDER, ZERO
from common.texts import TextKind
from orders.api.address import AddressField, GivenAddressField
from orders.carriers import known_codes
from orders.models import Order, OrderLine, OwedParcel, Shipment
from orders.states import OrderTag
from stores.states import ProductSource

MAX_LINES = 200
MAX_QUANTITY = 100_000


def each_once(lines: Sequence[Mapping]) -> Sequence[Mapping]:
    """The lines that were sent, unless two of them are about the same goods."""
    if len({(line["item_id"], line["sku"]) for line in lines}) != len(lines):
        raise serializers.ValidationError(_("Name each item, or each SKU of it, once; add the quantities up."))
    return lines


class SkuField(TextField):
    """Which variant of an item; one item may stand in several lines, each of another."""

    def __init__(self, **kwargs):
        super().__init__(TextKind.NAME, max_length=64, required=False, allow_blank=True, default="", **kwargs)


class BuyerSerializer(serializers.Serializer):
    """Who bought."""

    id = TextField(TextKind.NAME, source="buyer_id", max_length=64)
    name = TextField(source="buyer_name", max_length=100)
    credit_score = WholeNumberField(
        source="buyer_credit_score", min_value=0, max_value=1_000_000, required=False, default=0
    )
    vip = serializers.BooleanField(source="buyer_is_vip", required=False, default=False)


class OrderLineSerializer(serializers.ModelSerializer):
    """One product of an order."""

    item_id = ItemIdField()
    sku = SkuField()
    quantity = WholeNumberField(min_value=1, max_value=MAX_QUANTITY)
    unit_price = StrictMoneyField(minimum=ZERO, maximum=MOST_PER_ORDER, help_text=f"At most {MOST_PER_ORDER}.")
    discount = StrictMoneyField(
        minimum=ZERO, maximum=MOST_PER_ORDER, required=False, default=ZERO, help_text="Yuan, for all its pieces."
    )
    paid_amount = StrictMoneyField(
        read_only=True, help_text="Less both discounts, with its share of the shipping fee: what can be refunded of it."
    )
    programme = serializers.SerializerMethodField()
    claimed_amount = StrictMoneyField(read_only=True)

    class Meta:
        model = OrderLine
        fields = [
            "item_id",
            "sku",
            "title",
            "category",
            "quantity",
            "unit_price",
            "discount",
            "paid_amount",
            "programme",
            "claimed_quantity",
            "claimed_amount",
            "cancelled_quantity",
            "shipped_quantity",
        ]
        read_only_fields = [
            *("title", "category", "claimed_quantity", "claimed_amount", "cancelled_quantity", "shipped_quantity")
        ]
        extra_kwargs = {
            "shipped_quantity": {
                "help_text": "Pieces that left in parcels with a part of the order; 0 where one parcel has everything."
            }
        }

    @extend_schema_field({"type": "string", "nullable": True, "enum": ["returnless", None]})
    def get_programme(self, line):
        """What the buyer was promised with it when the order was placed."""
        return line.programme or None


class PlaceOrderSerializer(serializers.Serializer):
    """An order as the marketplace sends it."""

    store = TextField(
        TextKind.NAME,
    )
    number = serializers.RegexField(r"\A(?!\.{1,2}\Z)[A-Za-z0-9_.\-]{1,64}\Z")  # . and .. are no part of an address
    buyer = BuyerSerializer()
    paid_at = InstantField(has_passed=True)
    ship_by = InstantField(whole_day=True, required=False, allow_null=True)
    address = AddressField()
    shipping_fee = StrictMoneyField(minimum=ZERO, maximum=MOST_PER_ORDER, required=False, default=ZERO)
    discount = StrictMoneyField(
        minimum=ZERO, maximum=MOST_PER_ORDER, required=False, default=ZERO, help_text="Yuan, besides the lines' own."
    )
    paid_amount = StrictMoneyField(
        minimum=ZERO,
        required=False,
        allow_null=True,
        default=None,
        help_text="Prices less discounts, with the shipping fee. Where it is sent, it must agree to the cent.",
    )
    version = WholeNumberField(
        min_value=0,
        max_value=2**63 - 1,
        required=False,
        allow_null=True,
        default=None,
        help_text="Counts the copies of this order: one with a smaller version than the last changes nothing.",
    )
    source = serializers.ChoiceField(ProductSource.choices, required=False, default=ProductSource.OWN)
    live_session = TextField(
        TextKind.NAME, max_length=64, required=False, allow_blank=True, allow_null=True, default=""
    )
    lines = OrderLineSerializer(
        many=True,
        allow_empty=False,
        max_length=MAX_LINES,
        help_text=f"1 to {MAX_LINES} lines, together worth at most {MOST_PER_ORDER}.",
    )

    def validate_lines(self, lines):
        """Each item once, or each of its SKUs."""
        return each_once(lines)

    @staticmethod
    def parts_of(data: dict) -> tuple[dict, list[dict]]:
        """The order's own fields, named as the model names them, and its lines."""
        head = {name: value for name, value in data.items() if name not in ("store", "lines", "buyer")}
        return {**head, **data["buyer"], "live_session": data["live_session"] or ""}, data["lines"]


class PiecesSerializer(serializers.Serializer):
    """Goods and how many pieces of them."""

    item_id = ItemIdField()
    sku = SkuField()
    quantity = WholeNumberField(min_value=1, max_value=MAX_QUANTITY)


class PartSerializer(serializers.ModelSerializer):
    """One of an order's several parcels, as its carrier tells of it. `received_at`: the marketplace says so."""

    lines = serializers.SerializerMethodField()

    class Meta:
        model = Shipment
        fields = [
            "id",
            "carrier",
            "tracking_number",
            "status",
            "needs_attention",
            "created_at",
            "reported_at",
            "received_at",
            "is_out",
            "lines",
        ]
        extra_kwargs = {
            "is_out": {"help_text": "Whether its pieces count as sent: not once it came back, got lost or was stopped."}
        }

    @extend_schema_field(PiecesSerializer(many=True))
    def get_lines(self, shipment):
        """What is in it."""
        named = [(*goods.partition(":"), quantity) for goods, quantity in shipment.pieces.items()]
        return [{"item_id": item_id, "sku": sku, "quantity": quantity} for item_id, _colon, sku, quantity in named]


class OrderSerializer(serializers.ModelSerializer):
    """An order with its lines. `parcels` are those of an order that leaves in several, the oldest first."""

    buyer = BuyerSerializer(source="*")
    goods_status = serializers.CharField()
    tags = serializers.SerializerMethodField()
    address = GivenAddressField(source="given_address")
    shipping_fee = StrictMoneyField()
    discount = StrictMoneyField()
    paid_amount = StrictMoneyField()
    refundable_amount = StrictMoneyField()
    lines = OrderLineSerializer(many=True, source="own_lines")
    is_partly_shipped = serializers.BooleanField(help_text="Pieces of it have left, and others wait to be shipped.")
    parcels = PartSerializer(many=True, source="parts")

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
            "is_masked",
            "source",
            "live_session",
            "carrier",
            "tracking_number",
            "shipped_at",
            "delivered_at",
            "shipping_fee",
            "discount",
            "paid_amount",
            "refundable_amount",
            "version",
            "updated_at",
            "lines",
            "is_partly_shipped",
            "parcels",
        ]

    def get_tags(self, order: Order) -> list[OrderTag]:
        """Why the order needs another look."""
        return order.tags(order.store, clock.now())


CARRIER_HELP = f"One of {', '.join(known_codes())}, or its name, or `other: NAME` for any other carrier."


class ShipSerializer(serializers.Serializer):
    """A parcel with a carrier."""

    carrier = TextField(max_length=60, help_text=CARRIER_HELP)
    tracking_number = TextField(
        max_length=100,
        help_text="At most 64 letters, digits and hyphens; kept in capitals, without blanks.",
    )


class ShipOrderSerializer(ShipSerializer):
    """The order's next parcel, and what is in it: without `lines` everything that is left."""

    lines = PiecesSerializer(many=True, required=False, allow_null=True, allow_empty=False, max_length=MAX_LINES)

    def validate_lines(self, lines):
        """Each item once, or each of its SKUs."""
        return lines and each_once(lines)


class CorrectShipmentSerializer(ShipSerializer):
    """What the parcel's carrier and number should have been, and why they weren't."""

    reason = TextField(TextKind.LINES, max_length=200)


PARCEL_HELP = "The id of one of several `parcels`."


class CorrectPartSerializer(CorrectShipmentSerializer):
    """Which of the order's parcels it is about has to be said where it left in several."""

    parcel = serializers.UUIDField(required=False, allow_null=True, default=None, help_text=PARCEL_HELP)


class DeliverSerializer(serializers.Serializer):
    """What the buyer has received: all of the order, or one parcel of it."""

    store = TextField(TextKind.NAME, required=False)
    parcel = serializers.UUIDField(required=False, allow_null=True, default=None, help_text=PARCEL_HELP)


class AddressSerializer(serializers.Serializer):
    """Where the order goes instead."""

    store = TextField(TextKind.NAME, required=False)
    address = AddressField()


class StoreNameSerializer(serializers.Serializer):
    """What a marketplace's key adds to a POST."""

    store = TextField(TextKind.NAME, required=False)


class ShipmentSerializer(serializers.ModelSerializer):
    """A parcel as its carrier tells of it."""

    class Meta:
        model = Shipment
        fields = ["carrier", "tracking_number", "status", "needs_attention", "created_at", "reported_at"]


class ParcelSerializer(serializers.ModelSerializer):
    """A promised parcel. `refund` is the one in which it was promised, `shipment` what its carrier tells of it."""

    order = serializers.CharField(source="order.number")
    refund = serializers.UUIDField(source="topic_id")
    shipment = ShipmentSerializer(allow_null=True)

    updated_at = ChangedAt()

    class Meta:
        model = OwedParcel
        fields = [
            "id",
            "order",
            "refund",
            "kind",
            "item_id",
            "sku",
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
            "shipment",
            "updated_at",
        ]
