"""What disputes and appeals have in common: one lock, the time for evidence, and what a split must say."""

from datetime import datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from common.errors import Invalid, NotFound, Refused, refuse_if
from refunds.models import Appeal, Dispute
from refunds.states import CaseOutcome

Case = TypeVar("Case", Dispute, Appeal)


def lock_case(model: type[Case], *, store_id: int, case_id: UUID | str) -> Case:
    """Load a case of this model with its refund and order and lock all three, the order first. NotFound without it."""
    case = model.objects.for_store(store_id).locked().filter(pk=case_id).first()
    if case is None:
        raise NotFound
    return case


def why_not_take_evidence(case: Case, now: datetime) -> Refused | None:
    """Why neither side can say or show more about an open case: the time for that is over (R7, P5)."""
    if case.takes_evidence(now):
        return None
    return Refused("evidence_closed", _("The time for evidence is over; the platform decides by what it has."))


def check_split(outcome: str, amount: Decimal | None, *, below: Decimal) -> None:
    """A split, and nothing else, names an amount, which is less than the whole."""
    if outcome != CaseOutcome.SPLIT:
        if amount is not None:
            raise Invalid("amount", _("Only a split has an amount; leave it out."))
        return
    if amount is None:
        raise Invalid("amount", _("Say which part of it is granted."), "required")
    refuse_if(why_not_split(amount, below=below))


def why_not_split(amount: Decimal, *, below: Decimal) -> Refused | None:
    """Why a split can't grant `amount` yuan: it is the whole, which is for one side."""
    if amount < below:
        return None
    return Refused(
        "amount_above_refundable",
        _("A split is less than %(whole)s; for the whole choose one side.") % {"whole": below},
        "amount",
    )
