"""Every decision about a refund, and which of them a user has now."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from refunds.models import Refund
from stores.models import User
from stores.permissions import can
from workbench.refunds.decisions import (
    Approve,
    Decision,
    FailInspection,
    NegotiateFirst,
    PassInspection,
    PayAgain,
    Reject,
)
from workbench.refunds.platform import AppealAgainst, AskPlatform

DECISIONS: dict[str, Decision] = {
    decision.code: decision()
    for decision in (
        Approve,
        NegotiateFirst,
        Reject,
        PassInspection,
        FailInspection,
        PayAgain,
        AskPlatform,
        AppealAgainst,
    )
}


@dataclass(frozen=True)
class Choice:
    """A decision as the page shows it: a button with its consequence, or the reason why not."""

    decision: Decision
    consequence: str
    refusal: str


def choices_for(user: User, refund: Refund, now: datetime) -> list[Choice]:
    """Every decision that concerns the refund, with the reason of those that aren't possible for this user now."""
    found = []
    for decision in DECISIONS.values():
        if not decision.concerns(refund):
            continue
        refused = decision.refusal(refund, now)
        why = str(refused) if refused else ""
        if not why and not can(user, decision.capability, refund.store_id):
            why = _("Your role in this store doesn't allow this.")
        found.append(Choice(decision, "" if why else decision.consequence(refund), why))
    return found
