"""Recompute every invariant of money from raw rows."""

from django.core.management.base import BaseCommand, CommandError

from common.tenancy import system_scope
from operations.verification import run_checks

SHOWN = 10


class Command(BaseCommand):
    """Prints each check; exits 1 and names what is off."""

    help = "Recompute every money invariant from raw rows; exit 1 and name what is off."

    def handle(self, **options):
        """Run every check."""
        broken = 0
        with system_scope():
            for check, rows in run_checks():
                if not rows:
                    self.stdout.write(f"ok    {check.name}")
                    continue
                broken += 1
                more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
                self.stdout.write(self.style.ERROR(f"OFF   {check.name}: {', '.join(rows[:SHOWN])}{more}"))
        if broken:
            raise CommandError(f"{broken} invariants are off.")
        self.stdout.write("The ledger is clean.")
