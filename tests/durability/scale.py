"""scripts/scale: the service as many machines would run it, part by part; docs/scaling.md says what was shown.

scripts/scale            every part for which its programs are installed
scripts/scale pooler     that one; --count 300 for so many buyers, --list for their names
"""

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack

from tests.durability import pooled
from tests.durability.conftest import cluster
from tests.durability.desk import open_desk

PARTS: dict[str, tuple[str, Callable[..., bool]]] = {
    "pooler": ("pgbouncer", pooled.play),
}


def main() -> int:
    """1 when a part didn't show what it should."""
    parser = argparse.ArgumentParser(prog="scripts/scale", description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of: {', '.join(PARTS)}")
    parser.add_argument("--count", type=int, default=300, help="how many buyers accept (300)")
    parser.add_argument("--list", action="store_true", help="only tell what there is")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if asked.list:
        print("\n".join(f"{name:10} {play.__doc__}" for name, (_program, play) in PARTS.items()))
        return 0
    os.environ["PATH"] += ":/usr/sbin"  # where Debian has servers
    good = True
    for name in asked.parts or PARTS:
        program, play = PARTS[name]
        if shutil.which(program) is None:
            print(f"{name}: {program} isn't installed (Debian: apt-get install {program})")
            good = good and not asked.parts
            continue
        with ExitStack() as stack:
            desk = stack.enter_context(open_desk(stack.enter_context(cluster(durable=True))))
            good = play(desk, stack, asked.count) and good
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
