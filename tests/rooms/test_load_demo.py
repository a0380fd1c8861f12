"""The demo brings passwords and keys that stand in a file: it touches no database that is somebody's."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from common import clock
from common.actors import on_command_line
from common.models import Event
from common.settled import Settled
from common.tenancy import system_scope
from notices.models import NoticeCopy
from notices.planning import make_notices
from notices.reading import unread_count
from orders.models import Order
from stores.actions import create_marketplace_key, create_store
from stores.models import ApiKey, CategoryOpening, Store, User
from tests.books import amiss
from tests.world import NOON, Api, make_user

pytestmark = pytest.mark.django_db


def load(tmp_path) -> None:
    call_command("load_demo", credentials_file=tmp_path / "demo.json")


def test_a_database_that_holds_a_store_is_left_alone(taote, tmp_path):
    with system_scope():
        keys = ApiKey.objects.count()
    with pytest.raises(CommandError, match="holds stores"):
        load(tmp_path)
    with system_scope():
        assert (list(Store.objects.all()), ApiKey.objects.count()) == ([taote.store], keys)
    assert not User.objects.filter(username="operator").exists()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["operator", "agent", "taote-demo"])
def test_a_user_who_is_there_keeps_password_and_rights(db, tmp_path, name):
    before = make_user(name)
    with pytest.raises(CommandError, match=f"taken here: {name}"):
        load(tmp_path)
    after = User.objects.get()
    assert (after.password, after.is_superuser, after.is_staff) == (before.password, False, before.is_staff)
    with system_scope():
        assert not Store.objects.exists()


def test_every_scene_can_be_played(db, tmp_path, monkeypatch, settings):
    if not CategoryOpening.objects.exists():  # made by a migration; gone where a test that commits was here before
        import_module("stores.migrations.0004_open_categories").open_categories(apps, None)
    with time_machine.travel(datetime(2026, 11, 27, 0, 6, 20, tzinfo=UTC)):
        load(tmp_path)
        with system_scope():  # all of it is settled, though nothing of a test is ever committed
            last = Event.objects.order_by("-id").values_list("id", flat=True).first()
        settings.MAIL_IS_SET_UP = True
        monkeypatch.setattr("notices.planning.look", lambda: Settled(last, clock.now()))
        while make_notices():
            pass
        with system_scope():
            stores = list(Store.objects.values_list("pk", flat=True))
            assert unread_count(User.objects.get(username="agent"), stores) > 5
            assert NoticeCopy.objects.filter(person__username="tmall-demo", person__email__gt="").exists()
    assert (tmp_path / "demo.json").exists()
    with system_scope(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum would have: thousands of rows are new in this transaction
        assert amiss() == {}
        assert Order.objects.partly_shipped().count() == 2  # a store of each kind of warehouse shows one


def test_a_key_of_the_demo_reaches_the_demos_stores_only(taote):
    done = {"actor": on_command_line("load_demo"), "now": NOON}
    with system_scope():
        create_store(code="shown", name="Shown", marketplace="taote", is_demo=True, **done)
        _key, secret = create_marketplace_key(marketplace="taote", name="demo", is_demo=True, **done)
    api = Api(secret)
    assert api.get("orders/?store=shown").status_code == 200
    assert api.get(f"orders/?store={taote.store.code}").status_code == 404
    assert api.get("orders/?store=nowhere").json() == api.get(f"orders/?store={taote.store.code}").json()
