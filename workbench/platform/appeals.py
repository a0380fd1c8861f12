"""Appeals on the desk: what the merchant asks back, and the platform's decision about it (P5)."""

from django.utils.translation import gettext_lazy

from refunds.platform.appeals import decide_appeal
from refunds.states import CaseOutcome, Side
from workbench.platform.cases import CaseAdmin, side_views


class AppealAdmin(CaseAdmin):
    """Instant refunds that their merchants appeal against."""

    code, template = "appeal", "workbench/platform/appeal.html"
    tile_label = gettext_lazy("Appeals")
    decided = gettext_lazy("The appeal is decided.")
    decide = staticmethod(decide_appeal)
    outcomes = [
        (CaseOutcome.MERCHANT, gettext_lazy("Upheld: the merchant is paid the whole amount back")),
        (CaseOutcome.SPLIT, gettext_lazy("Upheld in part: the merchant is paid the amount below back")),
        (CaseOutcome.BUYER, gettext_lazy("Dismissed: nothing is paid back")),
    ]
    amount_help = gettext_lazy("For a part: what the merchant is paid back, less than %(amount)s.")

    def sides(self, case, card):
        """The merchant's plea stands against what the buyer said in the request."""
        return side_views(card, buyer=case.refund.description, merchant=case.plea, opened_by=Side.MERCHANT)
