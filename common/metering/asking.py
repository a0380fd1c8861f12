"""Calls to outside parties, as figures and traces tell of them: which party, how long, what came of it in a word."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from common.metering import noting, tracing


class Asked:
    """One call. Whoever makes it says what came of it."""

    outcome = "answered"


@contextmanager
def asking(kind: str, party: str = "") -> Iterator[Asked]:
    """A call to a `gateway`, `carrier`, `marketplace` or `endpoint` is made in here; what raises has `failed`."""
    asked, began_at = Asked(), perf_counter()
    with tracing.span(f"ask {kind}", kind="client", **{"wanliu.party": party}) as spanned:
        try:
            yield asked
        except BaseException:
            asked.outcome = "failed"
            raise
        finally:
            spanned.say(**{"wanliu.outcome": asked.outcome})
            noting.asked_outside(kind, party, asked.outcome, perf_counter() - began_at)
