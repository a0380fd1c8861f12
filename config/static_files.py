"""Static files, copied to where web processes serve them from, whenever they have changed."""

import fcntl
import hashlib
from importlib.metadata import version
from pathlib import Path

from config.embedded.paths import ROOT


def collect_static(data_dir: Path) -> bool:
    """Copy the static files unless nothing changed since the last time; returns whether it did.

    One process at a time."""
    from django.core.management import call_command

    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp, state = data_dir / "static.stamp", _state()
    with (data_dir / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == state and (data_dir / "static").is_dir():
            return False
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(state)
    return True


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
