"""Keys of programs: one of a store acts for its merchant, one of a marketplace for the marketplace and its buyers."""

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import datetime

from django.utils.translation import gettext as _

from common.actions import action, bookkeeping
from common.actors import Actor
from common.changes import changes_of, lock
from common.errors import Invalid
from common.events import EventType
from common.tenancy import system_scope
from common.writes import WriteSet
from stores.actions.known import known_rules
from stores.events import KEY_MADE, KEY_REVOKED
from stores.models import ApiKey, Store
from stores.states import KeyScope


@action
def create_store_key(
    *,
    store: Store,
    name: str,
    actor: Actor,
    now: datetime,
    scopes: Iterable[str] | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key of one store; returns it and the secret, which is shown this once.

    Without scopes it may do everything.
    """
    granted = sorted(
        {scope for scope in KeyScope.values if scope.endswith(":write")} if scopes is None else set(scopes)
    )
    unknown = set(granted) - set(KeyScope.values)
    if unknown:
        raise Invalid("scopes", _("Unknown scope: %(scope)s.") % {"scope": ", ".join(sorted(unknown))})
    key, secret = ApiKey.objects.create_key(store=store, name=name, scopes=granted, expiry_date=expires_at)
    _record_made(key, actor, now, scopes=granted)
    return key, secret


@action
def create_marketplace_key(
    *,
    marketplace: str,
    name: str,
    actor: Actor,
    now: datetime,
    expires_at: datetime | None = None,
    is_demo: bool = False,
) -> tuple[ApiKey, str]:
    """Make a key of a marketplace; returns it with the secret, which is shown this once.

    The demo's keys, which stand in a file, reach the demo's stores only.
    """
    known_rules(marketplace)
    key, secret = ApiKey.objects.create_key(marketplace=marketplace, name=name, expiry_date=expires_at, is_demo=is_demo)
    _record_made(key, actor, now, marketplace=marketplace)
    return key, secret


def _record_made(key: ApiKey, actor: Actor, now: datetime, **facts) -> None:
    if key.expiry_date is not None:
        facts["expires_at"] = key.expiry_date.isoformat()
    _record(KEY_MADE, key, actor, now, **facts)


def _record(event: EventType, key: ApiKey, actor: Actor, now: datetime, **facts) -> None:
    """By name and prefix, never by the secret or its hash."""
    writes = WriteSet()
    writes.event(event, key, topic=key, at=now, actor=actor, name=key.name, prefix=key.prefix, **facts)
    with nullcontext() if key.store_id else system_scope():  # a marketplace's key is the platform's
        writes.flush()


@action
def revoke_key(*, key: ApiKey, actor: Actor, now: datetime) -> None:
    """Revoke a key for good; the next call with it is 401. Once more changes nothing."""
    lock(key)
    if changes_of(key, {"revoked": True}):
        key.save(update_fields=["revoked"])
        _record(KEY_REVOKED, key, actor, now)


@bookkeeping("When a key was last used is a hint for people; what it did stands in the events of its calls.")
def touch_key(*, key: ApiKey, now: datetime) -> None:
    """Remember that a key was used. Skips when another request is doing the same."""
    free = ApiKey.objects.filter(pk=key.pk).select_for_update(skip_locked=True)
    ApiKey.objects.filter(pk__in=free.values("pk")).update(last_used_at=now)
