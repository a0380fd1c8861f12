"""Asking the buyer at the marketplace for another request."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from refunds.proposing import proposals_there, propose_request, why_not_propose
from refunds.states import RefundKind
from workbench.kit.decisions import DecisionForm
from workbench.refunds.decisions import RefundDecision


class ProposalForm(DecisionForm):
    """What is proposed: as it stands until somebody changes it."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), widget=forms.RadioSelect)
    amount = forms.DecimalField(label=gettext_lazy("Amount (yuan)"), max_digits=10, decimal_places=2)
    text = forms.CharField(
        label=gettext_lazy("Message to the buyer"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "data-count": 200}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        terms = proposals_there(self.row)
        kinds = terms.kinds if terms else frozenset()
        self.fields["kind"].choices = [(value, label) for value, label in RefundKind.choices if value in kinds]
        self.fields["kind"].initial = self.row.kind
        self.fields["amount"].initial = self.row.amount
        if terms is None or not terms.other_amount:
            del self.fields["amount"]


class ProposeRequest(RefundDecision):
    """Another kind or amount, at a marketplace that has a call for it."""

    code, label, icon = "propose", gettext_lazy("Propose another request"), "edit_note"
    form = ProposalForm

    def concerns(self, refund):
        """Only where the marketplace takes some."""
        return proposals_there(refund) is not None

    def refusal(self, refund, now):
        return why_not_propose(refund, now)

    def consequences(self, refund):
        """Where it goes, and who answers."""
        return [
            *super().consequences(refund),
            _("The buyer answers at the marketplace; the request here is what comes of it."),
        ]

    def run(self, refund, data, *, actor, now):
        told = {"kind": data["kind"], "amount": data.get("amount"), "text": data["text"]}
        propose_request(store_id=refund.store_id, refund_id=refund.pk, **told, actor=actor, now=now)
