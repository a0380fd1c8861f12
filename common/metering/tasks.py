"""What Celery tells of messages and tasks: how long one waited, how long one took, and which trace it belongs to."""

from contextlib import AbstractContextManager
from threading import local
from time import perf_counter

from celery.signals import before_task_publish, task_failure, task_postrun, task_prerun

from common import clock
from common.metering import noting, tracing
from common.metering.statements import statements

IS_ON = noting.IS_ON or tracing.IS_ON
SENT_AT = "sent_at"

_running = local()


def name_message(headers=None, **kwargs) -> None:
    """A message says when it was sent, and for which trace."""
    if headers is not None:
        headers |= {SENT_AT: clock.wall().timestamp(), **tracing.told_on()}


def begin_task(task, **kwargs) -> None:
    """A worker begins."""
    request = task.request
    if (sent_at := getattr(request, SENT_AT, None)) is not None:
        queue = (request.delivery_info or {}).get("routing_key") or ""
        noting.task_waited(queue, max(0, clock.wall().timestamp() - sent_at))
    parent = getattr(request, tracing.HEADER, None)
    span: AbstractContextManager = tracing.span(
        f"task {task.name}",
        kind="consumer",
        parent={tracing.HEADER: parent} if parent else {},
        **{"wanliu.task": task.name, "wanliu.task_id": request.id},
    )
    _running.of = perf_counter(), statements(), span, span.__enter__(), "done"


def mark_failed(exception=None, **kwargs) -> None:
    """It has raised; of what is told by its class."""
    if (of := getattr(_running, "of", None)) is not None:
        of[3].say(**{"error.type": type(exception).__name__})
        _running.of = (*of[:4], "failed")


def end_task(task, state=None, **kwargs) -> None:
    """A worker has ended it, in whatever way. IGNORED are those that were left to a worker with a right clock."""
    if (of := getattr(_running, "of", None)) is None:
        return
    began_at, sent, span, spanned, outcome = of
    _running.of = None
    outcome, sent = "dropped" if state == "IGNORED" else outcome, statements() - sent
    spanned.say(**{"wanliu.outcome": outcome, "wanliu.statements": sent})
    span.__exit__(None, None, None)
    noting.task_ended(task.name, outcome, perf_counter() - began_at, sent)


if IS_ON:
    before_task_publish.connect(name_message)
    task_prerun.connect(begin_task)
    task_failure.connect(mark_failed)
    task_postrun.connect(end_task)
