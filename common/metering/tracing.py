"""Traces: which request asked for which task, and what either asked outside. Nothing of it is loaded while it is off.

A span says names that the code knows, counts and the request's id; never an address, a value or an error's message
(docs/adr/0084). A trace begins here: what a caller sends of traces isn't believed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from django.conf import settings

from common.metering.statements import count_statements

IS_ON = bool(settings.TRACES_URL) and settings.PROCESS_KIND != "command"
HEADER = "traceparent"


class Spanned(Protocol):
    """A span that is under way."""

    def say(self, **attributes: str | int) -> None:
        """Tell something of it."""


class _Nothing:
    def say(self, **attributes: str | int) -> None:
        """Nobody listens."""


NOTHING = _Nothing()

if IS_ON:
    from common.metering import spans

    count_statements()


@contextmanager
def span(
    name: str, *, kind: str = "internal", parent: Mapping[str, str] | None = None, **attributes: str | int
) -> Iterator[Spanned]:
    """What happens in here is a span of the open trace, of the one that `parent` names, or of a new one.

    `kind` is `server`, `consumer`, `client` or `internal`. An error that ends it is told by its class.
    """
    if not IS_ON:
        yield NOTHING
        return
    with spans.opened(name, kind, parent, attributes) as opened:
        yield opened


def told_on() -> dict[str, str]:
    """What a message says of the open trace, so that whoever takes it goes on with it."""
    carrier: dict[str, Any] = {}
    if IS_ON:
        spans.inject(carrier)
    return carrier
