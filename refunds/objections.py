"""A marketplace's own reasons for saying no to a refund that is followed, as they were read there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from common.errors import Invalid
from common.sentences import sentence as _
from refunds.models import Refund
from refunds.signals import reasons_asked


@dataclass(frozen=True)
class MarketplaceReason:
    """One of them: its code there, its words, and what is demanded with it."""

    code: str
    text: str
    needs_text: bool = False
    needs_evidence: bool = False

    @property
    def with_demand(self) -> str:
        """Its words, and that a picture is demanded, if one is."""
        return f"{self.text} – {_('with a picture')}" if self.needs_evidence else self.text


@dataclass(frozen=True)
class MarketplaceReasons:
    """All of them for a refund as it stands, and when they were read."""

    reasons: tuple[MarketplaceReason, ...]
    read_at: datetime


def reasons_there(refund: Refund) -> MarketplaceReasons | None:
    """What the marketplace lets a merchant refuse the refund for; None where it has no list, or none was read yet."""
    if not refund.is_followed:
        return None
    answers = (answer for _receiver, answer in reasons_asked.send(sender=Refund, refund=refund))
    return next((answer for answer in answers if answer is not None), None)


def why_no_reason(refund: Refund, code: str, files: Sequence[str]) -> Invalid | None:
    """Why the refund can't be refused for this reason with these files; without a code nothing is picked."""
    if not code:
        return None
    if not refund.is_followed:
        return Invalid("reason_code", _("Only the marketplace of a connected shop has reasons of its own."))
    known = reasons_there(refund)
    if known is None:
        return None
    reason = next((each for each in known.reasons if each.code == code), None)
    if reason is None:
        return Invalid("reason_code", _("The marketplace has no such reason for this refund: pick one from its list."))
    if reason.needs_evidence and not files:
        return Invalid(
            "reason_code",
            _("With this reason the marketplace wants a picture: add one to the refund's evidence first."),
        )
    return None
