"""The benchmarks, on services of their own.

scripts/bench                 everything, about ten minutes; writes docs/benchmarks.md
scripts/bench --quick         the same with small sizes, to see that it works; only prints
scripts/bench --only files    one part
scripts/bench volume          lists at five million refunds, half an hour; writes docs/benchmarks-volume.md.
                              With --keep DIR what was loaded and read stays there, and is gone on from.
scripts/bench station         a pile of parcels at the returns station, a minute; writes docs/benchmarks-station.md
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

VOLUME = (5_000_000, 1_000)
PARTS = ("lifecycle", "settling", "paying", "small-payments", "files", "sweeping", "insights", "connecting", "choosing")


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
    seeds: int
    simulated: int


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
    seeds=3,
    simulated=20,
)
QUICK = Sizes(
    rounds=2,
    seconds=2,
    offers=50,
    payments=200,
    due=4_000,
    open_rows=(2_000, 6_000),
    history=4_000,
    stores=12,
    small_payments=200,
    paying_stores=20,
    past=300,
    shops=10,
    seeds=2,
    simulated=5,
    files=6_000,
)


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    """What is asked on the command line; `sizes` is how much of everything.

    `python -m bench.options --help` tells it without anything installed.
    """
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, a few minutes; only prints")
    parser.add_argument("--only", choices=PARTS, help="only one; only prints")
    parser.add_argument("--past", type=int, help="connecting: how many refunds of the past")
    parser.add_argument("what", nargs="?", choices=["volume", "station"], help="lists at size; a pile of parcels")
    parser.add_argument("--refunds", type=int, default=VOLUME[0], help="volume: how many; fewer are only printed")
    parser.add_argument("--stores", type=int, default=VOLUME[1], help="volume: of how many stores")
    parser.add_argument(
        "--keep", type=Path, help="volume: a directory to keep all in, and to go on from if it is there"
    )
    options = parser.parse_args(arguments)
    options.sizes = QUICK if options.quick else FULL
    if options.past:
        options.sizes = replace(options.sizes, past=options.past)
    return options


if __name__ == "__main__":
    read_options(sys.argv[1:])
