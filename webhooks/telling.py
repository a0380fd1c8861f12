"""An event as clients see it: the same in `GET events/` and in what endpoints are sent."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.events import EventType
from common.facts import INSTANT, REFERENCE
from common.models import Event
from common.sentences import in_readers_words
from orders.models import Order
from refunds.models import Refund

EXAMPLE_ID = UUID(REFERENCE.example)


def told(store_id: int, events: Sequence[Event]) -> list[dict]:
    """Each event, with the order's number and the refund's id of the history in which it stands.

    Two statements, however many events there are.
    """
    topics = {event.topic_id for event in events}
    refunds = Refund.objects.for_store(store_id).filter(pk__in=topics).values_list("pk", "order__number")
    orders = Order.objects.for_store(store_id).filter(pk__in=topics).values_list("pk", "number")
    numbers: dict[UUID, str] = dict(orders)
    orders_of_refunds: dict[UUID, str] = dict(refunds)
    return [_told(event, numbers | orders_of_refunds, orders_of_refunds) for event in events]


def message(store_code: str, name: str, at: datetime | str, data: dict) -> dict:
    """What an endpoint is sent: the event as `GET events/` tells it, with its name and its instant beside it."""
    return {"type": name, "timestamp": at, "store": store_code, "data": data}


def example_of(event_type: EventType) -> dict:
    """What an endpoint may be sent of such an event."""
    event = Event(
        pk=42,
        at=INSTANT.example,
        name=event_type.name,
        subject_type=event_type.subject,
        subject_id=EXAMPLE_ID,
        topic_id=EXAMPLE_ID,
        actor_kind="buyer",
        actor_id="key:WxY4HgCi",
        actor_label="the marketplace",
        data=event_type.example,
    )
    told_of = _told(event, {EXAMPLE_ID: "G1"}, {EXAMPLE_ID: "G1"})
    return message("shop-1", event.name, INSTANT.example, told_of)


def _told(event: Event, numbers: dict[UUID, str], refunds: dict[UUID, str]) -> dict:
    return {
        "id": str(event.pk),
        "at": event.at,
        "name": event.name,
        "subject": {"type": event.subject_type, "id": str(event.subject_id)},
        "order": numbers.get(event.topic_id),
        "refund": str(event.topic_id) if event.topic_id in refunds else None,
        "actor": event.actor,
        "from": event.from_state,
        "to": event.to_state,
        "rule": event.rule,
        "data": in_readers_words(event.data),
    }
