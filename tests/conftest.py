"""Fixtures for every test. The clock is frozen where a test asks for `at`."""

import gc
import os
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.core.management.commands import flush
from django.db import connection
from django.test import override_settings
from django.test.client import ClientHandler

from common import hint_server
from common.api.codes import codes_of
from common.writes import WriteSet
from config.urls import api
from stores.api.base import StoreViewSet
from tests.books import everything_holds  # noqa: F401  a fixture
from tests.cases import apart  # noqa: F401  a fixture
from tests.codes import undeclared
from tests.flush import loaded, statements
from tests.handler import load_middleware
from tests.mail import mailbox  # noqa: F401  a fixture
from tests.shapes import misshapen
from tests.world import NOON, make_shop, wait

MOSTLY_WAIT = ("embedded", "front")
# Ten times what the service has (common/apps.py): a process of pytest holds so many tests and fixtures that each look
# for cycles takes longer.
OBJECTS_BETWEEN_COLLECTIONS = 500_000


@pytest.fixture(scope="session")
def place(worker_id):
    """A number for each process of pytest that nobody else has, of another run on the same services neither."""
    own = int(worker_id.removeprefix("gw")) + 1 if worker_id != "master" else 0
    return int(os.environ.get("TEST_FIRST_PLACE", 0)) + own


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, place):
    """The test's databases are copies of a migrated one, where there is one: migrating each takes its time."""
    connection.settings_dict["TEST"]["TEMPLATE"] = os.environ.get("TEST_TEMPLATE")
    connection.settings_dict["TEST"]["NAME"] = f"test_{connection.settings_dict['NAME']}_{place}"


@pytest.fixture(scope="session", autouse=True)
def _test_database_only(django_db_modify_db_settings):
    """Never against a database that isn't ours to empty."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """What migrations have put into tables is known before a test writes."""
    with django_db_blocker.unblock():
        loaded()


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_of_what_was_written():
    """After a test that commits only what it wrote is removed, and what migrating made of permissions stays."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", statements)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *args, **kwargs: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _garbage_is_rarely_looked_for():
    """And never among the collected tests, which stay."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, *before[1:])
    yield
    gc.set_threshold(*before)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(place):
    """Each process counts and clears in a database of its own on the one server."""
    own = settings.REDIS_URL.replace("db=0", f"db={place}")
    with override_settings(REDIS_URL=own, CACHES={"default": {**settings.CACHES["default"], "LOCATION": own}}):
        yield


@pytest.fixture(scope="session", autouse=True)
def _own_files(tmp_path_factory):
    """Each worker process keeps what is uploaded in a directory of its own."""
    storage = settings.STORAGES["default"]
    own = {**storage, "OPTIONS": {**storage["OPTIONS"], "location": tmp_path_factory.mktemp("media")}}
    with override_settings(STORAGES={**settings.STORAGES, "default": own}):
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords():
    """Real hashing takes half a second per person."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _sessions_outlast_the_days_of_a_test():
    """Whoever signed in stays so, however far a test moves the clock."""
    long = timedelta(days=400)
    with override_settings(SESSION_IDLE=long, SESSION_LONGEST=long, SESSION_COOKIE_AGE=int(long.total_seconds())):
        yield


@pytest.fixture(scope="session", autouse=True)
def _events_have_their_shapes():
    """Whatever event a test brings about, its data has the shapes that the catalogue promises."""
    record = WriteSet.event

    def checked(self, event, subject, /, **kwargs):
        record(self, event, subject, **kwargs)
        assert misshapen(event, {key: kwargs[key] for key in event.facts.keys() & kwargs.keys()}) == []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WriteSet, "event", checked)
        yield


@pytest.fixture(scope="session", autouse=True)
def _refusals_are_declared():
    """Whatever call a test makes, the schema's operation names the code of its refusal."""
    finalize = StoreViewSet.finalize_response
    # Read before any test puts something of its own in the place of an action.
    for _prefix, view, _name in api.registry:
        for action in view.callers:
            codes_of(view, action, "POST")

    def checked(self, request, response, *args, **kwargs):
        assert undeclared(self, request.method, response) == []
        return finalize(self, request, response, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StoreViewSet, "finalize_response", checked)
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_chain_of_middleware():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "load_middleware", load_middleware)
        yield


@pytest.fixture(autouse=True)
def _clean_cache(_own_cache):
    """Throttle counters and heartbeats don't travel between tests, nor what a test did to the server."""
    cache.clear()
    for courtesy in {hint_server.hint_server, hint_server.broker}:
        courtesy.forgive()


@pytest.fixture
def clock(request):
    """A clock that stands at noon (Shanghai) and moves when told: `clock.move(hours=36)`."""
    names = {"db", "transactional_db"}.intersection(request.fixturenames)
    has_database = bool(names) or request.node.get_closest_marker("django_db") is not None
    with time_machine.travel(NOON, tick=False) as traveller:
        yield Clock(traveller, has_database)


class Clock:
    """Moves the frozen time. The database's clock can't be moved: what waits by it has waited that much longer."""

    def __init__(self, traveller, has_database):
        self.traveller, self.has_database = traveller, has_database

    @property
    def now(self) -> datetime:
        """Where it stands."""
        return datetime.now(UTC)

    def turn_back(self, instant: datetime) -> None:
        """Where it stood before: what was written since is undone."""
        self.traveller.move_to(instant)

    def move(self, **delta):
        """Go on by a timedelta's arguments."""
        self.traveller.shift(timedelta(**delta))
        if self.has_database:
            wait(**delta)


@pytest.fixture
def taote(db):
    """A Taote store."""
    return make_shop("taote")


@pytest.fixture
def other(db):
    """Another Taote store, whose things must stay invisible to the first."""
    return make_shop("taote")


@pytest.fixture
def broker_tasks(monkeypatch):
    """Collect what would be sent to workers instead of sending it: (task, keywords)."""
    sent = []
    monkeypatch.setattr("celery.current_app.send_task", lambda name, kwargs, **options: sent.append((name, kwargs)))
    return sent


@pytest.fixture
def in_test_database():
    """Refuse to go on outside a test database."""
    assert connection.settings_dict["NAME"].startswith("test_")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with those that mostly wait, for servers to start and seconds to pass, while others take the processors.

    As pytest-django orders them they would be the last, and all that is left.
    """
    items.sort(key=lambda item: item.path.parent.name not in MOSTLY_WAIT)
