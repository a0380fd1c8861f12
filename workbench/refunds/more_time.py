"""Asking the marketplace for more time to look at what came back."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from refunds import returns, why_not
from refunds.handing_over import more_time_within
from stores.permissions import INSPECT_RETURNS
from workbench.kit.words import sent_there
from workbench.refunds.decisions import RefundDecision


class MoreTime(RefundDecision):
    """A later deadline, of a refund that is followed."""

    code, label, icon = "more-time", gettext_lazy("Ask for more time"), "more_time"
    capability, leads_on = INSPECT_RETURNS, False

    def concerns(self, refund):
        """Only where the marketplace gives some."""
        return more_time_within(refund) is not None

    def refusal(self, refund, now):
        return why_not.why_not_ask_for_more_time(refund, now)

    def consequence(self, refund):
        """The deadline is the marketplace's."""
        return _("The deadline here is the new one as soon as the marketplace says it.")

    def consequences(self, refund):
        """Where it goes, and what comes back."""
        return [sent_there(refund), self.consequence(refund)]

    def run(self, refund, data, *, actor, now):
        returns.ask_for_more_time(store_id=refund.store_id, refund_id=refund.pk, actor=actor, now=now)
