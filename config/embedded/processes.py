"""Starting server processes that do not outlive us, and finding those that did.

A supervisor that is killed with -9 cannot clean up. Two nets catch that: the kernel signals each child when
its parent dies (Linux), and the next start looks for survivors by what they *are* (program and working
directory, or a marker in their environment), never by a bare process id that may belong to somebody else.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psutil

PR_SET_PDEATHSIG = 1
MARKER = "WANLIU_SUPERVISED"  # environment of the application's processes: the data directory they serve


class ServiceError(RuntimeError):
    """Something cannot be started; the message is one line fit for the terminal, `log` has the details."""

    def __init__(self, message: str, *, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log


@dataclass(frozen=True)
class Command:
    """What to run and how to end it. `uid`/`gid`: give up root for these first."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    stop_signal: signal.Signals = signal.SIGTERM
    uid: int | None = None
    gid: int | None = None


def spawn(
    command: Command, output: IO[bytes] | int, *, errors: IO[bytes] | int = subprocess.STDOUT
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own (Ctrl-C in the terminal reaches only the supervisor).

    Call it from the main thread: the kernel ties the parent-death signal to the starting thread.
    """
    as_user: dict[str, Any] = {}
    if command.uid is not None:
        as_user = {"user": command.uid, "group": command.gid, "extra_groups": []}
    return subprocess.Popen(
        command.argv,
        env=dict(command.env),
        cwd=command.cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        start_new_session=True,
        preexec_fn=_die_with_parent(command.stop_signal),
        **as_user,
    )


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    prctl, parent_pid = ctypes.CDLL(None).prctl, os.getpid()

    def set_parent_death_signal() -> None:
        prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent_pid:  # the parent died before the call above
            os._exit(1)

    return set_parent_death_signal


def kill_group(leader: subprocess.Popen[bytes]) -> None:
    """SIGKILL whatever is left of the process group that `spawn` made for `leader`."""
    try:
        os.killpg(leader.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # gone (or only zombies left, on macOS)
        return


def servers_in(directory: Path, program: str) -> list[psutil.Process]:
    """Live processes of `program` whose working directory is `directory`, their parents first."""
    found = []
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"] == program and process.cwd() == str(directory):
                found.append(process)
        except psutil.Error:
            continue
    return found


def marked_with(data_dir: Path) -> list[psutil.Process]:
    """Live web, worker, beat and set-up processes that an earlier supervisor of `data_dir` started."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARKER) == str(data_dir):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def stop_survivors(find: Callable[[], list[psutil.Process]], stop_signal: signal.Signals, seconds: float) -> int:
    """Ask what `find` finds to stop, kill what is left after `seconds`; how many there were at first.

    Only the topmost are asked: a postmaster or a process pool ends its own children. `find` is asked again
    rather than the ids watched, because nobody may be there to reap a survivor and a zombie keeps its id.
    """
    survivors = find()
    ids = {process.pid for process in survivors}
    for process in survivors:
        _signal(process, stop_signal, unless_parent_in=ids)
    deadline = time.monotonic() + seconds
    while survivors and (left := find()):
        if time.monotonic() > deadline:
            for process in left:
                _signal(process, signal.SIGKILL)
            deadline = time.monotonic() + seconds
        time.sleep(0.05)
    return len(survivors)


def _signal(process: psutil.Process, number: signal.Signals, unless_parent_in: Set[int] = frozenset()) -> None:
    try:
        if process.ppid() not in unless_parent_in:
            process.send_signal(number)
    except psutil.NoSuchProcess:
        return
