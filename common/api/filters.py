"""Filters that are strict where clients guess."""

from datetime import UTC, date, datetime, time

import django_filters
from django.core.exceptions import ValidationError
from django.forms import TypedChoiceField
from django.utils.translation import gettext_lazy as _
from django_filters.fields import IsoDateTimeField
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from common.api.fields import DATE, INSTANT, WITH_OFFSET
from common.calendar import start_of_day


class InstantFormField(IsoDateTimeField):
    """An ISO 8601 instant, in ASCII, or a date."""

    def to_python(self, value):
        """The instant, or the date. ValidationError without an offset, or for digits of other scripts."""
        if isinstance(value, str) and DATE.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError as error:
                raise ValidationError(WITH_OFFSET, code="invalid") from error
        if not isinstance(value, str) or not value:
            return super().to_python(value)
        if not INSTANT.fullmatch(value):
            raise ValidationError(WITH_OFFSET, code="invalid")
        return super().to_python(value.upper())


class InstantFilter(django_filters.IsoDateTimeFilter):
    """An ISO 8601 instant, or the first one of a date of the store's calendar.

    PostgreSQL knows no offsets beyond 16 hours, so it is given UTC.
    """

    field_class = InstantFormField

    def filter(self, qs, value):
        """Narrow the rows."""
        try:
            if isinstance(value, datetime):
                value = value.astimezone(UTC)
            elif value:
                value = start_of_day(value, self.parent.request.parser_context["view"].store.time_zone)
        except OverflowError:  # at the ends of the calendar a day doesn't matter
            value = value if isinstance(value, datetime) else datetime.combine(value, time.min)
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
