"""Filters that are strict where clients guess."""

from datetime import UTC

import django_filters


class InstantFilter(django_filters.IsoDateTimeFilter):
    """An ISO 8601 instant. PostgreSQL knows no offsets beyond 16 hours, so it is given UTC."""

    def filter(self, qs, value):
        """Narrow the rows."""
        if value:
            try:
                value = value.astimezone(UTC)
            except OverflowError:  # at the ends of the calendar a day doesn't matter
                value = value.replace(tzinfo=UTC)
        return super().filter(qs, value)
