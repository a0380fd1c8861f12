"""Filters of the lists beside their queues."""

from django.contrib.admin import SimpleListFilter
from django.utils.translation import gettext_lazy as _


class TagFilter(SimpleListFilter):
    """The orders that carry a tag now; urges only in stores that see them (K1, K5)."""

    title = _("tag")
    parameter_name = "tag"

    def lookups(self, request, model_admin):
        """The tags that the warehouse works by."""
        return [("priority_shipping", _("Priority shipping")), ("urged", _("Urged")), ("late", _("Late to ship"))]

    def queryset(self, request, queryset):
        """The orders that carry it."""
        match self.value():
            case "priority_shipping":
                return queryset.priority()
            case "urged":
                return queryset.urged()
            case "late":
                return queryset.late(request.now)
        return queryset
