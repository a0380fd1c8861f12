"""Tell Prometheus how this machine's processes and the platform do, until SIGTERM."""

import signal
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from operations.metrics.exporter import PATH, serve

# Where a database server doesn't answer any more, or its machine is gone.
GIVES_UP = {"connect_timeout": 3, "tcp_user_timeout": 5000, "keepalives_idle": 5, "keepalives_interval": 2}


class Command(BaseCommand):
    """`metrics`: answers `/metrics` on METRICS_HOST:METRICS_PORT."""

    help = "Tell Prometheus how this machine's processes and the platform do (METRICS_DIR, METRICS_HOST, METRICS_PORT)."

    def handle(self, **options):
        """Until the process is ended."""
        if settings.METRICS_DIR is None:
            raise CommandError("METRICS_DIR must be set, for this and for every other process.")
        connection.settings_dict["OPTIONS"] |= GIVES_UP  # of every thread's connection
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        where = settings.METRICS_HOST, settings.METRICS_PORT
        self.stderr.write(f"http://{where[0]}:{where[1]}{PATH}")
        try:
            serve(settings.METRICS_DIR, *where, settings.METRICS_KEY)
        except OSError as error:
            raise CommandError(f"METRICS_HOST, METRICS_PORT: {where[0]}:{where[1]} can't be used ({error.strerror}).")
        except KeyboardInterrupt:
            return
