"""Add realistic bulk data: how the platform behaves with a long history can be tried in minutes."""

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from tqdm import tqdm

from common import clock
from common.grants import as_owner
from demo import volume
from demo.production import refuse_in_production
from demo.volume_bare import LOCK_WAIT, may_be_bared
from demo.volume_sql import WRITTEN
from demo.volume_whole import load_whole
from offers.insights.rebuild import roll_everything
from refunds.quality.rollup import roll_up_days

WHOLE_FROM = 100_000


class Command(BaseCommand):
    """Adds to what is there; run it again for more."""

    help = (
        "Add refunds with their orders, payments and history to the stores volume-0001 … (opened when missing). "
        f"From {WHOLE_FROM:,} refunds on they are added as a whole or not at all, and nobody else works with their "
        "tables meanwhile."
    )

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
            what = {"stores": opened, "refunds": refunds, "now": clock.now(), "largest": largest}
            if refunds < WHOLE_FROM or not _load_as_owner(what, bar.update):
                for added in volume.load(**what):
                    bar.update(added)
        rolled = roll_everything()
        while roll_up_days():
            pass
        self.stdout.write(f"Rolled up {rolled} offers and losses.")
        self.stdout.write(f"Added {refunds} refunds in {stores} stores.")


def _load_as_owner(what: dict, told) -> bool:
    """Load as a whole, as the role that owns the tables; False where nobody knows that role."""
    with as_owner(connection):
        if not may_be_bared(WRITTEN):
            return False
        try:
            load_whole(**what, told=told)
        except OperationalError as error:
            if "lock timeout" not in str(error):
                raise
            raise CommandError(
                f"Somebody has worked with the tables for {LOCK_WAIT}: stop the web server and the workers first. "
                "No refund was added."
            ) from error
    return True
