"""The reading process: a file on stdin, its rows as lines of JSON on stdout.

It gets no more memory, time and files than allowed.
The first line is `{}`, or `{"error": code, "facts": {…}}` and nothing else.
"""

import json
import os
import resource
import sys
from contextlib import suppress
from operator import attrgetter

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
            rows = [_FIELDS(row) for row in read_table(file)]
    except MemoryError:
        refused: Unreadable = WorkbookTooLarge()
    except Unreadable as unreadable:
        refused = unreadable
    else:
        _write({})
        for row in rows:
            _write(row)
        return
    _write({"error": refused.code, "facts": refused.facts})


def _write(line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


main()
