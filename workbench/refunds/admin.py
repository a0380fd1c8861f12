"""The refunds queue, the refund's page, and the views that act on it."""

from functools import partial
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.errors import Refused
from offers.eligibility import build_case, general_refusal
from offers.models import Offer
from orders.models import Order
from refunds.models import Refund
from stores.permissions import SEND_OFFERS, actor_of, require
from workbench.base import DeskAdmin, attempt, put_on_form, tell
from workbench.forms import posted
from workbench.orders import find_orders
from workbench.queues import QueueFilter, QueueMixin
from workbench.refunds.decisions import DECISIONS
from workbench.refunds.negotiation import OfferForm, consequences, rehearse, send
from workbench.refunds.page import build_page, options_for


def _in_store_time(view):
    """Show a page in the time zone of the store that it belongs to."""

    def inner(self, request, object_id, **kwargs):
        refund = self.find(request, object_id)
        with timezone.override(ZoneInfo(refund.store.time_zone)):
            response = view(self, request, refund, **kwargs)
            return response.render() if hasattr(response, "render") else response

    return inner


class RefundAdmin(QueueMixin, DeskAdmin):
    """What the buyers ask, and what can be answered."""

    change_list_template = "workbench/refunds/queue.html"
    list_display = ("order",)
    list_filter = (QueueFilter, "kind", "reason")
    search_fields = ("order__number",)
    search_help_text = gettext_lazy("Order number or buyer")

    def get_queryset(self, request):
        """The rows of the queue with everything that a row shows."""
        offers = Offer.objects.pending().filter(store_id=OuterRef("store_id"), refund_id=OuterRef("pk"))
        rows = super().get_queryset(request).select_related("order", "store")
        return rows.annotate(has_pending_offer=Exists(offers))

    def get_search_results(self, request, queryset, search_term):
        """By the start of the order's number or of the buyer's name, or by the buyer's id."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(order__in=find_orders(Order.objects.in_scope(), term).values("pk")), False

    def page_queryset(self, request):
        """A refund with its order and store."""
        return Refund.objects.in_scope().select_related("order", "store", "return_address")

    def get_urls(self):
        """The page's buttons are addresses of their own, before the admin's catch-all."""
        view = self.admin_site.admin_view
        return [
            path("<uuid:object_id>/negotiate/", view(self.negotiate_view), name="refunds_refund_negotiate"),
            path("<uuid:object_id>/decide/<slug:code>/", view(self.decide_view), name="refunds_refund_decide"),
            *super().get_urls(),
        ]

    @_in_store_time
    def change_view(self, request, refund, form_url="", extra_context=None):
        """The refund's page; there is nothing to save on it."""
        return self.page(
            request,
            "workbench/refunds/page.html",
            refund.order.number,
            subtitle=str(refund),
            **build_page(refund, request.user, clock.now()),
        )

    @_in_store_time
    def decide_view(self, request, refund, code):
        """GET shows what will happen, POST lets it happen."""
        decision = DECISIONS.get(code)
        if decision is None:
            return self._back(refund)
        require(request.user, decision.capability, refund.store_id)
        now = clock.now()
        refused = decision.refusal(refund, now)
        if refused is not None:
            tell(request, refused)
            return self._back(refund)
        form = decision.form(posted(request), refund=refund)
        if request.method == "POST" and form.is_valid():
            run = partial(decision.run, refund, form.cleaned_data, actor=actor_of(request.user), now=now)
            refusal = attempt(run)
            if refusal is None:
                messages.success(request, decision.done)
                return self._back(refund)
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

    @_in_store_time
    def negotiate_view(self, request, refund):
        """Fill in (GET), see what the buyer will see (POST preview), send (POST send) or go back (POST edit)."""
        require(request.user, SEND_OFFERS, refund.store_id)
        now, actor = clock.now(), actor_of(request.user)
        refused = general_refusal(refund, now)
        if refused is not None:
            tell(request, refused)
            return self._back(refund)
        case = build_case(refund)
        every = options_for(request.user, case, now)
        possible = [option for option in every if not option.refusal]
        if not possible:
            tell(request, Refused("method_not_available", every[0].refusal if every else _("Nothing can be offered.")))
            return self._back(refund)
        step = request.POST.get("step", "")
        form = OfferForm(posted(request), case=case, options=possible)
        preview = None
        if step in ("preview", "send") and form.is_valid():
            run = send if step == "send" else rehearse
            answer = {}
            refusal = attempt(lambda: answer.update(result=run(case, form.terms(), actor=actor, now=now)))
            if refusal is not None:
                put_on_form(form, refusal)
            elif step == "send":
                messages.success(request, _("The offer is sent; the buyer can answer now."))
                return self._back(refund)
            else:
                preview = answer["result"]
        context = {
            "refund": refund,
            "order": refund.order,
            "case": case,
            "form": form,
            "options": possible,
            "refused_options": [option for option in every if option.refusal],
        }
        if preview is not None:
            context |= {**preview, "consequences": consequences(preview["offer"])}
            return self.page(request, "workbench/refunds/offer_confirm.html", _("Check the offer"), **context)
        return self.page(request, "workbench/refunds/offer.html", _("Propose a change"), **context)

    def _back(self, refund: Refund) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:refunds_refund_change", args=[refund.pk]))
