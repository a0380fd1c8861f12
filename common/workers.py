"""Work that is owed: a row that a worker takes up, holds while it is at it, tries again later, or leaves to a person.

    told → taken up under a lease → at work, the lease renewed → done
                                                               → put off, longer each time → a person called → resumed

Such a row is an `Obligation`. That a worker is told of it is a hint; whatever is lost of that, the sweeps find: a
row is due until it is done. Every instant in these columns is the database's: a process whose own clock is wrong
neither holds a row for a day nor puts one off. Deadlines, on the other hand, are business time and go by the `now`
that actions are told.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import TypeVar
from uuid import uuid4

from django.apps import apps
from django.db import DatabaseError, connections, models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.tenancy import TenantModel, system_scope, tenant_scope
from common.writes import WriteSet

log = logging.getLogger("wanliu.workers")

BATCH = 100  # rows that are taken up at once
LEASE = timedelta(seconds=20)  # what a dead worker held is free after it
RENEW_EVERY_S = 5
RENEW_FOR_S = 300  # a call that hangs for longer has lost its row
WORK_FOR_S = 20  # what a worker hasn't begun by then it gives back: others may be idle
DRAIN_FOR_S = 60  # well below a task's time limit
FIRST_RETRY_AFTER = timedelta(seconds=30)
LONGEST_RETRY_AFTER = timedelta(hours=1)
MAX_ATTEMPTS = 8


class ObligationQuerySet(models.QuerySet):
    """Which rows are due, and which will be."""

    def due(self):
        """Rows that a worker may take up now: their time has come and nobody is at them."""
        return self.filter(Q(leased_until=None) | Q(leased_until__lte=Now()), next_attempt_at__lte=Now())

    def timed(self):
        """Rows that know the database's clock at which they were read, as putting them off needs."""
        return self.annotate(database_now=Now())


class Obligation(models.Model):
    """A row that is work for a worker. `next_attempt_at` is when it is due; empty when there is nothing to do.

    `attempts` counts the times that it was taken up, those of workers that died included. While a worker is at it, it
    is `leased_by` that worker's turn. After MAX_ATTEMPTS it `needs_attention`: a person looks at it and resumes it.
    """

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True)
    leased_until = models.DateTimeField(null=True, editable=False)
    leased_by = models.UUIDField(null=True, editable=False)
    needs_attention = models.BooleanField(_("needs attention"), default=False)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)

    objects = ObligationQuerySet.as_manager()

    # What the methods below may change; a kind of work whose own fields follow adds them.
    WORK_FIELDS = ("attempts", "next_attempt_at", "leased_until", "leased_by", "needs_attention", "last_error")
    # The database's clock when the row was read by `timed`.
    database_now: datetime

    class Meta:
        abstract = True

    def make_due(self) -> None:
        """Something is (newly) to be done, at once; whoever was at it no longer holds it."""
        self.attempts, self.next_attempt_at, self.needs_attention = 0, Now(), False
        self._let_go()

    def begin_attempt(self, turn) -> None:
        """A worker is at it; if it dies, another may take over after the lease."""
        self.attempts += 1
        self.leased_by, self.leased_until = turn, self.database_now + LEASE

    def plan(self, after: timedelta | None) -> None:
        """It was done; there is something to do again `after` that time, or never."""
        self.next_attempt_at = None if after is None else self.database_now + after
        self.needs_attention, self.last_error = False, ""
        self._let_go()

    def put_off(self, error: str) -> None:
        """Nobody knows what came of it: again later, at growing intervals, and in the end a person is called."""
        self.last_error = error[: self._meta.get_field("last_error").max_length]
        self._let_go()
        if self.attempts >= MAX_ATTEMPTS:
            self.call_person()
        else:
            self.next_attempt_at = self.database_now + retry_after(self.attempts)

    def call_person(self) -> None:
        """No worker takes it up any more until a person says so."""
        self.needs_attention, self.next_attempt_at = True, None
        self._let_go()

    def _let_go(self) -> None:
        self.leased_until = self.leased_by = None


Row = TypeVar("Row", bound=Obligation)
Result = TypeVar("Result")


def retry_after(attempts: int) -> timedelta:
    """How long the next attempt waits after so many."""
    return min(FIRST_RETRY_AFTER * 2 ** (attempts - 1), LONGEST_RETRY_AFTER)


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
    with system_scope():
        turn, worn_out = take_up(rows, limit=limit)
        writes = WriteSet()
        for row in [*turn, *worn_out]:
            writes.update(row, *row.WORK_FIELDS)
        writes.flush()
    in_turn(turn, partial(_attempt, do=do))
    return len(turn)


def _attempt(row: Row, *, do: Callable[[Row], None]) -> None:
    scope = partial(tenant_scope, row.store_id) if isinstance(row, TenantModel) else system_scope
    try:
        with scope():
            mine = _lock(row)
            if mine is not None:
                mine.plan(None)
                do(mine)
                mine.save(update_fields=mine.WORK_FIELDS)
    except Exception as error:
        log.exception("%s %s could not be done", row._meta.label, row.pk)
        with scope():
            mine = _lock(row)
            if mine is not None:
                mine.put_off(f"{type(error).__name__}: {error}")
                mine.save(update_fields=mine.WORK_FIELDS)


def drain(step: Callable[[], int]) -> None:
    """Take step after step until one finds nothing, or for DRAIN_FOR_S: the next sweep goes on."""
    ends_at = monotonic() + DRAIN_FOR_S
    while step() and monotonic() < ends_at:
        pass


def bring_forward(*, until: datetime) -> int:
    """Make due what is due `until` then; returns how many rows. For who lets time pass, by `faketime` or a test clock.

    Nothing that a worker is at is touched.
    """
    moved = 0
    for model in obligations():
        with system_scope():
            later = model._default_manager.filter(next_attempt_at__gt=Now(), next_attempt_at__lte=until)
            moved += later.update(next_attempt_at=Now())
    return moved


def obligations() -> list[type[Obligation]]:
    """Every kind of work."""
    return [model for model in apps.get_models() if issubclass(model, Obligation)]


def _lock(row: Row) -> Row | None:
    held = type(row)._default_manager.filter(pk=row.pk, leased_by=row.leased_by)
    return held.timed().select_for_update(no_key=True).first()


def _held(rows: Sequence[Row]) -> models.QuerySet[Row]:
    """Those that are still this turn's. One that is locked is being worked on and needs nothing."""
    manager = type(rows[0])._default_manager
    held = manager.filter(pk__in=[row.pk for row in rows], leased_by=rows[0].leased_by)
    return manager.filter(pk__in=held.select_for_update(skip_locked=True, no_key=True).values("pk"))


def _give_back(rows: Sequence[Row]) -> None:
    with system_scope():
        _held(rows).update(leased_until=None, leased_by=None, attempts=F("attempts") - 1)


@contextmanager
def _renewed(rows: Sequence[Row]) -> Iterator[None]:
    """Renew these rows' leases in the background. A dead process renews nothing, and a hanging one not for ever."""
    is_over = threading.Event()
    ends_at = monotonic() + RENEW_FOR_S

    def renew():
        try:
            while not is_over.wait(RENEW_EVERY_S) and monotonic() < ends_at:
                _renew(rows)
        finally:
            connections.close_all()

    thread = threading.Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _renew(rows: Sequence[Row]) -> None:
    try:
        with system_scope():
            _held(rows).update(leased_until=Now() + LEASE)
    except DatabaseError as error:
        log.warning("the leases of %d rows could not be renewed: %s", len(rows), error)
