"""From events to deliveries: each endpoint is owed what happened since it was last looked at, up to what is settled.

An endpoint's `cursor` moves in the transaction that makes its deliveries: killed anywhere, none is lost and none is
made twice. Endpoints that are paused stay where they are, and go on from there.
"""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from common import clock
from common.actions import bookkeeping
from common.ids import new_id
from common.models import Event
from common.setbacks import sweep_rows
from common.settled import look
from common.tenancy import system_scope
from webhooks.events import WEBHOOK_TESTED
from webhooks.models import Delivery, Endpoint

EVENTS_AT_ONCE = 500
ENDPOINTS_AT_ONCE = 100


def plan_deliveries() -> int:
    """Owe up to ENDPOINTS_AT_ONCE endpoints what is new for them; returns how many endpoints that were."""
    with system_scope():
        settled = look().event_id
    behind, plan = partial(_behind, settled), partial(_plan, settled)
    return sweep_rows("events owed to endpoints", behind, plan, limit=ENDPOINTS_AT_ONCE)


def _behind(settled: int) -> QuerySet[Endpoint]:
    new = Event.objects.filter(store=OuterRef("store"), pk__gt=OuterRef("cursor"), pk__lte=settled)
    rows = Endpoint.objects.active().select_related("store").filter(cursor__lt=settled).filter(Exists(new))
    return rows.select_for_update(of=("self",), skip_locked=True, no_key=True)


@bookkeeping("What is owed follows from the event, which is on record.")
def _plan(settled: int, endpoints: Sequence[Endpoint]) -> None:
    for endpoint in endpoints:
        _plan_for(endpoint, settled)


def _plan_for(endpoint: Endpoint, settled: int) -> None:
    events = Event.objects.for_store(endpoint.store_id).filter(pk__gt=endpoint.cursor, pk__lte=settled)
    new = list(events.order_by("pk").values_list("pk", "name", "topic_id")[:EVENTS_AT_ONCE])
    owed = [_owed(endpoint, *event) for event in new if _is_owed(endpoint, *event)]
    Delivery.objects.bulk_create(owed)
    endpoint.cursor = new[-1][0] if new else settled
    # One that fails is called again when its pause is over, or when somebody wants to see whether it still does.
    if any(not endpoint.failures or each.is_test for each in owed):
        endpoint.next_attempt_at = Now()
    endpoint.save(update_fields=["cursor", "next_attempt_at"])


def _is_owed(endpoint: Endpoint, _event: int, name: str, topic_id: UUID) -> bool:
    """What it wants; of tests its own ones, and no others."""
    return topic_id == endpoint.pk if name == WEBHOOK_TESTED.name else endpoint.wants(name)


def _owed(endpoint: Endpoint, event: int, name: str, topic_id: UUID) -> Delivery:
    is_test = name == WEBHOOK_TESTED.name
    return Delivery(
        store_id=endpoint.store_id,
        endpoint=endpoint,
        event=event,
        name=name,
        topic_id=new_id() if is_test else topic_id,  # a test waits for nothing that has failed before
        is_test=is_test,
        next_attempt_at=Now(),
        created_at=endpoint.store.on_its_clock(clock.now()),
    )
