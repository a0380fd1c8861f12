"""An uploaded file as rows, read by a process of its own that may take so much memory and time and no more.

What the file makes of that process (orders/erp/sheets) touches nobody else: it knows no secrets, no database and no
settings, and only a few of them run on a machine at once.
"""

import fcntl
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Busy, Invalid
from orders.erp.sheets.limits import MAX_FILE_BYTES, MIB
from orders.erp.sheets.table import FileRow

log = logging.getLogger("wanliu.files")

READERS = 2  # on this machine at once
WAIT_S = 3  # whoever waits holds a web thread
READ_S = 45
RETRY_AFTER_S = 30
_LOOK_AGAIN_S = 0.1

_TOO_MUCH = gettext_lazy(
    "The workbook unpacks to too much. Leave only the columns order_number, carrier and tracking_number in it, or save "
    "it as csv."
)
# What the reading process says → the code and the sentence that clients are told.
_UNREADABLE = {
    "old_or_locked": (
        "file_type",
        gettext_lazy("This is an old .xls file or one with a password: save it as .xlsx or .csv without a password."),
    ),
    "workbook_broken": (
        "file_type",
        gettext_lazy("The workbook can't be read; export it anew or save it as csv."),
    ),
    "workbook_too_large": ("file_too_large", _TOO_MUCH),
    "encoding_unknown": ("file_type", gettext_lazy("The file is neither xlsx nor text in UTF-8, UTF-16 or GB18030.")),
    "csv_broken": (
        "invalid",
        gettext_lazy(
            "The file is not proper csv: in line %(line)s a quotation mark isn't closed or stands in the way."
        ),
    ),
    "empty": ("empty", gettext_lazy("The file is empty.")),
    "too_many_rows": ("too_many_rows", gettext_lazy("The file has too many rows: at most %(most)s.")),
    "columns_missing": (
        "columns_missing",
        gettext_lazy("The first row must name the columns; missing: %(names)s."),
    ),
    "column_twice": (
        "column_twice",
        gettext_lazy("Two columns have the same meaning: %(names)s. Leave one of them."),
    ),
    "several_sheets": (
        "several_sheets",
        gettext_lazy("Several sheets hold something: %(names)s. Leave or show only the one that is to be imported."),
    ),
}


def read_rows(file: IO[bytes]) -> Iterator[FileRow]:
    """The file's rows below its header, empty ones left out; the file has been read whole when this returns.

    Invalid (`file`) for what can't be read or is too large, Busy when it has to wait too long.
    """
    file.seek(0, os.SEEK_END)
    if file.tell() > MAX_FILE_BYTES:
        raise Invalid(
            "file", _("The file is too large: at most %(most)d MB.") % {"most": MAX_FILE_BYTES // MIB}, "file_too_large"
        )
    file.seek(0)
    output = tempfile.TemporaryFile()  # noqa: SIM115 — closed when the rows have been taken
    with tempfile.TemporaryFile() as copy, _turn():
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        _read(copy, output)
    output.seek(0)
    said = json.loads(output.readline() or '{"error": "workbook_too_large", "facts": {}}')
    if said:
        output.close()
        raise _invalid(said["error"], said["facts"])
    return _rows(output)


def _rows(output: IO[bytes]) -> Iterator[FileRow]:
    with output:
        for line in output:
            yield FileRow(*json.loads(line))


def _read(file: IO[bytes], output: IO[bytes]) -> None:
    """Let a process read the file. One that was ended by its limits, or broke, has written nothing."""
    command = [sys.executable, "-S", "-m", "orders.erp.sheets"]
    try:
        done = subprocess.run(
            command,
            stdin=file,
            stdout=output,
            stderr=subprocess.PIPE,
            cwd=settings.BASE_DIR,
            env={},
            timeout=READ_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        output.truncate(0)
        return
    if done.returncode:
        output.truncate(0)
        log.warning("a file could not be read (%d): %s", done.returncode, done.stderr.decode(errors="replace")[-500:])


def _invalid(said: str, facts: dict[str, str | int]) -> Invalid:
    code, text = _UNREADABLE[said]
    return Invalid("file", str(text) % facts, code)


@contextmanager
def _turn() -> Iterator[None]:
    """One of the places in which files are read, whichever process of this machine asks.

    Busy when none gets free.
    """
    ends_at = monotonic() + WAIT_S
    places = [Path(tempfile.gettempdir(), f"wanliu-reading-{os.getuid()}-{number}.lock") for number in range(READERS)]
    while True:
        for place in places:
            descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                continue
            try:
                yield
            finally:
                os.close(descriptor)
            return
        if monotonic() >= ends_at:
            raise Busy(_("Other files are being read just now; try again in a minute."), wait_s=RETRY_AFTER_S)
        sleep(_LOOK_AGAIN_S)
