"""What the races and crashes are about: a Taote store, and refunds under negotiation in it."""

import logging
import os

import pytest
from django.db import connection

from payments.settlement import settle_batch
from tests.concurrency.invariants import assert_consistent
from tests.concurrency.negotiation import Negotiations
from tests.concurrency.process import processes
from tests.world import make_shop


@pytest.fixture
def shop(transactional_db, broker_tasks, caplog):
    """A store whose rows are really committed. Afterwards every invariant must hold, whatever the test did."""
    with caplog.at_level(logging.CRITICAL, "django.request"):
        yield make_shop("taote")
    assert_consistent()


@pytest.fixture
def negotiation(shop):
    """Makes refunds with a pending offer: `negotiation()`."""
    return Negotiations(shop)


@pytest.fixture
def settle(clock):
    """Settle everything due, as the workers' beat would."""

    def run():
        while settle_batch():
            pass

    return run


@pytest.fixture(scope="session")
def other_process(django_db_setup):
    """Runs jobs in processes that may die, on this test run's database."""
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    with processes(DATABASE_URL=f"{server}/{connection.settings_dict['NAME']}") as jobs:
        yield jobs
