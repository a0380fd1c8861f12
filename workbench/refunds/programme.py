"""What a refund's page tells of refund without return: the budget, or what it was paid from (R1, R5)."""

from dataclasses import dataclass

from payments.models import Budget, Transfer
from payments.states import AccountKind
from refunds.models import Enrolment, Refund
from refunds.returnless.enrolment import enrolment_of
from refunds.states import RefundStatus


@dataclass(frozen=True)
class ProgrammeOfRefund:
    """The store's enrolment and budget now; `paid_from` names the account once it is approved."""

    enrolment: Enrolment | None
    budget: Budget | None
    fits: bool
    paid_from: str


def programme_card(refund: Refund) -> ProgrammeOfRefund | None:
    """None for a refund that runs under no programme."""
    if not refund.programme:
        return None
    enrolment = enrolment_of(refund.store_id)
    budget = enrolment.budget if enrolment else None
    fits = budget is not None and (budget.tops_up or budget.available >= refund.amount)
    return ProgrammeOfRefund(enrolment, budget, fits, _paid_from(refund))


def _paid_from(refund: Refund) -> str:
    if refund.status == RefundStatus.AWAITING_MERCHANT:
        return ""
    transfers = Transfer.objects.for_store(refund.store_id).filter(topic_id=refund.pk, purpose="payout")
    kind = transfers.order_by("-id").values_list("debit_account__kind", flat=True).first()
    return str(AccountKind(kind).label) if kind else ""
