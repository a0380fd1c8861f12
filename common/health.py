"""/healthz: the process answers. /readyz: what a request of this process needs is there, and somebody does its work."""

import logging

from celery import current_app
from django.db import connection, transaction
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from common.heartbeats import live_beats, live_workers
from common.hints import brief_connection

MAIN_QUEUE = current_app.conf.task_default_queue

log = logging.getLogger("wanliu.health")


@require_safe
def healthz(request):
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_broker() -> None:
    """Asked by a connection of its own: a pooled one may be from before the broker went away."""
    with brief_connection() as asked:
        asked.ensure_connection(max_retries=0)


@transaction.non_atomic_requests
@require_safe
def readyz(request):
    """200 when database and broker answer and a worker of the main queue lives, else 503 with the failing part named.

    How many workers live is told by queue: one that dies, or a queue beside the main one that nobody takes from, is to
    be seen, but no reason to take web processes out of service; nor is beat, whose silence is only told of.
    """
    parts = {}
    for name, probe in (("database", _database), ("broker", check_broker)):
        try:
            probe()
            parts[name] = "ok"
        except Exception as error:
            log.warning("not ready: the %s fails (%r)", name, error)
            parts[name] = "failing"
    workers = live_workers()
    parts["worker"] = "unknown" if workers is None else "ok" if workers.get(MAIN_QUEUE) else "failing"
    ready = "failing" not in parts.values()
    beats = live_beats()
    told = {"workers": workers or {}, "beat": "unknown" if beats is None else "ok" if beats else "silent"}
    return JsonResponse({"status": "ok" if ready else "failing", **parts, **told}, status=200 if ready else 503)
