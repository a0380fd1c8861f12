"""What was counted of failed calls is written down soon, and kept for some days."""

import json
from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext_lazy
from rest_framework.utils.encoders import JSONEncoder

from common.actions import bookkeeping
from common.retention import Retention
from common.setbacks import sweep_each
from common.tenancy import tenant_scope
from webhooks.failed_calls.counting import Counted, Counter, counted, due_counters, written_down
from webhooks.models import FailedCall

COUNTERS_AT_ONCE = 200
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


FAILED_CALLS = Retention(
    "failed calls forgotten",
    gettext_lazy("API calls that failed"),
    FailedCall,
    "last_at",
    "KEEP_FAILED_CALLS_DAYS",
)


def forget_failed_calls() -> int:
    """Delete a batch of kinds of calls of which there was none for as long as they are kept; returns how many."""
    return FAILED_CALLS.step()
