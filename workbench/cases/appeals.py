"""Appeals on the desk: what the merchant asks back, and the platform's decision about it (P5)."""

from django.utils.translation import gettext_lazy

from refunds.platform.appeals import decide_appeal, why_not_decide_appeal
from refunds.states import CaseOutcome, Side
from workbench.cases.cases import CaseAdmin, DecideCase, side_views
from workbench.cases.evidence import AddEvidence


class DecideAppeal(DecideCase):
    """Whether the merchant is paid back."""

    done = gettext_lazy("The appeal is decided.")
    outcomes = [
        (CaseOutcome.MERCHANT, gettext_lazy("Upheld: the merchant is paid the whole amount back")),
        (CaseOutcome.SPLIT, gettext_lazy("Upheld in part: the merchant is paid the amount below back")),
        (CaseOutcome.BUYER, gettext_lazy("Dismissed: nothing is paid back")),
    ]
    amount_help = gettext_lazy("For a part: what the merchant is paid back, less than %(amount)s.")

    def refusal(self, appeal, now):
        return why_not_decide_appeal(appeal)

    def run(self, appeal, data, *, actor, now):
        decide_appeal(store_id=appeal.store_id, appeal_id=appeal.pk, actor=actor, now=now, **data)


class AppealAdmin(CaseAdmin):
    """Instant refunds that their merchants appeal against."""

    code, template = "appeal", "workbench/cases/appeal.html"
    tile_label = gettext_lazy("Appeals")
    decisions = (DecideAppeal(), AddEvidence())

    def sides(self, case, card):
        """The merchant's plea stands against what the buyer said in the request."""
        return side_views(card, buyer=case.refund.description, merchant=case.says, opened_by=Side.MERCHANT)
