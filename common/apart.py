"""Long readings within a call that writes: on the replica, where it may be asked, in the call's own scope."""

from collections.abc import Callable
from typing import TypeVar

from django.db import Error, connection, transaction

from common.metering import noting
from common.replica.turns import Behind, on_replica
from common.replica.way import Reads, way
from common.tenancy import current_scope, set_scope

Result = TypeVar("Result")

# The primary's transaction waits meanwhile, longer than one may that was forgotten.
_WAITS_MS = 10 * 60_000
_LET_WAIT = "SELECT set_config('idle_in_transaction_session_timeout', %s, true)"


def read_from_replica(read: Callable[[], Result]) -> Result:
    """What `read` returns, which reads much and writes nothing; it is called again when the replica fails amid it.

    It doesn't see what the call under way has written.
    """
    found = way()
    if found is None or not found.leads_there:
        if found is not None:
            noting.read_from(found.reads)
        return read()
    scope, results = current_scope(), []
    with connection.cursor() as cursor:
        cursor.execute(_LET_WAIT, [str(_WAITS_MS)])
    with on_replica(found.needed) as turn:
        try:
            with transaction.atomic():
                set_scope(scope)
                results.append(read())
        except (Error, Behind):
            if turn.took_too_long:
                raise
            turn.failed = True
    noting.read_from(Reads.FAILED if turn.failed else Reads.REPLICA)
    return read() if turn.failed else results[0]
