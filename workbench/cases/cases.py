"""What the pages of disputes and appeals share: queue, page, and the decision of the platform's person."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from refunds.holds import most_refundable
from refunds.models import Evidence
from refunds.states import CaseOutcome, CaseSide
from stores.permissions import DECIDE_DISPUTES, SHOW_EVIDENCE, can
from workbench.cases.evidence import AddEvidence, evidence_of
from workbench.cases.queues import CASE_QUEUES
from workbench.kit.base import DeskAdmin
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision
from workbench.kit.desk import desk_of
from workbench.kit.forms import DeskForm, YuanField, posted
from workbench.kit.fresh import as_of
from workbench.kit.queue import QueueFilter, QueueMixin, Tile
from workbench.kit.search import OrderSearch
from workbench.kit.timeline import negotiation, timeline
from workbench.kit.words import yuan


class OutcomeForm(DeskForm):
    """Who is right, how much of it for a split, and why."""

    outcome = forms.ChoiceField(label=gettext_lazy("Decision"), widget=forms.RadioSelect)
    amount = YuanField(label=gettext_lazy("Amount"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Grounds, for both sides to read"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "data-count": 1000}),
    )

    early = forms.BooleanField(
        label=gettext_lazy("I decide before the time for evidence is over"),
        help_text=gettext_lazy("What either side would still show can't change the decision any more."),
    )

    def __init__(self, *args, is_early: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_early:
            del self.fields["early"]

    def clean(self):
        """Only a split has an amount; the tick for an early decision is for the person alone."""
        data = {name: value for name, value in super().clean().items() if name != "early"}
        return data if data.get("outcome") == CaseOutcome.SPLIT else {**data, "amount": None}


@dataclass(frozen=True)
class SideView:
    """One side of a case: what it says, and what it shows."""

    label: str
    says: str
    opened: bool
    files: list[Evidence]


class DecideCase(Decision):
    """The decision of the platform's person."""

    code, label, icon = "decide", gettext_lazy("Decide"), "gavel"
    not_yours = gettext_lazy("A person of the platform decides.")
    capability, template = DECIDE_DISPUTES, "workbench/cases/decide.html"
    outcomes: ClassVar[list[tuple[str, str]]]
    amount_help: ClassVar[str]

    def concerns(self, case):
        """Until it is decided."""
        return case.status == "open"

    def consequence(self, case):
        """It is for good."""
        return _("Both sides are told at once, money moves at once, and a decision can't be taken back.")

    def fill(self, request, case):
        """The outcomes of this kind of case; while evidence is still taken, with a tick that it is decided early."""
        is_early = case.takes_evidence(request.now)
        form = OutcomeForm(posted(request), initial=self.initial(case), is_early=is_early)
        form.fields["outcome"].choices = self.outcomes
        form.fields["amount"].help_text = self.amount_help % {"amount": yuan(case.refund.amount)}
        return form

    def context(self, case):
        """The head of the page."""
        return {"case": case, "refund": case.refund, "order": case.refund.order}


class CaseAdmin(QueueMixin, OrderSearch, DecidingMixin, DeskAdmin):
    """A queue of cases by how long evidence is still taken, a page with both sides, and a form for the decision."""

    class Media:
        css = {"all": ["workbench/work.css", "workbench/cases.css"]}

    change_list_template = "workbench/cases/list.html"
    list_display = ("refund",)
    queues = CASE_QUEUES
    list_filter = (QueueFilter,)
    order_path = "refund__order"

    code: ClassVar[str]
    tile_label: ClassVar[str]
    template: ClassVar[str]

    def tiles(self, request, now):
        """What is to be decided, by the name of the list; nothing while nothing is, nor for the warehouse."""
        return [] if desk_of(request).is_warehouses else [Tile((self.waiting(self.queues[0], now),), self._to_decide)]

    def _to_decide(self, count: int) -> dict | None:
        return {**self.tile(self.queues[0], count), "label": self.tile_label} if count else None

    def get_queryset(self, request):
        """With the refund and order that each row names."""
        return super().get_queryset(request).select_related("refund__order")

    def page_queryset(self, request):
        """A case with its refund, order and store."""
        return self.model.objects.in_scope().select_related("store", "refund__order", "refund__store")

    @abstractmethod
    def sides(self, case, card) -> list[SideView]:
        """The buyer and the merchant, each with words and files."""

    def more(self, request, case) -> dict:
        """What else the page shows."""
        return {}

    def decision_page(self, request, row, decision, form, template, **more):
        """Whoever decides has in view what both sides say and show, and whether they may still show more."""
        if isinstance(decision, DecideCase):
            more["as_of"] = as_of(request, row.refund)  # before the sides are read
            more["sides"] = self.sides(row, evidence_of(row.refund, request.now))
            more["is_early"] = row.takes_evidence(request.now)
        return super().decision_page(request, row, decision, form, template, **more)

    def row_page(self, request, case, bound=None):
        now, refund = request.now, case.refund
        known = as_of(request, refund)  # before what the page shows is read
        card = evidence_of(refund, now)
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
            as_of=known,
            evidence=card,
            sides=self.sides(case, card),
            record=negotiation(case.store_id, refund.pk),
            entries=timeline(case.store_id, refund.pk),
            add_evidence=self.choice(request, case, AddEvidence(card), bound),
            decide=self.choices(request, case, bound),
            may_take_pack=can(request.user, SHOW_EVIDENCE, case.store_id),
            **self.more(request, case),
        )


def side_views(card, *, buyer: str, merchant: str, opened_by: str) -> list[SideView]:
    """Both sides, the buyer's first."""
    return [
        SideView(str(CaseSide.BUYER.label), buyer, opened_by == CaseSide.BUYER, card.buyer),
        SideView(str(CaseSide.MERCHANT.label), merchant, opened_by == CaseSide.MERCHANT, card.merchant),
    ]
