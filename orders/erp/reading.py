"""An uploaded file as rows, read by a process of its own that may take so much memory and time and no more.

It says how far it is on its way; `read_rows` answers when the file has been read whole.

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
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Busy, Invalid
from common.log_values import last_words_without_values
from common.sentences import Sentence, kept
from orders.erp.sheets.limits import MAX_FILE_BYTES, MIB
from orders.erp.sheets.table import FileRow

log = logging.getLogger("wanliu.files")

READERS = 2  # on this machine at once
RETRY_AFTER_S = 30
_LOOK_AGAIN_S = 0.1
_LAST_WORDS = 20  # lines that a process that broke may leave for the log

# Told how many rows have been read, of about how many.
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a file may wait for its turn, and be read, in seconds."""

    wait_s: float
    read_s: float


IN_A_CALL = Patience(wait_s=3, read_s=45)  # who waits holds a web thread
AT_ONCE = Patience(wait_s=0, read_s=2)  # or a worker reads it instead
BY_A_WORKER = Patience(wait_s=60, read_s=150)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file's rows below its header, empty ones left out, and how many they are. They are gone through once."""

    count: int
    rows: Iterator[FileRow]


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


class TooSlow(Invalid):
    """The file wasn't read in the time that it was given."""


def size_of(file: IO[bytes]) -> int:
    """Bytes of a file that isn't too large to be read, rewound. Invalid (`file`) for one that is."""
    size = file.seek(0, os.SEEK_END)
    if size > MAX_FILE_BYTES:
        most = MAX_FILE_BYTES // MIB
        raise Invalid("file", _("The file is too large: at most %(most)d MB.") % {"most": most}, "file_too_large")
    file.seek(0)
    return size


def read_rows(file: IO[bytes], *, patience: Patience | None = None, told: Told | None = None) -> ReadFile:
    """The file's rows below its header; the file has been read whole when this returns.

    Without `patience` it has as much as a call has.

    Invalid (`file`) for what can't be read or is too large, TooSlow among them, Busy when it has to wait too long.
    """
    size_of(file)
    patience = patience or IN_A_CALL
    output = tempfile.TemporaryFile()  # noqa: SIM115 — closed when the rows have been taken
    with tempfile.TemporaryFile() as copy, _turn(patience.wait_s):
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        is_in_time = _read(copy, output, patience.read_s, told)
    if not is_in_time:
        output.close()
        raise TooSlow("file", Sentence(kept(_TOO_MUCH)["text"]), "file_too_large")
    output.seek(0)
    said = json.loads(output.readline() or '{"error": "workbook_too_large", "facts": {}}')
    if "error" in said:
        output.close()
        raise _invalid(said["error"], said["facts"])
    return ReadFile(said["rows"], _rows(output))


def _rows(output: IO[bytes]) -> Iterator[FileRow]:
    with output:
        for line in output:
            yield FileRow(*json.loads(line))


def _read(file: IO[bytes], output: IO[bytes], most_s: float, told: Told | None) -> bool:
    """Let a process read the file; returns whether it ended in time.

    One that was ended by its limits, or broke, has written nothing.
    """
    command = [sys.executable, "-S", "-m", "orders.erp.sheets"]
    last_words: deque[str] = deque(maxlen=_LAST_WORDS)
    late = threading.Event()
    with subprocess.Popen(
        command, stdin=file, stdout=output, stderr=subprocess.PIPE, cwd=settings.BASE_DIR, env={}
    ) as process:

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(most_s, end)
        timer.start()
        try:
            _listen(process.stderr, last_words, told)
        except BaseException:
            process.kill()
            raise
        finally:
            timer.cancel()
    if process.returncode:
        output.truncate(0)
        if not late.is_set():
            said = last_words_without_values("".join(last_words))
            log.warning("a file could not be read (%d): %s", process.returncode, said)
    return not late.is_set()


def _listen(said: IO[bytes] | None, last_words: deque[str], told: Told | None) -> None:
    """Hear how far the process is, `[rows, of about so many]` a line, and what else it says."""
    for line in said or ():
        if not line.startswith(b"["):
            last_words.append(line.decode(errors="replace"))
        elif told is not None:
            told(*json.loads(line))


def _invalid(said: str, facts: dict[str, str | int]) -> Invalid:
    code, text = _UNREADABLE[said]
    return Invalid("file", Sentence(kept(text)["text"], facts), code)


@contextmanager
def _turn(wait_s: float) -> Iterator[None]:
    """One of the places in which files are read, whichever process of this machine asks.

    Busy when none gets free.
    """
    ends_at = monotonic() + wait_s
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
