"""scripts/faults: a service under load, one fault amid it, and how long it takes until everything due is met.

scripts/faults                   every fault, one after the other, but for disk
scripts/faults worker-children   that one; --count 300 for so many payments, --list for their names
scripts/faults disk              as root only: on a small disk of its own
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from config.embedded.processes import kill_group
from tests.durability.conftest import cluster
from tests.durability.desk import open_desk
from tests.durability.trial import SOON_ENOUGH_S, Trial, set_up_django

DISK_MB = 1500
Fault = Callable[[Trial], None]
FAULTS: dict[str, Fault] = {}


def fault(does: Fault) -> Fault:
    """Make a fault known by its name."""
    FAULTS[does.__name__.replace("_", "-")] = does
    return does


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def pause(shortest: float = 0.5, longest: float = 2.0) -> None:
    """A while of no fixed length."""
    time.sleep(random.uniform(shortest, longest))


def kill(trial: Trial, pid: int) -> None:
    """SIGKILL one process, counted."""
    try:
        os.kill(pid, signal.SIGKILL)
        trial.kills += 1
    except ProcessLookupError:
        pass


def kill_and_restart(trial: Trial, name: str) -> None:
    """SIGKILL the process alone, whatever becomes of its children, and start it anew as its supervisor does."""
    process = trial.running[name]
    kill(trial, process.pid)
    process.wait()
    time.sleep(1)
    trial.start(name)


def kill_a_child(trial: Trial) -> None:
    """SIGKILL a process that does the worker's tasks."""
    if alive := children(trial.running["worker"].pid):
        kill(trial, random.choice(alive))


def backends(trial: Trial) -> list[int]:
    """The processes of PostgreSQL that work for the application; none while it recovers."""
    try:
        found = trial.desk.rows(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
    except psycopg.OperationalError:
        return []
    return [pid for (pid,) in found]


def kill_a_backend(trial: Trial) -> None:
    """SIGKILL one of them."""
    if found := backends(trial):
        kill(trial, random.choice(found))


def stand_still(pids: list[int], seconds: float) -> None:
    """SIGSTOP these, and SIGCONT."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    for pid in pids:
        try:
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            pass


def revive(trial: Trial) -> None:
    """Start PostgreSQL again if it has ended."""
    if trial.desk.servers["postgres"].poll() is not None:
        trial.desk.start_service(trial.desk.postgres)


@fault
def nothing(_trial: Trial) -> None:
    """No fault: what the others are compared with."""


@fault
def celery_parent(trial: Trial) -> None:
    """kill -9 of the worker's first process, three times; its children are left to themselves."""
    for _ in range(3):
        kill_and_restart(trial, "worker")
        pause()


@fault
def worker_children(trial: Trial) -> None:
    """kill -9 of children of the worker at random, fifteen times."""
    for _ in range(15):
        kill_a_child(trial)
        pause(0.3, 1.5)


@fault
def postgres_backend(trial: Trial) -> None:
    """kill -9 of a process of PostgreSQL that works for somebody, three times: it ends all connections and recovers."""
    for _ in range(3):
        kill_a_backend(trial)
        pause(2, 4)


@fault
def all_at_random(trial: Trial) -> None:
    """The three above, mixed, eight times."""
    for _ in range(8):
        random.choice((kill_a_child, kill_a_child, kill_a_backend, lambda it: kill_and_restart(it, "worker")))(trial)
        pause()


@fault
def web(trial: Trial) -> None:
    """kill -9 of the web process with its children, three times."""
    for _ in range(3):
        kill_group(trial.running["web"])
        trial.kills += 1
        trial.running["web"].wait()
        trial.start("web")
        pause()


@fault
def beat(trial: Trial) -> None:
    """kill -9 of beat, three times."""
    for _ in range(3):
        kill_and_restart(trial, "beat")
        pause()


@fault
def postgres(trial: Trial) -> None:
    """kill -9 of PostgreSQL as a whole; it is started again after two seconds."""
    trial.desk.kill("postgres")
    trial.kills += 1
    time.sleep(2)
    trial.desk.start_service(trial.desk.postgres)


@fault
def valkey(trial: Trial) -> None:
    """kill -9 of Valkey, twice, each time gone for five seconds, and nothing that was in it comes back."""
    for _ in range(2):
        trial.desk.kill("valkey")
        trial.kills += 1
        time.sleep(5)
        trial.desk.start_service(trial.desk.valkey)
        pause()


@fault
def flushall(trial: Trial) -> None:
    """Everything in Valkey is deleted, ten times."""
    for _ in range(10):
        trial.desk.redis().flushall()
        pause(0.2, 0.8)


@fault
def stopped_worker(trial: Trial) -> None:
    """The worker with its children stands still for 30 s, longer than its leases, and goes on."""
    pid = trial.running["worker"].pid
    stand_still([pid, *children(pid)], 30)


@fault
def stopped_backends(trial: Trial) -> None:
    """Two processes of PostgreSQL that work for somebody stand still for 20 s and go on."""
    stand_still(random.sample(backends(trial), 2), 20)


@fault
def stopped_valkey(trial: Trial) -> None:
    """Valkey stands still for 15 s and goes on."""
    stand_still([trial.desk.servers["valkey"].pid], 15)


@fault
def connections(trial: Trial) -> None:
    """Somebody takes every connection that PostgreSQL has left, for 15 s."""
    with ExitStack() as taken:
        until = time.monotonic() + 15
        while time.monotonic() < until:
            try:
                taken.enter_context(psycopg.connect(trial.desk.environ["DATABASE_URL"]))
            except psycopg.OperationalError:
                time.sleep(0.2)


@fault
def disk(trial: Trial) -> None:
    """The disk under PostgreSQL is full for 15 s."""
    ballast = trial.desk.data_dir / "ballast"
    until = time.monotonic() + 15
    with ballast.open("wb", buffering=0) as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(trial.desk.data_dir).free - 2**23)
        file.seek(0, os.SEEK_END)
        while time.monotonic() < until:  # what is freed meanwhile is taken, too
            try:
                file.write(bytes(2**13))
            except OSError:
                time.sleep(0.05)
    ballast.unlink()
    revive(trial)


def moody(mood: str, told: str, seconds: int = 25) -> None:
    """Make a fault of the gateway known."""

    def does(trial: Trial) -> None:
        trial.gateway.mood = mood
        time.sleep(seconds)
        trial.gateway.mood = "well"

    does.__doc__ = f"The gateway is {mood} for {seconds} s: {told}."
    FAULTS[f"gateway-{mood}"] = does


moody("slow", "it takes seconds to answer")
moody("down", "it answers 500 and pays nothing", 60)
moody("lying", "it pays, and somebody else signs what it answers")
moody("repeating", "it tells everything three times more")
moody("late", "it pays, doesn't answer in time, and tells it twice by notices later")


@contextmanager
def small_disk():
    """Everything that is made under the temporary directory lies on a disk of its own; only root may make one."""
    before = tempfile.gettempdir()
    with tempfile.TemporaryDirectory(prefix="wanliu-f-") as path:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", path], check=True)
        tempfile.tempdir = path
        try:
            yield
        finally:
            tempfile.tempdir = before
            subprocess.run(["umount", "--lazy", path], check=True)


def main() -> int:
    """1 when something was lost, paid twice or not met in time."""
    parser = argparse.ArgumentParser(prog="scripts/faults", description=__doc__.partition("\n")[0])
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=f"some of: {', '.join(FAULTS)}")
    parser.add_argument("--count", type=int, default=300, help="how many buyers accept (300)")
    parser.add_argument("--seed", type=int, default=None, help="of what is left to chance")
    parser.add_argument("--list", action="store_true", help="only tell what there is")
    asked = parser.parse_args()
    if unknown := set(asked.faults) - set(FAULTS):
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    if asked.list:
        print("\n".join(f"{name:18} {does.__doc__}" for name, does in FAULTS.items()))
        return 0
    if "disk" in asked.faults and asked.faults != ["disk"]:
        parser.error("disk needs a small disk of its own: ask for it alone")
    random.seed(asked.seed)
    good = True
    with ExitStack() as stack:
        if asked.faults == ["disk"]:
            stack.enter_context(small_disk())
        desk = stack.enter_context(open_desk(stack.enter_context(cluster(durable=True))))
        desk.manage("migrate", "--verbosity", "0")
        trial = Trial(desk, stack)
        set_up_django(trial)
        for name in ("web", "worker", "beat"):
            trial.start(name)
        for name in asked.faults or [name for name in FAULTS if name != "disk"]:
            figures = trial.run(name, FAULTS[name], asked.count)
            print(figures, flush=True)
            good = good and figures.is_good
    if not good:
        print(f"Something was lost, paid twice, or not met within {SOON_ENOUGH_S} s.", file=sys.stderr)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
