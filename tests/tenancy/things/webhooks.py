"""Programs that a store tells, and calls of theirs that failed."""

from common.models import Event
from tests.world import MERCHANT, NOON, Shop
from webhooks.actions import add_endpoint
from webhooks.models import Delivery, Endpoint, FailedCall


def make_endpoint(shop: Shop) -> Endpoint:
    """An endpoint somewhere on the internet."""
    with shop.scope():
        return add_endpoint(store=shop.store, url="https://93.184.215.14/hook", events=[], actor=MERCHANT, now=NOON)[0]


def make_delivery(shop: Shop, endpoint: Endpoint) -> Delivery:
    """What this endpoint is owed for the store's last event."""
    with shop.scope():
        event = Event.objects.for_store(shop.store.pk).latest("pk")
        return Delivery.objects.create(
            store=shop.store,
            endpoint=endpoint,
            event=event.pk,
            name=event.name,
            topic_id=event.topic_id,
            created_at=NOON,
            next_attempt_at=NOON,
        )


def make_failed_call(shop: Shop, **facts) -> FailedCall:
    """A call of the store's key that failed, twice within an hour."""
    facts = {"key_prefix": shop.merchant_key.partition(".")[0], "method": "GET", "status": 404, **facts}
    facts = {"route": "api/v1/refunds/<pk>/", "codes": ["not_found"], "fields": [], "times": 2, **facts}
    facts = {"hour": NOON, "first_at": NOON, "last_at": NOON, "request_id": "erp-0001", **facts}
    with shop.scope():
        return FailedCall.objects.create(store=shop.store, **facts)
