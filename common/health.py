"""/healthz: the process answers. /readyz: everything that a request needs is there."""

from django.core.cache import cache
from django.db import connection, transaction
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from common.tasks import HEARTBEAT_KEY


@require_safe
def healthz(request):
    """Alive."""
    return JsonResponse({"status": "ok"})


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker() -> None:
    cache.get("readyz")


def _worker() -> None:
    if cache.get(HEARTBEAT_KEY) is None:
        raise RuntimeError("no heartbeat")


@transaction.non_atomic_requests
@require_safe
def readyz(request):
    """200 when database, broker and a worker answer, else 503 with the failing part named."""
    parts = {}
    for name, probe in (("database", _database), ("broker", _broker), ("worker", _worker)):
        try:
            probe()
            parts[name] = "ok"
        except Exception:
            parts[name] = "failing"
    ready = all(state == "ok" for state in parts.values())
    return JsonResponse({"status": "ok" if ready else "failing", **parts}, status=200 if ready else 503)
