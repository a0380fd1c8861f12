"""A connected shop: a store, the tests' own little platform, and turns that are taken when a test says so."""

from collections import Counter
from datetime import timedelta

import pytest

from common.tenancy import system_scope
from connectors import limits
from connectors.connecting import connect_shop
from connectors.models import Connection, MirroredRefund
from connectors.platforms import PLATFORMS
from connectors.port import Secret
from connectors.waking import wake_shops
from connectors.working import work_on_shops
from tests.connectors.toy import Server, Toy, running
from tests.world import MERCHANT, NOON, Shop, make_shop, wait

MILLISECOND = timedelta(milliseconds=1)


class Connected:
    """A shop that is connected to a toy server."""

    def __init__(self, shop: Shop, server: Server):
        self.shop, self.server = shop, server

    def connect(self, **changes) -> Connection:
        """Connect it, or again, with what is changed."""
        told = {
            "store": self.shop.store,
            "app_key": "app",
            "secrets": {Secret.APP_SECRET: "s3cret", Secret.MESSAGE_KEY: "push-key"},
            "access_token": self.server.token,
            "refresh_token": self.server.refresh_token,
            "base_url": self.server.url,
            "actor": MERCHANT,
            "now": NOON,
        }
        return connect_shop(**{**told, **changes})

    @property
    def connection(self) -> Connection:
        """As the database has it."""
        with system_scope():
            return Connection.objects.select_related("store").get(store=self.shop.store)

    def turn(self, *, most: int = 30, **later) -> Counter:
        """Give the shop its turns, `later` than now by the database's clock, until none is due."""
        counts: Counter = Counter()
        wait(**(later or {"minutes": 10}))
        with system_scope():
            wake_shops()
        ids = [self.connection.pk]
        for _ in range(most):
            if not work_on_shops(ids=ids, counts=counts):
                break
        return counts

    def mirror(self) -> dict[str, tuple[int, str]]:
        """Each mirrored refund's version and status there."""
        with self.shop.scope():
            rows = MirroredRefund.objects.for_store(self.shop.store.pk)
            return {row.platform_id: (row.version, row.raw_status) for row in rows}

    def row(self, platform_id: str) -> MirroredRefund:
        """One mirrored refund."""
        with self.shop.scope():
            rows = MirroredRefund.objects.for_store(self.shop.store.pk).select_related("refund")
            return rows.get(platform_id=platform_id)


@pytest.fixture(autouse=True)
def unpaced(monkeypatch):
    """All of a limit's calls may come at once and as many in its time, so that no test sleeps; test_limits.py proves
    how they are spread at work."""
    monkeypatch.setattr(limits, "bucket_of", lambda limit: (limit.calls, limit.calls / (limit.per / MILLISECOND)))


@pytest.fixture
def server(monkeypatch):
    """The platform's server, and the only platform that there is."""
    monkeypatch.setattr(PLATFORMS, "_entries", {"toy": Toy})
    with running() as server:
        yield server


@pytest.fixture
def unconnected(db, clock, server, broker_tasks):
    """A store whose shop isn't connected yet."""
    return Connected(make_shop("taote"), server)


@pytest.fixture
def connected(unconnected):
    """A store whose shop is connected since noon."""
    unconnected.connect()
    return unconnected


def ago(**delta):
    """An instant before noon."""
    return NOON - timedelta(**delta)
