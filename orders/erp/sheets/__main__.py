"""The reading process: a file on stdin, its rows as lines of JSON on stdout.

It gets no more memory, time and files than allowed.
The first line is `{"rows": how many}`, or `{"error": code, "facts": {…}}` and nothing else. Meanwhile stderr hears how
far it is, now and then: `[rows, of about so many]`.
"""

import json
import os
import resource
import sys
from contextlib import suppress
from operator import attrgetter
from time import monotonic

from orders.erp.sheets.faults import Unreadable, WorkbookTooLarge
from orders.erp.sheets.limits import CPU_SECONDS, MEMORY_BYTES, OPEN_FILES, OUTPUT_BYTES
from orders.erp.sheets.table import FileRow, read_table

_FIELDS = attrgetter(*FileRow.__slots__)

LIMITS = {
    resource.RLIMIT_AS: MEMORY_BYTES,
    resource.RLIMIT_CPU: CPU_SECONDS,
    resource.RLIMIT_FSIZE: OUTPUT_BYTES,
    resource.RLIMIT_NOFILE: OPEN_FILES,
    resource.RLIMIT_CORE: 0,
}


def main() -> None:
    """Read stdin."""
    for what, most in LIMITS.items():
        with suppress(ValueError, OSError):  # some systems don't limit everything
            resource.setrlimit(what, (most, most))
    os.nice(5)  # whoever waits for a page comes first
    try:
        with open(sys.stdin.fileno(), "rb", closefd=False) as file:
            rows = [_FIELDS(row) for row in read_table(file, Teller().tell)]
    except MemoryError:
        refused: Unreadable = WorkbookTooLarge()
    except Unreadable as unreadable:
        refused = unreadable
    else:
        _write({"rows": len(rows)})
        for row in rows:
            _write(row)
        return
    _write({"error": refused.code, "facts": refused.facts})


class Teller:
    """Says how far the reading is, not more often than anybody looks."""

    EVERY_S = 0.25

    def __init__(self) -> None:
        self._next_at = monotonic() + self.EVERY_S

    def tell(self, rows: int, share: float) -> None:
        """So many rows are read, and this share of the file, from 0 to 1."""
        if rows and share and monotonic() >= self._next_at:
            self._next_at = monotonic() + self.EVERY_S
            print(json.dumps([rows, max(rows, round(rows / share))]), file=sys.stderr, flush=True)


def _write(line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


main()
