"""Which orders a bulk action of the shipping queue is about."""

from uuid import UUID

from django.http import Http404, HttpRequest

from common.errors import refuse_if
from orders.models import Order
from orders.why_not import why_not_choose
from stores.models import Store
from stores.permissions import SHIP, can, require
from workbench.kit.desk import desk_of
from workbench.kit.queue import queue_asked_for
from workbench.shipping.queues import ORDER_QUEUES


def ticked(request: HttpRequest) -> list[Order]:
    """The orders that were ticked, by deadline. Http404 when one is missing or foreign, Refused for too many.

    Raises PermissionDenied where the user may not ship.
    """
    try:
        ids = {UUID(text) for text in request.POST.getlist("order")}
    except ValueError:
        raise Http404 from None
    refuse_if(why_not_choose(len(ids)))
    found = list(Order.objects.in_scope().filter(pk__in=ids).select_related("store").order_by("ship_by", "id"))
    if len(found) != len(ids):
        raise Http404
    for store_id in {order.store_id for order in found}:
        require(request.user, SHIP, store_id)
    return found


def stores_to_ship_for(request: HttpRequest) -> list[Store]:
    """The stores shown in which the user ships."""
    desk = desk_of(request)
    stores = [desk.only_store] if desk.only_store else desk.stores
    return [store for store in stores if can(request.user, SHIP, store.pk)]


def in_queue(request: HttpRequest):
    """The orders of the queue that the page shows, in its order, as far as they are to be shipped."""
    queue = queue_asked_for(request, ORDER_QUEUES)
    return queue.rows(Order.objects.in_scope(), request.now).to_ship().order_by(*queue.order)
