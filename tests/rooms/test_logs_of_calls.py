"""Whatever is called, and whatever breaks in the middle of it, the log says nothing of people and no secret."""

import pytest
from django.db import DataError, connection
from django.test import Client

from tests.cases import for_each
from tests.rooms.logs import MARK
from tests.tenancy.calls import CALLS
from tests.tenancy.test_urls import make
from tests.tenancy.things import Names
from tests.world import make_shop, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("talkative", "clock")]


@for_each("call", CALLS, ids=str)
def test_a_call(call, taote, written):
    shop = make_shop("kuaishou") if call.route.startswith("returnless/") else taote
    names = Names(shop)
    call.path(names), call.body and call.body(names)
    written.forget()

    def broken(execute, sql, params, many, context):
        if not sql.startswith(("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            raise DataError(f"invalid input: {MARK}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken):
        make(call, names, shop)
    make(call, names, shop)
    secrets = [key.partition(".")[2] for key in (shop.merchant_key, shop.marketplace_key)]
    assert [line["logger"] for line in written(*secrets)].count("wanliu.access") == 2


def test_a_sign_in_and_a_search(taote, written):
    make_user("wang", shop=taote)
    client = Client(raise_request_exception=False)
    for name, password in ((MARK, "x"), ("wang", MARK), ("wang", "correct horse 9")):
        client.post("/admin/login/", {"username": name, "password": password})
    client.get("/admin/orders/order/", {"q": MARK})
    assert len(written("correct horse 9")) >= 4
