"""The copy of the code in which guards are taken out; the working tree is never touched."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".mutants"  # the copy, and which tests reach what; git ignores it
TREE = KEPT / "tree"


def bring_up_to_date() -> list[str]:
    """Make the copy hold what the working tree holds, compiled files and all; returns what has changed in it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    names = {name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()}
    changed = []
    for name in sorted(names):
        here, there = ROOT / name, TREE / name
        if not there.exists() or there.read_bytes() != here.read_bytes():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(here, there)
            changed.append(name)
    for path in [path for path in TREE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]:
        if str(path.relative_to(TREE)) not in names and not path.is_symlink():
            path.unlink()
            changed.append(str(path.relative_to(TREE)))
    if not (TREE / ".venv").exists():
        (TREE / ".venv").symlink_to((ROOT / ".venv").resolve())
    return changed


@contextmanager
def holding(path: Path, text: bytes) -> Iterator[None]:
    """The file of the copy holds `text` during the block, for whoever imports it or starts a process.

    Its time of change tells the two apart also within one second, so that nobody takes the compiled one for the other.
    """
    before, stat = path.read_bytes(), path.stat()
    path.write_bytes(text)
    try:
        yield
    finally:
        path.write_bytes(before)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
