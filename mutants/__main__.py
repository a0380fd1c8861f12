"""`scripts/mutants`: guards are taken out one at a time, and a test has to fail. See `options` for its arguments."""

import argparse
import os
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatchcase

from config.embedded import throwaway
from config.embedded.paths import DATABASE
from mutants import kept, table, tree
from mutants.choosing import Choice, Named
from mutants.finding import KINDS, Mutant, in_code
from mutants.options import read_options
from mutants.trying import collect, try_all


def main(arguments: Sequence[str]) -> int:
    """Do what is asked on the command line; returns the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what it has started ends with it
    options = read_options(arguments)
    if options.table:
        return table.write(check=options.check)
    if "TEST_TEMPLATE" in os.environ:
        return _work(options)
    with throwaway() as services:
        (services.data_dir / "static").mkdir()
        os.environ.update({**services.environ(), "TEST_TEMPLATE": DATABASE})
        _django()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return _work(options)


def _work(options: argparse.Namespace) -> int:
    _django()
    tree.KEPT.mkdir(exist_ok=True)
    everything = _everything()
    chosen = [mutant for mutant in everything if _is_meant(mutant, options)]
    if options.list:
        for mutant in chosen:
            print(f"{mutant.name}\t{mutant.says}")
        return 0
    tree.bring_up_to_date()
    if options.collect is not None:
        collect(options.collect or ["tests"], options.again)
        return 0
    if not (options.room or options.kind or options.only or options.limit or options.missed or options.tests):
        collect(["tests"], again=False)
    results = kept.of_these(everything, kept.read_results())
    waiting = chosen if options.again else kept.to_try(chosen, results)
    choice = Named(options.tests) if options.tests else Choice()
    if options.missed:
        waiting = [mutant for mutant in waiting if choice.is_behind_a_policy(mutant) or choice.tests_for(mutant, 0)]
    _try(waiting[: options.limit], results, choice, options.seconds)
    ends = Counter(results[mutant.name].outcome for mutant in chosen if mutant.name in results)
    print(f"{len(chosen)} mutants: " + ", ".join(f"{count} {end}" for end, count in ends.items()))
    living = kept.unexplained(results[mutant.name] for mutant in chosen if mutant.name in results)
    for result in living:
        print(f"LIVES {result.name} ({result.tests} tests)  {result.says}")
    return 1 if living else table.write()


def _try(mutants: Sequence[Mutant], results: dict[str, kept.Result], choice: Choice | Named, seconds: float) -> None:
    """Try these; what came of each is kept at once, so that the next run goes on where this one ends."""

    def keep(result: kept.Result) -> None:
        results[result.name] = result
        kept.write_results(results.values())
        print(f"{result.outcome:<10}{result.name}  {result.by.splitlines()[-1] if result.by else ''}", flush=True)

    try_all(mutants, choice, seconds, keep)


def _everything() -> list[Mutant]:
    from django.db import connection

    from mutants.catalogue import in_tables

    found = [*in_code(tree.ROOT), *in_tables()]
    connection.close()  # whoever is connected keeps the database from being copied
    return sorted(found, key=lambda mutant: KINDS.index(mutant.kind))


def _is_meant(mutant: Mutant, options: argparse.Namespace) -> bool:
    return (
        (not options.room or mutant.room in options.room)
        and (not options.kind or mutant.kind in options.kind)
        and (not options.only or any(fnmatchcase(mutant.name, pattern) for pattern in options.only))
    )


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
