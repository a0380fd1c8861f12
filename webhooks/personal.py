"""What this room's tables keep of a buyer: what endpoints answered. What they were sent is made of the events."""

from common.personal import Held, Holding
from webhooks.models import Delivery, Endpoint, FailedCall

HOLDINGS = (
    Holding(
        Delivery,
        topic="topic_id",
        held={
            "response": Held("what the endpoint answered, which may repeat what it was sent"),
            "last_error": Held("why the call failed"),
        },
        nobody=("name",),
    ),
    Holding(Endpoint, nobody=("last_error", "url", "description", "events", "sealed_secrets")),
    Holding(FailedCall, nobody=("key_prefix", "method", "route", "codes", "fields", "request_id")),
)
