"""What a record of the log may hold: what happened and where in the code, never anybody's data.

Messages of errors carry values: PostgreSQL's tell the whole row, Python's the text that was no number. Frames carry
none, and neither do the class of an error, its SQLSTATE and the constraint. So that is what is logged, whoever logs it.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any

from common.errors import kind_of, told_safely

_FRAME = re.compile(r'\s*(File ".{1,300}", line \d+(?:, in [\w<>.]+)?)\s*')
_KIND = re.compile(r"([A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit|Fault|Warning))(?::.*)?\s*", re.DOTALL)
_CALLS_OF_TASKS = "celery.app.trace"
_BODIES = "celery.worker.consumer"


class _Kind(str):
    """Stands for an error in a message, whether it is asked for with `%s` or `%r`."""

    def __repr__(self) -> str:
        return str(self)


class WithoutValues(logging.Filter):
    """Takes the values out of what is about to be written, ours or a library's."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True."""
        if record.name.startswith(_BODIES) and record.levelno >= logging.WARNING and _holds_a_body(record):
            record.msg, record.args = str(record.msg).strip().partition("%")[0].strip(), ()
        if isinstance(record.args, Mapping):
            record.args = {name: _told(value) for name, value in record.args.items()}
            if record.name == _CALLS_OF_TASKS:
                record.args |= _of_a_call(record)
        elif isinstance(record.args, tuple):
            record.args = tuple(map(_told, record.args))
        if isinstance(record.msg, BaseException):
            record.msg, record.args = _told(record.msg), ()
        return True


def traceback_without_values(exc_info: Any) -> str:
    """For structlog's ExceptionRenderer: what became of `sys.exc_info()`, without the messages."""
    return told_safely(exc_info[1])


def last_words_without_values(words: str) -> str:
    """What a process that ended said last: of tracebacks the frames and the classes; what else it said may be data."""
    kept = []
    for line in words.splitlines():
        if match := _FRAME.fullmatch(line) or _KIND.fullmatch(line):
            kept.append(match[1])
    return "\n".join(kept)


def _told(value: object) -> object:
    return _Kind(kind_of(value)) if isinstance(value, BaseException) else value


def _holds_a_body(record: logging.LogRecord) -> bool:
    return "body" in str(record.msg) or "message format" in str(record.msg)


def _of_a_call(record: logging.LogRecord) -> dict[str, str]:
    """Celery formats what a task was told, answered or raised before it logs it."""
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    said = {"exc": _Kind(kind_of(error)) if error else _Kind("an error"), "return_value": _Kind("done")}
    return {**said, "args": "", "kwargs": "", "traceback": ""}
