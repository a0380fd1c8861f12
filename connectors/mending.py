"""What stops a connected shop, warns of it, and what a person does about it."""

from datetime import datetime

from common.actions import action
from common.actors import SYSTEM, Actor
from common.errors import Refused, refuse_if
from common.sentences import sentence as _
from common.writes import WriteSet
from connectors.by_hand import close_tasks_of
from connectors.connecting import begin_work, lock_connection, record_connection
from connectors.events import CONNECTION_ENDED, CONNECTION_RESUMED, CONNECTION_STOPPED, CONNECTION_WARNED
from connectors.models import Connection, SentDecision
from connectors.port import PlatformError, WrongSetup
from connectors.states import ConnectionStatus, SendingStatus
from connectors.waking import wake_shop
from refunds.actions import lock_refund
from refunds.handing_over import end_decision

WARN_DAYS = (14, 7, 1)


def why_not_resume_shop(connection: Connection) -> Refused | None:
    """Why nothing waits for a person to have mended what was wrong at the platform."""
    if connection.status == ConnectionStatus.NEEDS_SETUP or connection.needs_attention:
        return None
    return Refused("invalid_transition", _("Nothing has to be set right at the marketplace."))


@action
def resume_shop(*, store_id: int, actor: Actor, now: datetime) -> Connection:
    """What was wrong at the platform is mended: the shop is followed on from where it was. NotFound."""
    connection = lock_connection(store_id)
    refuse_if(why_not_resume_shop(connection))
    follow_on(connection=connection, actor=actor, now=now)
    return connection


@action
def follow_on(*, connection: Connection, actor: Actor, now: datetime) -> None:
    """A locked connection needs no person any more: it goes on from where it was, at once."""
    connection.status, connection.fault, connection.told = ConnectionStatus.CONNECTED, "", ""
    connection.last_error = ""
    begin_work(connection)
    connection.save(update_fields=["status", "fault", "told", *connection.WORK_FIELDS])
    writes = WriteSet()
    record_connection(writes, CONNECTION_RESUMED, connection, actor=actor, now=now)
    writes.hint(wake_shop, connection.store_id)
    writes.flush()


def why_not_disconnect(connection: Connection) -> Refused | None:
    """Why there is nothing to disconnect."""
    if connection.status != ConnectionStatus.DISCONNECTED:
        return None
    return Refused("invalid_transition", _("The shop is disconnected already."))


@action
def disconnect_shop(*, store_id: int, actor: Actor, now: datetime) -> Connection:
    """Follow the shop no more and forget its secrets; what was read stays. NotFound."""
    connection = lock_connection(store_id)  # before the decisions: who decides locks it, too, so that none is missed
    for decision in SentDecision.objects.for_store(store_id).under_way():
        _drop(decision, actor=actor, now=now)
    connection.sealed_secrets = connection.sealed_tokens = connection.link_nonce = connection.fault = ""
    connection.status, connection.is_refreshable = ConnectionStatus.DISCONNECTED, False
    connection.renewal_asked_at = None
    connection.plan(None)
    connection.save()
    writes = WriteSet()
    record_connection(writes, CONNECTION_ENDED, connection, actor=actor, now=now)
    writes.flush()
    return connection


def _drop(decision: SentDecision, *, actor: Actor, now: datetime) -> None:
    """Nobody hears any more what becomes of it: who decided is told so."""
    lock_refund(store_id=decision.store_id, refund_id=decision.refund_id)
    mine = SentDecision.objects.for_store(decision.store_id).under_way().timed().filter(pk=decision.pk).first()
    if mine is None:
        return
    mine.end(SendingStatus.DROPPED, now)
    mine.save(update_fields=mine.WORK_FIELDS)
    told = {"is_refused": True, "code": "disconnected", "why": _("The shop was disconnected.")}
    end_decision(store_id=mine.store_id, refund_id=mine.refund_id, **told, actor=actor, now=now)
    close_tasks_of(store_id=mine.store_id, refund_id=mine.refund_id, stage=mine.seen["stage"], actor=actor, now=now)


@action
def stop_following(*, connection: Connection, error: PlatformError, actor: Actor, now: datetime) -> None:
    """A held connection can't go on before a person has acted; where it was is kept."""
    is_setup = isinstance(error, WrongSetup)
    connection.status = ConnectionStatus.NEEDS_SETUP if is_setup else ConnectionStatus.NEEDS_AUTHORISATION
    connection.fault = str(error.fault) if is_setup else ""
    connection.plan(None)
    connection.told, connection.last_error = error.said[:300], error.ours
    connection.save(update_fields=["status", "fault", "told", *connection.WORK_FIELDS])
    writes = WriteSet()
    record_connection(
        writes, CONNECTION_STOPPED, connection, actor=actor, now=now, fault=connection.fault, told=connection.told
    )
    writes.flush()


def warn_in_time(writes: WriteSet, connection: Connection, now: datetime) -> None:
    """Tell 14, 7 and 1 days before the end that a held connection's authorisation ends; once each."""
    ends_at = connection.ends_at
    if ends_at is None:
        return
    left = (ends_at - now).days
    mark = min((days for days in WARN_DAYS if left < days), default=None)
    if mark is None or (connection.warned_days is not None and connection.warned_days <= mark):
        return
    connection.warned_days = mark
    record_connection(
        writes, CONNECTION_WARNED, connection, actor=SYSTEM, now=now, days=max(left, 0), until=ends_at.isoformat()
    )
