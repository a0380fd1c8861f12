"""Make the roll-ups of money kept anew from raw rows."""

from operator import attrgetter

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from common.commands import listed_failures, one_by_one
from common.tenancy import system_scope
from offers.insights.rebuild import rebuild
from stores.models import Store


class Command(BaseCommand):
    """Says in which stores the roll-ups were off; they are right afterwards. A store that fails stops no other."""

    help = "Make the daily roll-ups of money kept and lost anew from raw rows, and say where they had been off."

    def add_arguments(self, parser):
        parser.add_argument("--store", help="the code of one store (all of them)")

    def handle(self, *, store: str | None, **options):
        """Store by store."""
        with system_scope():
            stores = list(Store.objects.filter(code=store) if store else Store.objects.order_by("code"))
        if not stores:
            raise CommandError(f"There is no store “{store}”." if store else "There are no stores.")
        bar = tqdm(stores, desc="stores", disable=None)
        changed, failed = one_by_one(bar, attrgetter("code"), rebuild)
        off = {code: rows for code, rows in changed.items() if rows}
        for code, rows in off.items():
            self.stdout.write(self.style.WARNING(f"{code}: {rows} rows were off"))
        self.stdout.write(f"Made the roll-ups of {len(stores) - len(failed)} stores anew; {len(off)} had been off.")
        if failed:
            raise CommandError(f"The roll-ups of {len(failed)} stores are as they were: {listed_failures(failed)}")
