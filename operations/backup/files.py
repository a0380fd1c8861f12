"""What people have shown, copied file by file, each known by its digest."""

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from django.core.files.storage import default_storage

from operations.backup.errors import BackupFailed


def media() -> Path:
    """Where the evidence lies."""
    return Path(default_storage.path(""))


def files_below(place: Path) -> list[str]:
    """Every file's path from there."""
    return sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file())


def copy_all(names: Iterable[str], source: Path, target: Path) -> dict[str, str]:
    """Copy these files, readable by their owner alone; returns the digest of each copy.

    One that is deleted meanwhile is left out: a pack that was made for a day.
    """
    digests = {}
    target.mkdir(mode=0o700, parents=True)
    for name in names:
        copy = target / name
        for folder in reversed(Path(name).parents):
            (target / folder).mkdir(mode=0o700, exist_ok=True)
        try:
            shutil.copyfile(source / name, copy)
        except FileNotFoundError:
            continue
        copy.chmod(0o600)
        digests[name] = sha256_of(copy)
    return digests


def sha256_of(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal. BackupFailed when it can't be read."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise BackupFailed(f"{file} can't be read: {error.strerror or error}.") from error
