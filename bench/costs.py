"""CPU by process: unlike rates it holds on a busy machine."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psutil

WEB, WORKER, POSTGRESQL = "web", "worker", "PostgreSQL"


@contextmanager
def counted(costs: Counter) -> Iterator[None]:
    """Add the seconds of CPU that each of the benchmark's services uses meanwhile."""
    before = _used()
    yield
    after = _used()
    costs.update({name: after[name] - before.get(name, 0.0) for name in after})


def told(costs: Mapping[str, float], calls: int) -> str:
    """`web 5.1 · worker 1.0 · PostgreSQL 2.2`, milliseconds for each call."""
    return " · ".join(f"{name} {1000 * costs[name] / calls:.1f}" for name in (WEB, WORKER, POSTGRESQL) if name in costs)


def _used() -> dict[str, float]:
    """Seconds of CPU by service, of every process below this one; those of PostgreSQL that have ended count too."""
    used: dict[str, float] = {}
    for child in psutil.Process().children():
        tree = [child, *child.children(recursive=True)]
        if name := _name_of(tree):
            times = [process.cpu_times() for process in tree]
            seconds = sum(each.user + each.system for each in times)
            if name == POSTGRESQL:
                seconds += sum(each.children_user + each.children_system for each in times)
            used[name] = used.get(name, 0.0) + seconds
    return used


def _name_of(tree: list[psutil.Process]) -> str:
    if any(process.name().startswith("postgres") for process in tree):
        return POSTGRESQL
    command = tree[0].cmdline()
    return WORKER if "worker" in command else WEB if "config.front" in command else ""
