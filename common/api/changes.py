"""What has changed since: `updated_after` and `ordering=updated_at` of every list."""

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from common.api.filters import InstantFilter

BY_CHANGE = "updated_at"
PARAMETERS = [
    OpenApiParameter(
        "updated_after",
        OpenApiTypes.DATETIME,
        description="Rows that changed after this instant (or since a date began), in the order of their changes. Ask "
        "next time after the last row's `updated_at`: no change is missed, however late it was committed.",
    ),
    OpenApiParameter(
        "ordering", str, enum=[BY_CHANGE], description="By their last change, oldest first, instead of newest first."
    ),
]
NAMES = frozenset(parameter.name for parameter in PARAMETERS)


class ChangedAt(serializers.DateTimeField):
    """When the row was last changed, by the database's clock."""

    def __init__(self, **kwargs):
        super().__init__(read_only=True, **kwargs)


class ChangesFilter(django_filters.FilterSet):
    """Rows that changed after an instant."""

    updated_after = InstantFilter(field_name=BY_CHANGE, lookup_expr="gt")
    ordering = django_filters.ChoiceFilter(choices=[(BY_CHANGE, _("last change"))], method="by_change")

    def by_change(self, queryset, name, value):
        """The page orders its rows."""
        return queryset
