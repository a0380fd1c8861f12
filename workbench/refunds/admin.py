"""The refunds queue, the refund's page, and the views that act on it."""

from functools import partial

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from offers.models import Offer
from orders.shipments import resume_shipment
from refunds.models import Refund
from refunds.parcels import parcels_of
from stores.permissions import SHIP, require
from workbench.kit.base import DeskAdmin, attempt, by, put_on_form, show_refusal
from workbench.kit.forms import posted
from workbench.kit.frame import back_to, in_store_time
from workbench.kit.queue import QueueFilter, QueueMixin
from workbench.money.small_payments import PayingMixin
from workbench.platform.evidence import EvidenceMixin
from workbench.quality.admin import CountedFilter
from workbench.refunds.choices import DECISIONS
from workbench.refunds.negotiation import OfferingMixin
from workbench.refunds.page import build_refund_page
from workbench.refunds.queues import REFUND_QUEUES, ShippedFilter
from workbench.refunds.thread import ThreadMixin


class RefundAdmin(QueueMixin, OfferingMixin, ThreadMixin, EvidenceMixin, PayingMixin, DeskAdmin):
    """What the buyers ask, and what can be answered."""

    class Media:
        css = {"all": ["workbench/platform.css"]}

    change_list_template = "workbench/refunds/queue.html"
    list_display = ("order",)
    queues = REFUND_QUEUES
    on_overview = True
    list_filter = (QueueFilter, "kind", ShippedFilter, "reason", CountedFilter)
    search_fields = ("order__number",)
    search_help_text = gettext_lazy("Order number, buyer or tracking number")

    def get_queryset(self, request):
        """The rows of the queue with everything that a row shows."""
        offers = Offer.objects.pending().filter(store_id=OuterRef("store_id"), refund_id=OuterRef("pk"))
        rows = super().get_queryset(request).select_related("order", "store")
        return rows.annotate(has_pending_offer=Exists(offers))

    def get_search_results(self, request, queryset, search_term):
        """By order, buyer, or the parcel's number in either direction."""
        return (queryset.matching(search_term) if search_term.strip() else queryset), False

    def page_queryset(self, request):
        """A refund with its order and store."""
        return Refund.objects.in_scope().select_related("order", "store", "return_address", "split_from")

    def get_urls(self):
        """The page's buttons are addresses of their own, before the admin's catch-all."""
        view = self.admin_site.admin_view
        return [
            path("<uuid:object_id>/negotiate/", view(self.negotiate_view), name="refunds_refund_negotiate"),
            path("<uuid:object_id>/products/", view(require_safe(self.products_view)), name="refunds_refund_products"),
            path("<uuid:object_id>/thread/", view(require_POST(self.thread_view)), name="refunds_refund_thread"),
            path(
                "<uuid:object_id>/evidence/",
                view(require_POST(self.add_evidence_view)),
                name="refunds_refund_add_evidence",
            ),
            path(
                "<uuid:object_id>/evidence/<uuid:evidence_id>/",
                view(require_safe(self.evidence_view)),
                name="refunds_refund_evidence",
            ),
            path(
                "<uuid:object_id>/ask-carrier/",
                view(require_POST(self.ask_carrier_view)),
                name="refunds_refund_ask_carrier",
            ),
            path("<uuid:object_id>/pay/", view(self.pay_view), name="refunds_refund_pay"),
            path("<uuid:object_id>/decide/<slug:code>/", view(self.decide_view), name="refunds_refund_decide"),
            *super().get_urls(),
        ]

    def subject(self, row):
        """From a refund's page the payment belongs to the refund's history."""
        return row.order, row

    @in_store_time
    def change_view(self, request, refund, form_url="", extra_context=None):
        """The refund's page; there is nothing to save on it."""
        return self.page(
            request,
            "workbench/refunds/page.html",
            refund.order.number,
            subtitle=str(refund),
            **build_refund_page(refund, request.user, request.now),
        )

    @in_store_time
    def ask_carrier_view(self, request, refund):
        """Ask the carriers again that have fallen silent about this refund's parcels."""
        require(request.user, SHIP, refund.store_id)
        parcels = parcels_of(refund)
        for shipment in (parcels.outbound, parcels.returning):
            if shipment is None or not shipment.needs_attention:
                continue
            ask = partial(resume_shipment, store_id=refund.store_id, shipment_id=shipment.pk, **by(request))
            refusal = attempt(ask)
            if refusal is None:
                messages.success(request, _("The carrier is asked again."))
            else:
                show_refusal(request, refusal)
        return back_to(refund, "#parcels")

    @in_store_time
    def decide_view(self, request, refund, code):
        """GET shows what will happen, POST lets it happen."""
        decision = DECISIONS.get(code)
        if decision is None:
            return back_to(refund)
        require(request.user, decision.capability, refund.store_id)
        refused = decision.refusal(refund, request.now)
        if refused is not None:
            show_refusal(request, refused)
            return back_to(refund)
        form = decision.form(posted(request), refund=refund)
        if request.method == "POST" and form.is_valid():
            run = partial(decision.run, refund, form.cleaned_data, **by(request))
            refusal = attempt(run)
            if refusal is None:
                messages.success(request, decision.done)
                return back_to(refund)
            put_on_form(form, refusal)
        return self.page(
            request,
            "workbench/refunds/decide.html",
            decision.label,
            refund=refund,
            order=refund.order,
            decision=decision,
            consequence=decision.consequence(refund),
            pending_offer=Offer.objects.for_store(refund.store_id).pending().filter(refund=refund).first(),
            form=form,
        )
