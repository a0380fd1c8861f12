"""Disks that can be full: of a small size, made by root alone, and what fills them."""

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

DISK_MB = 1500


def fill(place: Path, *, leave: int) -> None:
    """Take all that the disk of a folder has, but for so many bytes at first, for 15 s."""
    ballast = place / "ballast"
    until = time.monotonic() + 15
    with ballast.open("wb", buffering=0) as file:
        with suppress(OSError):  # somebody else has just taken it
            os.posix_fallocate(file.fileno(), 0, max(shutil.disk_usage(place).free - leave, 1))
        file.seek(0, os.SEEK_END)
        while time.monotonic() < until:  # what is freed meanwhile is taken, too
            try:
                file.write(bytes(2**13))
            except OSError:
                time.sleep(0.05)
    ballast.unlink()


@contextmanager
def small_disk(path: Path | str, megabytes: int):
    """What is written there lies on a disk of its own; only root may make one."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", path], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


@contextmanager
def everything_on_a_small_disk():
    """Everything that is made under the temporary directory lies on a disk of its own."""
    before = tempfile.gettempdir()
    with tempfile.TemporaryDirectory(prefix="wanliu-f-") as path, small_disk(path, DISK_MB):
        tempfile.tempdir = path
        try:
            yield
        finally:
            tempfile.tempdir = before
