"""Hints that a refund has changed: kept once, answered at once, and worth no more than reading the refund again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from common import clock
from common.actions import bookkeeping
from common.queries import named_query
from common.retention import Retention
from common.tenancy import system_scope, tenant_scope
from connectors.models import Connection, MirroredRefund, RefundHint
from connectors.port import Hint, NotThere, PlatformError, PlatformFault, Refusal, Unreachable, UnreadableCopy
from connectors.states import ConnectionStatus
from connectors.taking import put_aside, take_copy
from connectors.talking import Talk
from connectors.waking import wake_after_commit, wake_shop

READ_LATER = timedelta(seconds=30)
BATCH = 500
LONGEST_KEY, LONGEST_ID = 200, 64


@bookkeeping("A hint is the platform's word that there is something to read; what is read is on record.")
def keep_hints(*, connection: Connection, hints: Sequence[Hint], now: datetime) -> int:
    """Keep what isn't known yet; returns how many hints that were."""
    rows = [
        RefundHint(
            store_id=connection.store_id,
            connection=connection,
            key=hint.key[:LONGEST_KEY],
            platform_id=hint.refund_id,
            order_number=hint.order_number[:LONGEST_ID],
            received_at=now,
            next_attempt_at=Now(),
        )
        for hint in hints
        if 0 < len(hint.refund_id) <= LONGEST_ID
    ]
    ids = [row.pk for row in RefundHint.objects.bulk_create(rows, ignore_conflicts=True)]
    return RefundHint.objects.for_store(connection.store_id).filter(pk__in=ids).count()


def read_later(
    connection: Connection, *, platform_id: str, order_number: str, now: datetime, after: timedelta = READ_LATER
) -> None:
    """Read a refund (again) in a while: it was listed and isn't there yet, or a decision about it was refused."""
    hint = RefundHint(
        store_id=connection.store_id,
        connection=connection,
        key=f"{platform_id} of {now.timestamp():.0f}"[:LONGEST_KEY],
        platform_id=platform_id[:LONGEST_ID],
        order_number=order_number[:LONGEST_ID],
        received_at=now,
        next_attempt_at=Now() + after,
    )
    with tenant_scope(connection.store_id):
        _note_hint(hint)


@bookkeeping("Reading a refund once more is the machine's; what it finds is on record.")
def _note_hint(hint: RefundHint) -> None:
    RefundHint.objects.bulk_create([hint], ignore_conflicts=True)


def keep_for_shops(connection: Connection, hints: Sequence[Hint], *, now: datetime) -> tuple[set[int], list[Hint]]:
    """Keep each hint with its shop's connection: messages of an application's shops may come to one of them.

    Returns the stores for which something was news, and the hints whose shop is connected here; the others are left.
    """
    news, kept = set(), []
    by_shop: dict[str, list[Hint]] = {}
    for hint in hints:
        by_shop.setdefault(hint.shop_id, []).append(hint)
    with system_scope():
        for shop_id, mine in by_shop.items():
            whose = _connection_of(connection, shop_id)
            if whose is None:
                continue
            kept += mine
            if keep_hints(connection=whose, hints=mine, now=now):
                news.add(whose.store_id)
    return news, kept


def _connection_of(asked: Connection, shop_id: str) -> Connection | None:
    """The connection of this shop of the asked one's application; the asked one where it isn't told apart.

    Nobody's where several have pasted tokens and nobody knows yet whose they are: the lists find what it tells of.
    """
    if shop_id in ("", asked.shop_id):
        return asked
    application = Connection.objects.exclude(status=ConnectionStatus.DISCONNECTED).filter(
        platform=asked.platform, app_key=asked.app_key, base_url=asked.base_url
    )
    if (known := application.filter(shop_id=shop_id).first()) is not None:
        return known
    is_only_one = asked.shop_id == "" and not application.filter(shop_id="").exclude(pk=asked.pk).exists()
    return asked if is_only_one or asked.shop_id == asked.app_key else None


@bookkeeping("Reading a refund once more is the machine's; what it finds is on record.")
def read_again(row: MirroredRefund, *, now: datetime) -> None:
    """Somebody wants a refund that waits for a look to be read once more, at once."""
    told = {"platform_id": row.platform_id, "order_number": row.order_number}
    read_later(row.connection, **told, now=now, after=timedelta(0))
    wake_after_commit(row.store_id)


def fetch_hints(talk: Talk) -> bool:
    """Fetch a batch of the messages that wait at the platform, keep them, and only then confirm them.

    Returns whether there may be more: some were confirmed, and some of them were news. A queue that repeats what was
    confirmed, or is full of shops that aren't connected, is left until the next turn.
    """
    if not talk.platform.fetches_messages:
        return False
    hints = talk.ask(lambda platform, shop: platform.fetch_messages(shop, now=clock.now()))
    news, kept = keep_for_shops(talk.connection, hints, now=clock.now())
    talk.counts["hints"] += len(kept)
    wake_shop(news - {talk.connection.store_id})
    if ids := [hint.message_id for hint in kept if hint.message_id]:
        talk.ask(lambda platform, shop: platform.confirm_messages(shop, ids, now=clock.now()))
    return bool(ids and news)


def read_hinted(talk: Talk) -> bool:
    """Read the refund of the next due hint, for all of its hints; False when none is due.

    One that isn't there (yet), or that is the one about which nobody answers, is tried again later each time; one that
    can't be read is put aside.
    """
    connection = talk.connection
    if talk.is_silent:
        return False
    with tenant_scope(connection.store_id):
        hints = _due_hints(connection)
    if not hints:
        return False
    hint = hints[0]
    problem = ""
    read_at = clock.now()
    try:
        copy = talk.ask(
            lambda platform, shop: platform.read(
                shop, refund_id=hint.platform_id, order_number=hint.order_number, now=read_at
            )
        )
    except (NotThere, Unreachable, PlatformFault) as error:
        _put_off(connection, hint, error)
        return True
    except (Refusal, UnreadableCopy) as error:
        problem = error.explained
    talk.counts["read"] += 1
    told = {"platform_id": hint.platform_id, "order_number": hint.order_number}
    if problem:
        put_aside(connection, **told, problem=problem, now=clock.now())
    elif take_copy(connection, copy, read_at=read_at, now=clock.now()):
        talk.counts["changed"] += 1
    with tenant_scope(connection.store_id):
        _end_hints(hints)
    return True


def _due_hints(connection: Connection) -> list[RefundHint]:
    """The next due hint and all others at its refund. What comes later has it read once more, by whichever clock."""
    first = _next_due.one(store_id=connection.store_id)
    if first is None:
        return []
    rows = RefundHint.objects.for_store(connection.store_id)
    others = rows.filter(platform_id=first.platform_id).exclude(next_attempt_at=None).exclude(pk=first.pk)
    return [first, *others]


@named_query
def _next_due(store_id: int):
    return RefundHint.objects.for_store(store_id).due().order_by("next_attempt_at")[:1]


@bookkeeping("The refund was read; what that found is on record.")
def _end_hints(hints: Sequence[RefundHint]) -> None:
    done = RefundHint.objects.for_store(hints[0].store_id).filter(pk__in=[hint.pk for hint in hints])
    done.update(next_attempt_at=None)


def _put_off(connection: Connection, hint: RefundHint, error: PlatformError) -> None:
    with tenant_scope(hint.store_id):
        gave_up = _try_later(hint, error)
    if gave_up:
        told = {"platform_id": hint.platform_id, "order_number": hint.order_number}
        put_aside(connection, **told, problem=error.explained, now=clock.now())


@bookkeeping("A try at reading a refund; what it finds is on record.")
def _try_later(hint: RefundHint, error: PlatformError) -> bool:
    """Put off what hints at this refund; returns whether it was tried often enough."""
    gave_up = False
    rows = RefundHint.objects.for_store(hint.store_id).filter(platform_id=hint.platform_id).timed()
    for row in rows.exclude(next_attempt_at=None).select_for_update(no_key=True):
        row.attempts += 1
        row.put_off(error.explained)
        row.save(update_fields=row.WORK_FIELDS)
        gave_up = gave_up or row.needs_attention
    return gave_up


HINTS = Retention(
    "hints forgotten",
    gettext_lazy("Marketplaces' messages that are done"),
    RefundHint,
    "received_at",
    "KEEP_MESSAGES_DAYS",  # at least until no platform repeats a message
    which=lambda rows: rows.filter(next_attempt_at=None),
    batch=BATCH,
)


def forget_hints() -> int:
    """Delete a batch of hints that are done and that no platform repeats any more; returns how many."""
    return HINTS.step()
