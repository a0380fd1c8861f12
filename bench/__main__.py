"""Run the benchmarks on services of their own and write docs/benchmarks.md. See `options` for the arguments."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.options import VOLUME, Sizes, read_options
from config.embedded import throwaway


def main() -> int:
    """Exit code 0 whether goals are met or not: they are read, not asserted."""
    arguments = read_options(sys.argv[1:])
    sizes = arguments.sizes
    started = time.monotonic()
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
    with throwaway(durable=True, kept_in=arguments.keep) as services:
        os.environ.update(services.environ(), DJANGO_SETTINGS_MODULE="bench.settings", LOG_LEVEL="WARNING")
        (services.data_dir / "static").mkdir(exist_ok=True)  # WhiteNoise warns without it
        _set_up()
        if arguments.what == "volume":
            return _volume(arguments.refunds, arguments.stores, services.data_dir)
        if arguments.what == "station":
            return _station(services.data_dir)
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


def _volume(refunds: int, stores: int, directory: Path) -> int:
    from bench import volume
    from bench.volume_report import KeptRun, write_document

    kept = KeptRun(directory)
    if not kept.loaded() and volume.is_loaded():
        sys.exit(f"{directory} holds refunds that no finished run has noted: remove it, or name another --keep.")
    loaded = kept.loaded() or kept.keep_loaded(volume.load(refunds, stores))
    if (loaded.refunds, loaded.stores) != (refunds, stores):
        sys.exit(
            f"{directory} holds {loaded.refunds} refunds of {loaded.stores} stores: name these, or another --keep."
        )
    print(loaded.line(), flush=True)
    readings = kept.readings()
    for reading in volume.measure(known={(each.client, each.address) for each in readings}):
        print(reading.line(), flush=True)
        readings.append(kept.keep(reading))
    if (refunds, stores) == VOLUME:
        write_document(loaded, readings)
    return 0


def _station(data_dir: Path) -> int:
    from bench import station
    from bench.station_report import summary, write_document
    from config.static_files import collect_static

    collect_static(data_dir)  # the page's scripts
    reading = station.measure(data_dir / "log")
    print(summary(reading), flush=True)
    write_document(reading)
    return 0


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
    if only in (None, "choosing"):
        from bench import choosing

        yield from choosing.measure(seeds=sizes.seeds, stores=sizes.simulated)
    if only in (None, "sweeping"):
        yield from _at_size(sizes, stores)
    if only in (None, "insights"):
        from bench import insights

        _grow(stores, sizes.history, open_share=0.02)
        yield from insights.measure(stores)


def _at_size(sizes: Sizes, stores: list) -> Iterator:
    """The sweep and the lists, while the tables grow."""
    from bench import listing
    from bench.sweeping import SweepBench

    sweeps = SweepBench(stores, due=sizes.due)
    small = next(store for store in stores[1:] if store.marketplace == stores[0].marketplace)
    _grow(stores, sizes.history, open_share=0.0)
    loaded = 0
    for open_rows in sizes.open_rows:
        growing = [store for store in stores if not loaded or store != small]  # the small one stays as it was then
        _grow(growing, open_rows - loaded, open_share=1.0)
        loaded = open_rows
        yield from sweeps.measure(open_rows)
    yield from sweeps.growth()
    yield from listing.measure(small, stores[0])


def _grow(stores: list, refunds: int, *, open_share: float) -> None:
    from tqdm import tqdm

    from common import clock
    from demo import volume

    with tqdm(total=refunds, desc="loading", unit="refund", unit_scale=True, disable=None, leave=False) as bar:
        for added in volume.load(stores=stores, refunds=refunds, now=clock.now(), open_share=open_share):
            bar.update(added)


if __name__ == "__main__":
    sys.exit(main())
