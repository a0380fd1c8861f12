"""Do everything that is due, in this process, by this process's clock."""

from django.core.management.base import BaseCommand

from common import clock
from offers.insights.rollup import roll_up
from offers.statistics import count_ended_offers
from offers.sweeps import sweep_due_offers
from orders.delays.sweeps import sweep_due_reports
from orders.lateness import sweep_late_orders
from orders.parcels import sweep_due_parcels
from orders.tracking import ask_carriers
from payments.inbox import process_due_notices
from payments.settlement import settle_batch
from refunds.quality.restrictions import review_all
from refunds.quality.rollup import roll_up_days
from refunds.sweeps import sweep_due_refunds

STEPS = {
    "deadlines": sweep_due_refunds,
    "offers": sweep_due_offers,
    "promises": sweep_due_parcels,
    "late orders": sweep_late_orders,
    "delay reports": sweep_due_reports,
    "carriers": ask_carriers,
    "settlements": settle_batch,
    "notices": process_due_notices,
    "answers counted": count_ended_offers,
    "quality days": roll_up_days,
    "restrictions": review_all,
    "rolled up": roll_up,
}


class Command(BaseCommand):
    """Sweeps until nothing is due; prints counts."""

    help = "Sweep deadlines, offers and settlements until nothing is due by this process's clock."

    def handle(self, **options):
        """Go round until a round finds nothing."""
        self.stdout.write(f"Sweeping what is due by {clock.now().isoformat(timespec='seconds')}")
        totals = dict.fromkeys(STEPS, 0)
        while moved := {name: count for name, step in STEPS.items() if (count := step())}:
            for name, count in moved.items():
                totals[name] += count
            if options["verbosity"] > 1:
                self.stdout.write(f"  {moved}")
        self.stdout.write(", ".join(f"{name}: {count}" for name, count in totals.items()))
