"""Static files, copied to where web processes serve them from, whenever they have changed."""

import fcntl
import hashlib
import json
import os
import time
from importlib.metadata import version
from pathlib import Path

from config.embedded.paths import ROOT

UNUSED_DAYS = 30  # a page that was opened under an older release finds its files for so long


def collect_static(data_dir: Path) -> bool:
    """Copy the static files unless nothing changed since the last time; returns whether it did.

    One process at a time. Files of older releases stay for UNUSED_DAYS: their processes, and pages that are open, name
    them."""
    from django.core.management import call_command

    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp, state = data_dir / "static.stamp", _state()
    with (data_dir / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == state and (data_dir / "static").is_dir():
            return False
        note_use(data_dir / "static")  # until now, however long ago that was collected
        call_command("collectstatic", interactive=False, verbosity=0)
        forget_unused(data_dir / "static")
        stamp.write_text(state)
    return True


def note_use(collected: Path) -> set[str]:
    """Note the time anew of the files that the last collection names by their content; returns the plain names.

    Only of these: the others' times say whether they are to be copied again.
    """
    manifest = collected / "staticfiles.json"
    named = json.loads(manifest.read_text())["paths"] if manifest.exists() else {}
    now = time.time()
    for name in set(named.values()):
        for path in (collected / name, collected / f"{name}.gz"):
            if path.exists():
                os.utime(path, (now, now))
    return set(named)


def forget_unused(collected: Path) -> None:
    """Delete what no collection has named for UNUSED_DAYS."""
    kept = note_use(collected) | {"staticfiles.json"}
    oldest = time.time() - UNUSED_DAYS * 86400
    for path in [path for path in collected.rglob("*") if path.is_file()]:
        name = str(path.relative_to(collected)).removesuffix(".gz")
        if name not in kept and path.stat().st_mtime < oldest:
            path.unlink()


def _state() -> str:
    """A digest that changes with the packages' versions and with our own static files."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    digest.update((ROOT / "common" / "web" / "static_files.py").read_bytes())
    digest.update(version("django").encode())
    for folder in sorted(path for path in ROOT.glob("[!.]*/static") if path.is_dir()):
        for path in sorted(folder.rglob("*")):
            state = path.stat()
            digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
