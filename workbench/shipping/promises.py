"""Promises to keep: parcels that the store owes buyers, by deadline, and the form that keeps them (Q16)."""

from django.utils.translation import gettext as _

from orders.models import OwedParcel
from workbench.kit.base import DeskAdmin
from workbench.kit.deciding import DecidingMixin
from workbench.kit.desk import desk_of
from workbench.kit.queue import QueueFilter, QueueMixin, Tile, capped
from workbench.kit.search import OrderSearch, found_by_order
from workbench.kit.timeline import timeline
from workbench.shipping.queues import PARCEL_QUEUES
from workbench.shipping.sending import AskAgain, CorrectParcel, ShipParcel


class PromiseAdmin(QueueMixin, OrderSearch, DecidingMixin, DeskAdmin):
    """What was promised to buyers; the warehouse sends it from here."""

    class Media:
        css = {"all": ["workbench/work.css"]}

    change_list_template = "workbench/shipping/promises/list.html"
    list_display = ("order",)
    queues = PARCEL_QUEUES
    decisions = (ShipParcel(), CorrectParcel(), AskAgain())
    list_filter = (QueueFilter, "kind")

    def tiles(self, request, now):
        """Promises to keep, and how many of them are late, at desks that promise something (Q16)."""
        if not desk_of(request).promises:
            return []
        to_send, late = self.queues[:2]
        return [Tile((self.waiting(to_send, now), self.waiting(late, now)), self._promises)]

    def _promises(self, waiting: int, late: int) -> dict:
        tile = {**self.tile(self.queues[0], waiting), "label": _("Promises to keep")}
        note = {"tone": self.queues[1].tone, "note": _("%(count)s late") % {"count": capped(late)}}
        return {**tile, **note} if late else tile

    def get_search_results(self, request, queryset, search_term):
        """By the order, or by the number under which it was sent."""
        if not search_term.strip():
            return queryset, False
        rows = OwedParcel.objects.in_scope().order_by()
        of_orders = found_by_order(rows, search_term, "order").values("pk")
        return queryset.filter(pk__in=of_orders.union(rows.sent_under(search_term).values("pk"), all=True)), False

    def changelist_view(self, request, extra_context=None):
        """The queue, by the name that the menu gives it."""
        return super().changelist_view(request, {"title": _("Promises to keep"), **(extra_context or {})})

    def get_queryset(self, request):
        """With the order that each row names, and what carriers tell."""
        return super().get_queryset(request).select_related("order", "shipment")

    def page_queryset(self, request):
        """A promise with its order, store and what its carrier tells."""
        return super().page_queryset(request).select_related("order", "shipment")

    def row_page(self, request, parcel, bound=None):
        return self.page(
            request,
            "workbench/shipping/promises/page.html",
            str(parcel),
            parcel=parcel,
            order=parcel.order,
            late=parcel.is_late(request.now),
            entries=timeline(parcel.store_id, parcel.topic_id),
            decide=self.choices(request, parcel, bound),
        )
