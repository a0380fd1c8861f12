"""A replica that says nothing is given up: its disk hangs, or its machine stands still.

Such a server takes no packet amiss and keeps no time limit of its own, so that whoever reads there would wait for as
long as it hangs, and soon every thread of a web process. The primary is there to be asked.
"""

from collections.abc import Generator
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg.errors import _WaitTimeout

from common import time_limits

HANGS_S = 5.0


def patience_s() -> float:
    """For how long an answer is waited for: what is dear (`time_limits.allow`) may take all the time that it has."""
    allowed = time_limits.current()
    return HANGS_S if allowed is None or allowed <= time_limits.DESK_MS else HANGS_S + allowed / 1000


class DatabaseWrapper(base.DatabaseWrapper):
    """Its connections end when an answer doesn't come."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        """A connection that waits no longer than `patience_s` each time."""
        connection = super().get_new_connection(conn_params)

        def wait(steps: Generator, *args: Any, **options: Any) -> Any:
            try:
                return Connection.wait(connection, steps, *args, **{**options, "timeout": patience_s()})
            except _WaitTimeout:
                connection.pgconn.finish()  # nothing can be said on it any more, not even that it is to be rolled back
                raise OperationalError("the replica says nothing") from None

        connection.wait = wait
        return connection
