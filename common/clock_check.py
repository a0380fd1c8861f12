"""Whether this process's clock agrees with PostgreSQL's: one that doesn't does nothing that is due by the clock.

Deadlines go by the process's clock, leases and pauses by the database's. A process whose clock is days ahead would end
what has days left, and what it did can't be taken back: so it is asked every few seconds, says so, and leaves the work
to the others.
"""

import logging
import os
from socket import gethostname
from time import monotonic

from django.db import Error, connection

from common import clock, heartbeats

log = logging.getLogger("wanliu.clock")

ALLOWED_S = 5.0
ASKED_EVERY_S = 5.0

_last: tuple[float, float] | None = None  # when it was asked, by the monotonic clock, and what came of it


def seconds_ahead() -> float:
    """How many seconds this process's clock is ahead of PostgreSQL's, below zero for behind; 0 when they may be alike.

    What the question and its answer took on their way is doubt, and counts for the clock. DatabaseError.
    """
    began_at = monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        there = cursor.fetchone()[0]
    here, doubt = clock.wall().timestamp(), monotonic() - began_at
    ahead = here - there  # too much by what passed since PostgreSQL looked
    return 0.0 if -ALLOWED_S <= ahead <= ALLOWED_S + doubt else ahead


def seconds_off() -> float:
    """`seconds_ahead`, asked every few seconds only, noted for the operators when it isn't 0.

    0 while the database doesn't answer: who needs it will say so.
    """
    global _last
    if _last is not None and monotonic() - _last[0] < ASKED_EVERY_S:
        return _last[1]
    try:
        ahead = seconds_ahead()
    except Error:
        connection.close()
        ahead = 0.0
    _last = monotonic(), ahead
    if ahead:
        log.error("this process does nothing that is due: its clock is %s", beside_postgresqls(ahead))
        heartbeats.note_wrong_clock(f"{os.getpid()}@{gethostname()}", ahead)
    return ahead


def beside_postgresqls(ahead: float) -> str:
    """`3600 s ahead of PostgreSQL's`."""
    return f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} PostgreSQL's"
