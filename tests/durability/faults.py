"""scripts/faults: a service under load, one fault amid it, and how long it takes until everything due is met.

scripts/faults                   every fault, one after the other, but for those of disks
scripts/faults worker-children   that one; --count 300 for so many payments, --list for their names
scripts/faults disk              as root only: on a small disk of its own; so is disk-of-files
"""

import argparse
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psycopg

from config.embedded.processes import kill_group
from tests.durability.conftest import cluster
from tests.durability.desk import open_desk
from tests.durability.disks import everything_on_a_small_disk, fill, small_disk
from tests.durability.trial import SOON_ENOUGH_S, Trial, set_up_django

ALONE = ("disk", "disk-of-files")  # each needs a small disk of its own
FILES = ("log", "media", "metrics")  # what our processes write beside the database
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
    start_again(trial, name)


def start_again(trial: Trial, name: str) -> None:
    """Start it, again and again while what it needs is away."""
    for _ in range(10):
        try:
            return trial.start(name)
        except AssertionError:
            time.sleep(1)
    raise AssertionError(f"{name} doesn't start any more")


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
    """SIGKILL one of them, as soon as there is one again after the last time."""
    for _ in range(60):
        if found := backends(trial):
            return kill(trial, random.choice(found))
        time.sleep(0.5)


def end_a_backend(trial: Trial) -> None:
    """SIGTERM one of them: its connection is gone, the others go on."""
    for pid in random.sample(found := backends(trial), min(1, len(found))):
        try:
            os.kill(pid, signal.SIGTERM)
            trial.kills += 1
        except ProcessLookupError:
            pass


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


def kill_the_web(trial: Trial) -> None:
    """SIGKILL web with its children, and start it anew."""
    kill_group(trial.running["web"])
    trial.kills += 1
    trial.running["web"].wait()
    start_again(trial, "web")


def kill_the_broker(trial: Trial) -> None:
    """SIGKILL Valkey, gone for five seconds, and nothing that was in it comes back."""
    trial.desk.kill("valkey")
    trial.kills += 1
    time.sleep(5)
    trial.desk.start_service(trial.desk.valkey)


def be_moody(trial: Trial) -> None:
    """The gateway has a bad while."""
    trial.gateway.mood = random.choice(("slow", "down", "lying", "repeating", "late"))
    time.sleep(8)
    trial.gateway.mood = "well"


def at_random(trial: Trial, faults: Sequence[Fault], times: int) -> None:
    """So many of these, one after the other."""
    for _ in range(times):
        random.choice(faults)(trial)
        pause()


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
def ended_backends(trial: Trial) -> None:
    """A process of PostgreSQL that works for somebody is ended alone, thirty times at random."""
    for _ in range(30):
        end_a_backend(trial)
        pause(0.1, 0.6)


@fault
def all_at_random(trial: Trial) -> None:
    """kill -9 of the worker, its children and processes of PostgreSQL, mixed, eight times."""
    for _ in range(8):
        random.choice((kill_a_child, kill_a_child, kill_a_backend, lambda it: kill_and_restart(it, "worker")))(trial)
        pause()


@fault
def web(trial: Trial) -> None:
    """kill -9 of the web process with its children, three times."""
    for _ in range(3):
        kill_the_web(trial)
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
        kill_the_broker(trial)
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
def everything(trial: Trial) -> None:
    """Whatever may happen to our processes, PostgreSQL, Valkey and the gateway, at random and all at the same time."""
    parts: Sequence[Sequence[Fault]] = (
        (kill_a_child, kill_a_child, lambda it: kill_and_restart(it, "worker"), kill_the_web, beat),
        (kill_a_backend, end_a_backend, end_a_backend, lambda it: stand_still(backends(it)[:2], 8)),
        (kill_the_broker, lambda it: it.desk.redis().flushall()),
        (be_moody,),
    )
    # What a thread has started ends with it (PR_SET_PDEATHSIG): these live as long as the trial.
    threads = trial.stack.enter_context(ThreadPoolExecutor(len(parts)))
    for done in [threads.submit(at_random, trial, part, 4) for part in parts]:
        done.result()
    for name, process in list(trial.running.items()):  # what has ended while something that it needs was away
        if process.poll() is not None:
            start_again(trial, name)


@fault
def disk(trial: Trial) -> None:
    """The disk under PostgreSQL is full for 15 s."""
    fill(trial.desk.data_dir, leave=2**23)
    revive(trial)


@fault
def disk_of_files(trial: Trial) -> None:
    """The disk of logs, evidence and figures is full for 15 s, that of PostgreSQL isn't."""
    with ThreadPoolExecutor(len(FILES)) as threads:
        list(threads.map(lambda name: fill(trial.desk.data_dir / name, leave=0), FILES))


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
    if len(asked.faults) > 1 and set(ALONE) & set(asked.faults):
        parser.error("it needs a small disk of its own: ask for it alone")
    random.seed(asked.seed)
    good = True
    with ExitStack() as stack:
        if asked.faults == ["disk"]:
            stack.enter_context(everything_on_a_small_disk())
        desk = stack.enter_context(open_desk(stack.enter_context(cluster(durable=True))))
        for name in FILES if asked.faults == ["disk-of-files"] else ():
            (desk.data_dir / name).mkdir(exist_ok=True)
            stack.enter_context(small_disk(desk.data_dir / name, 64))
        desk.manage("migrate", "--verbosity", "0")
        trial = Trial(desk, stack, rest_s=1.0)
        set_up_django(trial)
        for name in ("web", "worker", "beat"):
            trial.start(name)
        for name in asked.faults or [name for name in FAULTS if name not in ALONE]:
            figures = trial.run(name, FAULTS[name], asked.count)
            print(figures, flush=True)
            good = good and figures.is_good
    if not good:
        print(f"Something was lost, paid twice, or not met within {SOON_ENOUGH_S} s.", file=sys.stderr)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
