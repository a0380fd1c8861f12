"""Add realistic bulk data: how the platform behaves with a long history can be tried in minutes."""

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from common import clock
from demo import volume
from demo.production import refuse_in_production
from offers.insights.rebuild import roll_everything


class Command(BaseCommand):
    """Adds to what is there; run it again for more."""

    help = "Add refunds with their orders, payments and history to the stores volume-0001 … (opened when missing)."

    def add_arguments(self, parser):
        """See help."""
        parser.add_argument("--refunds", type=int, default=100_000, help="how many refunds to add (100000)")
        parser.add_argument("--stores", type=int, default=20, help="over how many stores to spread them (20)")

        parser.add_argument("--largest", type=int, default=0, help="how many of them are of the first store (evenly)")

    def handle(self, *, refunds: int, stores: int, largest: int = 0, **options):
        """Add them."""
        refuse_in_production()
        if refunds < 1 or not 1 <= stores <= 9999:
            raise CommandError("Name at least one refund, and between 1 and 9999 stores.")
        if largest and (stores < 2 or not 0 < largest < refunds):
            raise CommandError("The first store has a part of the refunds, and another store has the rest.")
        opened = volume.open_stores(stores)
        with tqdm(total=refunds, desc="volume", unit="refund", unit_scale=True, disable=None) as bar:
            for added in volume.load(stores=opened, refunds=refunds, now=clock.now(), largest=largest):
                bar.update(added)
        rolled = roll_everything()
        self.stdout.write(f"Rolled up {rolled} offers and losses.")
        self.stdout.write(f"Added {refunds} refunds in {stores} stores.")
