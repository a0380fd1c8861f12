"""Listing the past of a shop beside what changes now."""

from datetime import datetime

from django.db.models.functions import Now

from common.actions import action
from common.actors import Actor
from common.errors import Invalid
from common.sentences import sentence as _
from common.writes import WriteSet
from connectors.connecting import lock_connection, record_connection
from connectors.events import LOOK_BACK_BEGUN
from connectors.models import Connection
from connectors.shops import platform_for
from connectors.states import ConnectionStatus, LookBack


@action
def fetch_past(*, store_id: int, since: datetime, actor: Actor, now: datetime) -> Connection:
    """List everything that has changed since then, as far back as the platform lists. Invalid `since`, NotFound."""
    connection = lock_connection(store_id)
    if since >= now:
        raise Invalid("since", _("Give a date in the past."))
    reach = platform_for(connection).windows.reach
    begin_look_back(connection, LookBack.BACK_FILL, max(since, now - reach) if reach else since)
    if connection.status == ConnectionStatus.CONNECTED:
        connection.next_attempt_at = Now()
    connection.save(
        update_fields=["look_back", "looked_from", "looked_at", "look_until", "look_missed", "next_attempt_at"]
    )
    writes = WriteSet()
    record_connection(
        writes, LOOK_BACK_BEGUN, connection, actor=actor, now=now, since=connection.looked_from.isoformat()
    )
    writes.flush()
    return connection


def begin_look_back(connection: Connection, kind: LookBack, since: datetime) -> None:
    """List from `since` up to where what changes now is followed; one that is under way is replaced."""
    until = connection.cursor
    connection.look_back, connection.look_missed = kind, 0
    connection.looked_from = connection.looked_at = min(since, until)
    connection.look_until = until
