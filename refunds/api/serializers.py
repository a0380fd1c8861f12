"""Shapes of refunds."""

from dataclasses import replace

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common import clock
from common.api.changes import ChangedAt
from common.api.fields import ItemIdField, StrictMoneyField, TextField, WholeNumberField
from common.api.represent import represent
from common.events import event_types, told_outside
from common.models import Event
from common.money import CENT
from common.queries import named_query
from common.sentences import in_readers_words
from common.texts import TextKind
from orders.api.serializers import CARRIER_HELP, ShipSerializer, SkuField, each_once
from payments.models import Payment
from payments.small import compensated
from refunds.api.extras import DETAIL_FIELDS
from refunds.api.parcels import TrackingSerializer
from refunds.holds import most_refundable
from refunds.models import Message, Refund, RefundLine
from refunds.numbers import oddities_of
from refunds.parcels import parcels_of
from refunds.states import RefundKind, RefundReason


class LineRequestSerializer(serializers.Serializer):
    """Pieces of one item."""

    item_id = ItemIdField()
    sku = SkuField()
    quantity = WholeNumberField(min_value=1, max_value=100_000)


class OpenRefundSerializer(serializers.Serializer):
    """The buyer's request."""

    store = TextField(TextKind.NAME)
    order = TextField(TextKind.NAME, max_length=64)
    kind = serializers.ChoiceField(RefundKind.choices)
    reason = serializers.ChoiceField(RefundReason.choices)
    amount = StrictMoneyField(minimum=CENT, required=False, help_text="Required except for an exchange.")
    description = TextField(TextKind.LINES, max_length=500, required=False, allow_blank=True, default="")
    lines = LineRequestSerializer(many=True, required=False, allow_empty=False, max_length=200)

    def validate_lines(self, lines):
        """Each item once, or each of its SKUs."""
        return each_once(lines)


class ResubmitSerializer(serializers.Serializer):
    """What a buyer may correct after the merchant's no."""

    store = TextField(TextKind.NAME, required=False)
    reason = serializers.ChoiceField(RefundReason.choices, required=False)
    amount = StrictMoneyField(minimum=CENT, required=False)
    description = TextField(TextKind.LINES, max_length=500, required=False, allow_blank=True)


class ProposeSerializer(serializers.Serializer):
    """What the buyer is asked at the marketplace to ask for instead; without an amount it stays as it is."""

    store = TextField(TextKind.NAME, required=False)
    kind = serializers.ChoiceField(RefundKind.choices)
    amount = StrictMoneyField(minimum=CENT, required=False)
    text = TextField(TextKind.LINES, max_length=200)


class ApproveSerializer(serializers.Serializer):
    """Where the goods go, when they come back."""

    return_address = serializers.UUIDField(required=False, allow_null=True, default=None)


class RejectSerializer(serializers.Serializer):
    """Why not."""

    reason = TextField(TextKind.LINES, max_length=200)
    evidence = TextField(TextKind.LINES, max_length=500, required=False, allow_blank=True, default="")
    reason_code = TextField(TextKind.NAME, max_length=64, required=False, allow_blank=True, default="")


class MarketplaceReasonSerializer(serializers.Serializer):
    """A reason of the marketplace to refuse the refund as it stands, and what it demands with it."""

    code = serializers.CharField()
    text = serializers.CharField()
    needs_text = serializers.BooleanField()
    needs_evidence = serializers.BooleanField()


class MarketplaceReasonsSerializer(serializers.Serializer):
    """All of them, as they were read at `read_at`; none where the marketplace has none or none were read yet."""

    read_at = serializers.DateTimeField(allow_null=True)
    reasons = MarketplaceReasonSerializer(many=True)


class ShipReturnSerializer(ShipSerializer):
    """The buyer's parcel."""

    store = TextField(TextKind.NAME, required=False)


class CorrectReturnSerializer(ShipReturnSerializer):
    """What the parcel's carrier and number should have been; a store says why they weren't."""

    reason = TextField(TextKind.LINES, max_length=200, required=False, allow_blank=True, default="")


class ArrivalSerializer(serializers.Serializer):
    """Pieces of one item in the parcel."""

    item_id = ItemIdField()
    sku = SkuField()
    quantity = WholeNumberField(min_value=0, max_value=100_000)


class InspectSerializer(serializers.Serializer):
    """What was found in the parcel; an item that `received` doesn't name didn't arrive.

    `carrier` and `tracking_number` are of an exchange's new goods, where the marketplace of a connected shop hears of
    the receipt by them.
    """

    result = serializers.ChoiceField(["passed", "failed"])
    note = TextField(TextKind.LINES, max_length=200, required=False, allow_blank=True, default="")
    received = ArrivalSerializer(many=True, required=False, max_length=200)
    reason_code = TextField(TextKind.NAME, max_length=64, required=False, allow_blank=True, default="")
    carrier = TextField(max_length=60, required=False, allow_blank=True, default="", help_text=CARRIER_HELP)
    tracking_number = TextField(max_length=100, required=False, allow_blank=True, default="")

    def validate_received(self, received):
        """Each item once, or each of its SKUs."""
        return each_once(received)


class RefundLineSerializer(serializers.ModelSerializer):
    """Pieces of one item, and their part of the amount."""

    item_id = serializers.CharField(source="line.item_id")
    sku = serializers.CharField(source="line.sku")
    title = serializers.CharField(source="line.title")
    amount = StrictMoneyField()

    class Meta:
        model = RefundLine
        fields = ["item_id", "sku", "title", "quantity", "amount"]


class RefundSerializer(serializers.ModelSerializer):
    """A refund in a list."""

    order = serializers.CharField(source="order.number")
    goods_status = serializers.CharField()
    amount = StrictMoneyField()
    programme = serializers.SerializerMethodField()

    updated_at = ChangedAt()

    class Meta:
        model = Refund
        fields = [
            "id",
            "order",
            "kind",
            "reason",
            "description",
            "amount",
            "status",
            "goods_status",
            "programme",
            "due_at",
            "due_action",
            "is_instant",
            "needs_attention",
            "unread_by_merchant",
            "created_at",
            "resolved_at",
            "updated_at",
        ]

    @extend_schema_field({"type": "string", "nullable": True, "enum": ["returnless", None]})
    def get_programme(self, refund):
        """The programme that the refund runs under."""
        return refund.programme or None


class PaymentOfRefundSerializer(serializers.ModelSerializer):
    """A payment in its refund."""

    amount = StrictMoneyField()

    class Meta:
        model = Payment
        fields = ["id", "purpose", "amount", "status", "needs_attention", "conflict"]


class KeptCouponSerializer(serializers.Serializer):
    """A coupon that the buyer was granted for keeping the refund's order.

    `ends` says whether it ends, by the marketplace's rules, once this refund is paid.
    """

    id = serializers.UUIDField()
    name = serializers.CharField()
    ends = serializers.BooleanField()
    ended_at = serializers.DateTimeField(allow_null=True)


class LossSerializer(serializers.Serializer):
    """What a refund costs when it is paid (K12): the sale, the parts behind it and their sum, and all of it."""

    sale = StrictMoneyField()
    acquisition = StrictMoneyField()
    outbound_freight = StrictMoneyField()
    return_freight = StrictMoneyField()
    handling = StrictMoneyField()
    stock_loss = StrictMoneyField()
    hidden = StrictMoneyField()
    total = StrictMoneyField()


@named_query
def _payments_of(store_id, refund_id):
    return Payment.objects.for_store(store_id).filter(topic_id=refund_id).order_by("id")


@named_query
def _split_off(store_id, refund_id):
    return Refund.objects.for_store(store_id).filter(split_from=refund_id).order_by("id")


class RefundDetailSerializer(RefundSerializer):
    """A refund with everything about it."""

    max_refundable = serializers.SerializerMethodField()
    compensated = serializers.SerializerMethodField()
    split_from = serializers.UUIDField(source="split_from_id", allow_null=True)
    split_into = serializers.SerializerMethodField()
    tracking = serializers.SerializerMethodField()
    lines = serializers.SerializerMethodField()
    payments = serializers.SerializerMethodField()
    retainable = serializers.SerializerMethodField()
    offers = serializers.SerializerMethodField()
    kept_coupons = serializers.SerializerMethodField()
    loss = serializers.SerializerMethodField()

    class Meta(RefundSerializer.Meta):
        fields = [
            *RefundSerializer.Meta.fields,
            "max_refundable",
            "compensated",
            "negotiating_since",
            "resubmissions",
            "return_address",
            "return_carrier",
            "return_tracking_number",
            "rejection_reason",
            "inspection_note",
            "goods",
            "split_from",
            "split_into",
            "tracking",
            "lines",
            "retainable",
            "offers",
            "kept_coupons",
            "payments",
            "loss",
        ]

    @extend_schema_field({"type": "string", "example": "12.30"})
    def get_max_refundable(self, refund) -> str:
        """Yuan."""
        return f"{most_refundable(refund):.2f}"

    @extend_schema_field({"type": "string", "example": "12.30"})
    def get_compensated(self, refund) -> str:
        """Yuan of small payments about the order that didn't fail: the buyer gets the refund on top of them."""
        return f"{compensated(refund.order):.2f}"

    @extend_schema_field({"type": "array", "items": {"type": "string", "format": "uuid"}})
    def get_split_into(self, refund):
        """The refunds of what was announced and didn't arrive."""
        if refund.is_new:
            return []
        return [str(rest.pk) for rest in _split_off.all(store_id=refund.store_id, refund_id=refund.pk)]

    @extend_schema_field(TrackingSerializer())
    def get_tracking(self, refund):
        """What carriers have of it."""
        parcels = parcels_of(refund)
        odd = tuple(oddities_of(refund, parcels, clock.now()))
        return represent(TrackingSerializer, replace(parcels, warnings=odd))

    @extend_schema_field(RefundLineSerializer(many=True))
    def get_lines(self, refund):
        """What the refund is about."""
        return [represent(RefundLineSerializer, line) for line in refund.own_lines]

    @extend_schema_field(PaymentOfRefundSerializer(many=True))
    def get_payments(self, refund):
        """Oldest first."""
        if refund.is_new:
            return []
        payments = _payments_of.all(store_id=refund.store_id, refund_id=refund.pk)
        return [represent(PaymentOfRefundSerializer, payment) for payment in payments]

    @extend_schema_field(
        {
            "type": "object",
            "properties": {"ok": {"type": "boolean"}, "code": {"type": "string", "nullable": True}},
            "required": ["ok", "code"],
        }
    )
    def get_retainable(self, refund):
        """Whether something may be offered now, and if not, the code of the reason."""
        return DETAIL_FIELDS["retainable"](refund)

    def get_offers(self, refund):
        """Oldest first; the room that has them declares their shape."""
        return DETAIL_FIELDS["offers"](refund)

    @extend_schema_field(KeptCouponSerializer(many=True))
    def get_kept_coupons(self, refund):
        """Oldest first."""
        return DETAIL_FIELDS["kept_coupons"](refund)

    @extend_schema_field(LossSerializer(allow_null=True))
    def get_loss(self, refund):
        """What the refund costs when it is paid: `sale`, the hidden parts, their sum `hidden`, and `total`."""
        return DETAIL_FIELDS["loss"](refund)


EVENT_NAMES = [event.name for event in event_types()]


@extend_schema_field({"type": "string", "enum": EVENT_NAMES})
class EventNameField(serializers.CharField):
    """One of `GET event-types/`."""


class EventSerializer(serializers.ModelSerializer):
    """Something that happened. `from` and `to` are states."""

    def get_fields(self):
        """`from` is a word that Python keeps for itself."""
        return {
            "at": serializers.DateTimeField(),
            "name": EventNameField(help_text="One of `GET /api/v1/event-types/`, which tells what `data` holds."),
            "actor": serializers.CharField(),
            "from": serializers.CharField(source="from_state"),
            "to": serializers.CharField(source="to_state"),
            "rule": serializers.CharField(),
            "data": serializers.SerializerMethodField(),
        }

    @extend_schema_field(serializers.JSONField())
    def get_data(self, event):
        """What `GET /api/v1/event-types/` says that it holds, its sentences in the reader's language."""
        data = told_outside(event.name, event.data) if self.context.get("told_outside") else event.data
        return in_readers_words(data)

    class Meta:
        model = Event
        fields = []


class PostMessageSerializer(serializers.Serializer):
    """A message to the other side."""

    store = TextField(TextKind.NAME, required=False)
    text = TextField(TextKind.LINES, max_length=1000)


class MessageSerializer(serializers.ModelSerializer):
    """A message of the thread."""

    def get_fields(self):
        """`from` is a word that Python keeps for itself."""
        return {
            "id": serializers.UUIDField(),
            "from": serializers.CharField(source="sender"),
            "text": serializers.CharField(),
            "at": serializers.DateTimeField(),
        }

    class Meta:
        model = Message
        fields = []
