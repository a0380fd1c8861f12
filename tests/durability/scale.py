"""scripts/scale: the service as many machines would run it, part by part; docs/scaling.md says what was shown.

scripts/scale            every part, each in a process of its own, and a table (`make scale`)
scripts/scale pooler     that one; --count 300 for so many buyers, --list for their names
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.durability import crowd, followed, pooled, rabbit, versions, watched
from tests.durability.conftest import cluster
from tests.durability.desk import open_desk
from tests.durability.machines import Shown

# By name: Debian's package that it needs, the program of it, and what plays it.
PARTS: dict[str, tuple[str, str, Callable[..., Shown]]] = {
    "pooler": ("pgbouncer", "pgbouncer", pooled.play),
    "rabbitmq": ("rabbitmq-server", "rabbitmqctl", rabbit.play),
    "rabbitmq-cluster": ("rabbitmq-server", "rabbitmqctl", rabbit.play_cluster),
    "sentinel": ("", "", watched.play),
    "crowd": ("", "", crowd.play),
    "replica": ("", "", followed.play),
    "postgres": ("npm", "npm", versions.play),
}
TITLES = ["part", "killed", "due", "lost", "paid twice", "all met after s", "as it should"]
NOT_AT_INSTALLATION = Path("/usr/sbin/policy-rc.d")


def main() -> int:
    """1 when a part didn't show what it should, or couldn't be played."""
    parser = argparse.ArgumentParser(prog="scripts/scale", description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of: {', '.join(PARTS)}")
    parser.add_argument("--count", type=int, default=300, help="how many buyers accept (300)")
    parser.add_argument("--list", action="store_true", help="only tell what there is")
    parser.add_argument("--row", type=Path, help=argparse.SUPPRESS)  # where a part's process tells its row
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if asked.list:
        print("\n".join(f"{name:16} {play.__doc__}" for name, (_package, _program, play) in PARTS.items()))
        return 0
    os.environ["PATH"] += ":/usr/sbin"  # where Debian has servers
    if asked.row:
        return play_one(asked.parts[0], asked.count, asked.row)
    names = asked.parts or [*PARTS]
    install({PARTS[name][0] for name in names if is_missing(name)})
    rows = [play_apart(name, asked.count) for name in names]
    print()
    for row in (TITLES, ["---"] * len(TITLES), *rows):
        print(f"| {' | '.join(row)} |")
    return int(any(row[-1] != "yes" for row in rows))


def is_missing(name: str) -> bool:
    """Whether a program isn't there that the part needs."""
    program = PARTS[name][1]
    return bool(program) and shutil.which(program) is None


def install(packages: set[str]) -> None:
    """Have Debian install them, where we may; none of their servers is started."""
    if not packages or os.geteuid() or shutil.which("apt-get") is None:
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with nothing_started():
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *sorted(packages)]
        subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL)


@contextmanager
def nothing_started() -> Iterator[None]:
    """Whoever installs a package's server meanwhile doesn't start it."""
    if NOT_AT_INSTALLATION.exists():
        yield
        return
    NOT_AT_INSTALLATION.write_text("#!/bin/sh\nexit 101\n")
    NOT_AT_INSTALLATION.chmod(0o755)
    try:
        yield
    finally:
        NOT_AT_INSTALLATION.unlink()


def play_apart(name: str, count: int) -> Sequence[str]:
    """The row of a part, played by a process of its own: Django is set up once in a process."""
    package = PARTS[name][0]
    if is_missing(name):
        print(f"{name}: {package} isn't installed (as root: apt-get install {package})", flush=True)
        return [name, f"not played: {package} is missing", *[""] * (len(TITLES) - 3), "NO"]
    with tempfile.NamedTemporaryFile() as told:
        command = [sys.executable, "-m", "tests.durability.scale", name, "--count", str(count), "--row", told.name]
        subprocess.run(command, check=False)
        if text := Path(told.name).read_text():
            return json.loads(text)
    return [name, "broke off: its reason is above", *[""] * (len(TITLES) - 3), "NO"]


def play_one(name: str, count: int, told: Path) -> int:
    """Play a part over services of its own."""
    with ExitStack() as stack:
        desk = stack.enter_context(open_desk(stack.enter_context(cluster(durable=True))))
        shown = PARTS[name][2](desk, stack, count)
        print(shown, flush=True)
        told.write_text(json.dumps(shown.row()))
    return int(not shown.is_good)


if __name__ == "__main__":
    sys.exit(main())
