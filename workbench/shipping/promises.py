"""Promises to keep: parcels that the store owes buyers, by deadline, and the form that keeps them (Q16)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from orders.models import OwedParcel
from orders.parcels import ship_parcel
from orders.states import ParcelStatus
from stores.permissions import SHIP, can, require
from workbench.kit.base import DeskAdmin, attempt, by, put_on_form, show_refusal
from workbench.kit.desk import desk_of
from workbench.kit.forms import ShipForm, posted
from workbench.kit.queue import QueueFilter, QueueMixin, capped
from workbench.kit.search import OrderSearch
from workbench.kit.timeline import timeline
from workbench.shipping.queues import PARCEL_QUEUES


class PromiseAdmin(QueueMixin, OrderSearch, DeskAdmin):
    """What was promised to buyers; the warehouse sends it from here."""

    class Media:
        css = {"all": ["workbench/work.css"]}

    change_list_template = "workbench/shipping/promises/list.html"
    list_display = ("order",)
    queues = PARCEL_QUEUES
    list_filter = (QueueFilter, "kind")

    def tiles(self, request, now):
        """Promises to keep, and how many of them are late, at desks that promise something (Q16)."""
        if not desk_of(request).promises:
            return []
        to_send, late = self.queues[:2]
        tile = {**self.tile(to_send, now), "label": _("Promises to keep")}
        count = late.count(self.model.objects.in_scope(), now)
        return [{**tile, "tone": late.tone, "note": _("%(count)s late") % {"count": capped(count)}} if count else tile]

    def changelist_view(self, request, extra_context=None):
        """The queue, by the name that the menu gives it."""
        return super().changelist_view(request, {"title": _("Promises to keep"), **(extra_context or {})})

    def get_queryset(self, request):
        """With the order that each row names."""
        return super().get_queryset(request).select_related("order")

    def page_queryset(self, request):
        """A promise with its order and store."""
        return super().page_queryset(request).select_related("order")

    def get_urls(self):
        """The form's address, before the admin's catch-all."""
        ship = self.admin_site.admin_view(self.ship_view)
        return [path("<uuid:object_id>/ship/", ship, name="orders_owedparcel_ship"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The promise's page; there is nothing to save on it but the shipping."""
        return self._page(request, self.find(request, object_id), ShipForm())

    def ship_view(self, request: HttpRequest, object_id):
        """Keep the promise; a GET only shows it with the form."""
        parcel = self.find(request, object_id)
        require(request.user, SHIP, parcel.store_id)
        form = ShipForm(posted(request))
        if request.method == "POST" and form.is_valid():
            refusal = attempt(
                lambda: ship_parcel(
                    store_id=parcel.store_id,
                    parcel_id=parcel.pk,
                    **by(request),
                    **form.cleaned_data,
                )
            )
            if refusal is None:
                messages.success(request, _("The parcel is sent: the promise is kept."))
                return HttpResponseRedirect(reverse("admin:orders_owedparcel_changelist"))
            if parcel.status != ParcelStatus.OWED:
                show_refusal(request, refusal)
                return HttpResponseRedirect(reverse("admin:orders_owedparcel_change", args=[parcel.pk]))
            put_on_form(form, refusal)
        return self._page(request, parcel, form)

    def _page(self, request, parcel: OwedParcel, form: ShipForm):
        may_ship = can(request.user, SHIP, parcel.store_id)
        return self.page(
            request,
            "workbench/shipping/promises/page.html",
            str(parcel),
            parcel=parcel,
            order=parcel.order,
            late=parcel.is_late(request.now),
            entries=timeline(parcel.store_id, parcel.topic_id),
            form=form if may_ship and parcel.status == ParcelStatus.OWED else None,
            may_ship=may_ship,
        )
