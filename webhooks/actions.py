"""What is done to endpoints and deliveries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.changes import changes_of
from common.errors import Invalid, NotFound, refuse_if
from common.events import EventType, event_types
from common.models import Event
from common.writes import WriteSet
from stores.models import Store
from webhooks.addresses import check_url
from webhooks.events import (
    WEBHOOK_CHANGED,
    WEBHOOK_DELETED,
    WEBHOOK_MADE,
    WEBHOOK_PAUSED,
    WEBHOOK_RESENT,
    WEBHOOK_RESUMED,
    WEBHOOK_SECRET_ROTATED,
    WEBHOOK_TESTED,
)
from webhooks.models import Delivery, Endpoint
from webhooks.secrets import OVERLAP, set_new_secret
from webhooks.states import DeliveryStatus, EndpointStatus, PauseReason
from webhooks.why_not import (
    why_not_add_endpoint,
    why_not_pause_endpoint,
    why_not_resume_endpoint,
    why_not_test_endpoint,
)

STATUS_FIELDS = ("status", "paused_for", "failures", "failing_since", "next_attempt_at", "leased_until", "leased_by")


@action
def add_endpoint(
    *, store: Store, url: str, events: Sequence[str], description: str = "", actor: Actor, now: datetime
) -> tuple[Endpoint, str]:
    """Tell this address of what happens from now on; returns it and its secret, which nobody can read again.

    Invalid `url` for an address that isn't public, Invalid `events` for names that no event has, Refused
    `too_many_endpoints`.
    """
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)
    refuse_if(why_not_add_endpoint(store))
    check_url(url)
    last = Event.objects.for_store(store.pk).aggregate(last=Max("pk"))["last"] or 0
    endpoint = Endpoint(
        store=store, url=url, events=_names(events), description=description, cursor=last, created_at=now
    )
    secret = set_new_secret(endpoint, now)
    writes = WriteSet()
    endpoint.save()
    writes.event(
        WEBHOOK_MADE, endpoint, topic=endpoint, at=now, actor=actor, host=endpoint.host, events=endpoint.events
    )
    writes.flush()
    return endpoint, secret


@action
def change_endpoint(*, store_id: int, endpoint_id: UUID, changes: dict[str, Any], actor: Actor, now: datetime):
    """Change `url`, `events` or `description`; returns the endpoint. NotFound; Invalid as for a new one."""
    endpoint = lock_endpoint(store_id, endpoint_id)
    if "url" in changes:
        check_url(changes["url"])
    if "events" in changes:
        changes = {**changes, "events": _names(changes["events"])}
    host = endpoint.host
    changed = changes_of(endpoint, changes)
    if not changed:
        return endpoint
    if changed.pop("url", None):
        changed["host"] = [host, endpoint.host]
        if host == endpoint.host:
            changed["has_new_path"] = True
    endpoint.save(update_fields=list(changes))
    _record(WEBHOOK_CHANGED, endpoint, actor, now, **changed)
    return endpoint


@action
def rotate_secret(*, store_id: int, endpoint_id: UUID, actor: Actor, now: datetime) -> tuple[Endpoint, str]:
    """Sign with a new secret, for OVERLAP beside the one before; returns the endpoint and the new one. NotFound."""
    endpoint = lock_endpoint(store_id, endpoint_id)
    secret = set_new_secret(endpoint, now)
    endpoint.save(update_fields=["sealed_secrets"])
    _record(WEBHOOK_SECRET_ROTATED, endpoint, actor, now, host=endpoint.host, until=(now + OVERLAP).isoformat())
    return endpoint, secret


@action
def pause_endpoint(
    *, store_id: int, endpoint_id: UUID, reason: PauseReason = PauseReason.BY_HAND, actor: Actor, now: datetime
) -> Endpoint:
    """Call the endpoint no more; what happens meanwhile is kept for it. NotFound; Refused `invalid_transition`."""
    endpoint = lock_endpoint(store_id, endpoint_id)
    refuse_if(why_not_pause_endpoint(endpoint))
    endpoint.status, endpoint.paused_for = EndpointStatus.PAUSED, reason
    endpoint.plan(None)
    endpoint.save(update_fields=STATUS_FIELDS)
    _record(WEBHOOK_PAUSED, endpoint, actor, now, host=endpoint.host, reason=reason)
    return endpoint


@action
def resume_endpoint(*, store_id: int, endpoint_id: UUID, actor: Actor, now: datetime) -> Endpoint:
    """Call the endpoint again, first with what has waited. NotFound; Refused `invalid_transition`."""
    endpoint = lock_endpoint(store_id, endpoint_id)
    refuse_if(why_not_resume_endpoint(endpoint))
    endpoint.status, endpoint.paused_for = EndpointStatus.ACTIVE, ""
    endpoint.failures, endpoint.failing_since = 0, None
    endpoint.make_due()
    endpoint.save(update_fields=STATUS_FIELDS)
    waiting = Delivery.objects.for_store(store_id).waiting().filter(endpoint=endpoint)
    waiting.update(tried_since=None, attempts=0, next_attempt_at=Now())
    _record(WEBHOOK_RESUMED, endpoint, actor, now, host=endpoint.host)
    return endpoint


@action
def delete_endpoint(*, store_id: int, endpoint_id: UUID, actor: Actor, now: datetime) -> None:
    """Tell it nothing more, and forget its secrets; what it was told stays on record. NotFound."""
    endpoint = lock_endpoint(store_id, endpoint_id)
    endpoint.deleted_at, endpoint.sealed_secrets = now, ""
    endpoint.plan(None)
    endpoint.save(update_fields=["deleted_at", "sealed_secrets", *Endpoint.WORK_FIELDS])
    _record(WEBHOOK_DELETED, endpoint, actor, now, host=endpoint.host)


@action
def send_test_event(*, store_id: int, endpoint_id: UUID, actor: Actor, now: datetime) -> Endpoint:
    """Let an event happen that this endpoint is told of within seconds, also while it rests; returns the endpoint.

    It is in the feed as every event is, but no other endpoint is told. NotFound; Refused `endpoint_paused`.
    """
    endpoint = lock_endpoint(store_id, endpoint_id)
    refuse_if(why_not_test_endpoint(endpoint))
    _record(WEBHOOK_TESTED, endpoint, actor, now, host=endpoint.host)
    return endpoint


@action
def resend(
    *,
    store_id: int,
    endpoint_id: UUID,
    delivery_ids: Sequence[UUID] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    events: Sequence[str] = (),
    failed_only: bool = False,
    actor: Actor,
    now: datetime,
) -> int:
    """Send these deliveries again, or those made in `since <= at < until`, in the order of their events; how many.

    `events` narrows them to events of these names, `failed_only` to those given up. Each keeps its id, by which a
    receiver knows what it has had. NotFound; Invalid `events` for names that no event has, `until` when it isn't after
    `since`.
    """
    if since is not None and until is not None and until <= since:
        raise Invalid("until", _("The end must be after the beginning."))
    endpoint = lock_endpoint(store_id, endpoint_id)
    rows = Delivery.objects.for_store(store_id).filter(endpoint=endpoint)
    if delivery_ids is not None:
        rows = rows.filter(pk__in=delivery_ids)
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    if until is not None:
        rows = rows.filter(created_at__lt=until)
    if events:
        rows = rows.filter(name__in=_names(events))
    if failed_only:
        rows = rows.filter(status=DeliveryStatus.FAILED)
    count = rows.update(
        status=DeliveryStatus.WAITING, attempts=0, tried_since=None, next_attempt_at=Now(), last_error=""
    )
    if count and endpoint.status == EndpointStatus.ACTIVE:
        endpoint.next_attempt_at = Now()
        endpoint.save(update_fields=["next_attempt_at"])
    _record(WEBHOOK_RESENT, endpoint, actor, now, host=endpoint.host, deliveries=count)
    return count


def lock_endpoint(store_id: int, endpoint_id: UUID) -> Endpoint:
    """The endpoint, locked. NotFound for one that is deleted."""
    rows = Endpoint.objects.for_store(store_id).existing().timed().select_for_update(no_key=True)
    endpoint = rows.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotFound
    return endpoint


def _names(events: Sequence[str]) -> list[str]:
    known = {event.name for event in event_types()}
    if unknown := set(events) - known:
        detail = _("No event has this name: %(names)s.")
        raise Invalid("events", detail % {"names": ", ".join(sorted(unknown))}, "unknown")
    return sorted(set(events))


def _record(event: EventType, endpoint: Endpoint, actor: Actor, now: datetime, **facts) -> None:
    writes = WriteSet()
    writes.event(event, endpoint, topic=endpoint, at=now, actor=actor, **facts)
    writes.flush()
