"""Where a reading goes: to the replica, or why not."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from common.replica.notes import NOBODY_KNOWS, position_for
from common.replica.standing import standing


class Reads(StrEnum):
    """What became of a reading that the replica may answer: figures are kept by it."""

    REPLICA = "replica"
    OWN_WRITE = "own_write"  # the replica doesn't show yet what the reader has written
    UNSURE = "unsure"  # nobody can say what the reader has written
    BEHIND = "behind"
    AWAY = "away"
    FAILED = "failed"  # begun on the replica and done on the primary


@dataclass(frozen=True)
class Way:
    """`needed` is what the replica must have passed, in bytes of WAL."""

    reads: Reads
    needed: int = 0

    @property
    def leads_there(self) -> bool:
        """Whether the replica may be asked."""
        return self.reads is Reads.REPLICA


_reader: ContextVar[str | None] = ContextVar("wanliu_reader", default=None)


@contextmanager
def read_by(who: str | None) -> Iterator[None]:
    """In the block this session or key reads (`notes.who_is`)."""
    token = _reader.set(who)
    try:
        yield
    finally:
        _reader.reset(token)


def way() -> Way | None:
    """Where the reader under way may read; None where there is no replica, or nobody whose writes are known of."""
    who = _reader.get()
    if not settings.REPLICA_DATABASE or who is None:
        return None
    stands = standing()
    if not stands.is_good:
        return Way(Reads.AWAY if stands.says else Reads.BEHIND)
    needed = position_for(who)
    if needed == NOBODY_KNOWS:
        return Way(Reads.UNSURE)
    return Way(Reads.OWN_WRITE if stands.replayed < needed else Reads.REPLICA, needed)
