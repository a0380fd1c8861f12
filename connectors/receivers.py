"""What merchants decide about followed refunds is taken over: kept in their transaction, sent after it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.dispatch import receiver
from django.utils.translation import gettext as _

from common.actors import Actor
from common.errors import Refused
from common.together import read_together
from common.writes import WriteSet
from connectors.by_hand import open_task
from connectors.copies import copy_from_json
from connectors.models import Connection, MirroredRefund, SentDecision
from connectors.port import Verb
from connectors.reasons import told_reasons
from connectors.shops import platform_for
from connectors.states import ConnectionStatus, SendingStatus
from connectors.waking import wake_shop
from refunds.models import Refund
from refunds.objections import MarketplaceReasons
from refunds.proposing import ProposalTerms
from refunds.signals import (
    decision_asked,
    decision_handed_over,
    more_time_asked,
    proposal_asked,
    reasons_asked,
    receipt_asked,
)
from refunds.states import RefundKind


@receiver(decision_asked)
def answer_decision(refund: Refund, verb: str, **kwargs) -> bool | Refused | None:
    """Whether this decision about a followed refund can be sent; None where its shop isn't connected."""
    connection = _connection_of(refund)
    if connection is None or connection.status == ConnectionStatus.DISCONNECTED:
        return None
    if connection.status != ConnectionStatus.CONNECTED:
        words = _("The shop isn't followed now: %(words)s") % {
            "words": connection.words or connection.get_status_display()
        }
        return Refused("not_connected", words)
    mirrored = _copy_of(refund)
    if mirrored is None:
        return None
    if Verb(verb) in copy_from_json(mirrored.copy).refused:
        return Refused("invalid_transition", _("The marketplace doesn't allow this now."))
    return True


@receiver(receipt_asked)
def tell_receipt(refund: Refund, **kwargs) -> bool:
    """Whether an exchange's receipt is told to the platform by sending the new goods."""
    connection = Connection.objects.for_store(refund.store_id).first()
    return connection is not None and platform_for(connection).reships_at_receipt


@receiver(more_time_asked)
def tell_more_time(refund: Refund, **kwargs) -> timedelta | None:
    """How long before the deadline the platform gives more time to look at what came back; None: never, by a call."""
    connection = Connection.objects.for_store(refund.store_id).first()
    if connection is None or connection.status == ConnectionStatus.DISCONNECTED:
        return None
    return platform_for(connection).extends_within


@receiver(proposal_asked)
def tell_proposals(refund: Refund, **kwargs) -> ProposalTerms | None:
    """What may be proposed to the buyer at the platform; None where it has no call for it, or for this refund."""
    connection = Connection.objects.for_store(refund.store_id).first()
    if connection is None or connection.status == ConnectionStatus.DISCONNECTED or refund.kind == RefundKind.EXCHANGE:
        return None
    platform = platform_for(connection)
    return ProposalTerms(platform.proposes, platform.proposes_amount) if platform.proposes else None


@receiver(reasons_asked)
def tell_reasons(refund: Refund, **kwargs) -> MarketplaceReasons | None:
    """The platform's own reasons to refuse, as they were read."""
    mirrored = _copy_of(refund)
    return told_reasons(mirrored) if mirrored else None


@receiver(decision_handed_over)
def take_decision(
    refund: Refund, verb: str, data: dict, writes: WriteSet, actor: Actor, now: datetime, **kwargs
) -> bool:
    """Keep a decision with the copy that the agent saw; what there is no call for becomes a task.

    Returns whether it is kept: not where the shop isn't connected (any more).
    """
    connected = Connection.objects.for_store(refund.store_id).filter(status=ConnectionStatus.CONNECTED)
    connection = connected.select_for_update(no_key=True).first()  # nobody disconnects it before this is written
    mirrored = _mirrored(refund)
    if connection is None or mirrored is None:
        return False
    decision = SentDecision(
        store_id=refund.store_id,
        connection=connection,
        refund=refund,
        platform_id=mirrored.platform_id,
        verb=str(verb),
        data=dict(data),
        seen=mirrored.copy,
        actor={"kind": str(actor.kind), "id": actor.id, "label": actor.label},
        decided_at=now,
    )
    writes.insert(decision)
    if Verb(verb) in platform_for(connection).decides:
        decision.next_attempt_at = Now()
        writes.hint(wake_shop, refund.store_id)
    else:
        decision.status = SendingStatus.BY_HAND
        open_task(writes, decision, text="", actor=actor, now=now)
    return True


@read_together
def _connection_of(refunds: Sequence[Refund]) -> dict[UUID, Connection | None]:
    connections = Connection.objects.filter(store_id__in={refund.store_id for refund in refunds})
    by_store = {connection.store_id: connection for connection in connections}
    return {refund.pk: by_store.get(refund.store_id) for refund in refunds}


@read_together
def _copy_of(refunds: Sequence[Refund]) -> dict[UUID, MirroredRefund | None]:
    stores, ids = {refund.store_id for refund in refunds}, [refund.pk for refund in refunds]
    copies = MirroredRefund.objects.filter(store_id__in=stores, refund__in=ids)
    by_refund = {copy.refund_id: copy for copy in copies}
    return {refund.pk: by_refund.get(refund.pk) for refund in refunds}


def _mirrored(refund: Refund) -> MirroredRefund | None:
    return MirroredRefund.objects.for_store(refund.store_id).filter(refund=refund).first()
