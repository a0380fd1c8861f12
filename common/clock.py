"""The only reader of wall time. Actions are told `now`, and never ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_fixed: ContextVar[datetime | None] = ContextVar("wanliu_clock", default=None)


def now() -> datetime:
    """The current instant, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def wall() -> datetime:
    """Everybody's instant, whatever a request or a sandbox's clock has it be."""
    return datetime.now(UTC)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let time stand at `instant`: how the demo gets a past, and how a request has one instant only."""
    token = _fixed.set(instant)
    try:
        yield
    finally:
        _fixed.reset(token)
