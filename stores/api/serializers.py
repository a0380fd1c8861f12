"""Shapes of the store's own resources."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from common.api.changes import ChangedAt
from common.api.fields import ItemIdField, StrictMoneyField, TextField, WholeNumberField
from common.events import EventTone
from common.money import ZERO
from common.texts import TextKind
from stores.api.extras import STORE_FLAGS
from stores.models import MOST_URGE_ALERT, Product, ReturnAddress, Store, validate_time_zone
from stores.states import ProductSource


class StoreSerializer(serializers.ModelSerializer):
    """The store and its settings. `urge_alert_at` is the number in force, the store's own or the marketplace's (K6).

    `certified_merchant` tells whether refund without return is in force (R10). In a `sandbox`, no gateway, carrier or
    marketplace outside is asked; a store is one from its opening on, or never.
    """

    sandbox = serializers.BooleanField(source="is_sandbox")
    urge_alert_at = serializers.IntegerField(source="alerts_at")
    certified_merchant = serializers.SerializerMethodField()

    updated_at = ChangedAt()

    class Meta:
        model = Store
        fields = [
            "code",
            "name",
            "marketplace",
            "time_zone",
            "sandbox",
            "negotiation_open",
            "priority_shipping_tag",
            "smart_customer_service",
            "urge_alert_at",
            "certified_merchant",
            "updated_at",
        ]
        read_only_fields = fields

    def get_certified_merchant(self, store) -> bool:
        """What a higher room knows."""
        return STORE_FLAGS["certified_merchant"](store)


class StoreChangeSerializer(serializers.Serializer):
    """What a merchant may change."""

    name = TextField(max_length=100, required=False)
    time_zone = TextField(TextKind.NAME, max_length=50, required=False, validators=[validate_time_zone])
    priority_shipping_tag = serializers.BooleanField(required=False)
    smart_customer_service = serializers.BooleanField(required=False)
    urge_alert_at = WholeNumberField(
        required=False, allow_null=True, min_value=1, max_value=MOST_URGE_ALERT, help_text="null: the marketplace's own"
    )


class ProductSerializer(serializers.ModelSerializer):
    """An item of the product warehouse."""

    item_id = ItemIdField()
    title = TextField(max_length=200)
    price = StrictMoneyField(minimum=ZERO)
    category = TextField(TextKind.NAME, max_length=50, required=False, allow_blank=True, default="")
    listed = serializers.BooleanField(required=False, default=True)
    source = serializers.ChoiceField(ProductSource.choices, required=False, default=ProductSource.OWN)

    updated_at = ChangedAt()

    class Meta:
        model = Product
        fields = ["item_id", "title", "category", "price", "listed", "source", "updated_at"]


class ProductChangeSerializer(ProductSerializer):
    """Some fields of a product; its item id stays."""

    item_id = ItemIdField(read_only=True)


class ReturnAddressSerializer(serializers.ModelSerializer):
    """Where buyers send returns."""

    contact = TextField(max_length=50)
    phone = TextField(max_length=30)
    address = TextField(TextKind.LINES, max_length=300)

    updated_at = ChangedAt()

    class Meta:
        model = ReturnAddress
        fields = ["id", "contact", "phone", "address", "updated_at"]


class EventTypeSerializer(serializers.Serializer):
    """Something that can happen.

    `title` and `meaning` (a sentence: what is so from then on) are in the language that Accept-Language asks for.
    `data` tells for each key that the event may carry what it holds, and in which unit; `example` is one of all of it.
    """

    name = serializers.CharField()
    title = serializers.CharField()
    meaning = serializers.CharField()
    tone = serializers.ChoiceField(choices=[(tone.value, tone.value) for tone in EventTone])
    data = serializers.SerializerMethodField()

    example = serializers.JSONField()

    def get_data(self, event) -> dict[str, str]:
        """Key → shape."""
        return {key: fact.shape for key, fact in event.facts.items()}


@extend_schema_serializer(many=False)
class EventTypesSerializer(serializers.Serializer):
    """Every event that can happen, by name; all of them at once."""

    results = EventTypeSerializer(many=True)
