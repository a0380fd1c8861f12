"""Whose data it is: a buyer found by id, by an order's number or by the phone that an order goes to."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common.errors import Invalid
from common.personal import PSEUDONYM
from common.search import folded
from orders.models import Order
from stores.models import Store

MOST_FOUND = 50


@dataclass(frozen=True)
class Buyer:
    """A buyer of a store. One whom the marketplace doesn't name is the buyer of one `order`."""

    store: Store
    buyer_id: str
    order: Order | None = None

    @property
    def orders(self) -> QuerySet[Order]:
        """All orders of theirs that aren't erased."""
        orders = Order.objects.for_store(self.store.pk).filter(erased_at=None)
        return orders.filter(pk=self.order.pk) if self.order else orders.filter(buyer_id=self.buyer_id)


def find_buyer(store: Store, term: str) -> Buyer:
    """The one buyer whom this id, order number or phone means.

    Invalid `buyer` for nobody, for several, and for one whose data is erased.
    """
    term = term.replace("\0", "").strip()
    start = folded(term)
    if not start:
        raise Invalid("buyer", _("Give the buyer's id, the number of an order of theirs, or the phone it goes to."))
    named = Q(buyer_id=term) | Q(number=term) | ~Q(phone_folded="") & Q(phone_folded=start)
    orders = list(Order.objects.for_store(store.pk).filter(named).order_by("-id")[:MOST_FOUND])
    left = [order for order in orders if order.erased_at is None]
    if not left:
        erased = orders or term.startswith(PSEUDONYM)
        text = _("The data of this buyer is erased.") if erased else _("No buyer of this store is known by that.")
        raise Invalid("buyer", text)
    if any(not order.buyer_id for order in left):
        exact = [order for order in left if order.number == term]
        if len(left) > 1 and not exact:
            raise Invalid("buyer", _("Several buyers are known by that: give the number of an order."))
        order = (exact or left)[0]
        return Buyer(store, "", order) if not order.buyer_id else Buyer(store, order.buyer_id)
    buyers = {order.buyer_id for order in left}
    if len(buyers) > 1:
        raise Invalid("buyer", _("Several buyers are known by that: give the buyer's id or the number of an order."))
    return Buyer(store, buyers.pop())
