"""The refunds queue, the refund's page, and the views that act on it."""

from django.db.models import Exists, OuterRef, Subquery
from django.urls import path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from offers.models import Offer
from refunds.models import Appeal, Assignment, Refund
from refunds.team.presence import ASK_EVERY_S
from workbench.cases.evidence import AddEvidence, EvidenceMixin
from workbench.kit.base import DeskAdmin
from workbench.kit.deciding import DecidingMixin
from workbench.kit.desk import desk_of
from workbench.kit.fresh import as_of
from workbench.kit.order_card import readdressing
from workbench.kit.queue import QueueFilter, QueueMixin, queue_asked_for
from workbench.money.payments import resuming
from workbench.money.small_payments import PayingMixin
from workbench.quality.admin import CountedFilter
from workbench.refunds.choices import DECISIONS, AskCarrier
from workbench.refunds.negotiation import OfferingMixin
from workbench.refunds.onward import OnwardMixin, list_of, remember_list, way_from
from workbench.refunds.page import build_refund_page
from workbench.refunds.presence import PresenceMixin
from workbench.refunds.queues import (
    REFUND_QUEUES,
    WAREHOUSES_QUEUES,
    FollowedFilter,
    ShippedFilter,
)
from workbench.refunds.tags import AddTag, RefundTagFilter, TakeTagOff, tag_names
from workbench.refunds.team import Assign, AssignedFilter, WriteNote, crew_of
from workbench.refunds.thread import MarkRead, WriteToBuyer
from workbench.refunds.undoing import TakingBackMixin, assign_ticked_view, take_back_view

TEAM = (Assign(), WriteNote(), AddTag(), TakeTagOff())


class RefundAdmin(
    TakingBackMixin,
    OnwardMixin,
    PresenceMixin,
    QueueMixin,
    OfferingMixin,
    DecidingMixin,
    EvidenceMixin,
    PayingMixin,
    DeskAdmin,
):
    """What the buyers ask, and what can be answered."""

    class Media:
        css = {"all": ["workbench/cases.css", "workbench/work.css"]}

    change_list_template = "workbench/refunds/queue.html"
    list_display = ("order",)
    queues = REFUND_QUEUES
    on_overview = True
    decisions = (*DECISIONS, AskCarrier(), WriteToBuyer(), MarkRead(), AddEvidence(), *TEAM)
    list_filter = (
        QueueFilter,
        AssignedFilter,
        RefundTagFilter,
        "kind",
        ShippedFilter,
        "reason",
        CountedFilter,
        FollowedFilter,
    )
    search_fields = ("order__number",)
    search_help_text = gettext_lazy("Order, buyer, phone’s last four, tracking number, item or SKU")

    def get_queryset(self, request):
        """The rows of the queue with everything that a row shows."""
        offers = Offer.objects.in_scope().pending().filter(store_id=OuterRef("store_id"), refund_id=OuterRef("pk"))
        appeals = Appeal.objects.filter(store_id=OuterRef("store_id"), refund_id=OuterRef("pk"))
        rows = super().get_queryset(request).select_related("order", "store")
        assigned = Assignment.objects.filter(store_id=OuterRef("store_id"), refund_id=OuterRef("pk"))
        return rows.annotate(
            has_pending_offer=Exists(offers),
            has_appeal=Exists(appeals),
            assignee_id=Subquery(assigned.values("assignee")[:1]),
            tag_names=tag_names(),
        )

    def changelist_view(self, request, extra_context=None):
        """The queue with who is at this desk, and how much of it is mine and nobody's."""
        crew = crew_of(request, queue_asked_for(request, self.queues))
        context = {"colleagues": crew.names, "shares": crew.shares, "way": way_from(request.GET, self.queues[0].code)}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def overview_queues(self, request):
        """For the warehouse, what is in its hands."""
        queues = super().overview_queues(request)
        return [each for each in queues if each.code in WAREHOUSES_QUEUES] if desk_of(request).is_warehouses else queues

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
            path("<uuid:object_id>/next/", view(require_safe(self.next_view)), name="refunds_refund_next"),
            path("<uuid:object_id>/looking/", view(require_POST(self.looking_view)), name="refunds_refund_looking"),
            path("assign/", view(require_POST(assign_ticked_view)), name="refunds_refund_assign_ticked"),
            path("assign/undo/", view(require_POST(take_back_view)), name="refunds_refund_take_back"),
            path("<uuid:object_id>/negotiate/", view(self.negotiate_view), name="refunds_refund_negotiate"),
            path("<uuid:object_id>/products/", view(require_safe(self.products_view)), name="refunds_refund_products"),
            path(
                "<uuid:object_id>/evidence/<uuid:evidence_id>/",
                view(require_safe(self.evidence_view)),
                name="refunds_refund_evidence",
            ),
            path("<uuid:object_id>/pay/", view(self.pay_view), name="refunds_refund_pay"),
            *super().get_urls(),
        ]

    def page(self, request, template, title, **context):
        """Forms about a refund carry on what their page knew of it."""
        if isinstance(refund := context.get("refund"), Refund) and "as_of" not in context:
            context["as_of"] = as_of(request, refund)
        return super().page(request, template, title, **context)

    def row_page(self, request, refund, bound=None):
        """The refund's page."""
        context = build_refund_page(refund, request.user, request.now)
        context |= {"list": list_of(request, refund), "ask_every_s": ASK_EVERY_S}
        ask_carrier = AskCarrier(context["tracking"])
        if ask_carrier.concerns(refund):
            context["ask_carrier"] = self.choice(request, refund, ask_carrier)
        context["add_evidence"] = self.choice(request, refund, AddEvidence(context["evidence"]), bound)
        resuming(request, context["payments"])
        context["readdress"] = readdressing(request, refund.order)
        thread = context["thread"]
        context["decide"] = {"thread": self.choice(request, refund, WriteToBuyer(thread), bound)}
        team = context["team"]
        context["decide"] |= {
            "assign": self.choice(request, refund, Assign(team), bound),
            "note": self.choice(request, refund, WriteNote(team), bound),
            "tag": self.choice(request, refund, AddTag(team), bound),
            "untag": self.choice(request, refund, TakeTagOff(team)),
            "may_take": any(member.user_id == request.user.pk for member in team.members),
        }
        mark_read = MarkRead(thread)
        if mark_read.concerns(refund):
            context["decide"]["mark_read"] = self.choice(request, refund, mark_read)
        choices = self.choices(request, refund, bound)
        context["choices"] = [choice for choice in choices.values() if not choice.refusal]
        context["refused_choices"] = [choice for choice in choices.values() if choice.refusal]
        title = refund.order.number
        response = self.page(request, "workbench/refunds/page.html", title, subtitle=str(refund), **context)
        remember_list(request, refund, response)
        return response
