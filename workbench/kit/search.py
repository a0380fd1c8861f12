"""How a list answers its search line: by the order that a row belongs to, or by the row's own words."""

from typing import ClassVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy

from common.search import folded, is_found_often
from orders.models import Order
from orders.models.queries import order_fits
from refunds.models import Refund


def found_by_order(rows: QuerySet, term: str, order_path: str = "") -> QuerySet:
    """Those rows whose order matches what was typed, also by the number of a parcel that comes back.

    `order_path` leads from a row to its order; orders themselves have none. Questions with an index each, as
    `Refund.objects.matching` asks them. Rows are filtered by the orders' ids: through another question about orders
    PostgreSQL would ask all of this once for each of them, where it has no figures of the table yet.
    """
    coming_back = Refund.objects.in_scope().returning_under(term).order_by()
    ids = Order.objects.ids_matching(term).union(coming_back.values("order"), all=True)
    if not is_found_often(*Order.objects.questions_about(term), coming_back):
        return rows.filter(**{f"{order_path or 'pk'}__in": ids})
    path = f"{order_path}__" if order_path else ""
    return rows.filter(order_fits(term, path) | Q(Exists(coming_back.filter(order=OuterRef(f"{path}pk")))))


def orders_found(term: str) -> QuerySet[Order]:
    """The open scope's orders that match."""
    return found_by_order(Order.objects.in_scope(), term)


class OrderSearch:
    """A list whose rows belong to an order, which is found by its number, its buyer or a number of its parcels."""

    order_path: ClassVar[str] = "order"
    search_fields = ("order__number",)  # what makes Django show the line
    search_help_text = gettext_lazy("Order, buyer, phone’s last four, tracking number, item or SKU")

    def get_search_results(self, request, queryset, search_term):
        """The rows of the orders that match; all of them when nothing was typed."""
        if not search_term.strip():
            return queryset, False
        return found_by_order(queryset, search_term, self.order_path), False


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
