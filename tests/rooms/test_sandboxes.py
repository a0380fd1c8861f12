"""A sandbox is a store to try things in: said at its opening, for ever, and nobody outside is asked for it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from common.models import Event
from common.tenancy import system_scope
from connectors.connecting import why_not_connect
from stores import actions
from stores.models import Store
from tests.world import NOON, OPERATOR, Api, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]


def open_store(code: str, *more: str) -> Store:
    call_command("create_store", code, "--marketplace=taote", *more, stdout=StringIO())
    with system_scope():
        return Store.objects.get(code=code)


@pytest.fixture
def sandbox():
    return open_store("trial", "--sandbox")


def change(store: Store, **values) -> None:
    with transaction.atomic(), system_scope():
        Store.objects.filter(pk=store.pk).update(**values)


def test_it_is_said_at_the_opening_and_told_to_clients(sandbox):
    live = open_store("shoes")
    assert (sandbox.is_sandbox, live.is_sandbox) == (True, False)
    for store in (sandbox, live):
        with system_scope():
            opened = Event.objects.get(store=store, name="store.opened")
            _key, secret = actions.create_store_key(store=store, name="erp", actor=OPERATOR, now=NOON)
        assert opened.data["sandbox"] is store.is_sandbox
        assert Api(secret).get(f"stores/{store.code}/").json()["sandbox"] is store.is_sandbox


def test_it_stays_so_whoever_writes(sandbox):
    """The trigger `sandbox_for_ever` says so."""
    live = make_shop("taote")
    refused = live.merchant.patch(f"stores/{live.store.code}/", {"sandbox": True})
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "sandbox")
    for store in (sandbox, live.store):
        with pytest.raises(DatabaseError, match="from its opening on, or never"):
            change(store, is_sandbox=not store.is_sandbox)
        change(store, is_sandbox=store.is_sandbox, name="another name")


def test_its_clock_is_never_set_back(sandbox):
    for day in (2, 1):
        actions.set_clock(sandbox.pk, NOON + timedelta(days=day))
        with system_scope():
            assert Store.objects.get(pk=sandbox.pk).clock_ahead == timedelta(days=2)


def test_it_is_connected_to_no_marketplace(sandbox):
    assert why_not_connect(sandbox).code == "sandbox"
    assert why_not_connect(open_store("shoes")) is None
