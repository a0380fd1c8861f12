"""Refunds by what people and sweeps ask for."""

from django.apps import apps
from django.db.models import Case, Exists, OuterRef, Q, When

from common.search import folded, is_found_often
from common.tenancy import TenantQuerySet
from orders.models import Order, OrderLine
from orders.models.queries import goes_in_part, is_named
from refunds.states import OPEN, RefundStatus


class RefundQuerySet(TenantQuerySet):
    """Refunds by whether they are open or due, and by what was typed into a search."""

    def open(self):
        """Refunds that may still move."""
        return self.filter(status__in=OPEN)

    def moved_here(self):
        """Those that our own clocks, parcels and payments move: all but those that follow a marketplace's copy."""
        return self.filter(is_followed=False)

    def due(self, now):
        """Refunds whose deadline has passed and brings something here."""
        return self.moved_here().filter(due_at__lte=now)

    def matching(self, term):
        """Those of the orders that match what was typed, that come back under such a number, or ask about such goods.

        Three questions with an index each: an OR over the tables would read the store's whole history. Goods of the
        order that the buyer doesn't ask about find nothing.
        """
        if not folded(term):
            return self.none()
        rows = self.model.objects.in_scope().order_by()
        orders = Order.objects.without_goods(term)
        lines = apps.get_model("refunds", "RefundLine").objects.in_scope().order_by()
        of_goods = lines.filter(line__in=OrderLine.objects.in_scope().of_goods(term).values("pk"))
        returning = rows.returning_under(term).values("pk")
        if is_found_often(*Order.objects.questions_without_goods(term), rows.returning_under(term), of_goods):
            asked_for = Exists(of_goods.filter(refund=OuterRef("pk")))
            comes_back = Q(return_tracking_folded__begins=folded(term))
            of_order = is_named(term, "order__") | goes_in_part(term, "order__")
            return self.filter(of_order | comes_back | Q(asked_for))
        of_orders = rows.filter(order__in=orders).values("pk")
        return self.filter(pk__in=of_orders.union(returning, of_goods.values("refund"), all=True))

    def coming_back_under(self, number):
        """Those whose goods come back under this number, however typed and stored.

        Those that still expect a parcel come first, the newest of them before all: a number may be used again.
        """
        expects = Case(When(status=RefundStatus.RETURNING, decision_sent="", then=0), default=1)
        return self.filter(return_tracking_folded=folded(number)).order_by(expects, "-id")

    def returning_under(self, term):
        """Those whose goods come back under a number that begins with what was typed, however typed and stored."""
        start = folded(term)
        return self.filter(return_tracking_folded__begins=start) if start else self.none()
