"""Connecting a shop by pasted keys.

What was typed is tried at the platform first, outside of any transaction. What it finds wrong is a sentence that says
what to do, and then nothing is stored at all.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from common.actions import action
from common.actors import Actor
from common.errors import Busy, Invalid, NotFound, Refused, refuse_if
from common.sealing import seal
from common.sentences import sentence as _
from common.tenancy import tenant_scope
from common.writes import WriteSet
from connectors.events import CONNECTION_MADE
from connectors.limits import pacing
from connectors.models import Connection, MirroredRefund, SentDecision
from connectors.models.connection import FAULTS
from connectors.platforms import platform_of
from connectors.port import (
    Authorisation,
    Platform,
    PlatformError,
    PlatformFault,
    ReauthorisationNeeded,
    Secret,
    SetupFault,
    Shop,
    Throttled,
    TokenExpired,
    Tokens,
    Unreachable,
    WindowTooFull,
    WrongSetup,
)
from connectors.shops import can_refresh, platform_for, take_tokens, with_tokens
from connectors.states import ConnectionStatus, SendingStatus
from stores.models import Store

FIRST_REACH = timedelta(days=1)  # what changed before the shop was connected and comes along unasked


def connect_shop(
    *,
    store: Store,
    app_key: str,
    secrets: Mapping[Secret, str],
    access_token: str = "",
    refresh_token: str = "",
    base_url: str = "",
    shop_id: str = "",
    actor: Actor,
    now: datetime,
) -> Connection:
    """Try what was typed at the platform, and keep it. In no transaction of the caller's: it asks the network.

    `shop_id` tells a shop from the others of its application, where the platform wants that (`Platform.names_shop`).
    Without tokens a platform that wants a link is kept as waiting to be authorised. Invalid names what is missing;
    Refused says what the platform found wrong. One that doesn't answer is kept, and asked again by itself.
    """
    refuse_if(why_not_connect(store))
    platform = platform_of(store.marketplace)
    for each in sorted(secrets.keys() - platform.secrets - platform.push_secrets):
        if secrets[each]:
            raise Invalid(str(each), _("This marketplace has no such secret: leave it out."))
    shop = Shop(
        app_key=_filled("app_key", app_key),
        secrets={each: _filled(str(each), secrets.get(each, "")) for each in sorted(platform.secrets)}
        | {each: secrets[each] for each in sorted(platform.push_secrets) if secrets.get(each)},
        base_url=known_address(base_url),
        access_token=access_token,
        refresh_token=refresh_token,
        marketplace=store.marketplace,
    )
    with tenant_scope(store.pk):
        shop = replace(shop, shop_id=_named_shop(store, platform, shop, shop_id.strip()))
        seal({})  # Refused before anything is asked where nothing could be kept
        refuse_while_held(store)
    shop, tokens, silence = try_out(platform, shop, now)
    with tenant_scope(store.pk):
        return keep_connection(
            store=store, platform=platform, shop=shop, tokens=tokens, silence=silence, actor=actor, now=now
        )


def _named_shop(store: Store, platform: Platform, shop: Shop, shop_id: str) -> str:
    """The shop's id: as it was named, or as it is known of the same application. Invalid `shop_id`."""
    if not platform.names_shop:
        if shop_id:
            raise Invalid("shop_id", _("This marketplace tells a shop by its authorisation: leave its id out."))
        return ""
    if shop_id and not (shop_id.isascii() and shop_id.isalnum() and len(shop_id) <= 100):
        raise Invalid("shop_id", _("Copy the shop's id exactly: digits only."))
    kept = Connection.objects.for_store(store.pk).filter(app_key=shop.app_key).exclude(shop_id=shop.app_key).first()
    return shop_id or (kept.shop_id if kept else "")


def why_not_connect(store: Store) -> Refused | None:
    """Why no shop of the store can be connected.

    Refused `sandbox` for a store that is one, `no_platform` where its marketplace has none that we know.
    """
    if store.is_sandbox:
        return Refused("sandbox", _("A sandbox is connected to no marketplace: open another store for the shop."))
    if platform_of(store.marketplace) is not None:
        return None
    marketplace = store.get_marketplace_display()
    return Refused(
        "no_platform", _("%(marketplace)s has no open platform that we know.") % {"marketplace": marketplace}
    )


def known_address(base_url: str) -> str:
    """An address that can be asked: http or https, a host, nothing secret. Invalid `base_url`."""
    if not base_url:
        return ""
    try:
        parts = urlsplit(base_url)
        fits = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    if not fits or parts.username or parts.query or parts.fragment or len(base_url) > 200:
        raise Invalid("base_url", _("Give an address such as http://127.0.0.1:9000, without a query."))
    return base_url.rstrip("/")


def _filled(field: str, value: str) -> str:
    value = value.strip()
    if not value:
        raise Invalid(field, _("This marketplace needs it: copy it from the application's page."), "required")
    if any(not sign.isprintable() for sign in value) or len(value) > 500:
        raise Invalid(field, _("Copy it exactly, without line breaks."))
    return value


def refuse_while_held(store: Store) -> None:
    """Busy while a worker asks the platform about this store's shop: two must never renew its tokens at once."""
    if Connection.objects.for_store(store.pk).filter(leased_until__gt=Now()).exists():
        raise Busy(_("The shop is being asked right now: try again in a moment."))


def try_out(platform: Platform, shop: Shop, now: datetime) -> tuple[Shop, Tokens | None, PlatformError | None]:
    """Ask the platform something harmless; returns the shop with working tokens, and why nobody answered, if so.

    Refused in the sentence of what is wrong.
    """
    tokens: Tokens | None = None
    silence: PlatformError | None = None
    try:
        with pacing(platform, shop):
            if not shop.access_token and can_refresh(platform, shop):
                tokens = platform.refresh(shop, now=now)
                shop = with_tokens(shop, tokens)
            if shop.access_token:
                try:
                    _look(platform, shop, now)
                except TokenExpired:
                    if not can_refresh(platform, shop):
                        raise
                    tokens = platform.refresh(shop, now=now)
                    shop = with_tokens(shop, tokens)
                    _look(platform, shop, now)
    except (Unreachable, PlatformFault, Throttled) as error:
        silence = error
    except PlatformError as error:
        raise refusal_of(error) from None
    return shop, tokens, silence


def _look(platform: Platform, shop: Shop, now: datetime) -> None:
    until = now - platform.windows.lag
    span = min(platform.windows.span, timedelta(minutes=1))
    try:
        next(iter(platform.list_changed(shop, since=until - span, until=until, now=now)), None)
    except WindowTooFull:
        pass  # it can be listed


def refusal_of(error: PlatformError) -> Refused:
    """What is wrong, what to do, and what the platform said in its own words."""
    if isinstance(error, WrongSetup):
        code, words = str(error.fault), FAULTS[error.fault]
    elif isinstance(error, ReauthorisationNeeded | TokenExpired):
        code, words = "authorisation_ended", _("The tokens hold no more: authorise the shop anew.")
    else:
        code, words = "platform_refused", _("The marketplace refused to be asked.")
    return with_words(code, str(words), error)


def with_words(code: str, words: str, error: PlatformError) -> Refused:
    """A refusal in our words, with what was found or said behind them."""
    return Refused(code, f"{words} {error.in_words}".rstrip())


@action
def keep_connection(
    *,
    store: Store,
    platform: Platform,
    shop: Shop,
    tokens: Tokens | None,
    silence: PlatformError | None,
    actor: Actor,
    now: datetime,
) -> Connection:
    """Keep a shop's keys and tokens, which have been tried; a store has one connection, which this replaces.

    What was read of the shop stays, and is read on from where it was. Refused `other_shop`, `shop_connected_twice`.
    """
    kept = Connection.objects.for_store(store.pk).select_for_update(no_key=True).first()
    if platform.authorisation == Authorisation.APPLICATION and not shop.shop_id:
        shop = with_tokens(shop, Tokens(shop.access_token, None, shop_id=shop.app_key))
    refuse_if(why_not_follow(kept, shop))
    connection = kept or Connection(store=store, created_at=now)
    before = _told_of(connection) if kept else {}
    is_authorised = bool(shop.access_token)
    connection.platform, connection.app_key, connection.base_url = platform.name, shop.app_key, shop.base_url
    connection.sealed_secrets = seal({str(name): value for name, value in shop.secrets.items()})
    connection.shop_id = shop.shop_id or connection.shop_id
    connection.token_mark = "" if connection.shop_id else mark_of(shop)
    connection.expires_at = connection.refresh_expires_at = connection.write_expires_at = None
    take_tokens(connection, platform, shop, tokens)
    connection.status = ConnectionStatus.CONNECTED if is_authorised or silence else ConnectionStatus.AUTHORISING
    connection.link_nonce, connection.fault = "", ""
    connection.told = silence.said[:300] if silence else ""
    connection.last_error = silence.explained if silence else ""
    connection.cursor = connection.cursor or now - FIRST_REACH
    begin_work(connection)
    save_once(connection)
    writes = WriteSet()
    changes = _changes_since(before, connection) if kept else {}
    record_connection(writes, CONNECTION_MADE, connection, actor=actor, now=now, **changes)
    writes.flush()
    return connection


def _told_of(connection: Connection) -> dict[str, str]:
    return {
        "platform": connection.platform,
        "shop": name_of_shop(connection),
        "app_key": connection.app_key,
        "base_url": connection.base_url,
    }


def _changes_since(before: dict[str, str], connection: Connection) -> dict[str, object]:
    """What another connection is that takes this one's place; its keys were given anew in any case."""
    after = _told_of(connection)
    pairs = {name: [before[name], after[name]] for name in ("app_key", "base_url") if before[name] != after[name]}
    olds = {f"{name}_before": before[name] for name in ("platform", "shop") if before[name] != after[name]}
    return {**pairs, **olds, "has_new_secrets": True}


def name_of_shop(connection: Connection) -> str:
    """By which people know it."""
    return connection.shop_name or connection.shop_id or connection.app_key


def why_not_follow(kept: Connection | None, shop: Shop) -> Refused | None:
    """Why the store can't follow this shop: what it has read is another's for ever. Refused `other_shop`."""
    if kept is None or not shop.shop_id or kept.shop_id in ("", shop.shop_id, kept.app_key):
        return None
    has_read = MirroredRefund.objects.for_store(kept.store_id).exists()
    return Refused("other_shop", str(FAULTS[SetupFault.OTHER_SHOP])) if has_read else None


def mark_of(shop: Shop) -> str:
    """By which the same token of the application is known again, and which says nothing of it; empty for none."""
    told = f"{shop.app_key} {shop.access_token}"
    return salted_hmac("connectors.token", told, algorithm="sha256").hexdigest() if shop.access_token else ""


def save_once(connection: Connection) -> None:
    try:
        with transaction.atomic():
            connection.save()
    except IntegrityError as error:
        if "connection_once_per_store" in str(error):
            raise Busy(_("The shop is being asked right now: try again in a moment.")) from None
        if not any(net in str(error) for net in ("connection_once_per_shop", "connection_once_per_token")):
            raise
        if connection.shop_id == connection.app_key and platform_for(connection).names_shop:
            words = _(
                "Another store is connected by this application: name the shop's id, so that each has its tokens."
            )
            raise Invalid("shop_id", words, "required") from None
        raise Refused("shop_connected_twice", str(FAULTS[SetupFault.CONNECTED_TWICE])) from None


def begin_work(connection: Connection) -> None:
    """From now on, if it is connected; what waited for that goes on."""
    if connection.status == ConnectionStatus.CONNECTED:
        connection.make_due()
        waiting = SentDecision.objects.for_store(connection.store_id).filter(status=SendingStatus.WAITING)
        waiting.filter(needs_attention=False).update(next_attempt_at=Now())
    else:
        connection.next_attempt_at = None


def record_connection(writes: WriteSet, event, connection: Connection, *, actor: Actor, now: datetime, **data) -> None:
    """Tell what happened to a connection, and to which shop that is."""
    named = {"platform": connection.platform, "shop": name_of_shop(connection)}
    writes.event(event, connection, topic=connection, at=now, actor=actor, **named, **data)


def lock_connection(store_id: int) -> Connection:
    """The store's connection, locked. NotFound."""
    connection = Connection.objects.for_store(store_id).timed().select_for_update(no_key=True).first()
    if connection is None:
        raise NotFound
    return connection
