"""Two programs send a store's products at once: each change is told from what the other has left."""

from decimal import Decimal
from functools import partial

import pytest

from common.models import Event
from common.tenancy import tenant_scope
from stores.actions import touch_key, upsert_products
from stores.models import ApiKey
from tests.concurrency.harness import overtaken
from tests.world import MERCHANT, NOON

pytestmark = pytest.mark.usefixtures("clock")


def sends(shop, item_id, title):
    """What sends one product."""
    row = {"item_id": item_id, "title": title, "category": "1", "price": Decimal("1.00")}
    return partial(upsert_products, store=shop.store, products=[row], actor=MERCHANT, now=NOON)


def scoped(shop, call):
    """The call in a scope of its own."""

    def act():
        with tenant_scope(shop.store.pk):
            return call()

    return act


def race_of(shop, first, second):
    """`second` comes while `first` has yet to commit."""
    return overtaken(first, scoped(shop, second), scope=shop.scope())


def test_of_two_who_change_a_product_the_second_changes_what_the_first_has_left(shop):
    scoped(shop, sends(shop, "1001", "a"))()
    race = race_of(shop, sends(shop, "1001", "b"), sends(shop, "1001", "c"))
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    with shop.scope():
        told = Event.objects.filter(name="product.changed").order_by("id").values_list("data", flat=True)
        assert [data["title"] for data in told] == [["a", "b"], ["b", "c"]]


def test_who_sends_one_product_keeps_nobody_from_another(shop):
    for item_id in ("1001", "1002"):
        scoped(shop, sends(shop, item_id, "a"))()
    race = race_of(shop, sends(shop, "1001", "b"), sends(shop, "1002", "b"))
    assert (race.codes, race.waited) == (("ok", "ok"), False)


def test_calls_with_one_key_don_t_wait_to_note_that_it_was_used(shop):
    with shop.scope():
        key = ApiKey.objects.get(store=shop.store)
    race = race_of(shop, partial(touch_key, key=key, now=NOON), partial(touch_key, key=key, now=NOON))
    assert (race.codes, race.waited) == (("ok", "ok"), False)
