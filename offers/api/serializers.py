"""Shapes of offers."""

from dataclasses import asdict

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.changes import ChangedAt
from common.api.fields import (
    InstantField,
    ItemIdField,
    NamesField,
    StrictMoneyField,
    TextField,
    WholeNumberField,
)
from common.api.represent import represent
from common.money import CENT, ZERO
from common.texts import TextKind
from offers.cautions import cautions_of_grant, cautions_of_offer
from offers.coupons import coupons_of
from offers.models import Coupon, CouponGrant, Offer
from offers.registry import METHODS, method_choices
from offers.states import PUBLIC
from orders.api.address import AddressField
from orders.api.serializers import StoreNameSerializer
from payments.api.serializers import WarningSerializer


class CouponSerializer(serializers.ModelSerializer):
    """A coupon of the store."""

    name = TextField(max_length=100)
    amount_off = StrictMoneyField(minimum=CENT)
    min_spend = StrictMoneyField(minimum=ZERO, required=False, default=ZERO)
    valid_from = InstantField()
    valid_until = InstantField(
        whole_day=True, help_text="Its end, not included. A date is the last day on which it holds."
    )
    quantity = WholeNumberField(min_value=1, max_value=10_000_000)

    updated_at = ChangedAt()

    class Meta:
        model = Coupon
        fields = [
            "id",
            "name",
            "channel",
            "amount_off",
            "min_spend",
            "valid_from",
            "valid_until",
            "quantity",
            "granted",
            "reserved",
            "updated_at",
        ]
        read_only_fields = ["granted", "reserved"]


class GrantCouponSerializer(serializers.Serializer):
    """The order whose buyer gets the coupon."""

    order = TextField(TextKind.NAME, max_length=64)


class CouponGrantSerializer(serializers.ModelSerializer):
    """A coupon in a buyer's hands. `order` is the order's number, `buyer` the buyer's id."""

    order = serializers.CharField(source="order.number")
    buyer = serializers.CharField(source="buyer_id")
    warnings = serializers.SerializerMethodField()

    class Meta:
        model = CouponGrant
        fields = ["id", "coupon", "order", "buyer", "granted_by", "granted_at", "warnings"]

    @extend_schema_field(WarningSerializer(many=True))
    def get_warnings(self, grant: CouponGrant):
        """Whether the coupons that were given for the order are together worth more than it was paid with."""
        return [asdict(caution) for caution in cautions_of_grant(grant, grant.granted_at)]


class AcceptSerializer(StoreNameSerializer):
    """The buyer's yes; to a proposal to stay it may bring the address to which the order goes instead (K3)."""

    address = AddressField(required=False, allow_null=True, default=None)


class SendOfferSerializer(serializers.Serializer):
    """What the merchant proposes; which fields a method needs is in offer-options."""

    refund = serializers.UUIDField()
    method = NamesField(method_choices)
    message = TextField(TextKind.LINES, required=False, allow_blank=True, default="", max_length=1000)
    amount = StrictMoneyField(required=False, allow_null=True, default=None)
    return_address = serializers.UUIDField(required=False, allow_null=True, default=None)
    agreed_with_buyer = serializers.BooleanField(required=False, default=False)
    item_id = ItemIdField(required=False, allow_null=True, default=None)
    coupons = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=100)


class PromisedProductSerializer(serializers.Serializer):
    """What an offer promises, as the buyer sees it; one that is `off_shelf` isn't listed (Q15)."""

    item_id = serializers.CharField()
    title = serializers.CharField()
    off_shelf = serializers.BooleanField()


class OfferSerializer(serializers.ModelSerializer):
    """An offer and what became of it. `coupons` is what the buyer sees: at most ten, in the order of Q14."""

    amount = StrictMoneyField(allow_null=True)
    status = serializers.ChoiceField(choices=PUBLIC, source="public_status", read_only=True)
    item_id = serializers.CharField(source="product.item_id", default=None, allow_null=True)
    product = serializers.SerializerMethodField()
    buyer_page = serializers.SerializerMethodField()
    coupons = serializers.SerializerMethodField()
    price_difference = serializers.SerializerMethodField()

    class Meta:
        model = Offer
        fields = [
            "id",
            "refund",
            "method",
            "status",
            "message",
            "amount",
            "return_address",
            "agreed_with_buyer",
            "item_id",
            "product",
            "price_difference",
            "coupons",
            "buyer_page",
            "due_at",
            "created_at",
            "answered_at",
        ]

    @extend_schema_field({"type": "string", "nullable": True})
    def get_buyer_page(self, offer: Offer) -> str | None:
        """The path of the page on which the buyer answers, which the view adds.

        Only the marketplace's key gets it, since whoever has it may answer.
        """
        return None

    @extend_schema_field(PromisedProductSerializer(allow_null=True))
    def get_product(self, offer: Offer):
        """What is promised, as the buyer sees it: `off_shelf` marks a product that isn't listed (Q15)."""
        if offer.product is None:
            return None
        return {
            "item_id": offer.product.item_id,
            "title": offer.product.title,
            "off_shelf": not offer.product.listed,
        }

    @extend_schema_field({"type": "string", "nullable": True, "example": "-12.30"})
    def get_price_difference(self, offer: Offer) -> str | None:
        """Yuan that the new goods of an exchange cost more than is asked back.

        The merchant bears what is above zero; what is below is the `amount` that is paid when the buyer accepts. Null
        where nothing is exchanged.
        """
        difference = METHODS[offer.method].price_difference(offer)
        return None if difference is None else f"{difference:.2f}"

    @extend_schema_field(CouponSerializer(many=True))
    def get_coupons(self, offer: Offer):
        """The coupons that the offer names, as the buyer sees them (Q14)."""
        return [represent(CouponSerializer, coupon) for coupon in coupons_of(offer)]


class WarnedOfferSerializer(OfferSerializer):
    """An offer with what speaks against it."""

    warnings = serializers.SerializerMethodField()

    class Meta(OfferSerializer.Meta):
        fields = [*OfferSerializer.Meta.fields, "warnings"]

    @extend_schema_field(WarningSerializer(many=True))
    def get_warnings(self, offer: Offer):
        """What the buyer's yes would cost more than, and whether the buyer would keep both goods and money."""
        return [asdict(caution) for caution in cautions_of_offer(offer, offer.created_at)]


class OptionSerializer(serializers.Serializer):
    """A method that is possible now.

    `amount` is what is recommended for it, in yuan, null for a method without one; `amount_why` says why in a sentence.
    `score` is the share of buyers expected to accept that, and `expected` the yuan that it keeps on average: the sale
    and what a return would cost, times `score`, less what the offer costs.
    """

    method = serializers.CharField()
    recommended = serializers.BooleanField()
    score = serializers.FloatField(allow_null=True)
    why = serializers.CharField()
    limits = serializers.DictField()
    amount = serializers.CharField(allow_null=True)
    amount_why = serializers.CharField()
    expected = serializers.CharField()


class RetainableSerializer(serializers.Serializer):
    """Whether anything is possible now, and if not, the code of the reason."""

    ok = serializers.BooleanField()
    code = serializers.CharField(allow_null=True)


class OfferOptionsSerializer(serializers.Serializer):
    """What may be offered for a refund now."""

    retainable = RetainableSerializer()
    attempts_left = serializers.IntegerField()
    options = OptionSerializer(many=True)
