"""Two more decisions of the merchant's: ask the platform to step in, and appeal against what it refunded at once."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.words import duration
from refunds.platform import appeals, disputes
from refunds.states import AppealGround, Side
from workbench.kit.decisions import DecisionForm
from workbench.kit.words import yuan
from workbench.refunds.decisions import RefundDecision


class PleaForm(DecisionForm):
    """What the platform should decide."""

    plea = forms.CharField(
        label=gettext_lazy("Your plea"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "data-count": 1000}),
        help_text=gettext_lazy(
            "The buyer and the platform read this. Add photographs on the refund's page afterwards."
        ),
    )


class AppealForm(PleaForm):
    """What was wrong, and why."""

    ground = forms.ChoiceField(
        label=gettext_lazy("What happened"), choices=AppealGround.choices, widget=forms.RadioSelect
    )
    field_order = ["ground", "plea"]


class AskPlatform(RefundDecision):
    """Hand the refund over to the platform (R7)."""

    code, label, icon = "ask-platform", gettext_lazy("Ask the platform"), "gavel"
    done = gettext_lazy("The platform is asked to step in; add your evidence.")
    form = PleaForm

    def concerns(self, refund):
        """Not where the money went out at once: that is appealed against."""
        return not refund.is_instant

    def refusal(self, refund, now):
        return disputes.why_not_dispute(refund, now)

    def consequence(self, refund):
        """No clock, three days for evidence, a person."""
        return _(
            "The refund's clock stops. Both sides have %(time)s for evidence, then a person of the platform decides;"
            " the buyer's pending offer ends."
        ) % {"time": duration(refund.rules.evidence_within)}

    def run(self, refund, data, *, actor, now):
        disputes.open_dispute(
            store_id=refund.store_id,
            refund_id=refund.pk,
            opened_by=Side.MERCHANT,
            plea=data["plea"],
            actor=actor,
            now=now,
        )


class AppealAgainst(RefundDecision):
    """Ask back what the platform refunded at once (P5)."""

    code, label, icon, tone = "appeal", gettext_lazy("Appeal"), "balance", "accent"
    done = gettext_lazy("Your appeal is with the platform; add your evidence.")
    form = AppealForm

    def concerns(self, refund):
        """Only instant refunds."""
        return refund.is_instant

    def refusal(self, refund, now):
        return appeals.why_not_appeal(refund, now)

    def consequence(self, refund):
        """What an upheld appeal brings."""
        return _(
            "You have %(time)s for evidence, then a person of the platform decides. "
            "If your appeal is upheld, the platform pays you up to %(amount)s back."
        ) % {"time": duration(refund.rules.evidence_within), "amount": yuan(refund.amount)}

    def run(self, refund, data, *, actor, now):
        appeals.open_appeal(
            store_id=refund.store_id,
            refund_id=refund.pk,
            ground=data["ground"],
            plea=data["plea"],
            actor=actor,
            now=now,
        )
