"""Compare a gateway's statement with our books."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from common import clock
from payments.gateways import DEFAULT, usable_gateways
from payments.gateways.base import NoStatement
from payments.reconciling import reconcile, yesterday


class Command(BaseCommand):
    """Exit code 1 when something differs, so that a scheduler notices."""

    help = "Compare a gateway's statement of a day with our payments; prints every difference."

    def add_arguments(self, parser):
        parser.add_argument("--gateway", default=DEFAULT, choices=usable_gateways())
        parser.add_argument("--date", type=date.fromisoformat, default=None, help="YYYY-MM-DD, by default yesterday")

    def handle(self, *, gateway: str, date: date | None, **options):
        """Compare and print."""
        now = clock.now()
        try:
            report = reconcile(name=gateway, day=date or yesterday(now), now=now)
        except NoStatement as reason:
            raise CommandError(f"No statement: {reason}") from None
        self.stdout.write(
            f"{report}: {report.lines} payments there, {report.payments} here, {report.differences_found} differences"
        )
        for row in report.differences.order_by("id"):
            here, there = row.amount_here or "-", row.amount_there or "-"
            self.stdout.write(
                f"  {row.kind} {row.key}: here {row.status_here or '-'} {here}, there {row.status_there or '-'} {there}"
            )
        if report.differences_found:
            raise SystemExit(1)
