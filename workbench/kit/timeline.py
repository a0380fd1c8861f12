"""Events in the words of people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from common.actors import ActorKind
from common.events import EventTone, EventType, event_type
from common.models import Event
from offers.events import COUPON_GRANTED, OFFER_ENDED, OFFER_LAPSED, OFFER_SENT
from orders.events import PARCEL_DUE, PARCEL_ESCALATED, PARCEL_LATE, PARCEL_PROMISED, PARCEL_SHIPPED
from refunds.events import MESSAGE_SENT, REFUND_CHANGED

MOST_EVENTS = 200

TONES = {
    EventTone.NEUTRAL: "",
    EventTone.GOOD: "green",
    EventTone.NOTE: "blue",
    EventTone.WARNING: "amber",
    EventTone.BAD: "red",
}

WHO = {
    ActorKind.MERCHANT: gettext_lazy("Merchant"),
    ActorKind.BUYER: gettext_lazy("Buyer"),
    ActorKind.PLATFORM: gettext_lazy("Marketplace"),
    ActorKind.OPERATOR: gettext_lazy("Operator"),
    ActorKind.SYSTEM: gettext_lazy("Automatic"),
}


@dataclass(frozen=True)
class Entry:
    """One line of a timeline. `said` is a text that somebody wrote or saw, word for word."""

    at: datetime
    title: str
    who: str
    rule: str
    tone: str
    details: list[str]
    said: list[tuple[str, str]]


def timeline(store_id: int, topic_id, *, hidden: Sequence[str] = ()) -> list[Entry]:
    """What happened to a refund or an order but for `hidden` events, newest first; at most the newest MOST_EVENTS."""
    return [entry(event) for event in newest_events(store_id, topic_id) if event.name not in hidden]


def newest_events(store_id: int, topic_id) -> QuerySet[Event]:
    """What a timeline is made of."""
    found = Event.objects.for_store(store_id).select_related("store").filter(topic_id=topic_id)
    return found.order_by("-id")[:MOST_EVENTS]


# What was offered, said and agreed before anybody asked the platform (Q17).
_NEGOTIATED = [
    event.name
    for event in (
        OFFER_SENT,
        *OFFER_ENDED.values(),
        OFFER_LAPSED,
        MESSAGE_SENT,
        REFUND_CHANGED,
        COUPON_GRANTED,
        PARCEL_PROMISED,
        PARCEL_DUE,
        PARCEL_LATE,
        PARCEL_ESCALATED,
        PARCEL_SHIPPED,
    )
]


def negotiation(store_id: int, topic_id) -> list[Entry]:
    """The record of the negotiation about a refund, oldest first (Q17)."""
    found = Event.objects.for_store(store_id).select_related("store").filter(topic_id=topic_id)
    return [entry(event) for event in found.filter(name__in=_NEGOTIATED).order_by("id")[:MOST_EVENTS]]


def entry(event: Event) -> Entry:
    """The event as a line of a timeline."""
    kind = _kind(event.name)
    return Entry(
        at=event.at,
        title=str(kind.title) if kind else event.name,
        who=who(event),
        rule=_rule(event),
        tone=TONES[kind.tone] if kind else "",
        details=kind.phrases(event.data) if kind else [],
        said=kind.texts(event.data) if kind else [],
    )


def _rule(event: Event) -> str:
    """The rule's id where it is one of the marketplace's own: what a rule of another asks for is custom here."""
    is_own = not event.store or event.rule.startswith(tuple(event.store.rules.rule_letters))
    return event.rule if is_own else ""


def _kind(name: str) -> EventType | None:
    """The event's type; None for one that was recorded when the catalogue still had it."""
    try:
        return event_type(name)
    except LookupError:
        return None


def side_or_name(event: Event) -> str:
    """As `who`, a buyer without their name."""
    return str(WHO[ActorKind.BUYER]) if event.actor_kind == ActorKind.BUYER else who(event)


def who(event: Event) -> str:
    """On whose behalf, and whoever it was."""
    side, label = WHO.get(event.actor_kind, event.actor_kind), event.actor_label or event.actor_id
    return f"{side} · {label}" if label else str(side)
