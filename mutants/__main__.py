"""`scripts/mutants`: guards are taken out one at a time, and a test has to fail.

scripts/mutants                              all that is new or changed, then docs/proofs.md; exit 1 for a survivor
                                             without a reason (`make mutants`)
scripts/mutants --room payments --limit 20   a part of it; --kind lock, --only 'payments/budgets.py::*', --again
scripts/mutants --only … --tests tests/…::test_a   by these tests alone: the quick look when a guard is new
scripts/mutants --list                       name them only
scripts/mutants --collect [tests/api …]      measure which tests reach which lines; else done where it is missing
scripts/mutants --table                      write docs/proofs.md of what is kept; --check: exit 1 when it is stale
"""

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
from mutants.trying import collect, try_all


def main(arguments: Sequence[str]) -> int:
    """Do what is asked on the command line; returns the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what it has started ends with it
    options = _options(arguments)
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
    chosen = [mutant for mutant in _everything() if _is_meant(mutant, options)]
    if options.list:
        for mutant in chosen:
            print(f"{mutant.name}\t{mutant.says}")
        return 0
    tree.bring_up_to_date()
    if options.collect is not None:
        collect(options.collect or ["tests"], options.again)
        return 0
    if not (options.room or options.only or options.limit):
        collect(["tests"], again=False)
    results = kept.read_results()
    waiting = chosen if options.again else kept.to_try(chosen, results)
    choice = Named(options.tests) if options.tests else Choice()
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


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/mutants", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--room", action="append")
    parser.add_argument("--kind", action="append", choices=KINDS)
    parser.add_argument("--only", action="append", metavar="PATTERN")
    parser.add_argument("--tests", nargs="*", metavar="TEST", help="those to try, in the place of all that reach it")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seconds", type=float, default=60, help="how long the tests of one may take")
    parser.add_argument("--again", action="store_true", help="also what was done")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--collect", nargs="*", metavar="PATH")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--check", action="store_true")
    return parser.parse_args(arguments)


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
