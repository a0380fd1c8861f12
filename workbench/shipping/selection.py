"""Which orders a bulk action of the shipping queue is about: those that were ticked, or all of the list shown."""

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from common.errors import refuse_if
from common.looks import shows_list
from orders.models import Order
from orders.why_not import MOST_ORDERS, why_not_choose
from stores.models import Store
from stores.permissions import SHIP, can, require
from workbench.kit.changelist import NotOffered
from workbench.kit.desk import desk_of
from workbench.kit.forms import ids_named
from workbench.kit.queue import queue_asked_for
from workbench.shipping.queues import ORDER_QUEUES


def ticked(request: HttpRequest) -> list[Order]:
    """The orders that were ticked, by deadline. Http404 when one is missing or foreign, Refused for too many.

    Raises PermissionDenied where the user may not ship.
    """
    ids = ids_named(request.POST.getlist("order"))
    refuse_if(why_not_choose(len(ids)))
    found = list(Order.objects.in_scope().filter(pk__in=ids).select_related("store").order_by("ship_by", "id"))
    if len(found) != len(ids):
        raise Http404
    for store_id in {order.store_id for order in found}:
        require(request.user, SHIP, store_id)
    shows_list(found)
    return found


def delayable(rows: QuerySet, stores: list[Store]) -> QuerySet:
    """Those rows of the order list whose delay may be reported in these stores: to ship, in no report yet."""
    return rows.filter(store__in=stores).to_ship().undelayed().order_by("ship_by", "id")


def all_to_delay(request: HttpRequest, orders_list: ModelAdmin) -> tuple[list[Order], bool]:
    """The first MOST_ORDERS, by deadline, of all that the list shows, and whether there are more.

    Its queue, filters and search are in the address; Http404 for a look-up that the page doesn't offer. Raises
    PermissionDenied for who ships for no store.
    """
    stores = stores_to_ship_for(request)
    if not stores:
        raise PermissionDenied
    try:
        shown = orders_list.get_changelist_instance(request).queryset
    except NotOffered:
        raise Http404 from None
    found = list(delayable(shown, stores).select_related("store")[: MOST_ORDERS + 1])
    return found[:MOST_ORDERS], len(found) > MOST_ORDERS


def stores_to_ship_for(request: HttpRequest) -> list[Store]:
    """The stores shown in which the user ships."""
    desk = desk_of(request)
    stores = [desk.only_store] if desk.only_store else desk.stores
    return [store for store in stores if can(request.user, SHIP, store.pk)]


def in_queue(request: HttpRequest):
    """The orders of the queue that the page shows, in its order, as far as they are to be shipped."""
    queue = queue_asked_for(request, ORDER_QUEUES)
    return queue.rows(Order.objects.in_scope(), request.now).to_ship().order_by(*queue.order)
