"""What instant it is for a request that is about one store: what the store's own clock shows (docs/adr/0048)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest

from common import clock
from stores.models import Store


@contextmanager
def on_clock_of(store: Store | None, request: HttpRequest) -> Iterator[None]:
    """Have `request.now`, and the clock, be the store's own in here; without a store they are everybody's."""
    outer = request.now
    request.now = request.came_at if store is None else store.on_its_clock(request.came_at)
    try:
        with clock.at(request.now):
            yield
    finally:
        request.now = outer
