"""`scripts/mutants`: guards are taken out one at a time, and a test has to fail.

scripts/mutants                              all that is new or changed, then docs/proofs.md; exit 1 for a survivor
                                             without a reason (`make mutants`)
scripts/mutants --room payments --limit 20   a part of it; --kind lock, --only 'payments/budgets.py::*', --again
scripts/mutants --missed                     those only that a measured test would miss: while others aren't measured
scripts/mutants --only … --tests tests/…::test_a   by these tests alone: the quick look when a guard is new
scripts/mutants --list                       name them only
scripts/mutants --collect [tests/api …]      measure which tests reach which lines; else done where it is missing
scripts/mutants --table                      write docs/proofs.md of what is kept; --check: exit 1 when it is stale
"""

import argparse
import sys
from collections.abc import Sequence

from mutants.finding import KINDS


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    """What is asked on the command line. `python -m mutants.options --help` tells it without anything installed."""
    parser = argparse.ArgumentParser(
        prog="scripts/mutants", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--room", action="append")
    parser.add_argument("--kind", action="append", choices=KINDS)
    parser.add_argument("--only", action="append", metavar="PATTERN")
    parser.add_argument("--tests", nargs="*", metavar="TEST", help="those to try, in the place of all that reach it")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seconds", type=float, default=30, help="how long the tests of one may take")
    parser.add_argument("--again", action="store_true", help="also what was done")
    parser.add_argument("--missed", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--collect", nargs="*", metavar="PATH")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--check", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    read_options(sys.argv[1:])
