"""Connecting a shop, by pasted keys or by a link; letting it in anew; taking it off.

What was typed is tried at the platform first, outside of any transaction. What it finds wrong is a sentence that says
what to do, and then nothing is stored at all.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from secrets import token_urlsafe
from urllib.parse import urlsplit

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from common.actions import action
from common.actors import SYSTEM, Actor
from common.errors import Busy, Invalid, NotFound, Refused, refuse_if
from common.tenancy import tenant_scope
from common.writes import WriteSet
from connectors.events import (
    CONNECTION_AUTHORISED,
    CONNECTION_ENDED,
    CONNECTION_LINKED,
    CONNECTION_MADE,
    CONNECTION_RESUMED,
    CONNECTION_STOPPED,
    CONNECTION_WARNED,
    LOOK_BACK_BEGUN,
)
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
from connectors.sealing import seal
from connectors.shops import can_refresh, platform_for, shop_for, take_tokens, with_tokens
from connectors.states import ConnectionStatus, LookBack, SendingStatus
from connectors.waking import wake_shop
from refunds.actions import lock_refund
from refunds.handing_over import end_decision
from stores.models import Store

FIRST_REACH = timedelta(days=1)  # what changed before the shop was connected and comes along unasked
LINK_HOLDS = timedelta(hours=1)
WARN_DAYS = (14, 7, 1)
_STATE = signing.Signer(salt="connectors.link")


def connect_shop(
    *,
    store: Store,
    app_key: str,
    secrets: Mapping[Secret, str],
    access_token: str = "",
    refresh_token: str = "",
    base_url: str = "",
    actor: Actor,
    now: datetime,
) -> Connection:
    """Try what was typed at the platform, and keep it. In no transaction of the caller's: it asks the network.

    Without tokens a platform that wants a link is kept as waiting to be authorised. Invalid names what is missing;
    Refused says what the platform found wrong. One that doesn't answer is kept, and asked again by itself.
    """
    platform = known_platform(store)
    shop = Shop(
        app_key=_filled("app_key", app_key),
        secrets={each: _filled(str(each), secrets.get(each, "")) for each in sorted(platform.secrets)}
        | {each: secrets[each] for each in sorted(platform.push_secrets) if secrets.get(each)},
        base_url=known_address(base_url),
        access_token=access_token,
        refresh_token=refresh_token,
    )
    with tenant_scope(store.pk):
        seal({})  # Refused before anything is asked where nothing could be kept
        refuse_while_held(store)
    shop, tokens, silence = try_out(platform, shop, now)
    with tenant_scope(store.pk):
        return keep_connection(
            store=store, platform=platform, shop=shop, tokens=tokens, silence=silence, actor=actor, now=now
        )


def known_platform(store: Store) -> Platform:
    """The open platform of the store's marketplace. Refused `no_platform` where we know none."""
    platform = platform_of(store.marketplace)
    if platform is None:
        raise Refused(
            "no_platform",
            _("%(marketplace)s has no open platform that we know.") % {"marketplace": store.get_marketplace_display()},
        )
    return platform


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


def try_out(platform: Platform, shop: Shop, now: datetime) -> tuple[Shop, Tokens | None, str]:
    """Ask the platform something harmless; returns the shop with working tokens, and why nobody answered, if so.

    Refused in the sentence of what is wrong.
    """
    tokens, silence = None, ""
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
        silence = str(error)[:300] or type(error).__name__
    except PlatformError as error:
        raise _refusal(error) from None
    return shop, tokens, silence


def _look(platform: Platform, shop: Shop, now: datetime) -> None:
    until = now - platform.windows.lag
    span = min(platform.windows.span, timedelta(minutes=1))
    try:
        next(iter(platform.list_changed(shop, since=until - span, until=until, now=now)), None)
    except WindowTooFull:
        pass  # it can be listed


def _refusal(error: PlatformError) -> Refused:
    """What is wrong, what to do, and what the platform said in its own words."""
    if isinstance(error, WrongSetup):
        code, words = str(error.fault), FAULTS[error.fault]
    elif isinstance(error, ReauthorisationNeeded | TokenExpired):
        code, words = "authorisation_ended", _("The tokens hold no more: authorise the shop anew.")
    else:
        code, words = "platform_refused", _("The marketplace refused to be asked.")
    said = str(error)
    return Refused(code, f"{words} {_('The marketplace said: %(said)s') % {'said': said}}" if said else str(words))


@action
def keep_connection(
    *, store: Store, platform: Platform, shop: Shop, tokens: Tokens | None, silence: str, actor: Actor, now: datetime
) -> Connection:
    """Keep a shop's keys and tokens, which have been tried; a store has one connection, which this replaces.

    What was read of the shop stays, and is read on from where it was. Refused `other_shop`, `shop_connected_twice`.
    """
    kept = Connection.objects.for_store(store.pk).select_for_update(no_key=True).first()
    if platform.authorisation == Authorisation.APPLICATION and not shop.shop_id:
        shop = with_tokens(shop, Tokens(shop.access_token, None, shop_id=shop.app_key))
    _refuse_other_shop(kept, shop)
    connection = kept or Connection(store=store, created_at=now)
    is_authorised = bool(shop.access_token)
    connection.platform, connection.app_key, connection.base_url = platform.name, shop.app_key, shop.base_url
    connection.sealed_secrets = seal({str(name): value for name, value in shop.secrets.items()})
    connection.shop_id = shop.shop_id or connection.shop_id
    connection.expires_at = connection.refresh_expires_at = connection.write_expires_at = None
    take_tokens(connection, platform, shop, tokens)
    connection.status = ConnectionStatus.CONNECTED if is_authorised or silence else ConnectionStatus.AUTHORISING
    connection.link_nonce, connection.fault, connection.told = "", "", silence
    connection.cursor = connection.cursor or now - FIRST_REACH
    _begin_work(connection)
    _save_once(connection)
    writes = WriteSet()
    record_connection(writes, CONNECTION_MADE, connection, actor=actor, now=now)
    writes.flush()
    return connection


def _refuse_other_shop(kept: Connection | None, shop: Shop) -> None:
    """What this store has read belongs to one shop for ever: another one needs a store of its own."""
    if kept is None or not shop.shop_id or kept.shop_id in ("", shop.shop_id):
        return
    if MirroredRefund.objects.for_store(kept.store_id).exists():
        raise Refused("other_shop", str(FAULTS[SetupFault.OTHER_SHOP]))
    kept.shop_id = shop.shop_id


def _save_once(connection: Connection) -> None:
    try:
        with transaction.atomic():
            connection.save()
    except IntegrityError as error:
        if "connection_once_per_store" in str(error):
            raise Busy(_("The shop is being asked right now: try again in a moment.")) from None
        if "connection_once_per_shop" not in str(error):
            raise
        raise Refused(
            "shop_connected_twice",
            _("This shop is connected to another store already: disconnect it there first."),
        ) from None


def _begin_work(connection: Connection) -> None:
    """From now on, if it is connected; what waited for that goes on."""
    if connection.status == ConnectionStatus.CONNECTED:
        connection.make_due()
        waiting = SentDecision.objects.for_store(connection.store_id).filter(status=SendingStatus.WAITING)
        waiting.filter(needs_attention=False).update(next_attempt_at=Now())
    else:
        connection.next_attempt_at = None


def record_connection(writes: WriteSet, event, connection: Connection, *, actor: Actor, now: datetime, **data) -> None:
    """Tell what happened to a connection, and to which shop that is."""
    shop = connection.shop_name or connection.shop_id or connection.app_key
    writes.event(
        event, connection, topic=connection, at=now, actor=actor, platform=connection.platform, shop=shop, **data
    )


def lock_connection(store_id: int) -> Connection:
    """The store's connection, locked. NotFound."""
    connection = Connection.objects.for_store(store_id).timed().select_for_update(no_key=True).first()
    if connection is None:
        raise NotFound
    return connection


# --- by a link


def why_not_make_link(connection: Connection) -> Refused | None:
    """Why the merchant can't let us in by a link now: Refused `no_link`, `invalid_transition`."""
    if platform_for(connection).authorisation != Authorisation.OAUTH:
        return Refused("no_link", _("This marketplace lets a shop in by its application's keys: enter them anew."))
    if connection.status == ConnectionStatus.DISCONNECTED:
        return Refused("invalid_transition", _("The shop is disconnected: enter the application's keys first."))
    return None


@action
def make_link(*, store_id: int, user: str, callback: str, actor: Actor, now: datetime) -> str:
    """Where the merchant's browser goes to let us in; it holds for an hour, once, for this user.

    Refused `no_link` for a platform that has none, `invalid_transition` for a shop that is disconnected.
    """
    connection = lock_connection(store_id)
    refuse_if(why_not_make_link(connection))
    platform = platform_for(connection)
    connection.link_nonce = token_urlsafe(16)
    connection.save(update_fields=["link_nonce"])
    writes = WriteSet()
    record_connection(writes, CONNECTION_LINKED, connection, actor=actor, now=now)
    writes.flush()
    state = _STATE.sign_object([store_id, connection.link_nonce, user, now.timestamp()])
    return platform.authorise_link(shop_for(connection), state=state, callback=callback)


def opened_link(*, state: str, user: str, now: datetime) -> tuple[int, str]:
    """(the store, what is kept on its connection) of the link that a merchant came back with.

    Refused `link_over` for what isn't ours, is too old, or was made for somebody else.
    """
    try:
        store_id, nonce, whose, made_at = _STATE.unsign_object(state)
    except (signing.BadSignature, ValueError):
        raise _link_over(_("This isn't one of our links: begin anew on the page of the connection.")) from None
    if whose != user or not nonce:
        raise _link_over(_("This link was made for somebody else: make one of your own."))
    if now.timestamp() - made_at > LINK_HOLDS.total_seconds():
        raise _link_over(_("This link is older than an hour: make a new one."))
    return store_id, nonce


def come_back(*, state: str, code: str, user: str, callback: str, actor: Actor, now: datetime) -> Connection:
    """The merchant came back from the platform with a code: redeem it and keep the tokens.

    Refused `link_over` for a link that isn't ours, was used, is too old, or was somebody else's. In no transaction.
    """
    store_id, nonce = opened_link(state=state, user=user, now=now)
    with tenant_scope(store_id):
        connection = Connection.objects.for_store(store_id).filter(link_nonce=nonce).first()
        if connection is None:
            raise _link_used()
        refuse_while_held(connection.store)
        platform, shop = platform_for(connection), shop_for(connection)
    try:
        with pacing(platform, shop):
            tokens = platform.redeem(shop, code=code, callback=callback, now=now)
    except PlatformError as error:
        raise _refusal(error) from None
    with tenant_scope(store_id):
        return keep_authorisation(store_id=store_id, nonce=nonce, tokens=tokens, actor=actor, now=now)


def _link_over(words: str) -> Refused:
    return Refused("link_over", words)


def _link_used() -> Refused:
    return _link_over(_("This link was used already, or a newer one was made: the newest works once."))


@action
def keep_authorisation(*, store_id: int, nonce: str, tokens: Tokens, actor: Actor, now: datetime) -> Connection:
    """Keep what the merchant's authorisation gave; the shop is followed on from where it was.

    Refused `link_over`, `other_shop`, `shop_connected_twice`.
    """
    connection = lock_connection(store_id)
    if connection.link_nonce != nonce:
        raise _link_used()
    platform = platform_for(connection)
    shop = shop_for(connection)
    if connection.shop_id and tokens.shop_id and connection.shop_id != tokens.shop_id:
        raise Refused("other_shop", str(FAULTS[SetupFault.OTHER_SHOP]))
    take_tokens(connection, platform, with_tokens(shop, tokens), tokens)
    connection.link_nonce, connection.fault, connection.told = "", "", ""
    connection.status = ConnectionStatus.CONNECTED
    connection.cursor = connection.cursor or now - FIRST_REACH
    _begin_work(connection)
    _save_once(connection)
    writes = WriteSet()
    until = connection.ends_at
    record_connection(
        writes,
        CONNECTION_AUTHORISED,
        connection,
        actor=actor,
        now=now,
        **({"until": until.isoformat()} if until else {}),
    )
    writes.flush()
    return connection


# --- what a person does about it


def why_not_resume_shop(connection: Connection) -> Refused | None:
    """Why nothing waits for a person to have mended what was wrong at the platform."""
    if connection.status == ConnectionStatus.NEEDS_SETUP or connection.needs_attention:
        return None
    return Refused("invalid_transition", _("Nothing has to be set right at the marketplace."))


@action
def resume_shop(*, store_id: int, actor: Actor, now: datetime) -> Connection:
    """What was wrong at the platform is mended: the shop is followed on from where it was. NotFound."""
    connection = lock_connection(store_id)
    refuse_if(why_not_resume_shop(connection))
    connection.status, connection.fault, connection.told = ConnectionStatus.CONNECTED, "", ""
    _begin_work(connection)
    connection.save()
    writes = WriteSet()
    record_connection(writes, CONNECTION_RESUMED, connection, actor=actor, now=now)
    writes.hint(wake_shop, store_id)
    writes.flush()
    return connection


def why_not_disconnect(connection: Connection) -> Refused | None:
    """Why there is nothing to disconnect."""
    if connection.status != ConnectionStatus.DISCONNECTED:
        return None
    return Refused("invalid_transition", _("The shop is disconnected already."))


@action
def disconnect_shop(*, store_id: int, actor: Actor, now: datetime) -> Connection:
    """Follow the shop no more and forget its secrets; what was read stays. NotFound."""
    connection = lock_connection(store_id)  # before the decisions: who decides locks it, too, so that none is missed
    for decision in SentDecision.objects.for_store(store_id).under_way():
        _drop(decision, actor=actor, now=now)
    connection.sealed_secrets = connection.sealed_tokens = connection.link_nonce = connection.fault = ""
    connection.status, connection.is_refreshable = ConnectionStatus.DISCONNECTED, False
    connection.plan(None)
    connection.save()
    writes = WriteSet()
    record_connection(writes, CONNECTION_ENDED, connection, actor=actor, now=now)
    writes.flush()
    return connection


def _drop(decision: SentDecision, *, actor: Actor, now: datetime) -> None:
    """Nobody hears any more what becomes of it: who decided is told so."""
    lock_refund(store_id=decision.store_id, refund_id=decision.refund_id)
    mine = SentDecision.objects.for_store(decision.store_id).under_way().timed().select_for_update(no_key=True)
    mine = mine.filter(pk=decision.pk).first()
    if mine is None:
        return
    mine.end(SendingStatus.DROPPED, now)
    mine.save(update_fields=mine.WORK_FIELDS)
    told = {"is_refused": True, "code": "disconnected", "text": str(_("The shop was disconnected."))}
    end_decision(store_id=mine.store_id, refund_id=mine.refund_id, **told, actor=actor, now=now)


@action
def fetch_past(*, store_id: int, since: datetime, actor: Actor, now: datetime) -> Connection:
    """List everything that has changed since then, as far back as the platform lists. Invalid `since`, NotFound."""
    connection = lock_connection(store_id)
    if since >= now:
        raise Invalid("since", _("Give a date in the past."))
    reach = platform_for(connection).windows.reach
    begin_look_back(connection, LookBack.BACK_FILL, max(since, now - reach) if reach else since)
    if connection.status == ConnectionStatus.CONNECTED:
        connection.next_attempt_at = Now()
    connection.save(
        update_fields=["look_back", "looked_from", "looked_at", "look_until", "look_missed", "next_attempt_at"]
    )
    writes = WriteSet()
    record_connection(
        writes, LOOK_BACK_BEGUN, connection, actor=actor, now=now, since=connection.looked_from.isoformat()
    )
    writes.flush()
    return connection


def begin_look_back(connection: Connection, kind: LookBack, since: datetime) -> None:
    """List from `since` up to where what changes now is followed; one that is under way is replaced."""
    until = connection.cursor
    connection.look_back, connection.look_missed = kind, 0
    connection.looked_from = connection.looked_at = min(since, until)
    connection.look_until = until


# --- what the platform says about it


@action
def stop_following(*, connection: Connection, error: PlatformError, actor: Actor, now: datetime) -> None:
    """A held connection can't go on before a person has acted; where it was is kept."""
    is_setup = isinstance(error, WrongSetup)
    connection.status = ConnectionStatus.NEEDS_SETUP if is_setup else ConnectionStatus.NEEDS_AUTHORISATION
    connection.fault = str(error.fault) if is_setup else ""
    connection.told = str(error)[:300]
    connection.plan(None)
    connection.save(update_fields=["status", "fault", "told", *connection.WORK_FIELDS])
    writes = WriteSet()
    record_connection(
        writes, CONNECTION_STOPPED, connection, actor=actor, now=now, fault=connection.fault, told=connection.told
    )
    writes.flush()


def warn_in_time(writes: WriteSet, connection: Connection, now: datetime) -> None:
    """Tell 14, 7 and 1 days before the end that a held connection's authorisation ends; once each."""
    ends_at = connection.ends_at
    if ends_at is None:
        return
    left = (ends_at - now).days
    mark = min((days for days in WARN_DAYS if left < days), default=None)
    if mark is None or (connection.warned_days is not None and connection.warned_days <= mark):
        return
    connection.warned_days = mark
    record_connection(
        writes,
        CONNECTION_WARNED,
        connection,
        actor=SYSTEM,
        now=now,
        days=max(left, 0),
        until=ends_at.isoformat(),
    )
