"""Stores, products and return addresses over the API."""

import pytest

from tests.api.helpers import code, everything
from tests.cases import for_each

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PRODUCT = {
    "item_id": "1001",
    "title": "Quilt",
    "category": "50008163",
    "price": "59.00",
    "listed": True,
    "source": "own",
}


def test_a_store_shows_its_settings(taote):
    expected = {
        "code": taote.store.code,
        "name": taote.store.name,
        "marketplace": "taote",
        "time_zone": "Asia/Shanghai",
        "negotiation_open": True,
        "certified_merchant": False,
        "priority_shipping_tag": True,
        "smart_customer_service": True,
        "urge_alert_at": 10,
        "sandbox": False,
    }
    shown = taote.merchant.get(f"stores/{taote.store.code}/").json()
    assert shown == {**expected, "updated_at": shown["updated_at"]}
    assert taote.merchant.get("stores/").json()["results"] == [shown]


def test_a_merchant_changes_name_and_time_zone_and_nothing_else(taote):
    path, change = f"stores/{taote.store.code}/", {"name": "New", "time_zone": "Europe/Berlin"}
    for more in ({"marketplace": "tmall"}, {"negotiation_open": False}):
        assert taote.merchant.patch(path, {**change, **more}).status_code == 400
    assert taote.merchant.patch(path, change).status_code == 200
    store = taote.merchant.get(f"stores/{taote.store.code}/").json()
    assert (store["name"], store["time_zone"]) == ("New", "Europe/Berlin")
    assert (store["marketplace"], store["negotiation_open"]) == ("taote", True)


@for_each(
    ("change", "attr"),
    [({"time_zone": "Mars/Base"}, "time_zone"), ({"name": ""}, "name"), ({"name": "x" * 101}, "name")],
)
def test_settings_that_make_no_sense_are_refused(taote, change, attr):
    before = everything(taote)
    answer = taote.merchant.patch(f"stores/{taote.store.code}/", {"name": "New", **change})
    assert (answer.status_code, code(answer)[2]) == (400, attr)
    assert everything(taote) == before


def test_a_product_is_created_read_changed_and_overwritten(taote):
    created = taote.merchant.post("products/", PRODUCT)
    assert (created.status_code, created.json().items() >= PRODUCT.items()) == (201, True)
    changed = taote.merchant.patch("products/1001/", {"price": "49.90", "listed": False})
    assert changed.json().items() >= {**PRODUCT, "price": "49.90", "listed": False}.items()
    assert taote.merchant.get("products/1001/").json() == changed.json()
    taote.merchant.post("products/", {**PRODUCT, "title": "Better quilt"})
    (kept,) = taote.merchant.get("products/").json()["results"]
    assert kept.items() >= {**PRODUCT, "title": "Better quilt"}.items()


def test_a_list_of_products_is_answered_with_a_list_in_the_order_sent(taote):
    sent = [{**PRODUCT, "item_id": item} for item in ("3", "1", "2")]
    answer = taote.merchant.post("products/", sent)
    assert [row["item_id"] for row in answer.json()] == ["3", "1", "2"]


def test_one_bad_product_keeps_the_whole_list_out(taote):
    answer = taote.merchant.post("products/", [PRODUCT, {**PRODUCT, "item_id": "2", "price": "1.001"}])
    assert code(answer) == (400, "invalid", "1.price")
    assert taote.merchant.get("products/").json()["results"] == []


def test_a_list_has_at_most_a_thousand_products(taote):
    rows = [{**PRODUCT, "item_id": str(n)} for n in range(1001)]
    assert taote.merchant.post("products/", rows).status_code == 400
    assert taote.merchant.post("products/", rows[:1000]).status_code == 201


@for_each("field", ["item_id", "title", "price"])
def test_what_a_product_needs(taote, field):
    answer = taote.merchant.post("products/", {name: value for name, value in PRODUCT.items() if name != field})
    assert code(answer) == (400, "required", field)


def test_return_addresses_are_added_and_listed(taote):
    new = taote.merchant.post("return-addresses/", {"contact": "B", "phone": "2", "address": "y"}).json()
    rows = taote.merchant.get("return-addresses/").json()["results"]
    assert rows[0] == new
    assert rows[1]["id"] == str(taote.address.pk)
