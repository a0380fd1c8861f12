"""/healthz: the process answers. /readyz: what a request of this process needs is there, and somebody does its work."""

import logging

from celery import current_app
from django.db import transaction
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from common.clock_check import seconds_ahead
from common.heartbeats import live_beats, live_workers
from common.hints import brief_connection

MAIN_QUEUE = current_app.conf.task_default_queue

log = logging.getLogger("wanliu.health")


@require_safe
def healthz(request):
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


def check_broker() -> None:
    """Asked by a connection of its own: a pooled one may be from before the broker went away."""
    with brief_connection() as asked:
        asked.ensure_connection(max_retries=0)


@transaction.non_atomic_requests
@require_safe
def readyz(request):
    """200 when database and broker answer, a worker of the main queue lives and this process's clock is right.

    Else 503 with the failing part named: by a wrong clock every deadline would be a wrong one.

    How many workers live is told by queue: one that dies, or a queue beside the main one that nobody takes from, is to
    be seen, but no reason to take web processes out of service; nor is beat, whose silence is only told of.
    """
    parts, found = {}, {}
    for name, probe in (("database", seconds_ahead), ("broker", check_broker)):
        try:
            found[name] = probe()
            parts[name] = "ok"
        except Exception as error:
            log.warning("not ready: the %s fails (%r)", name, error)
            parts[name] = "failing"
    parts["clock"] = "unknown" if "database" not in found else "failing" if found["database"] else "ok"
    workers = live_workers()
    parts["worker"] = "unknown" if workers is None else "ok" if workers.get(MAIN_QUEUE) else "failing"
    ready = "failing" not in parts.values()
    beats = live_beats()
    told = {"workers": workers or {}, "beat": "unknown" if beats is None else "ok" if beats else "silent"}
    return JsonResponse({"status": "ok" if ready else "failing", **parts, **told}, status=200 if ready else 503)
