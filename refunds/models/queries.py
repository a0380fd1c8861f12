"""Refunds by what people and sweeps ask for."""

from common.search import folded
from common.tenancy import TenantQuerySet
from orders.models import Order
from refunds.states import OPEN


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
        """Those of the orders that match what was typed, or that come back under such a number.

        Two questions with an index each: an OR over both tables would read the store's whole history.
        """
        if not folded(term):
            return self.none()
        rows = self.model.objects.in_scope().order_by()
        of_orders = rows.filter(order__in=Order.objects.ids_matching(term)).values("pk")
        return self.filter(pk__in=of_orders.union(rows.returning_under(term).values("pk"), all=True))

    def returning_under(self, term):
        """Those whose goods come back under a number that begins with what was typed, however typed and stored."""
        start = folded(term)
        return self.filter(return_tracking_folded__begins=start) if start else self.none()
