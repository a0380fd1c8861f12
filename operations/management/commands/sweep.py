"""Do everything that is due, in this process, by this process's clock."""

from collections import Counter

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common import clock, clock_check
from common.obligations import bring_forward
from operations.collecting import all_sweeps
from operations.sweeping import sweep_everything


class Command(BaseCommand):
    """Sweeps until nothing is due; prints counts.

    Where people work, only while it agrees with PostgreSQL's; elsewhere a clock that is ahead (`faketime`) is how one
    tries what time brings. Workers' pauses go by the database's clock; here they are over once this process's clock
    says so, each once.
    """

    help = (
        "Do all that is due by this process's clock, in every room, until nothing is: deadlines, payments, files, ..."
    )

    def handle(self, **options):
        """Go round until a round finds nothing."""
        if settings.PRODUCTION and (ahead := clock_check.seconds_ahead()):
            raise CommandError(f"Nothing was done: this process's clock is {clock_check.beside_postgresqls(ahead)}.")
        self.stdout.write(f"Sweeping what is due by {clock.now().isoformat(timespec='seconds')}")
        bring_forward(until=clock.now())
        totals = Counter()
        for done in sweep_everything():
            totals.update(done)
            if options["verbosity"] > 1:
                self.stdout.write(f"  {done}")
        self.stdout.write(", ".join(f"{sweep.name}: {totals[sweep.name]}" for sweep in all_sweeps()))
