"""A back-up of everything: PLACE holds `database.dump`, `media/`, `keys.env` and `manifest.json`, or isn't there.

The database is dumped in one snapshot; the files are copied after it. They are only added to, so that all which the
rows name are among them.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from common import clock
from common.grants import as_owner
from common.snapshots import one_snapshot
from common.tenancy import system_scope
from operations.backup import database, files
from operations.backup.errors import BackupFailed
from refunds.models import Evidence

DUMP, MEDIA, KEYS, MANIFEST = "database.dump", "media", "keys.env", "manifest.json"
SHOWN = 5


@dataclass(frozen=True)
class Manifest:
    """What a back-up holds: the rows of each table and the SHA-256 of each file.

    `damaged` are files of the evidence that were missing, or not what was shown, when it was made.
    """

    made_at: str
    rows: dict[str, int]
    files: dict[str, str]
    damaged: list[str]


def back_up(place: Path) -> Manifest:
    """Write everything to the directory `place`, which only its owner can read, read it again and count.

    Every store's rows are in it, although the application's role sees none without a scope. BackupFailed leaves
    nothing; what is there already is never touched.
    """
    if place.exists():
        raise BackupFailed(f"{place} exists: choose another name.")
    with _unfinished(place) as making:
        with one_snapshot(), system_scope():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_export_snapshot()")
                database.dump(making / DUMP, snapshot=cursor.fetchone()[0])
            rows = database.rows_here()
            shown = dict(Evidence.objects.values_list("stored_as", "sha256"))
        found = database.rows_in(making / DUMP)
        if wrong := [f"{table} ({found[table]} of {rows[table]})" for table in rows if rows[table] != found[table]]:
            raise BackupFailed(f"What was written lacks rows of {', '.join(wrong)}.")
        copied = files.copy_all(files.files_below(files.media()), files.media(), making / MEDIA)
        _write(making / KEYS, _keys())
        digests = {f"{MEDIA}/{name}": digest for name, digest in copied.items()}
        digests |= {name: files.sha256_of(making / name) for name in (DUMP, KEYS)}
        damaged = sorted(name for name, digest in shown.items() if copied.get(name) != digest)
        made = Manifest(clock.now().isoformat(), rows, digests, damaged)
        _write(making / MANIFEST, json.dumps(asdict(made), indent=1, ensure_ascii=False))
        making.rename(place)
    return made


def restore(place: Path) -> Manifest:
    """Fill an empty database and an empty `DATA_DIR/media` from a back-up, and compare what came of it.

    BackupFailed before anything is written for a back-up that isn't what it was, for other keys, and where there is
    something already; what fails later leaves neither rows nor files.
    """
    manifest = _read(place)
    _compare_keys(place / KEYS)
    kept = files.media()
    if kept.exists() and files.files_below(kept):
        raise BackupFailed(f"{kept} holds files: a back-up is restored into an empty place.")
    with _unfinished(kept / "restored") as copying:  # in the place itself, which may be a disk of its own
        names = [name.removeprefix(f"{MEDIA}/") for name in manifest.files if name.startswith(f"{MEDIA}/")]
        copied = files.copy_all(names, place / MEDIA, copying / MEDIA)
        if wrong := [name for name, digest in copied.items() if manifest.files[f"{MEDIA}/{name}"] != digest]:
            raise BackupFailed(f"These files couldn't be copied: {_some(wrong)}.")
        with as_owner(connection):
            if not database.is_empty():
                name = connection.settings_dict["NAME"]
                raise BackupFailed(f"The database {name} holds tables: a back-up is restored into an empty one.")
            database.load(place / DUMP)
        for entry in (copying / MEDIA).iterdir():
            entry.rename(kept / entry.name)
    with transaction.atomic(), system_scope():
        rows = database.rows_here()
    if wrong := [table for table in rows.keys() | manifest.rows.keys() if rows.get(table) != manifest.rows.get(table)]:
        raise BackupFailed(f"Restored, but not all of it: there are other rows of {_some(sorted(wrong))}.")
    return manifest


def _read(place: Path) -> Manifest:
    """The manifest, when everything that it names is there and as it was."""
    try:
        manifest = Manifest(**json.loads((place / MANIFEST).read_text()))
    except (OSError, ValueError, TypeError):
        raise BackupFailed(f"{place} is no back-up: it has no {MANIFEST} that can be read.") from None
    if wrong := [name for name, digest in manifest.files.items() if files.sha256_of(place / name) != digest]:
        raise BackupFailed(f"This back-up isn't what was written; these files have changed: {_some(wrong)}.")
    return manifest


def _keys() -> str:
    """The keys as lines for the environment."""
    return f"SECRET_KEY={settings.SECRET_KEY}\nCONNECTOR_KEYS={','.join(settings.CONNECTOR_KEYS)}\n"


def _compare_keys(file: Path) -> None:
    """BackupFailed when what is sealed in the back-up couldn't be read with the keys of this environment."""
    theirs = dict(line.split("=", 1) for line in file.read_text().splitlines())
    sealing = {key for key in theirs["CONNECTOR_KEYS"].split(",") if key}
    wrong = ["SECRET_KEY"] if theirs["SECRET_KEY"] != settings.SECRET_KEY else []
    wrong += ["CONNECTOR_KEYS"] if not sealing <= set(settings.CONNECTOR_KEYS) else []
    if wrong:
        raise BackupFailed(f"The back-up was made with another {' and '.join(wrong)}: set those of {file}.")


@contextmanager
def _unfinished(place: Path) -> Iterator[Path]:
    """A directory beside `place` to make it in; gone in the end, unless it was given that name."""
    making = place.with_name(f"{place.name}.unfinished")
    shutil.rmtree(making, ignore_errors=True)
    try:
        making.mkdir(mode=0o700, parents=True)
        yield making
    except OSError as error:
        raise BackupFailed(f"{error.filename or making}: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _write(file: Path, text: str) -> None:
    owners_only: Callable[[str, int], int] = lambda path, flags: os.open(path, flags, 0o600)  # noqa: E731
    with open(file, "x", opener=owners_only) as content:
        content.write(text)


def _some(names: Iterable[str]) -> str:
    """The first few, and how many more there are."""
    names = list(names)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"
