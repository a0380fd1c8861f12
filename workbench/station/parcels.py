"""Unclaimed parcels at the desk: the list, and a parcel's page with whose it may be."""

from django.contrib.admin import SimpleListFilter
from django.db.models import Count
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import NotFound
from common.models import Event
from orders.waybills import carrier_label, known_codes
from refunds.api.evidence import file_response
from refunds.models import ParcelPhoto, UnclaimedParcel
from refunds.unclaimed.matching import why_not_match
from refunds.unclaimed.suggesting import likely_refunds, refunds_named
from stores.permissions import INSPECT_RETURNS, can
from workbench.kit.base import DeskAdmin
from workbench.kit.deciding import DecidingMixin
from workbench.kit.desk import desk_of
from workbench.kit.queue import QueueFilter, QueueMixin
from workbench.kit.search import WordSearch
from workbench.kit.timeline import Entry, entry
from workbench.station.aside import AssignParcel, DescribeParcel, EndParcel, PhotographParcel
from workbench.station.handled import handled
from workbench.station.queues import UNCLAIMED_QUEUES

MOST_TYPED = 100


class CarrierFilter(SimpleListFilter):
    """Those that a carrier brought, or of which nobody knows who did."""

    title = gettext_lazy("carrier")
    parameter_name = "carrier"
    UNKNOWN = "-"

    def lookups(self, request, model_admin):
        """The carriers that are known."""
        return [(self.UNKNOWN, _("Not known")), *((code, carrier_label(code)) for code in known_codes())]

    def queryset(self, request, queryset):
        """The parcels of the one that is asked for."""
        asked = self.value()
        return queryset.filter(carrier="" if asked == self.UNKNOWN else asked) if asked else queryset


class UnclaimedParcelAdmin(QueueMixin, WordSearch, DecidingMixin, DeskAdmin):
    """Parcels that nobody announced; the warehouse finds out whose they are."""

    class Media:
        css = {"all": ["workbench/work.css", "workbench/station.css"]}

    change_list_template = "workbench/station/unclaimed.html"
    list_display = ("tracking_number",)
    queues = UNCLAIMED_QUEUES
    on_overview = only_what_waits = True
    decisions = (AssignParcel(), DescribeParcel(), PhotographParcel(), EndParcel())
    list_filter = (QueueFilter, CarrierFilter)
    search_fields = ("tracking_number", "phone_end", "goods", "note")
    search_help_text = gettext_lazy("Tracking number, sender's phone, item, SKU or note")

    def get_queryset(self, request):
        """With the order of the refund that it belongs to, and how many photographs there are."""
        rows = super().get_queryset(request).select_related("refund__order")
        return rows.annotate(photo_count=Count("photos"))

    def page_queryset(self, request):
        """A parcel with its refund, order and store."""
        return super().page_queryset(request).select_related("refund__order")

    def get_urls(self):
        """The photographs, before the admin's catch-all."""
        view = self.admin_site.admin_view(self.photo_view)
        here = path("<str:object_id>/photographs/<uuid:photo_id>/", view, name=self._named("photo"))
        return [here, *super().get_urls()]

    def photo_view(self, request, object_id, photo_id):
        """A photograph: in the page, or as a download."""
        parcel = self.find(request, object_id)
        photo = ParcelPhoto.objects.for_store(parcel.store_id).filter(parcel=parcel, pk=photo_id).first()
        if photo is None:
            raise Http404
        try:
            return file_response(photo, shown_to=None if "download" in request.GET else request)
        except NotFound:
            raise Http404 from None

    def after(self, request, row, decision, form, answer):
        """An assigned parcel is looked at at the station, where one sits there; all else leads back to its page."""
        response = super().after(request, row, decision, form, answer)
        if decision.code != AssignParcel.code or not self._is_at_station(request, row):
            return response
        query = f"?number={answer.tracking_number}&refund={answer.refund_id}"
        return HttpResponseRedirect(reverse("admin:station") + query)

    def _is_at_station(self, request, parcel) -> bool:
        store = desk_of(request).only_store
        return store is not None and store.pk == parcel.store_id and can(request.user, INSPECT_RETURNS, store.pk)

    def ask(self, request, row, decision, form):
        """The parcel's page, with what is wrong."""
        return self.row_page(request, row, {decision.code: form})

    def row_page(self, request, parcel, bound=None):
        term = request.GET.get("q", "").replace("\0", "")[:MOST_TYPED].strip()
        choices = self.choices(request, parcel, bound)
        found = (refunds_named(parcel, term) if term else likely_refunds(parcel)) if "assign" in choices else []
        if found and not parcel.carrier and choices["assign"].form and choices["describe"].form:
            del choices["describe"].form.fields["carrier"]  # asked where the refund is picked
        for each in found:
            each.refund.store = each.refund.order.store = parcel.store
        return self.page(
            request,
            "workbench/station/parcel.html",
            parcel.tracking_number,
            parcel=parcel,
            decide=choices,
            term=term,
            suggestions=[(each, why_not_match(parcel, each.refund, None, request.now)) for each in found],
            photos=list(ParcelPhoto.objects.for_store(parcel.store_id).filter(parcel=parcel).order_by("id")),
            entries=_entries(parcel),
            handled=handled(request) if self._is_at_station(request, parcel) else None,
        )


def _entries(parcel: UnclaimedParcel) -> list[Entry]:
    """What happened to it, newest first; that it found its refund is in the refund's history."""
    events = Event.objects.for_store(parcel.store_id).select_related("store").filter(subject_id=parcel.pk)
    return [entry(event) for event in events.filter(topic_id__in=[parcel.pk, parcel.refund_id]).order_by("-id")]
