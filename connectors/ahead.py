"""Refunds that a page lists are read side by side, a few ahead of who takes them over.

Other threads only ask: tokens are renewed, and rows written, by the one that holds the shop's lease.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Self

from common import clock
from connectors.port import Brief, Platform, RefundCopy, Shop, TokenExpired
from connectors.taking import ReadCopy
from connectors.talking import Talk

AT_ONCE = 4  # a platform's answers take longer than what we do with them
MANY = 8  # fewer are read one after the other


class ReadingAhead:
    """Reads refunds, AT_ONCE of them side by side where they are MANY, for as long as the context is open."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="read")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def each(self, rows: Sequence[Brief]) -> Iterator[tuple[Brief, Callable[[], ReadCopy]]]:
        """Each row, in order, with what answers its copy, or raises as `Talk.ask` does."""
        if len(rows) < MANY:
            for row in rows:
                yield row, partial(self._read, self._talk.ask, row)
            return
        begun: deque[tuple[Brief, Future[ReadCopy]]] = deque()
        for row in rows:
            context = copy_context()
            begun.append((row, self._pool.submit(context.run, self._read, self._talk.ask_once, row)))
            if len(begun) > 2 * AT_ONCE:
                first, read = begun.popleft()
                yield first, partial(self._result, first, read)
        for row, read in begun:
            yield row, partial(self._result, row, read)

    def _result(self, row: Brief, read: Future[ReadCopy]) -> ReadCopy:
        try:
            return read.result()
        except TokenExpired:
            return self._read(self._talk.ask, row)

    def _read(self, ask: Callable[[Callable[[Platform, Shop], RefundCopy]], RefundCopy], row: Brief) -> ReadCopy:
        read_at = clock.now()
        if row.copy is not None:
            return ReadCopy(row.copy, read_at)
        told = {"refund_id": row.id, "order_number": row.order_number}
        return ReadCopy(ask(lambda platform, shop: platform.read(shop, **told, now=clock.now())), read_at)
