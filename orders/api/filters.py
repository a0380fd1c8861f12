"""Filters of the order list, and of its export."""

import django_filters

from orders.models import Order
from orders.states import OrderStatus, OrderTag


class OrderFilter(django_filters.FilterSet):
    """Filters of the order list."""

    status = django_filters.ChoiceFilter(choices=OrderStatus.choices)
    tag = django_filters.ChoiceFilter(choices=OrderTag.choices, method="by_tag")
    buyer = django_filters.CharFilter(field_name="buyer_id")
    q = django_filters.CharFilter(
        method="search", label="order number, buyer, receiver, phone or its last four, tracking number, item or SKU"
    )

    class Meta:
        model = Order
        fields = ["status", "tag", "buyer", "q"]

    def by_tag(self, queryset, name, value):
        """Orders that carry the tag now."""
        return queryset.tagged(value, self.request.parser_context["view"].store, self.request.now)

    def search(self, queryset, name, value):
        """By the start of number, name, phone or tracking number, or by the buyer's id."""
        return queryset.matching(value)
