"""What the pages of disputes and appeals share: queue, page, and the decision of the platform's person."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from refunds.holds import most_refundable
from refunds.models import Evidence
from refunds.states import CaseOutcome, Side
from stores.permissions import DECIDE_DISPUTES, can, require
from workbench.kit.base import DeskAdmin, attempt, by, put_on_form, show_refusal
from workbench.kit.forms import DeskForm, YuanField, posted
from workbench.kit.frame import in_store_time
from workbench.kit.queue import QueueFilter, QueueMixin
from workbench.kit.search import OrderSearch
from workbench.kit.timeline import negotiation, timeline
from workbench.kit.words import yuan
from workbench.platform.evidence import evidence_of
from workbench.platform.queues import CASE_QUEUES


class OutcomeForm(DeskForm):
    """Who is right, how much of it for a split, and why."""

    outcome = forms.ChoiceField(label=gettext_lazy("Decision"), widget=forms.RadioSelect)
    amount = YuanField(label=gettext_lazy("Amount"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Grounds, for both sides to read"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "data-count": 1000}),
    )

    def __init__(self, *args, outcomes: list[tuple[str, str]], amount_help: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = outcomes
        self.fields["amount"].help_text = amount_help


@dataclass(frozen=True)
class SideView:
    """One side of a case: what it says, and what it shows."""

    label: str
    says: str
    opened: bool
    files: list[Evidence]


class CaseAdmin(QueueMixin, OrderSearch, DeskAdmin):
    """A queue of cases by how long evidence is still taken, a page with both sides, and a form for the decision."""

    class Media:
        css = {"all": ["workbench/work.css", "workbench/platform.css"]}

    change_list_template = "workbench/platform/list.html"
    list_display = ("refund",)
    queues = CASE_QUEUES
    list_filter = (QueueFilter,)
    order_path = "refund__order"

    code: ClassVar[str]
    tile_label: ClassVar[str]
    template: ClassVar[str]
    decided: ClassVar[str]
    decide: ClassVar[Callable[..., Any]]
    outcomes: ClassVar[list[tuple[str, str]]]
    amount_help: ClassVar[str]

    def tiles(self, request, now):
        """What is to be decided, by the name of the list; nothing while nothing is."""
        tile = {**self.tile(self.queues[0], now), "label": self.tile_label}
        return [] if tile["is_empty"] else [tile]

    def get_queryset(self, request):
        """With the refund and order that each row names."""
        return super().get_queryset(request).select_related("refund__order")

    def page_queryset(self, request):
        """A case with its refund, order and store."""
        return self.model.objects.in_scope().select_related("store", "refund__order", "refund__store")

    def get_urls(self):
        """The form's address, before the admin's catch-all."""
        view = self.admin_site.admin_view
        return [
            path("<uuid:object_id>/decide/", view(self.decide_view), name=f"refunds_{self.code}_decide"),
            *super().get_urls(),
        ]

    @abstractmethod
    def sides(self, case, card) -> list[SideView]:
        """The buyer and the merchant, each with words and files."""

    def more(self, request, case) -> dict:
        """What else the page shows."""
        return {}

    @in_store_time
    def change_view(self, request, case, form_url="", extra_context=None):
        """The case's page."""
        now, refund = request.now, case.refund
        card = evidence_of(refund, request.user, now)
        return self.page(
            request,
            self.template,
            refund.order.number,
            case=case,
            case_code=self.code,
            refund=refund,
            order=refund.order,
            lines=refund.own_lines,
            most=most_refundable(refund),
            now=now,
            evidence=card,
            sides=self.sides(case, card),
            record=negotiation(case.store_id, refund.pk),
            entries=timeline(case.store_id, refund.pk),
            may_decide=case.status == "open" and can(request.user, DECIDE_DISPUTES, case.store_id),
            **self.more(request, case),
        )

    @in_store_time
    def decide_view(self, request, case):
        """GET shows the form with what follows, POST decides."""
        require(request.user, DECIDE_DISPUTES, case.store_id)
        if case.status != "open":
            return self._to(case)
        form = OutcomeForm(
            posted(request),
            outcomes=self.outcomes,
            amount_help=self.amount_help % {"amount": yuan(case.refund.amount)},
            initial=self.initial(case),
        )
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            amount = data["amount"] if data["outcome"] == CaseOutcome.SPLIT else None
            refusal = attempt(
                lambda: type(self).decide(
                    store_id=case.store_id,
                    outcome=data["outcome"],
                    amount=amount,
                    note=data["note"],
                    **by(request),
                    **{f"{self.code}_id": case.pk},
                )
            )
            if refusal is None:
                messages.success(request, self.decided)
                return self._to(case)
            if getattr(refusal, "code", "") == "invalid_transition":
                show_refusal(request, refusal)
                return self._to(case)
            put_on_form(form, refusal)
        return self.page(
            request,
            "workbench/platform/decide.html",
            _("Decide"),
            case=case,
            case_code=self.code,
            refund=case.refund,
            order=case.refund.order,
            form=form,
        )

    def initial(self, case) -> dict:
        """What the form proposes."""
        return {}

    def _to(self, case) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(f"admin:refunds_{self.code}_change", args=[case.pk]))


def side_views(card, *, buyer: str, merchant: str, opened_by: str) -> list[SideView]:
    """Both sides, the buyer's first."""
    return [
        SideView(str(Side.BUYER.label), buyer, opened_by == Side.BUYER, card.buyer),
        SideView(str(Side.MERCHANT.label), merchant, opened_by == Side.MERCHANT, card.merchant),
    ]
