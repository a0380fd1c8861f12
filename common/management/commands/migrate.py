"""Django's `migrate`, one at a time, and never in the way of those who work for longer than a moment."""

import time

from django.core.management.commands import migrate
from django.db import connections

from common.grants import as_owner

MIGRATING = 0x77616E6C6975  # the advisory lock's number, as good as any other
LOCK_TIMEOUT_MS = 5_000
GLANCE_S = 0.5  # between two looks whether another `migrate` has ended


class Command(migrate.Command):
    """Waits for a `migrate` on another machine, which has then done the work.

    A statement that waits for a table's lock makes everybody wait behind it: after LOCK_TIMEOUT_MS the migration is
    rolled back, and is to be run again. Only who builds an index beside the others waits for as long as it takes
    (common.index_sql).
    """

    def handle(self, *args, **options):
        """Migrate, as the owner of the tables, and let the application's role work with what is there then."""
        connection = connections[options["database"]]
        with as_owner(connection):
            _begin_alone(connection)
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_setting('lock_timeout')")
                before = cursor.fetchone()[0]
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{LOCK_TIMEOUT_MS}ms"])
            try:
                super().handle(*args, **options)
            finally:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])


def _begin_alone(connection) -> None:
    """Hold the lock of those who migrate.

    Whoever waits for it looks again and again: a statement that waited for it would be waited for by the index that
    the other one is just building.
    """
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATING])
            if cursor.fetchone()[0]:
                return
        time.sleep(GLANCE_S)
