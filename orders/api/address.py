"""Addresses over HTTP: a string, or an object of its parts."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.fields import TextField
from common.texts import TextKind
from orders.addresses import PARTS
from orders.models import Order

MAX_ADDRESS = Order._meta.get_field("address").max_length
NEEDED = ("name", "phone", "detail")
SCHEMA = {
    "oneOf": [
        {"type": "string", "maxLength": MAX_ADDRESS},
        {
            "type": "object",
            "properties": {part: {"type": "string", "maxLength": most} for part, most in PARTS.items()},
            "required": list(NEEDED),
            "additionalProperties": False,
        },
    ]
}


@extend_schema_field(SCHEMA)
class AddressField(serializers.Serializer):
    """Where an order goes: `"浙江省杭州市文三路 1 号"`, or `{name, phone, province, city, district, detail}`.

    Name, phone and detail are needed; of what has no district it is left out.
    """

    default_error_messages = {"invalid": _("Write the address as a string or as an object of its parts.")}

    def get_fields(self):
        """One for each part."""
        return {
            part: TextField(
                max_length=most,
                required=part in NEEDED,
                default=serializers.empty if part in NEEDED else "",
                allow_blank=part not in NEEDED,
            )
            for part, most in PARTS.items()
        }

    def to_internal_value(self, data):
        """The string, or the parts."""
        if isinstance(data, str):
            return TextField(TextKind.LINES, max_length=MAX_ADDRESS).run_validation(data)
        if not isinstance(data, dict):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(SCHEMA)
class GivenAddressField(serializers.ReadOnlyField):
    """The address as it was given."""
