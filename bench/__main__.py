"""Run the benchmarks on services of their own and write docs/benchmarks.md.

python -m bench            everything, about ten minutes
python -m bench --quick    the same with small sizes, to see that it works; prints, writes nothing
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from config.embedded import throwaway


@dataclass(frozen=True)
class Sizes:
    """How much of everything."""

    rounds: int
    seconds: float
    offers: int
    payments: int
    due: int
    open_rows: tuple[int, ...]
    history: int
    stores: int
    files: int
    small_payments: int
    paying_stores: int
    past: int
    shops: int


FULL = Sizes(
    rounds=4,
    seconds=8,
    offers=300,
    payments=1_000,
    due=20_000,
    open_rows=(20_000, 200_000, 1_000_000),
    history=80_000,
    stores=20,
    files=100_000,
    small_payments=1_000,
    paying_stores=200,
    past=1_000,
    shops=50,
)
QUICK = Sizes(
    rounds=2,
    seconds=2,
    offers=50,
    payments=200,
    due=4_000,
    open_rows=(2_000, 6_000),
    history=4_000,
    stores=5,
    small_payments=200,
    paying_stores=20,
    past=300,
    shops=10,
    files=6_000,
)


def main() -> int:
    """Exit code 0 whether goals are met or not: they are read, not asserted."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="The benchmarks.")
    parser.add_argument("--quick", action="store_true", help="small sizes, about a minute; only prints")
    parser.add_argument(
        "--only",
        choices=["lifecycle", "settling", "paying", "small-payments", "files", "sweeping", "insights", "connecting"],
        help="only one; only prints",
    )
    parser.add_argument("--past", type=int, help="connecting: how many refunds of the past")
    arguments = parser.parse_args()
    sizes = QUICK if arguments.quick else FULL
    if arguments.past:
        sizes = replace(sizes, past=arguments.past)
    started = time.monotonic()
    with throwaway(durable=True) as services:
        os.environ.update(services.environ(), DJANGO_SETTINGS_MODULE="bench.settings", LOG_LEVEL="WARNING")
        _set_up()
        from bench.report import write_document

        figures = []
        for figure in _figures(sizes, arguments.only, services.data_dir / "log"):
            print(figure.line(), flush=True)
            figures.append(figure)
    if not arguments.quick and not arguments.only:
        write_document(figures, seconds=time.monotonic() - started)
    return 0


def _set_up() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)


def _figures(sizes: Sizes, only: str | None, log_dir: Path) -> Iterator:
    from bench import files, lifecycle, paying, settling, small_payments
    from demo import volume

    stores = volume.open_stores(sizes.stores)
    if only in (None, "lifecycle"):
        yield from lifecycle.measure(log_dir, rounds=sizes.rounds, seconds=sizes.seconds)
    if only in (None, "settling"):
        yield from settling.measure(stores, rounds=sizes.rounds, count=sizes.offers)
    if only in (None, "paying"):
        yield from paying.measure(log_dir, stores, rounds=sizes.rounds, count=sizes.payments)
    if only in (None, "files"):
        yield from files.measure(stores[0], count=sizes.files)
    if only in (None, "small-payments"):
        yield from small_payments.measure(
            log_dir, rounds=sizes.rounds, count=sizes.small_payments, spread=sizes.paying_stores
        )
    if only in (None, "connecting"):
        from bench import connecting

        yield from connecting.measure(log_dir, refunds=sizes.past, shops=sizes.shops)
    if only in (None, "sweeping"):
        yield from _at_size(sizes, stores)
    if only in (None, "insights"):
        from bench import insights

        _grow(stores, sizes.history, open_share=0.02)
        yield from insights.measure(stores)


def _at_size(sizes: Sizes, stores: list) -> Iterator:
    """The sweep and the lists, while the tables grow."""
    from bench.listing import ListBench
    from bench.sweeping import SweepBench

    sweeps, lists = SweepBench(stores, due=sizes.due), ListBench(stores[0], len(stores))
    _grow(stores, sizes.history, open_share=0.0)
    loaded = 0
    for open_rows in sizes.open_rows:
        _grow(stores, open_rows - loaded, open_share=1.0)
        loaded = open_rows
        yield from sweeps.measure(open_rows)
        if open_rows in (sizes.open_rows[0], sizes.open_rows[-1]):
            lists.measure(open_rows + sizes.history)
    yield from sweeps.growth()
    yield from lists.figures()


def _grow(stores: list, refunds: int, *, open_share: float) -> None:
    from tqdm import tqdm

    from common import clock
    from demo import volume

    with tqdm(total=refunds, desc="loading", unit="refund", unit_scale=True, disable=None, leave=False) as bar:
        for added in volume.load(stores=stores, refunds=refunds, now=clock.now(), open_share=open_share):
            bar.update(added)


if __name__ == "__main__":
    sys.exit(main())
