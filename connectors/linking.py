"""Letting a shop in by a link: the merchant goes to the platform and comes back with a code.

A link works once, for an hour, for who made it.
"""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.core import signing
from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Refused, refuse_if
from common.tenancy import tenant_scope
from common.writes import WriteSet
from connectors.connecting import (
    FIRST_REACH,
    begin_work,
    lock_connection,
    record_connection,
    refusal_of,
    refuse_while_held,
    save_once,
    with_words,
)
from connectors.events import CONNECTION_AUTHORISED, CONNECTION_LINKED
from connectors.limits import pacing
from connectors.models import Connection
from connectors.models.connection import FAULTS
from connectors.port import (
    Authorisation,
    PlatformError,
    PlatformFault,
    ReauthorisationNeeded,
    Refusal,
    SetupFault,
    Throttled,
    TokenExpired,
    Tokens,
    Unreachable,
)
from connectors.shops import platform_for, shop_for, take_tokens, with_tokens
from connectors.states import ConnectionStatus

LINK_HOLDS = timedelta(hours=1)
_STATE = signing.Signer(salt="connectors.link")


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


def why_not_open_link(made_for: str, nonce: str, made_at: float, *, user: str, now: datetime) -> Refused | None:
    """Why this user can't come back by a link of ours now: Refused `link_over`."""
    if made_for != user or not nonce:
        return _link_over(_("This link was made for somebody else: make one of your own."))
    if now.timestamp() - made_at > LINK_HOLDS.total_seconds():
        return _link_over(_("This link is older than an hour: make a new one."))
    return None


def opened_link(*, state: str, user: str, now: datetime) -> tuple[int, str]:
    """(the store, what is kept on its connection) of the link that a merchant came back with.

    Refused `link_over` for what isn't ours, is too old, or was made for somebody else.
    """
    try:
        store_id, nonce, made_for, made_at = _STATE.unsign_object(state)
    except (signing.BadSignature, ValueError):
        raise _link_over(_("This isn't one of our links: begin anew on the page of the connection.")) from None
    refuse_if(why_not_open_link(made_for, nonce, made_at, user=user, now=now))
    return store_id, nonce


def come_back(*, state: str, code: str, user: str, callback: str, actor: Actor, now: datetime) -> Connection:
    """The merchant came back from the platform with a code: redeem it and keep the tokens.

    Refused `link_over` for a link that isn't ours, was used, is too old, or was somebody else's, `not_authorised` where
    the platform doesn't take the code or doesn't answer. In no transaction.
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
        raise _not_let_in(error) from None
    with tenant_scope(store_id):
        return keep_authorisation(store_id=store_id, nonce=nonce, tokens=tokens, actor=actor, now=now)


def _not_let_in(error: PlatformError) -> Refused:
    if isinstance(error, Unreachable | PlatformFault | Throttled):
        return with_words("not_authorised", _("The marketplace doesn't answer now: make a new link in a while."), error)
    if isinstance(error, Refusal | ReauthorisationNeeded | TokenExpired):
        words = _("The marketplace takes each of its codes once, within minutes, and not this one: make a new link.")
        return with_words("not_authorised", words, error)
    return refusal_of(error)


def _link_over(words: str) -> Refused:
    return Refused("link_over", words)


def _link_used() -> Refused:
    return _link_over(_("This link was used already, or a newer one was made: the newest works once."))


def why_not_keep(connection: Connection, nonce: str, tokens: Tokens) -> Refused | None:
    """Why a locked connection can't take what a link brought: Refused `link_over`, `other_shop`."""
    if connection.link_nonce != nonce:
        return _link_used()
    if connection.shop_id and tokens.shop_id and connection.shop_id != tokens.shop_id:
        return Refused("other_shop", str(FAULTS[SetupFault.OTHER_SHOP]))
    return None


@action
def keep_authorisation(*, store_id: int, nonce: str, tokens: Tokens, actor: Actor, now: datetime) -> Connection:
    """Keep what the merchant's authorisation gave; the shop is followed on from where it was.

    Refused `link_over`, `other_shop`, `shop_connected_twice`.
    """
    connection = lock_connection(store_id)
    refuse_if(why_not_keep(connection, nonce, tokens))
    platform = platform_for(connection)
    shop = shop_for(connection)
    take_tokens(connection, platform, with_tokens(shop, tokens), tokens)
    connection.link_nonce, connection.fault, connection.told, connection.last_error = "", "", "", ""
    connection.status = ConnectionStatus.CONNECTED
    connection.cursor = connection.cursor or now - FIRST_REACH
    begin_work(connection)
    save_once(connection)
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
