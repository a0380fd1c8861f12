"""How a list answers its search line: by the order that a row belongs to, or by the row's own words."""

from typing import ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from common.search import folded
from orders.models import Order
from refunds.models import Refund


def order_ids_found(term: str) -> QuerySet:
    """The ids of the open scope's orders that match what was typed, also by the number of a parcel that comes back.

    Three questions with an index each, as `Refund.objects.matching` asks them. Lists are filtered by the ids
    themselves: through another question about orders PostgreSQL would ask all of this once for each of them, where it
    has no figures of the table yet.
    """
    coming_back = Refund.objects.in_scope().returning_under(term).order_by().values("order")
    return Order.objects.ids_matching(term).union(coming_back, all=True)


def orders_found(term: str) -> QuerySet[Order]:
    """Those orders."""
    return Order.objects.in_scope().filter(pk__in=order_ids_found(term))


class OrderSearch:
    """A list whose rows belong to an order, which is found by its number, its buyer or a number of its parcels."""

    order_path: ClassVar[str] = "order"
    search_fields = ("order__number",)  # what makes Django show the line
    search_help_text = gettext_lazy("Order, buyer, phone’s last four, tracking number, item or SKU")

    def get_search_results(self, request, queryset, search_term):
        """The rows of the orders that match; all of them when nothing was typed."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(**{f"{self.order_path}__in": order_ids_found(search_term)}), False


class WordSearch:
    """A short list whose rows are found by a part of one of their `search_fields`, however it is typed."""

    def get_search_results(self, request, queryset, search_term):
        """The rows that hold what was typed; all of them when nothing was typed."""
        if not search_term.strip():
            return queryset, False
        if not (part := folded(search_term)):
            return queryset.none(), False
        found = Q()
        for field in self.search_fields:
            found |= Q(**{f"{field}__folded__contains": part})
        return queryset.filter(found), False
