"""What the code tells of itself. Each is a matter of microseconds, and none ever fails a caller."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from time import perf_counter
from typing import ParamSpec

from django.conf import settings

from common.metering.statements import count_statements, statements

log = logging.getLogger("wanliu.metering")

IS_ON = settings.METRICS_DIR is not None and settings.PROCESS_KIND != "command"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
LIMITS = {"store", "key", "bad-key", "address", "buyer", "reset", "front", "caller", "body", "dear", "allowance"}
REFUSALS = {"Refused": "refused", "Invalid": "refused", "NotFound": "refused", "Busy": "refused"}

_has_failed = False
P = ParamSpec("P")


def _harmless(note: Callable[P, None]) -> Callable[P, None]:
    """Nothing at all where nothing is measured; what fails is told of once and changes nothing for the caller."""

    @wraps(note)
    def noted(*args: P.args, **kwargs: P.kwargs) -> None:
        if IS_ON:
            try:
                note(*args, **kwargs)
            except Exception as error:
                _tell(error)

    return noted


def _tell(error: Exception) -> None:
    global _has_failed
    if not _has_failed:
        _has_failed = True
        log.error("this process's figures can't be kept", exc_info=error)


if IS_ON:
    try:
        from common.metering.instruments import series
    except Exception as error:  # no place on the disk, or not ours
        IS_ON = False
        _tell(error)
    else:
        count_statements()


def known_method(method: str) -> str:
    """A method of HTTP; `other` for what a caller has made up."""
    return method if method in METHODS else "other"


@_harmless
def call_answered(route: str, method: str, status: int, seconds: float, sent: int) -> None:
    """A request was answered, after so many statements."""
    method = known_method(method)
    series("wanliu_http_request_seconds", route, method).observe(seconds)
    series("wanliu_http_responses", route, method, str(status)).inc()
    series("wanliu_http_statements", route, method).inc(sent)


@_harmless
def call_waits(change: int) -> None:
    """One more request waits for a thread (1), or one less (-1)."""
    series("wanliu_http_waiting").inc(change)


@contextmanager
def action_done(name: str) -> Iterator[None]:
    """An action of this name is done in here, or refused, or fails."""
    began_at, sent, outcome = perf_counter(), statements(), "done"
    try:
        yield
    except BaseException as error:
        outcome = REFUSALS.get(type(error).__name__, "failed")
        raise
    finally:
        _note_action(name, outcome, perf_counter() - began_at, statements() - sent)


@_harmless
def _note_action(name: str, outcome: str, seconds: float, sent: int) -> None:
    series("wanliu_actions", name, outcome).inc()
    series("wanliu_action_seconds", name).inc(seconds)
    series("wanliu_action_statements", name).inc(sent)


@_harmless
def task_ended(name: str, outcome: str, seconds: float, sent: int) -> None:
    """A worker has ended a task: `done`, `dropped` or `failed`."""
    series("wanliu_task_seconds", name, outcome).observe(seconds)
    series("wanliu_task_statements", name).inc(sent)


@_harmless
def task_waited(queue: str, seconds: float) -> None:
    """A message was taken from its queue after so long."""
    series("wanliu_task_wait_seconds", queue).observe(seconds)


@_harmless
def asked_outside(kind: str, party: str, outcome: str, seconds: float) -> None:
    """An outside party (`gateway`, `carrier`, `marketplace`, `endpoint`) was asked; endpoints have no names."""
    series("wanliu_outside_seconds", kind, party, outcome).observe(seconds)


@_harmless
def payment_asked(gateway: str, outcome: str) -> None:
    """A gateway has said what became of a payment."""
    series("wanliu_settlements", gateway, outcome).inc()


@_harmless
def endpoint_called(outcome: str) -> None:
    """A webhook's endpoint was called."""
    series("wanliu_webhook_deliveries", outcome).inc()


@_harmless
def buyers_seen(way: str) -> None:
    """A look at buyers' data was put on record."""
    series("wanliu_buyers_seen", way).inc()


@_harmless
def read_from(outcome: str) -> None:
    """A reading that the replica may answer was answered by it, or by the primary and why (`common.replica.way`)."""
    series("wanliu_replica_reads", outcome).inc()


@_harmless
def limit_reached(limit: str) -> None:
    """A caller was told to wait."""
    series("wanliu_limits_reached", limit if limit in LIMITS else "other").inc()
