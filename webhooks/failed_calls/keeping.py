"""What was counted of failed calls is written down soon, and kept for seven days."""

import json
from collections.abc import Sequence
from datetime import timedelta

from django.db import connection
from django.db.models import QuerySet
from rest_framework.utils.encoders import JSONEncoder

from common import clock
from common.actions import bookkeeping
from common.setbacks import sweep_each, sweep_rows
from common.tenancy import tenant_scope
from webhooks.failed_calls.counting import Counted, Counter, counted, due_counters, written_down
from webhooks.models import FailedCall

KEPT_FOR = timedelta(days=7)
COUNTERS_AT_ONCE = 200
FORGOTTEN_AT_ONCE = 1000
_NO_ACT = "What fails is no act: nothing came of it."


def write_down_failed_calls() -> int:
    """Write down what up to COUNTERS_AT_ONCE stores have counted; returns how many stores that were.

    One statement per store, however many calls there were. Safe to kill at any moment and to run twice at once: what
    is written is how often it was, never how often more.
    """
    found = {counter.name: counter for counter in due_counters(COUNTERS_AT_ONCE)}
    done: list[Counter] = []

    def write(name: str) -> int:
        counter = found[name]
        with tenant_scope(counter.store_id):
            _write(counter, counted(counter))
        done.append(counter)
        return 1

    written = sweep_each("failed calls written down", found, write)
    for counter in done:  # each is committed by now
        written_down(counter)
    return written


_WRITE = """
    INSERT INTO webhooks_failedcall AS kept
        (store_id, hour, key_prefix, method, route, status, codes, fields, times, first_at, last_at, request_id)
    SELECT %s, %s, told.* FROM jsonb_to_recordset(%s::jsonb) AS told (
        key_prefix text, method text, route text, status int, codes text[], fields text[],
        times int, first_at timestamptz, last_at timestamptz, request_id text
    )
    ON CONFLICT (store_id, hour, key_prefix, method, route, status, codes, fields) DO UPDATE
    SET times = excluded.times, last_at = excluded.last_at, request_id = excluded.request_id
    WHERE kept.times < excluded.times
"""


@bookkeeping(_NO_ACT)
def _write(counter: Counter, rows: Sequence[Counted]) -> None:
    """Each kind with its count, unless a later count is there already."""
    told = [{**row.kind._asdict(), **row._asdict()} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [counter.store_id, counter.hour, json.dumps(told, cls=JSONEncoder)])


def forget_failed_calls() -> int:
    """Delete up to FORGOTTEN_AT_ONCE kinds of calls of which there was none for KEPT_FOR; returns how many."""
    return sweep_rows("failed calls forgotten", _old, _forget, limit=FORGOTTEN_AT_ONCE)


def _old() -> QuerySet[FailedCall]:
    old = FailedCall.objects.filter(last_at__lt=clock.wall() - KEPT_FOR)
    return old.order_by("last_at").select_for_update(skip_locked=True)


@bookkeeping(_NO_ACT)
def _forget(rows: Sequence[FailedCall]) -> None:
    FailedCall.objects.filter(pk__in=[row.pk for row in rows]).delete()
