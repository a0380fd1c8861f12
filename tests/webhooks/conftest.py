"""A store whose rows are committed, and a receiver that it tells of them."""

import pytest

from tests.webhooks.receiver import Receiver
from tests.world import make_shop
from webhooks.delivering import call_endpoints
from webhooks.planning import plan_deliveries


@pytest.fixture(autouse=True)
def _loopback(settings):
    settings.WEBHOOKS_ALLOW_LOOPBACK = True


@pytest.fixture
def shop(transactional_db, broker_tasks, clock):
    """A Taote store."""
    return make_shop("taote")


@pytest.fixture
def receiver():
    """Somebody who listens."""
    there = Receiver()
    yield there
    there.close()


@pytest.fixture
def work():
    """Do what the workers' beat would, until nothing is due."""

    def run():
        while plan_deliveries() or call_endpoints():
            pass

    return run


@pytest.fixture
def endpoint(shop, receiver):
    """The receiver's endpoint, as its creation was answered."""
    made = shop.merchant.post("webhook-endpoints/", {"url": receiver.url, "events": []})
    assert made.status_code == 201, made.json()
    return made.json()
