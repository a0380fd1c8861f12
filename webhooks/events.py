"""What can happen to endpoints. Their addresses may hold secrets: events name the host only."""

from typing import Annotated, TypedDict

from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, INSTANT, TEXT, Fact, changed, choice, named
from stores.events import EventArea
from webhooks.states import PauseReason

EVENTS = Fact("list of names of events, empty for all", lambda names, data: ", ".join(names) or "*")


class _Host(TypedDict):
    host: Annotated[str, TEXT]


class _Made(_Host):
    events: Annotated[list[str], EVENTS]


class _Changed(TypedDict, total=False):
    host: Annotated[list[str], changed(TEXT)]
    events: Annotated[list[list[str]], changed(EVENTS)]
    description: Annotated[list[str], changed(TEXT)]


class _Paused(_Host):
    reason: Annotated[str, choice(PauseReason)]


class _Resent(_Host):
    deliveries: Annotated[int, named(gettext_lazy("Deliveries"), COUNT)]


class _Rotated(_Host):
    until: Annotated[str, named(gettext_lazy("The older secret signs until"), INSTANT)]


def _webhook(name: str, title, data: type, tone: EventTone = EventTone.NEUTRAL) -> EventType:
    return EventType(f"webhook.{name}", title, "endpoint", data, tone, area=EventArea.WEBHOOKS)


WEBHOOK_MADE = _webhook("made", gettext_lazy("Webhook endpoint added"), _Made)
WEBHOOK_CHANGED = _webhook("changed", gettext_lazy("Webhook endpoint changed"), _Changed)
WEBHOOK_SECRET_ROTATED = _webhook(
    "secret_rotated", gettext_lazy("Webhook endpoint has a new secret"), _Rotated, EventTone.NOTE
)
WEBHOOK_PAUSED = _webhook("paused", gettext_lazy("Webhook endpoint isn't called any more"), _Paused, EventTone.WARNING)
WEBHOOK_RESUMED = _webhook("resumed", gettext_lazy("Webhook endpoint is called again"), _Host, EventTone.GOOD)
WEBHOOK_DELETED = _webhook("deleted", gettext_lazy("Webhook endpoint deleted"), _Host, EventTone.NOTE)
WEBHOOK_RESENT = _webhook("resent", gettext_lazy("Webhook deliveries sent again"), _Resent, EventTone.NOTE)
