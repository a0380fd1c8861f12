"""What a person does about a decision on its way: gives the phone's code, or has it looked at again."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Invalid, NotFound, Refused
from common.writes import WriteSet
from connectors.events import CODE_GIVEN, DECISION_RESUMED
from connectors.models import SentDecision
from connectors.states import SendingStatus
from connectors.waking import wake_shop


def _lock_decision(store_id: int, decision_id: UUID | str) -> SentDecision:
    rows = SentDecision.objects.for_store(store_id).timed().select_for_update(no_key=True)
    decision = rows.filter(pk=decision_id).first()
    if decision is None:
        raise NotFound
    return decision


def why_not_give_code(decision: SentDecision) -> Refused | None:
    """Why no code is wanted for this decision."""
    if decision.status == SendingStatus.CODE_WANTED:
        return None
    return Refused("invalid_transition", _("The marketplace asks for no code now."))


@action
def give_code(*, store_id: int, decision_id: UUID | str, code: str, actor: Actor, now: datetime) -> SentDecision:
    """The code from the seller's phone: the decision is sent again with it. Invalid `code`, NotFound."""
    decision = _lock_decision(store_id, decision_id)
    if refusal := why_not_give_code(decision):
        raise refusal
    if not code.isalnum() or not code.isascii() or len(code) > 20:
        raise Invalid("code", _("Enter the code as it stands in the message."))
    decision.make_due()
    decision.status, decision.data = SendingStatus.WAITING, {**decision.data, "code": code}
    decision.save(update_fields=decision.WORK_FIELDS)
    _tell(decision, CODE_GIVEN, actor, now)
    return decision


def why_not_resume_decision(decision: SentDecision) -> Refused | None:
    """Why nothing waits for a person about this decision."""
    if decision.needs_attention and decision.closed_at is None:
        return None
    return Refused("invalid_transition", _("This decision doesn't wait for anybody."))


@action
def resume_decision(*, store_id: int, decision_id: UUID | str, actor: Actor, now: datetime) -> SentDecision:
    """Look again what became of a decision, and send it once more where nothing did. NotFound."""
    decision = _lock_decision(store_id, decision_id)
    if refusal := why_not_resume_decision(decision):
        raise refusal
    decision.make_due()
    decision.attempts = 1  # it may have been sent: the refund is read first
    decision.save(update_fields=decision.WORK_FIELDS)
    _tell(decision, DECISION_RESUMED, actor, now)
    return decision


def _tell(decision: SentDecision, event, actor: Actor, now: datetime) -> None:
    writes = WriteSet()
    writes.event(event, decision, topic=decision.refund_id, at=now, actor=actor)
    writes.hint(wake_shop, decision.store_id)
    writes.flush()
