"""Recompute every invariant of money from raw rows."""

from operator import attrgetter

from django.core.management.base import BaseCommand, CommandError

from common.commands import listed_failures, one_by_one
from common.tenancy import system_scope
from common.upkeep import Check
from operations.collecting import all_checks
from operations.verification import run_check

SHOWN = 10


class Command(BaseCommand):
    """Prints each check; exits 1 and names what is off. A check that fails stops no other, and is named."""

    help = "Recompute every money invariant from raw rows; exit 1 and name what is off."

    def handle(self, **options):
        """Run every check."""
        with system_scope():
            off, failed = one_by_one(all_checks(), attrgetter("name"), self._run)
        wrong = [f"{sum(off.values())} invariants are off."] if any(off.values()) else []
        if failed:
            wrong.append(f"{len(failed)} could not be checked: {listed_failures(failed)}")
        if wrong:
            raise CommandError(" ".join(wrong))
        self.stdout.write("The ledger is clean.")

    def _run(self, check: Check) -> bool:
        """Tell what the check has found; returns whether anything is off."""
        rows = run_check(check)
        if not rows:
            self.stdout.write(f"ok    {check.name}")
            return False
        more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
        self.stdout.write(self.style.ERROR(f"OFF   {check.name}: {', '.join(rows[:SHOWN])}{more}"))
        return True
