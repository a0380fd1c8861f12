"""Filters that are strict where clients guess."""

from datetime import UTC

import django_filters
from django.core.exceptions import ValidationError
from django.forms import TypedChoiceField
from django.utils.translation import gettext_lazy as _
from django_filters.fields import IsoDateTimeField
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from common.api.fields import OFFSET, WITH_OFFSET


class InstantFormField(IsoDateTimeField):
    """An ISO 8601 instant, in ASCII."""

    def to_python(self, value):
        """The instant. ValidationError without an offset, or for digits of other scripts, which Python would read."""
        if isinstance(value, str) and value and not (value.isascii() and OFFSET.search(value)):
            raise ValidationError(WITH_OFFSET, code="invalid")
        return super().to_python(value)


class InstantFilter(django_filters.IsoDateTimeFilter):
    """An ISO 8601 instant. PostgreSQL knows no offsets beyond 16 hours, so it is given UTC."""

    field_class = InstantFormField

    def filter(self, qs, value):
        """Narrow the rows."""
        if value:
            try:
                value = value.astimezone(UTC)
            except OverflowError:  # at the ends of the calendar a day doesn't matter
                value = value.replace(tzinfo=UTC)
        return super().filter(qs, value)


@extend_schema_field(OpenApiTypes.BOOL)
class FlagFilter(django_filters.Filter):
    """`true` or `false`; anything else is an error."""

    field_class = TypedChoiceField

    def __init__(self, *args, **kwargs):
        super().__init__(
            *args,
            choices=[("true", _("yes")), ("false", _("no"))],
            coerce=lambda text: text == "true",
            empty_value=None,
            **kwargs,
        )
