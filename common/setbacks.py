"""Sweeps that go on: what fails is done alone, and what fails alone is set back while everything else is done.

Shapes of work: rows together (`sweep_rows`) or apart (`sweep_apart`), keys such as stores (`sweep_each`), and one
statement over all stores (`sweep_together`). In each, a `Setback` keeps what failed out of the way until it is due
again; it is then tried alone. Whatever is returned counts what was taken on, so that "until nothing is left" ends.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import partial
from typing import TypeVar

from celery.exceptions import SoftTimeLimitExceeded
from django.db import models, transaction
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast

from common.actions import action, bookkeeping
from common.actors import Actor
from common.errors import NotFound, kind_of, told_safely
from common.events import SETBACK_RESUMED
from common.models import Setback
from common.tenancy import store_alone, system_scope, without_ahead
from common.writes import WriteSet

log = logging.getLogger("wanliu.sweeps")

Row = TypeVar("Row", bound=models.Model)
Key = TypeVar("Key", int, str)


def sweep_rows(
    sweep: str, due: Callable[[], models.QuerySet[Row]], do: Callable[[list[Row]], object], *, limit: int
) -> int:
    """`do` up to `limit` of the rows that `due()` selects and locks, in one transaction; returns how many there were.

    When that fails each is done in a transaction of its own.
    """
    tried = sum(_alone(sweep, key, partial(_one_row, due, do, key)) for key in _to_try_again(sweep))
    taken: list[Row] = []
    try:
        with transaction.atomic(), system_scope():
            set_back = Setback.objects.filter(sweep=sweep, key=Cast(OuterRef("pk"), CharField()))
            taken += due().filter(~Exists(set_back))[:limit]
            do(taken)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        if not taken:
            raise
        log.warning("%s: %d together failed with %s; doing them one by one", sweep, len(taken), kind_of(error))
        for row in taken:
            _alone(sweep, str(row.pk), partial(_one_row, due, do, row.pk), is_known=False)
    return tried + len(taken)


def sweep_apart(
    sweep: str, due: Callable[[], models.QuerySet[Row]], do: Callable[[list[Row]], object], *, limit: int
) -> int:
    """`do` each of up to `limit` rows that `due()` selects in a transaction of its own; returns how many there were.

    For what locks the order of each row first: whoever held one row's while waiting for the next one's would keep
    everybody else from it, and wait for ever for who waits for that. Such work has no deadline that would keep it for a
    sandbox's own clock: what is a sandbox's whose clock is ahead is left to that.
    """
    tried = sum(_alone(sweep, key, partial(_one_row, due, do, key)) for key in _to_try_again(sweep))
    with system_scope():
        set_back = Setback.objects.filter(sweep=sweep, key=Cast(OuterRef("pk"), CharField()))
        rows = without_ahead(due().filter(~Exists(set_back)))
        keys = list(rows.values_list("pk", flat=True)[:limit])
    for key in keys:
        _alone(sweep, str(key), partial(_one_row, due, do, key), is_known=False)
    return tried + len(keys)


def sweep_each(sweep: str, keys: Iterable[Key], do: Callable[[Key], int]) -> int:
    """`do` each key in a transaction of its own; returns the sum of what that returns. What is set back is left out."""
    known = dict(Setback.objects.filter(sweep=sweep).values_list("key", "pk"))
    resting = set(known) - set(_to_try_again(sweep)) if known else set()
    return sum(
        _alone(sweep, str(key), partial(do, key), is_known=str(key) in known) for key in keys if str(key) not in resting
    )


def sweep_together(
    sweep: str,
    together: Callable[[Collection[int]], int],
    alone: Callable[[int], int],
    store_ids: Callable[[], Iterable[int]],
) -> int:
    """Do every store's work at once, but for those that are given (set back before); returns how much it was.

    When that fails, each of `store_ids()` is done `alone`.
    """
    done = sum(_alone(sweep, key, partial(alone, int(key))) for key in _to_try_again(sweep))
    set_back = stores_set_back(sweep)
    try:
        with transaction.atomic():
            return done + together(set_back)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        log.warning("%s: all stores together failed with %s; doing them one by one", sweep, kind_of(error))
    left = [store_id for store_id in store_ids() if store_id not in set_back]
    return done + sum(_alone(sweep, str(store_id), partial(alone, store_id), is_known=False) for store_id in left)


def stores_set_back(sweep: str) -> list[int]:
    """The stores at which this sweep has failed, due again or not."""
    return [int(key) for key in Setback.objects.filter(sweep=sweep).values_list("key", flat=True)]


def _to_try_again(sweep: str) -> list[str]:
    if store_alone() is not None:  # what is set back is everybody's, and tried again by everybody's clock
        return []
    return list(Setback.objects.filter(sweep=sweep).due().order_by("next_attempt_at").values_list("key", flat=True))


def _one_row(due: Callable[[], models.QuerySet[Row]], do: Callable[[list[Row]], object], key) -> int:
    with system_scope():
        rows = list(due().filter(pk=key))
        if rows:
            do(rows)
    return len(rows)


def _alone(sweep: str, key: str, do: Callable[[], int], *, is_known: bool = True) -> int:
    """Do it in a transaction of its own, and set it back when it fails; returns what that returns, 0 for a failure."""
    try:
        with transaction.atomic():
            done = int(do())
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        log.error("%s failed at %s with %s", sweep, key, told_safely(error))
        _set_back(sweep, key, kind_of(error))
        return 0
    if is_known:
        _forget(sweep, key)
    return done


_NOTE = "What a sweep has failed at is its own note; what it does in the end is an act."


@bookkeeping(_NOTE, alone=True)
def _forget(sweep: str, key: str) -> None:
    Setback.objects.filter(sweep=sweep, key=key).delete()


@bookkeeping(_NOTE, alone=True)
def _set_back(sweep: str, key: str, error: str) -> None:
    Setback.objects.get_or_create(sweep=sweep, key=key)
    setback = Setback.objects.timed().select_for_update(no_key=True).get(sweep=sweep, key=key)
    setback.attempts += 1
    setback.put_off(error)
    setback.save(update_fields=setback.WORK_FIELDS)


@action
def resume_setback(*, setback_id: int, actor: Actor, now: datetime) -> None:
    """Let the sweep try at once, as often as the first time, whatever a setback waits for. NotFound once it is done."""
    setback = Setback.objects.select_for_update(no_key=True).filter(pk=setback_id).first()
    if setback is None:
        raise NotFound
    writes = WriteSet()
    writes.event(
        SETBACK_RESUMED,
        setback,
        topic=setback,
        at=now,
        actor=actor,
        sweep=setback.sweep,
        key=setback.key,
        attempts=setback.attempts,
        error=setback.last_error,
    )
    setback.make_due()
    writes.update(setback, *setback.WORK_FIELDS)
    with system_scope():  # it is the platform's, also when the operator looks at one store
        writes.flush()
