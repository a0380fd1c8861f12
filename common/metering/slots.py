"""The files in which the processes of a machine keep their figures, for another one to read.

A process takes the lowest free slot of its kind (`web-0`, `web-1`, …) and holds it by a lock, which the kernel takes
away whatever ends the process. Who takes the slot next counts on where the last one was: there are never more files
than processes that lived at once, and a counter that is summed over them never falls.
"""

import fcntl
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil

MOST = 256  # of one kind, on one machine
RESERVED = 2**20  # bytes of each file: a disk that fills up later can't end a process that writes to its memory
KINDS_OF_FILES = ("counter", "histogram", "gauge_livesum")


class NoSlot(Exception):
    """There is no place for this process's figures."""


class Holder(NamedTuple):
    """A process that lives, by its slot."""

    slot: str
    process: psutil.Process


def kind_of_process() -> str:
    """`web`, `beat`, or `worker` with its queue where that isn't the main one (`worker:files`)."""
    words = sys.argv
    if "beat" in words:
        return "beat"
    if "worker" in words:
        queue = words[words.index("--queues") + 1].partition(",")[0] if "--queues" in words[:-1] else ""
        return f"worker:{queue}" if queue not in ("", "celery") else "worker"
    return "web"


class Slots:
    """This process's slot in a directory. A child that was forked has one of its own."""

    def __init__(self, directory: Path, kind: str) -> None:
        self.directory, self.kind = directory, kind
        self._pid, self._name, self._lock = 0, "", -1

    def name(self) -> str:
        """The slot's name. NoSlot."""
        if self._pid != os.getpid():
            self._take()
        return self._name

    def _take(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)  # a copy of the parent's, which holds it still
            self._lock = -1
        for number in range(MOST):
            name = f"{self.kind}-{number}"
            lock = os.open(self.directory / f"{name}.slot", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                continue
            self._prepare(name)
            os.truncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()} {psutil.Process().create_time()}".encode(), 0)
            self._lock, self._name, self._pid = lock, name, os.getpid()
            return
        raise NoSlot(f"{MOST} processes of the kind {self.kind} live on this machine")

    def _prepare(self, name: str) -> None:
        (self.directory / f"gauge_livesum_{name}.db").unlink(missing_ok=True)  # what waited died with who waited
        for kind in KINDS_OF_FILES:
            file = os.open(self.directory / f"{kind}_{name}.db", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                os.posix_fallocate(file, 0, RESERVED)
            finally:
                os.close(file)


def holders(directory: Path) -> Iterator[Holder]:
    """Whoever holds a slot just now. Of a container whose processes can't be seen nobody."""
    for file in sorted(directory.glob("*.slot")):
        if (slot := file.stem) not in free_slots(directory, file):
            try:
                pid, created_at = file.read_text().split()
                process = psutil.Process(int(pid))
                if str(process.create_time()) == created_at:
                    yield Holder(slot, process)
            except (ValueError, OSError, psutil.Error):  # it has just been taken, or its holder has just ended
                continue


def free_slots(directory: Path, *files: Path) -> set[str]:
    """The slots that nobody holds."""
    free = set()
    for file in files or directory.glob("*.slot"):
        lock = os.open(file, os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            free.add(file.stem)
        except BlockingIOError:
            pass
        finally:
            os.close(lock)
    return free
