"""Filters that are strict where clients guess."""

from datetime import UTC

import django_filters
from django.core.exceptions import ValidationError
from django_filters.fields import IsoDateTimeField


class InstantFormField(IsoDateTimeField):
    """An ISO 8601 instant, in ASCII."""

    def to_python(self, value):
        """The instant. ValidationError for digits of other scripts, which Python would read."""
        if isinstance(value, str) and not value.isascii():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
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
