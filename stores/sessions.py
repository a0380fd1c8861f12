"""Sessions in the database, as Django keeps them, with whose they are in columns: so they can be listed and ended."""

from datetime import UTC, datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils.translation import gettext_lazy

from common.actions import bookkeeping
from common.retention import Retention
from common.web.sessions import ADDRESS, AGENT, BEGAN, SEEN
from stores.models import DeskSession, User


class SessionStore(DatabaseStore):
    """What SESSION_ENGINE names."""

    @classmethod
    def get_model_class(cls):
        """The table."""
        return DeskSession

    def create_model_instance(self, data):
        """The row with what the session says of itself in columns, too."""
        row = super().create_model_instance(data)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.began_at, row.seen_at = _instant(data.get(BEGAN)), _instant(data.get(SEEN))
        row.address, row.agent = data.get(ADDRESS), data.get(AGENT, "")
        return row


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


@bookkeeping("A session ends with the password, the second factor or the word that its person gave; those are acts.")
def end_sessions(user: User, *, but: str = "") -> int:
    """End the sessions of this person, except the one with the key `but`; returns how many ended."""
    return DeskSession.objects.filter(user=user).exclude(pk=but).delete()[0]


SESSIONS = Retention(
    "expired sessions forgotten", gettext_lazy("Sessions at the desk that have ended"), DeskSession, "expire_date", ""
)


def forget_sessions() -> int:
    """Delete a batch of sessions that have expired; returns how many."""
    return SESSIONS.step()
