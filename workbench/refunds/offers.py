"""Offers as a list; each is shown on the page of its refund."""

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from workbench.kit.base import DeskAdmin, column, timed_column
from workbench.kit.marks import badge, countdown, moment
from workbench.kit.search import OrderSearch
from workbench.kit.words import yuan


class OfferAdmin(OrderSearch, DeskAdmin):
    """What was offered and what came of it."""

    list_display = ("show_order", "show_method", "show_amount", "show_status", "show_due", "show_sent")
    list_filter = ("status", "method")
    order_path = "refund__order"
    ordering = ("-id",)

    show_order = column(gettext_lazy("order"), lambda offer: offer.refund.order.number)
    show_method = column(gettext_lazy("method"), lambda offer: offer.get_method_display())
    show_amount = column(gettext_lazy("amount"), lambda offer: yuan(offer.amount))
    show_status = column(gettext_lazy("status"), badge)
    show_due = timed_column(
        gettext_lazy("expires"), lambda offer, now: countdown(offer.due_at, now) if offer.status == "pending" else "–"
    )
    show_sent = column(gettext_lazy("sent"), lambda offer: moment(offer.created_at))

    def get_queryset(self, request):
        """With the order that each row names."""
        return super().get_queryset(request).select_related("refund__order")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """An offer is shown on the page of its refund."""
        offer = self.find(request, object_id)
        return HttpResponseRedirect(reverse("admin:refunds_refund_change", args=[offer.refund_id]))
