"""Work that is owed: a row that a worker takes up, holds while it is at it, tries again later, or leaves to a person.

    told → taken up under a lease → at work, the lease renewed → done
                                                               → put off, longer each time → a person called → resumed

Such a row is an `Obligation` (common/obligations.py). That a worker is told of it is a hint; whatever is lost of that,
the sweeps find: a row is due until it is done.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from time import monotonic
from typing import Generic, TypeVar
from uuid import uuid4

from django.db import DatabaseError, connections, models, transaction
from django.db.models import F
from django.db.models.functions import Now

from common.actions import bookkeeping
from common.broken import broken
from common.errors import Refused, kind_of, told_safely
from common.fairness import share_fairly
from common.obligations import LEASE, MAX_ATTEMPTS, Obligation
from common.tenancy import TenantModel, system_scope, tenant_scope, without_ahead
from common.writes import WriteSet

log = logging.getLogger("wanliu.workers")

BATCH = 100  # rows that are taken up at once
RENEW_EVERY_S = 5
RENEW_FOR_S = 300  # a call that hangs for longer has lost its row
WORK_FOR_S = 20  # what a worker hasn't begun by then it gives back: others may be idle
DRAIN_FOR_S = 60  # well below a task's time limit


Row = TypeVar("Row", bound=Obligation)
Result = TypeVar("Result")


def take_up(
    rows: models.QuerySet[Row], *, limit: int = BATCH, by_everybodys_clock: bool = False
) -> tuple[list[Row], list[Row]]:
    """Lock and lease up to `limit` due rows that nobody else has; the caller writes their WORK_FIELDS.

    Those of a sandbox whose clock is ahead are taken up by that clock alone (docs/adr/0048), unless they are work that
    goes by everybody's clock in a sandbox too. Where more is due than fits, each store has its share (common/fairness).

    Returns the rows that are this worker's now, and those for which a person is called: every worker that took one of
    them up has died before it got an answer.
    """
    if issubclass(rows.model, TenantModel) and not by_everybodys_clock:
        rows = without_ahead(rows)
    turn = uuid4()
    taken, worn_out = [], []
    due = rows.due().timed().select_for_update(of=("self",), skip_locked=True, no_key=True)
    first = list(due.order_by("next_attempt_at", "pk")[:limit])
    for row in share_fairly(due, first, limit=limit):
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
    return [result for _row, result in side_by_side([(rows, 1)], do)]


def side_by_side(lanes: Sequence[tuple[Sequence[Row], int]], do: Callable[[Row], Result]) -> list[tuple[Row, Result]]:
    """`do` the rows of one turn as `in_turn` does, so many of each lane at once; returns each that was done.

    Rows of one partner are a lane: another one's don't wait for a slow one. Where only one is done at once it is done
    in this thread. What `do` raises is raised here once every thread has ended.
    """
    turn = _Turn(do)
    queues = [(deque(rows), at_once) for rows, at_once in lanes]
    with _renewed([row for rows, _at_once in lanes for row in rows]):
        turn.work_through(queues)
        if unbegun := [row for queue, _at_once in queues for row in queue]:
            _give_back(unbegun)
    return turn.done


class _Turn(Generic[Row, Result]):
    """What is done of a turn's rows, by whichever thread, and until when a next one is begun."""

    def __init__(self, do: Callable[[Row], Result]):
        self.done: list[tuple[Row, Result]] = []
        self._do = do
        self._ends_at = monotonic() + WORK_FOR_S

    def work_through(self, queues: Sequence[tuple[deque[Row], int]]) -> None:
        """Take the rows off their queues and do them."""
        threads = [queue for queue, at_once in queues if at_once > 1 for _ in range(min(at_once, len(queue)))]
        with ThreadPoolExecutor(max(len(threads), 1), thread_name_prefix="turn") as pool:
            begun = [pool.submit(copy_context().run, self._in_a_thread, queue) for queue in threads]
            for queue, at_once in queues:
                if at_once == 1:
                    self._work(queue)
        for each in begun:
            each.result()

    def _in_a_thread(self, queue: deque[Row]) -> None:
        try:
            self._work(queue)
        finally:
            connections.close_all()  # a thread's own

    def _work(self, queue: deque[Row]) -> None:
        is_first = True
        while is_first or monotonic() < self._ends_at:
            try:
                row = queue.popleft()
            except IndexError:
                return
            is_first = False
            self.done.append((row, self._do(row)))


def do_due(
    rows: models.QuerySet[Row],
    do: Callable[..., None],
    *,
    before: Callable[[Row], object] | None = None,
    limit: int = BATCH,
) -> int:
    """Take up to `limit` due rows up and `do` each in a transaction of its own; returns how many were taken up.

    For work that asks nobody outside. `do` is given the row, locked and in its store's scope: it is done, unless `do`
    plans something else; its WORK_FIELDS are saved. What that raises puts the row off, and the others go on. What takes
    long and needs no lock is done `before`, outside of the transaction: `do` is given what that answers as well.
    """
    turn = _lease(rows, limit)
    in_turn(turn, partial(_attempt, do=do, before=before))
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


def _attempt(row: Row, *, do: Callable[..., None], before: Callable[[Row], object] | None) -> None:
    scope = partial(tenant_scope, row.store_id) if isinstance(row, TenantModel) else system_scope
    try:
        found = () if before is None else (before(row),)
        with transaction.atomic(), scope():
            _do_leased(row, do, found)
    except Exception as error:
        log.error("%s %s could not be done: %s", row._meta.label, row.pk, told_safely(error))
        put_off(row, error)


@bookkeeping(_NO_ACT)
def _do_leased(row: Row, do: Callable[..., None], found: tuple) -> None:
    """`do` the row, unless another worker has it by now."""
    mine = _lock(row)
    if mine is not None:
        mine.plan(None)
        do(mine, *found)
        mine.save(update_fields=mine.WORK_FIELDS)


@bookkeeping(_NO_ACT, alone=True)
def put_off(row: Obligation, error: Exception) -> None:
    """What this worker holds could not be done: again later. In a transaction of its own."""
    mine = _lock(row)
    if mine is not None:
        mine.put_off(error.detail if isinstance(error, Refused) else broken(error))
        mine.save(update_fields=mine.WORK_FIELDS)


def write_down(done: Sequence[tuple[Row, Result]], write: Callable[[list[Result]], object]) -> None:
    """`write` what was answered about the rows of one turn, in one transaction, or when that fails each in its own.

    What can't be written even alone is put off; the others don't wait for it.
    """
    try:
        with transaction.atomic(), system_scope():
            write([answer for _row, answer in done])
        return
    except Exception as error:
        log.warning("%d answers together failed with %s; writing them one by one", len(done), kind_of(error))
    for row, answer in done:
        try:
            with transaction.atomic(), system_scope():
                write([answer])
        except Exception as error:
            log.error("the answer about %s %s could not be written: %s", row._meta.label, row.pk, told_safely(error))
            put_off(row, error)


def drain(step: Callable[[], int], *, at_once: int = 1) -> None:
    """Take step after step until one finds nothing, or for DRAIN_FOR_S: the next sweep goes on.

    So many threads do so side by side, each until it finds nothing; where it is one, it is done in this thread. What a
    step raises is raised here once every thread has ended.
    """
    ends_at = monotonic() + DRAIN_FOR_S
    if at_once <= 1:
        _take_steps(step, ends_at)
        return
    with ThreadPoolExecutor(at_once, thread_name_prefix="drain") as pool:
        begun = [pool.submit(copy_context().run, _take_steps_apart, step, ends_at) for _ in range(at_once)]
    for each in begun:
        each.result()


def _take_steps(step: Callable[[], int], ends_at: float) -> None:
    while step() and monotonic() < ends_at:
        pass


def _take_steps_apart(step: Callable[[], int], ends_at: float) -> None:
    try:
        _take_steps(step, ends_at)
    finally:
        connections.close_all()  # a thread's own


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
                    log.warning("the leases of %d rows could not be renewed: %s", len(rows), kind_of(error))
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
