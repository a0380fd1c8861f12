"""A worker's talk with a platform about the shop whose lease it holds, and what is done about the ways it says no."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from common import clock
from common.actions import bookkeeping
from common.actors import SYSTEM
from common.queries import named_query
from common.tenancy import tenant_scope
from connectors.limits import pacing
from connectors.mending import follow_on
from connectors.models import Connection
from connectors.models.connection import ConnectionQuerySet
from connectors.port import (
    Brief,
    Platform,
    PlatformError,
    PlatformFault,
    ReauthorisationNeeded,
    SetupFault,
    Shop,
    Throttled,
    TokenExpired,
    Tokens,
    Unreachable,
    WrongSetup,
)
from connectors.shops import can_refresh, platform_for, shop_for, take_tokens, with_tokens
from connectors.states import ConnectionStatus

REFRESH_AHEAD = timedelta(minutes=10)
SILENT_AFTER = 3  # calls in a row that nobody answers: before that it may be the one refund that they are about
Told = TypeVar("Told")


class LeaseLost(Exception):
    """Somebody else works on the shop now: nothing that was read is kept."""


@bookkeeping("That the machine is about to spend a refresh token; what came of it is kept with the tokens.")
def note_renewal(connection: Connection, asked_at: datetime | None) -> datetime | None:
    """Keep since when the answer to a renewal is awaited, None for no more; returns what was kept. LeaseLost.

    No platform documents how long a spent refresh token still works: of a process that died before it kept the answer
    this is all that is left, and the next one asks with the old token, whose refusal then isn't the merchant's doing.
    """
    mine = held(connection)
    before = mine.renewal_asked_at
    mine.renewal_asked_at = connection.renewal_asked_at = asked_at
    mine.save(update_fields=["renewal_asked_at"])
    return before


@bookkeeping("Renewing tokens is the machine's; that they can't be renewed any more is on record.")
def keep_tokens(*, connection: Connection, platform: Platform, shop: Shop, tokens: Tokens) -> bool:
    """Keep refreshed tokens before anybody uses them; False when they tell that the shop is another store's. LeaseLost.

    An answer that is still awaited is kept also by who has lost the lease meanwhile: the tokens before it may be spent.
    Where tokens were pasted nobody knows whose they are before they are renewed for the first time.
    """
    mine = _awaiting(connection)
    fields, was = take_tokens(mine, platform, shop, tokens), connection.shop_id
    is_free = True
    try:
        with transaction.atomic():
            mine.save(update_fields=fields)
    except IntegrityError as error:
        if "connection_once_per_shop" not in str(error):
            raise
        is_free, mine.shop_id = False, was
        mine.save(update_fields=fields)
    for field in fields:
        setattr(connection, field, getattr(mine, field))
    if mine.status == ConnectionStatus.NEEDS_AUTHORISATION:
        follow_on(connection=mine, actor=SYSTEM, now=clock.now())
    return is_free


def held(connection: Connection) -> Connection:
    """The connection, locked and read anew, which this worker still holds. LeaseLost."""
    mine = _held.one(store_id=connection.store_id, connection_id=connection.pk, turn_id=connection.leased_by)
    if mine is None:
        raise LeaseLost
    return mine


@named_query
def _held(store_id: int, connection_id: UUID, turn_id: UUID | None):
    return _to_lock(store_id).filter(pk=connection_id, leased_by=turn_id)


def _awaiting(connection: Connection) -> Connection:
    """The same, or one that still awaits the answer to the renewal that this worker asked for. LeaseLost."""
    mine = Q(leased_by=connection.leased_by)
    if connection.renewal_asked_at is not None:
        mine |= Q(renewal_asked_at=connection.renewal_asked_at)
    found = _to_lock(connection.store_id).filter(mine, pk=connection.pk).first()
    if found is None:
        raise LeaseLost
    return found


def _to_lock(store_id: int) -> ConnectionQuerySet:
    return Connection.objects.for_store(store_id).timed().select_for_update(no_key=True)


class Talk:
    """One worker's talk with one platform about the shop whose lease it holds."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.platform = platform_for(connection)
        self.shop = shop_for(connection)
        self.counts: Counter[str] = Counter()  # of what was done, for who wants to know
        # One that didn't answer the last time has to answer something first.
        self._unanswered = SILENT_AFTER - 1 if connection.last_error else 0

    @property
    def is_silent(self) -> bool:
        """Whether nothing was answered that the platform was asked about single refunds: this turn only lists."""
        return self._unanswered >= SILENT_AFTER

    def ask(self, question: Callable[[Platform, Shop], Told]) -> Told:
        """What the platform answers, asked within the limits, with tokens that are renewed ahead of their end.

        PlatformError; ReauthorisationNeeded where only a person can renew them. LeaseLost.
        """
        self._renew_ahead()
        try:
            return self.ask_once(question)
        except TokenExpired:
            self.renew()
        try:
            return self.ask_once(question)
        except TokenExpired as error:
            raise ReauthorisationNeeded(error.text, code=error.code) from None

    def pages(self, *, since: datetime, until: datetime) -> Iterator[Sequence[Brief]]:
        """The pages of a window. After a TokenExpired in the middle the window is to be listed anew."""
        self._renew_ahead()
        listed = iter(self.platform.list_changed(self.shop, since=since, until=until, now=clock.now()))
        while (page := self._paced(lambda platform, shop: next(listed, None))) is not None:
            yield page

    def _renew_ahead(self) -> None:
        ends_at = self.connection.expires_at
        if not self.shop.access_token or (ends_at is not None and ends_at <= clock.now() + REFRESH_AHEAD):
            self.renew()

    def ask_once(self, question: Callable[[Platform, Shop], Told]) -> Told:
        """What the platform answers, asked within the limits with the tokens at hand, by any thread. PlatformError."""
        try:
            answer = self._paced(question)
        except (Unreachable, PlatformFault):
            self._unanswered += 1
            raise
        except PlatformError:
            self._unanswered = 0
            raise
        self._unanswered = 0
        return answer

    def _paced(self, question: Callable[[Platform, Shop], Told]) -> Told:
        with pacing(self.platform, self.shop) as pace:
            try:
                return question(self.platform, self.shop)
            except Throttled as error:
                error.seconds = pace.ban(error.seconds)
                raise

    def renew(self) -> None:
        """New tokens, kept before they are used. ReauthorisationNeeded where only a person can."""
        if not can_refresh(self.platform, self.shop):
            ends_at = self.connection.expires_at
            if self.shop.access_token and ends_at is not None and ends_at > clock.now():
                return  # a person has been warned; it holds until then
            raise ReauthorisationNeeded
        unanswered = self._note_renewal(self.connection.renewal_asked_at or clock.now())
        try:
            tokens = self.ask_once(lambda platform, shop: platform.refresh(shop, now=clock.now()))
        except (Unreachable, PlatformFault):
            raise  # the old token may be spent: nobody knows
        except PlatformError as error:
            self._note_renewal(unanswered)
            if isinstance(error, TokenExpired):
                raise ReauthorisationNeeded(error.text, code=error.code) from None
            raise
        self.shop = with_tokens(self.shop, tokens)
        with tenant_scope(self.connection.store_id):
            told = {"platform": self.platform, "shop": self.shop, "tokens": tokens}
            is_free = keep_tokens(connection=self.connection, **told)
        if not is_free:
            raise WrongSetup(SetupFault.CONNECTED_TWICE)

    def _note_renewal(self, asked_at: datetime | None) -> datetime | None:
        with tenant_scope(self.connection.store_id):
            return note_renewal(self.connection, asked_at)
