"""The months in which looks lie: made ahead of time, dropped once they are older than they are kept."""

from datetime import timedelta

from django.db import connection

from common import clock
from common.actions import bookkeeping
from common.calendar import day_of


@bookkeeping("Where rows lie is nobody's act, and what is older than it is kept goes.", alone=True)
def let_looks_go(kept_for: timedelta) -> int:
    """Make the parts of the months to come, and drop those that are older; returns how many rows went."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT privacy_look_make_parts()")
        cursor.execute("SELECT privacy_look_drop_parts(%s)", [day_of(clock.now() - kept_for, "UTC")])
        return cursor.fetchone()[0]
