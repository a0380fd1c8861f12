"""Work that is owed: a row that a worker takes up, holds while it is at it, tries again later, or leaves to a person.

    told → taken up under a lease → at work, the lease renewed → done
                                                               → put off, longer each time → a person called → resumed

Such a row is an `Obligation` (common/obligations.py). That a worker is told of it is a hint; whatever is lost of that,
the sweeps find: a row is due until it is done.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from time import monotonic
from typing import TypeVar
from uuid import uuid4

from django.db import DatabaseError, connections, models, transaction
from django.db.models import F
from django.db.models.functions import Now

from common.actions import bookkeeping
from common.errors import Refused, kind_of, told_safely
from common.obligations import LEASE, MAX_ATTEMPTS, Obligation
from common.tenancy import TenantModel, system_scope, tenant_scope
from common.writes import WriteSet

log = logging.getLogger("wanliu.workers")

BATCH = 100  # rows that are taken up at once
RENEW_EVERY_S = 5
RENEW_FOR_S = 300  # a call that hangs for longer has lost its row
WORK_FOR_S = 20  # what a worker hasn't begun by then it gives back: others may be idle
DRAIN_FOR_S = 60  # well below a task's time limit


Row = TypeVar("Row", bound=Obligation)
Result = TypeVar("Result")


def take_up(rows: models.QuerySet[Row], *, limit: int = BATCH) -> tuple[list[Row], list[Row]]:
    """Lock and lease up to `limit` due rows that nobody else has; the caller writes their WORK_FIELDS.

    Returns the rows that are this worker's now, and those for which a person is called: every worker that took one of
    them up has died before it got an answer.
    """
    turn = uuid4()
    taken, worn_out = [], []
    due = rows.due().timed().select_for_update(of=("self",), skip_locked=True, no_key=True)
    for row in due.order_by("next_attempt_at", "pk")[:limit]:
        if row.attempts >= MAX_ATTEMPTS:
            row.call_person()
            worn_out.append(row)
        else:
            row.begin_attempt(turn)
            taken.append(row)
    return taken, worn_out


def in_turn(rows: Sequence[Row], do: Callable[[Row], Result]) -> list[Result]:
    """`do` the rows of one turn, one after the other, while their leases are renewed; returns what came of them.

    What hasn't begun after WORK_FOR_S is given back, so that a slow partner's calls are shared by all workers.
    """
    ends_at = monotonic() + WORK_FOR_S
    results: list[Result] = []
    with _renewed(rows):
        for place, row in enumerate(rows):
            if place and monotonic() >= ends_at:
                _give_back(rows[place:])
                break
            results.append(do(row))
    return results


def do_due(rows: models.QuerySet[Row], do: Callable[[Row], None], *, limit: int = BATCH) -> int:
    """Take up to `limit` due rows up and `do` each in a transaction of its own; returns how many were taken up.

    For work that asks nobody outside. `do` is given the row, locked and in its store's scope: it is done, unless `do`
    plans something else; its WORK_FIELDS are saved. What that raises puts the row off, and the others go on.
    """
    turn = _lease(rows, limit)
    in_turn(turn, partial(_attempt, do=do))
    return len(turn)


_NO_ACT = "A lease says which worker is busy; what comes of it is an act."


@bookkeeping(_NO_ACT, alone=True)
def _lease(rows: models.QuerySet[Row], limit: int) -> list[Row]:
    turn, worn_out = take_up(rows, limit=limit)
    writes = WriteSet()
    for row in [*turn, *worn_out]:
        writes.update(row, *row.WORK_FIELDS)
    writes.flush()
    return turn


def _attempt(row: Row, *, do: Callable[[Row], None]) -> None:
    scope = partial(tenant_scope, row.store_id) if isinstance(row, TenantModel) else system_scope
    try:
        with transaction.atomic(), scope():
            _do_leased(row, do)
    except Exception as error:
        log.error("%s %s could not be done: %s", row._meta.label, row.pk, told_safely(error))
        put_off(row, error)


@bookkeeping(_NO_ACT)
def _do_leased(row: Row, do: Callable[[Row], None]) -> None:
    """`do` the row, unless another worker has it by now."""
    mine = _lock(row)
    if mine is not None:
        mine.plan(None)
        do(mine)
        mine.save(update_fields=mine.WORK_FIELDS)


@bookkeeping(_NO_ACT, alone=True)
def put_off(row: Obligation, error: Exception) -> None:
    """What this worker holds could not be done: again later. In a transaction of its own."""
    mine = _lock(row)
    if mine is not None:
        mine.put_off(str(error) if isinstance(error, Refused) else kind_of(error))
        mine.save(update_fields=mine.WORK_FIELDS)


def write_down(rows: Sequence[Row], answers: Sequence[Result], write: Callable[[list[Result]], object]) -> None:
    """`write` what was answered about the rows of one turn, in one transaction, or when that fails each in its own.

    What can't be written even alone is put off; the others don't wait for it.
    """
    try:
        with transaction.atomic(), system_scope():
            write(list(answers))
        return
    except Exception as error:
        log.warning("%d answers together failed with %s; writing them one by one", len(answers), kind_of(error))
    for row, answer in zip(rows, answers, strict=False):  # what was given back has no answer
        try:
            with transaction.atomic(), system_scope():
                write([answer])
        except Exception as error:
            log.error("the answer about %s %s could not be written: %s", row._meta.label, row.pk, told_safely(error))
            put_off(row, error)


def drain(step: Callable[[], int]) -> None:
    """Take step after step until one finds nothing, or for DRAIN_FOR_S: the next sweep goes on."""
    ends_at = monotonic() + DRAIN_FOR_S
    while step() and monotonic() < ends_at:
        pass


def _lock(row: Row) -> Row | None:
    held = type(row)._default_manager.filter(pk=row.pk, leased_by=row.leased_by)
    return held.timed().select_for_update(no_key=True).first()


def _held(rows: Sequence[Row]) -> models.QuerySet[Row]:
    """Those that are still this turn's. One that is locked is being worked on and needs nothing."""
    manager = type(rows[0])._default_manager
    held = manager.filter(pk__in=[row.pk for row in rows], leased_by=rows[0].leased_by)
    return manager.filter(pk__in=held.select_for_update(skip_locked=True, no_key=True).values("pk"))


@bookkeeping(_NO_ACT, alone=True)
def _give_back(rows: Sequence[Row]) -> None:
    _held(rows).update(leased_until=None, leased_by=None, attempts=F("attempts") - 1)


@contextmanager
def _renewed(rows: Sequence[Row]) -> Iterator[None]:
    """Renew these rows' leases in the background. A dead process renews nothing, and a hanging one not for ever."""
    is_over = threading.Event()
    ends_at = monotonic() + RENEW_FOR_S

    def renew():
        try:
            while not is_over.wait(RENEW_EVERY_S) and monotonic() < ends_at:
                try:
                    _renew(rows)
                except DatabaseError as error:
                    log.warning("the leases of %d rows could not be renewed: %s", len(rows), error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


@bookkeeping(_NO_ACT, alone=True)
def _renew(rows: Sequence[Row]) -> None:
    _held(rows).update(leased_until=Now() + LEASE)
