"""CPU by process: unlike rates it holds on a busy machine."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import psutil

HERE, WEB, WORKER, POSTGRESQL = "this process", "web", "worker", "PostgreSQL"


@contextmanager
def counted(costs: Counter) -> Iterator[None]:
    """Add the seconds of CPU that this process and each of the benchmark's services use meanwhile."""
    before = _used()
    yield
    after = _used()
    costs.update({name: after[name] - before.get(name, 0.0) for name in after})


def told(costs: Mapping[str, float], calls: int) -> str:
    """`web 5.1 · worker 1.0 · PostgreSQL 2.2`, milliseconds for each call."""
    return " · ".join(
        f"{name} {_digits(1000 * costs[name] / calls)}" for name in (HERE, WEB, WORKER, POSTGRESQL) if name in costs
    )


def against(ours: Mapping[str, float], theirs: Mapping[str, float], calls: int, their_calls: int | None = None) -> str:
    """What ours and the reference cost for each call."""
    return f"{told(ours, calls)}; the reference: {told(theirs, their_calls or calls)}"


def _digits(milliseconds: float) -> str:
    return f"{milliseconds:.1f}" if milliseconds >= 1 else f"{milliseconds:.3f}"


def _used() -> dict[str, float]:
    """Seconds of CPU by service, of every process below this one; those of PostgreSQL that have ended count too.

    This process counts with what it has waited for, such as the one that reads a file.
    """
    mine = os.times()
    used = {HERE: mine.user + mine.system + mine.children_user + mine.children_system}
    for child in psutil.Process().children():
        tree = [child, *child.children(recursive=True)]
        if name := _name_of(tree):
            used[name] = used.get(name, 0.0) + _seconds(tree, with_ended=name == POSTGRESQL)
    return used


def _seconds(tree: list[psutil.Process], *, with_ended: bool) -> float:
    times = []
    for process in reversed(tree):  # who started the others last: what has ended meanwhile counts with it
        with suppress(psutil.NoSuchProcess):
            times.append(process.cpu_times())
    seconds = sum(each.user + each.system for each in times)
    return seconds + sum(each.children_user + each.children_system for each in times) if with_ended else seconds


def _name_of(tree: list[psutil.Process]) -> str:
    """By what was started first: what it has started comes and goes."""
    if tree[0].name().startswith("postgres"):
        return POSTGRESQL
    command = tree[0].cmdline()
    return WORKER if "worker" in command else WEB if "granian" in command else ""
