"""Disputes on the desk: the merchant answers and shows, the platform's person decides (R7)."""

from django import forms
from django.utils.translation import gettext_lazy

from refunds.platform.disputes import (
    answer_dispute,
    decide_dispute,
    why_not_answer_dispute,
    why_not_decide_dispute,
)
from refunds.platform.suggestions import explain, suggested_amount
from refunds.states import CaseOutcome, CaseSide
from stores.permissions import DECIDE_REFUNDS
from workbench.cases.cases import CaseAdmin, DecideCase, side_views
from workbench.cases.evidence import AddEvidence
from workbench.cases.packs import MakePack, PackMixin
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.paying import already_had, held_up


class AnswerForm(DecisionForm):
    """What the merchant says about the buyer's plea."""

    reply = forms.CharField(
        label=gettext_lazy("Your answer to the plea"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "data-count": 1000}),
        help_text=gettext_lazy("Both the buyer and the platform read it. You answer once."),
    )


class AnswerDispute(Decision):
    """Answer the buyer's plea."""

    code, label, icon = "answer", gettext_lazy("Answer the plea"), "reply"
    done = gettext_lazy("Your answer is with the platform.")
    capability, is_merchants, is_inline = DECIDE_REFUNDS, True, True
    form, auto_id = AnswerForm, "id_answer_%s"

    def concerns(self, dispute):
        """Only what the buyer brought, until it is decided."""
        return dispute.status == "open" and dispute.opened_by == CaseSide.BUYER

    def refusal(self, dispute, now):
        return why_not_answer_dispute(dispute, CaseSide.MERCHANT, now)

    def run(self, dispute, data, *, actor, now):
        named = {"store_id": dispute.store_id, "dispute_id": dispute.pk}
        answer_dispute(**named, side=CaseSide.MERCHANT, reply=data["reply"], actor=actor, now=now)


class DecideDispute(DecideCase):
    """Whether the buyer is paid."""

    done = gettext_lazy("The dispute is decided.")
    outcomes = [
        (CaseOutcome.BUYER, gettext_lazy("For the buyer: the whole amount is paid")),
        (CaseOutcome.SPLIT, gettext_lazy("Split: the amount below is paid, the rest stays with the merchant")),
        (CaseOutcome.MERCHANT, gettext_lazy("For the merchant: the refund is closed without payment")),
    ]
    amount_help = gettext_lazy("For a split: what the buyer is paid, less than %(amount)s.")

    def initial(self, case):
        """The suggestion; the person may choose otherwise."""
        return {"outcome": case.suggestion.get("outcome"), "amount": suggested_amount(case.suggestion)}

    def refusal(self, dispute, now):
        return why_not_decide_dispute(dispute)

    def consequences(self, dispute):
        """With what the buyer has already, and what holds the money up."""
        return [*super().consequences(dispute), *already_had(dispute.refund), *held_up(dispute.refund)]

    def run(self, dispute, data, *, actor, now):
        decide_dispute(store_id=dispute.store_id, dispute_id=dispute.pk, actor=actor, now=now, **data)


class DisputeAdmin(PackMixin, CaseAdmin):
    """Refunds that the platform was asked to decide."""

    code, template = "dispute", "workbench/cases/dispute.html"
    tile_label = gettext_lazy("Disputes")
    decisions = (AnswerDispute(), DecideDispute(), AddEvidence(), MakePack())

    def sides(self, case, card):
        """Plea and reply, wherever each belongs."""
        words = {case.opened_by: case.says, case.other_side: case.reply}
        return side_views(
            card, buyer=words[CaseSide.BUYER], merchant=words[CaseSide.MERCHANT], opened_by=case.opened_by
        )

    def more(self, request, case):
        """The suggestion in words, and the evidence pack."""
        outcome = case.suggestion.get("outcome")
        return {
            "grounds": explain(case.suggestion),
            "suggested": CaseOutcome(outcome).label if outcome else "",
            "suggested_amount": suggested_amount(case.suggestion),
            **self.pack_card(request, case),
        }
