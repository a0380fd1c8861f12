"""How a list answers its search line: by the order that a row belongs to, or by the row's own words."""

from typing import ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy

from common.search import spellings
from orders.models import Order


class OrderSearch:
    """A list whose rows belong to an order, which is found by its number, its buyer or its parcel's number."""

    order_path: ClassVar[str] = "order"
    search_fields = ("order__number",)  # what makes Django show the line
    search_help_text = gettext_lazy("Order number, buyer or tracking number")

    def get_search_results(self, request, queryset, search_term):
        """The rows of the orders that match; all of them when nothing was typed."""
        if not search_term.strip():
            return queryset, False
        orders = Order.objects.in_scope().matching(search_term).values("pk")
        return queryset.filter(**{f"{self.order_path}__in": orders}), False


class WordSearch:
    """A short list whose rows are found by a part of one of their `search_fields`, however it is typed."""

    def get_search_results(self, request, queryset, search_term):
        """The rows that hold what was typed; all of them when nothing was typed."""
        if not search_term.strip():
            return queryset, False
        found = Q(pk__in=[])
        for way in spellings(search_term):
            for field in self.search_fields:
                found |= Q(**{f"{field}__icontains": way})
        return queryset.filter(found), False
