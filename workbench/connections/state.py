"""How a connection stands, in words that say what to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.errors import Refused
from connectors.limits import Pace
from connectors.mending import WARN_DAYS
from connectors.models import Connection
from connectors.port import Authorisation
from connectors.shops import platform_for, shop_for
from connectors.states import ConnectionStatus
from workbench.kit.words import time_left

TONES = {
    ConnectionStatus.AUTHORISING: "amber",
    ConnectionStatus.CONNECTED: "green",
    ConnectionStatus.NEEDS_AUTHORISATION: "red",
    ConnectionStatus.NEEDS_SETUP: "red",
}
STOPPED = (ConnectionStatus.AUTHORISING, ConnectionStatus.NEEDS_AUTHORISATION, ConnectionStatus.NEEDS_SETUP)


@dataclass(frozen=True)
class Warned:
    """What a person should know of a connection, and how urgent it is: amber or red."""

    text: str
    tone: str = "red"


def in_trouble(rows: QuerySet, now: datetime) -> QuerySet:
    """The connections about which a person has to do something: now, or within the first warning's days."""
    soon = now + timedelta(days=WARN_DAYS[0])
    ends = Q(is_refreshable=True, refresh_expires_at__lt=soon) | Q(is_refreshable=False) & (
        Q(expires_at__lt=soon) | Q(write_expires_at__lt=soon)
    )
    can_write_no_more = Q(write_expires_at__lte=now)
    stopped = Q(status__in=STOPPED) | Q(needs_attention=True)
    return rows.filter(stopped | Q(status=ConnectionStatus.CONNECTED) & (ends | can_write_no_more))


def things_to_do(connection: Connection, now: datetime) -> list[Warned]:
    """What has to be done about it, the most urgent first; nothing when all is well."""
    status = ConnectionStatus(connection.status)
    if status == ConnectionStatus.DISCONNECTED:
        return [Warned(_("The shop isn't followed. What was read of it stays; connect it to go on."), "amber")]
    if status == ConnectionStatus.AUTHORISING:
        if platform_for(connection).authorisation == Authorisation.OAUTH:
            return [Warned(_("The keys are kept. Authorise the shop now: nothing is read before."), "amber")]
        return [Warned(_("The keys are kept, and nothing is read yet: enter them anew."), "amber")]
    if status != ConnectionStatus.CONNECTED:
        return [Warned(connection.words or _("The shop isn't followed: enter its keys anew."))]
    found = []
    if connection.needs_attention:
        words = _(
            "Reading this shop broke off again and again, and has stopped: have the operator look, then press "
            "“I have set it right”."
        )
        found.append(Warned(words))
    if connection.write_expires_at is not None and connection.write_expires_at <= now:
        found.append(Warned(_("Decisions can't be sent any more, reading goes on: authorise the shop anew.")))
    ends = _end_words(connection, now)
    if ends is not None and not found:
        found.append(ends)
    if connection.last_error and not connection.needs_attention:
        found.append(Warned(_("The marketplace doesn't answer as it should: it is asked again by itself."), "amber"))
    return found


def _end_words(connection: Connection, now: datetime) -> Warned | None:
    if connection.ends_at is None:
        return None
    days = (connection.ends_at - now).days
    if days >= WARN_DAYS[0]:
        return None
    if days < WARN_DAYS[-1]:
        return Warned(_("The authorisation ends within a day: authorise the shop anew now."))
    text = ngettext(
        "The authorisation ends in %(days)d day: authorise the shop anew before.",
        "The authorisation ends in %(days)d days: authorise the shop anew before.",
        days,
    ) % {"days": days}
    return Warned(text, "red" if days < WARN_DAYS[1] else "amber")


def until(connection: Connection) -> datetime | None:
    """When its authorisation ends; None when nobody knows, and where it has none (any more)."""
    holds = connection.status in (ConnectionStatus.CONNECTED, ConnectionStatus.NEEDS_SETUP)
    return connection.ends_at if holds else None


def behind(connection: Connection, now: datetime) -> str:
    """How far what was listed lies behind; empty where nothing was."""
    if connection.cursor is None or connection.pulled_at is None:
        return ""
    passed = now - connection.cursor
    return _("less than a minute") if passed < timedelta(minutes=1) else time_left(passed)


def calls_left(connection: Connection) -> list[dict]:
    """Of each limit: the call (empty for all together), how many it still allows in its time, and the limit.

    Nothing for a shop that isn't asked, or whose secrets can't be read.
    """
    if connection.status != ConnectionStatus.CONNECTED:
        return []
    try:
        pace = Pace(platform_for(connection), shop_for(connection))
    except Refused:
        return []
    return [
        {"call": limit.call, "left": left, "calls": limit.calls, "seconds": int(limit.per.total_seconds())}
        for limit, left in pace.calls_left()
    ]
