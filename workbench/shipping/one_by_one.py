"""Shipping one order after another: pack, scan the tracking number, next. The carrier stays as it was last time."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from common.looks import shows
from orders.models import Order
from stores.permissions import SHIP, can, require, roles_of
from workbench.kit.decisions import take
from workbench.kit.queue import queue_asked_for
from workbench.kit.waybills import WaybillForm
from workbench.shipping.packing import show_packing
from workbench.shipping.queues import ORDER_QUEUES
from workbench.shipping.selection import in_queue
from workbench.shipping.sending import ShipOrder

CARRIER_KEY = "last_carrier"


class OneByOneMixin:
    """The view behind “ship one after another”."""

    def ship_next_view(self, request: HttpRequest) -> HttpResponse:
        """GET shows the queue's next order (after the one that was skipped); POST ships it and goes on."""
        if request.method == "POST":
            order = self.find(request, request.POST.get("order", ""))
            require(request.user, SHIP, order.store_id)
            return self._ship_and_go_on(request, order)
        orders = in_queue(request).select_related("store").filter(store__in=self._shippable_stores(request))
        order = self._first(request, orders)
        if order is None:
            messages.success(request, _("This queue is empty: everything in it is shipped."))
            return HttpResponseRedirect(f"{reverse('admin:orders_order_changelist')}?{self._queue(request)}")
        form = WaybillForm(row=order, now=request.now, initial={"carrier": request.session.get(CARRIER_KEY, "")})
        return self._show_order(request, order, form)

    def _shippable_stores(self, request: HttpRequest):
        """The stores in which the user ships; an operator in each."""
        if request.user.is_superuser:
            return Order.objects.in_scope().order_by().values("store")
        return [store_id for store_id in roles_of(request.user) if can(request.user, SHIP, store_id)]

    def _first(self, request: HttpRequest, orders) -> Order | None:
        """The order asked for, else the first that was not skipped in this round."""
        skipped = _ids(request.GET.getlist("skip"))
        if asked := request.GET.get("order"):
            order = self.find(request, asked)
            require(request.user, SHIP, order.store_id)
            return order if order.is_to_ship else orders.exclude(pk__in=skipped).first()
        return orders.exclude(pk__in=skipped).first()

    def _ship_and_go_on(self, request: HttpRequest, order: Order) -> HttpResponse:
        ship = ShipOrder()
        form = ship.fill(request, order)
        if not form.is_valid() or take(request, ship, order, form) is None:
            return self._show_order(request, order, form)
        request.session[CARRIER_KEY] = form.cleaned_data["carrier"]
        messages.success(request, _("%(number)s is shipped.") % {"number": order.number})
        skip = [("skip", text) for text in request.GET.getlist("skip")]
        query = f"{self._queue(request)}&{urlencode(skip)}" if skip else self._queue(request)
        return HttpResponseRedirect(f"{reverse('admin:orders_order_ship_next')}?{query}")

    def _show_order(self, request: HttpRequest, order: Order, form: WaybillForm) -> HttpResponse:
        shows(order)
        show_packing(request, [order])
        skip = [("skip", text) for text in request.GET.getlist("skip")]
        return self.page(
            request,
            "workbench/shipping/one.html",
            _("Ship one after another"),
            order=order,
            form=form,
            queue=queue_asked_for(request, ORDER_QUEUES),
            this=urlencode(skip),
            skip=urlencode([*skip, ("skip", order.pk)]),
        )

    @staticmethod
    def _queue(request: HttpRequest) -> str:
        return urlencode({"queue": queue_asked_for(request, ORDER_QUEUES).code})


def _ids(texts) -> list[UUID]:
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise Http404 from None
