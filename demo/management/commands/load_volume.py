"""Add realistic bulk data: how the platform behaves with a long history can be tried in minutes."""

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from common import clock
from demo import volume
from offers.insights.rebuild import roll_everything


class Command(BaseCommand):
    """Adds to what is there; run it again for more."""

    help = "Add refunds with their orders, payments and history to the stores volume-0001 … (opened when missing)."

    def add_arguments(self, parser):
        """See help."""
        parser.add_argument("--refunds", type=int, default=100_000, help="how many refunds to add (100000)")
        parser.add_argument("--stores", type=int, default=20, help="over how many stores to spread them (20)")

    def handle(self, *, refunds: int, stores: int, **options):
        """Add them."""
        if refunds < 1 or not 1 <= stores <= 9999:
            raise CommandError("Name at least one refund, and between 1 and 9999 stores.")
        opened = volume.open_stores(stores)
        with tqdm(total=refunds, desc="volume", unit="refund", unit_scale=True, disable=None) as bar:
            for added in volume.load(stores=opened, refunds=refunds, now=clock.now()):
                bar.update(added)
        rolled = roll_everything()
        self.stdout.write(f"Rolled up {rolled} offers and losses.")
        self.stdout.write(f"Added {refunds} refunds in {stores} stores.")
