"""The one statement that begins every call: whose key, which store, and whose rows from then on."""

import pytest
from django.db import connection, transaction

from common import time_limits
from common.tenancy import Scope, current_scope, set_scope, system_scope
from orders.models import Order
from stores.actions import create_marketplace_key
from stores.api.opening import open_call
from stores.models import ApiKey, Store
from tests.world import NOON, OPERATOR, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def opened():
    """Opens a call; gives the store's code, and the numbers of the orders that are visible then."""

    def open_one(key: str, named: str | None = None):
        with transaction.atomic():
            found = open_call(prefix=key.partition(".")[0], named=named)
            scope = found.store and Scope((found.store.pk,))
            assert current_scope() == (scope or Scope(()))
            assert setting() == current_scope().setting
            numbers = set(Order.objects.values_list("number", flat=True))
            set_scope(None)
        return found.store and found.store.code, numbers

    return open_one


def setting() -> str:
    """What PostgreSQL goes by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('wanliu.stores')")
        return cursor.fetchone()[0]


def test_a_stores_key_opens_its_store_whatever_is_named(taote, other, opened):
    order, _foreign = taote.order(), other.order()
    assert opened(taote.merchant_key) == (taote.store.code, {order.number})
    assert opened(taote.merchant_key, other.store.code) == (taote.store.code, {order.number})


def test_a_marketplaces_key_opens_a_store_of_its_marketplace(taote, opened):
    order, elsewhere = taote.order(), make_shop("kuaishou")
    with system_scope():
        _row, key = create_marketplace_key(marketplace="taote", name="x", actor=OPERATOR, now=NOON)
    assert opened(key, taote.store.code) == (taote.store.code, {order.number})
    for named in (elsewhere.store.code, "nobody", None):
        assert opened(key, named) == (None, set()), named


def test_the_demos_key_opens_the_demos_stores_only(taote, opened):
    with system_scope():
        _row, key = create_marketplace_key(marketplace="taote", name="x", is_demo=True, actor=OPERATOR, now=NOON)
    assert opened(key, taote.store.code) == (None, set())
    with system_scope():
        Store.objects.filter(pk=taote.store.pk).update(is_demo=True)
    assert opened(key, taote.store.code)[0] == taote.store.code


@pytest.mark.parametrize("change", [{"revoked": True}, {"prefix": "elsewhere"[:8]}])
def test_a_key_that_is_gone_opens_nothing(taote, opened, change):
    taote.order()
    with system_scope():
        ApiKey.objects.filter(prefix=taote.merchant_key.partition(".")[0]).update(**change)
    assert opened(taote.merchant_key, taote.store.code) == (None, set())


def test_the_calls_time_limit_comes_with_it(taote):
    with time_limits.within(1234), transaction.atomic():
        open_call(prefix=taote.merchant_key.partition(".")[0], named=None)
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone()[0] == "1234ms"
        set_scope(None)
