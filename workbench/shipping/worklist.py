"""The shipping queue: the order list as the warehouse works it off, by deadline (P8, K2, K4)."""

from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext as _

from workbench.shipping.delaying import DelayingMixin
from workbench.shipping.exporting import ExportMixin
from workbench.shipping.one_by_one import OneByOneMixin
from workbench.shipping.packing import show_packing
from workbench.shipping.selection import stores_to_ship_for


class ShippingMixin(OneByOneMixin, ExportMixin, DelayingMixin):
    """What the warehouse does from the order list; goes before QueueMixin and DeskAdmin."""

    change_list_template = "workbench/shipping/list.html"

    def get_urls(self):
        """The queue's own addresses, before the admin's catch-all."""
        view = self.admin_site.admin_view
        return [
            path("ship-next/", view(self.ship_next_view), name="orders_order_ship_next"),
            path("export/", view(self.export_view), name="orders_order_export"),
            path("delay/", view(self.delay_view), name="orders_order_delay"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context=None):
        """The queue, with what is to be packed of each order on the page."""
        context = {"title": _("Orders and shipping"), "may_ship": bool(stores_to_ship_for(request))}
        answer = super().changelist_view(request, {**context, **(extra_context or {})})
        changelist = getattr(answer, "context_data", {}).get("cl")
        if changelist is not None:
            show_packing(request, changelist.result_list)
        return answer
