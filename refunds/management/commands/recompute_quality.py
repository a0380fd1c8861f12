"""Compute the quality figures anew from what happened, and compare them with what is shown."""

from functools import partial
from operator import attrgetter

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.actors import on_command_line
from common.commands import listed_failures, one_by_one
from common.snapshots import one_snapshot
from common.tenancy import system_scope, tenant_scope
from refunds.quality.recompute import differences, repair_quality
from stores.models import Store

SHOWN = 10


class Command(BaseCommand):
    """Print what is off, store by store, and put it right. A store that fails stops no other, and is named.

    `--check` only looks, and exits 1 when something is off.
    """

    help = "Recompute quality refunds, days and the window's sums from raw rows; repair, or with --check only compare."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when something is off")
        parser.add_argument("--store", metavar="CODE", help="only this store")

    def handle(self, *, check: bool, store: str | None, **options):
        """Go through the stores, each in a transaction of its own."""
        with system_scope():
            stores = list(Store.objects.filter(**({"code": store} if store else {})).order_by("pk"))
        if store and not stores:
            raise CommandError(f"There is no store “{store}”.")
        left, failed = one_by_one(stores, attrgetter("code"), partial(self._look_at, check=check))
        wrong = [f"{sum(left.values())} figures are off."] if any(left.values()) else []
        if failed:
            wrong.append(f"{len(failed)} stores could not be looked at: {listed_failures(failed)}")
        if wrong:
            raise CommandError(" ".join(wrong))
        self.stdout.write(f"The quality figures of {len(stores)} stores agree with their rows.")

    def _look_at(self, store: Store, *, check: bool) -> int:
        """Tell what is off in the store and put it right, unless this is a `check`; returns how much is left."""
        off = self._differences(store)
        self._tell(store, off)
        if off and not check:
            with tenant_scope(store.pk):
                repair_quality(store=store, actor=on_command_line("recompute_quality"), now=clock.now())
            off = self._differences(store)
        return len(off)

    def _differences(self, store: Store) -> list[str]:
        with one_snapshot(), tenant_scope(store.pk):
            return differences(store, store.on_its_clock(clock.now()))

    def _tell(self, store: Store, off: list[str]) -> None:
        for line in off[:SHOWN]:
            self.stdout.write(self.style.ERROR(f"OFF   {store.code}: {line}"))
        if len(off) > SHOWN:
            self.stdout.write(f"      {store.code}: and {len(off) - SHOWN} more")
