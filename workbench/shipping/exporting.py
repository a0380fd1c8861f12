"""Files for the ERP from the desk: the queue that is shown, or the orders that were ticked (K2)."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.erp.export import CONTENT_TYPES, ExportFormat, export_orders, file_name
from orders.models import Order
from stores.models import Store
from stores.permissions import SHIP, require
from workbench.kit.base import by, refused_back_to
from workbench.kit.dear import dear_page
from workbench.kit.desk import desk_of
from workbench.kit.queue import queue_asked_for
from workbench.shipping.queues import ORDER_QUEUES
from workbench.shipping.selection import in_queue, ticked

LIST = "admin:orders_order_changelist"


class ExportMixin:
    """The view behind the export buttons."""

    @dear_page
    @refused_back_to(LIST)
    def export_view(self, request: HttpRequest) -> HttpResponse:
        """A file of the ticked orders (POST), or of the whole queue. Only one store's orders fit into a file.

        PermissionDenied where the user may not ship: the file is for whoever packs, and full of names and addresses.
        """
        kind = request.POST.get("format") or request.GET.get("format", ExportFormat.CSV)
        if kind not in list(ExportFormat):
            raise Http404
        chosen = ticked(request) if request.method == "POST" else []
        store = self._store_of(request, chosen)
        if store is None:
            messages.warning(request, _("A file holds the orders of one store: pick the store first."))
            return HttpResponseRedirect(reverse(LIST))
        require(request.user, SHIP, store.pk)
        orders = in_queue(request).for_store(store.pk)
        if chosen:
            orders = Order.objects.for_store(store.pk).filter(pk__in=[order.pk for order in chosen])
            orders = orders.in_shipping_order()
        chosen_by = _("ticked") if chosen else queue_asked_for(request, ORDER_QUEUES).code
        file = export_orders(
            store=store, orders=orders, format=ExportFormat(kind), filter=chosen_by, in_words=True, **by(request)
        )
        name = file_name(store, ExportFormat(kind), request.now)
        return FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[ExportFormat(kind)])

    @staticmethod
    def _store_of(request: HttpRequest, chosen: list[Order]) -> Store | None:
        stores = {order.store_id: order.store for order in chosen}
        if not stores:
            return desk_of(request).only_store
        return next(iter(stores.values())) if len(stores) == 1 else None
