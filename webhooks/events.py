"""What can happen to endpoints. Their addresses may hold secrets: events name the host only."""

from typing import Annotated, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, END, TEXT, Fact, changed, choice, named
from stores.events import EventArea
from webhooks.states import PauseReason

EVENTS = Fact(
    "list of names of events, empty for all",
    lambda names, data: ", ".join(names) or "*",
    example=["refund.refunded"],
)

NEW_PATH = Fact("true: another address of the same host", lambda is_new, data: _("another address there"), example=True)


class _Host(TypedDict):
    host: Annotated[str, TEXT]


class _Made(_Host):
    events: Annotated[list[str], EVENTS]


class _Changed(TypedDict, total=False):
    host: Annotated[list[str], changed(TEXT)]
    events: Annotated[list[list[str]], changed(EVENTS)]
    description: Annotated[list[str], changed(TEXT)]
    has_new_path: Annotated[bool, NEW_PATH]


class _Paused(_Host):
    reason: Annotated[str, choice(PauseReason)]


class _Resent(_Host):
    deliveries: Annotated[int, named(gettext_lazy("Deliveries"), COUNT)]


class _Rotated(_Host):
    until: Annotated[str, named(gettext_lazy("The older secret signs until"), END)]


def _webhook(name: str, title, data: type, meaning, tone: EventTone = EventTone.NEUTRAL) -> EventType:
    return EventType(f"webhook.{name}", title, "endpoint", data, tone, area=EventArea.WEBHOOKS, meaning=meaning)


WEBHOOK_MADE = _webhook(
    "made",
    gettext_lazy("Webhook endpoint added"),
    _Made,
    gettext_lazy("From now on an address is told of what happens in the store, or of the events that it wants."),
)
WEBHOOK_CHANGED = _webhook(
    "changed",
    gettext_lazy("Webhook endpoint changed"),
    _Changed,
    gettext_lazy("An endpoint has another address, wants other events or is described otherwise; its secret stays."),
)
WEBHOOK_SECRET_ROTATED = _webhook(
    "secret_rotated",
    gettext_lazy("Webhook endpoint has a new secret"),
    _Rotated,
    gettext_lazy("Messages are signed with a new secret, and until that instant with the older one too."),
    EventTone.NOTE,
)
WEBHOOK_PAUSED = _webhook(
    "paused",
    gettext_lazy("Webhook endpoint isn't called any more"),
    _Paused,
    gettext_lazy("What happens meanwhile is kept for the endpoint and sent once somebody resumes it."),
    EventTone.WARNING,
)
WEBHOOK_RESUMED = _webhook(
    "resumed",
    gettext_lazy("Webhook endpoint is called again"),
    _Host,
    gettext_lazy("The endpoint gets what has waited for it first, then what is new."),
    EventTone.GOOD,
)
WEBHOOK_DELETED = _webhook(
    "deleted",
    gettext_lazy("Webhook endpoint deleted"),
    _Host,
    gettext_lazy("The address is told nothing more and its secrets are forgotten; what it was told stays on record."),
    EventTone.NOTE,
)
WEBHOOK_TESTED = _webhook(
    "tested",
    gettext_lazy("Webhook endpoint sent a test event"),
    _Host,
    gettext_lazy(
        "Somebody tries whether an endpoint takes messages: it alone gets this one, whichever events it wants."
    ),
)
WEBHOOK_RESENT = _webhook(
    "resent",
    gettext_lazy("Webhook deliveries sent again"),
    _Resent,
    gettext_lazy("Somebody has older messages sent once more; each keeps the id by which the receiver knows it."),
    EventTone.NOTE,
)
