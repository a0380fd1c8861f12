"""Whatever is called, and whatever breaks in the middle of it, the log says nothing of people and no secret."""

import json
import logging
from io import StringIO

import pytest
from django.db import DataError, connection
from django.test import Client

from config.logs import formatter
from tests.tenancy.calls import CALLS
from tests.tenancy.test_urls import make
from tests.tenancy.things import Names
from tests.world import make_shop, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
MARK = "欧阳小明13912345678"
PERSONAL = ("王小明", "文三路", "13800000000", MARK)  # what the things of tests say of people


@pytest.fixture
def written(monkeypatch):
    """What goes to the console meanwhile, at every level that people may switch on."""
    [console] = [handler for handler in logging.getLogger().handlers if handler.name == "console"]
    stream = StringIO()
    monkeypatch.setattr(console, "stream", stream)
    monkeypatch.setattr(console, "formatter", formatter("json"))
    changed = [logging.getLogger(name) for name in ("wanliu", "django", "celery")]
    levels = [each.level for each in changed]
    for each in changed:
        each.setLevel(logging.DEBUG)
    yield stream.getvalue
    for each, level in zip(changed, levels, strict=True):
        each.setLevel(level)


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_a_call(call, taote, written):
    shop = make_shop("kuaishou") if call.route.startswith("returnless/") else taote
    names = Names(shop)
    call.path(names), call.body and call.body(names)

    def broken(execute, sql, params, many, context):
        if not sql.startswith(("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            raise DataError(f"invalid input: {MARK}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken):
        make(call, names, shop)
    make(call, names, shop)
    secrets = [key.partition(".")[2] for key in (shop.merchant_key, shop.marketplace_key)]
    assert [json.loads(line)["logger"] for line in written().splitlines()].count("wanliu.access") == 2
    assert [each for each in (*PERSONAL, *secrets) if each in written()] == []


def test_a_sign_in_and_a_search(taote, written):
    make_user("wang", shop=taote)
    client = Client(raise_request_exception=False)
    for name, password in ((MARK, "x"), ("wang", MARK), ("wang", "correct horse 9")):
        client.post("/admin/login/", {"username": name, "password": password})
    client.get("/admin/orders/order/", {"q": MARK})
    assert len(written().splitlines()) >= 4
    assert [each for each in (MARK, "correct horse 9") if each in written()] == []
