"""What a text may hold, wherever it comes from: the API, forms of the desk, a buyer, a marketplace."""

import json

import pytest
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers

from common.api.fields import TextField
from common.texts import TextKind, fault_in, is_blank, without_unfit
from connectors.http import Response
from connectors.reading import json_object, text
from orders.models import Order
from refunds.models import Message
from stores.models import Product
from tests.api.helpers import ask
from tests.api.test_errors import check_shape
from tests.tenancy.calls import COUPON_BODY, DELAY_BODY, ORDER_BODY, PUBLIC
from tests.tenancy.things import Names

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NEVER = ["\x01", "\x0b", "\x1b[31m", "\x7f", "\x9b", "\u202e", "\u2066", "\ufffe", "\ufdd0"]
BREAKS = ["\n", "\r", "\t", "\x85", "\u2028", "\u2029"]
UNSEEN = ["\u200b", "\ufeff", "\u00ad", "\u200f", "\u3164", "\u2060"]
BLANK = ["", " ", "\u3000\u00a0", "\u200b", "\u200d\ufe0f", "\u3164 \u115f", "\u2800", "\u0301"]
FINE = ["O’Neil", "王 小明", "مريم", "👩‍👩‍👧", "𠮷野家", "می‌خواهم", "e\u0301", "\ue5e5"]


def placed(**fields) -> dict:
    """An order's body with these fields, which may lie in others: `buyer__name`."""
    body = json.loads(json.dumps(ORDER_BODY))
    for path, value in fields.items():
        *outer, name = [int(part) if part.isdigit() else part for part in path.split("__")]
        inner = body
        for part in outer:
            inner = inner.setdefault(part, {}) if isinstance(inner, dict) else inner[part]
        inner[name] = value
    return body


def fields_of(shop):
    """(who, where, the body with a text in the field, the field, its kind) of fields of every room."""
    names = Names(shop)
    refund, coupon = names.refund, {**COUPON_BODY, "name": "@"}
    address = {"name": "Li", "phone": "1", "detail": "x"}
    for field, kind in (
        ("buyer__id", "NAME"),
        ("buyer__name", "LINE"),
        ("live_session", "NAME"),
        ("lines__0__sku", "NAME"),
        ("address", "LINES"),
    ):
        yield shop.buyer, "orders/", placed(**{field: "@"}), field.replace("__", "."), kind
    for part in ("name", "phone", "detail", "city", "district", "province"):
        yield shop.buyer, "orders/", placed(address={**address, part: "@"}), f"address.{part}", "LINE"
    parcel = {"carrier": "SF", "tracking_number": "T1"}
    yield shop.merchant, f"orders/{names.to_ship}/ship/", {**parcel, "carrier": "@"}, "carrier", "LINE"
    yield shop.merchant, f"orders/{names.to_ship}/ship/", {**parcel, "tracking_number": "@"}, "tracking_number", "LINE"
    yield shop.buyer, f"orders/{names.to_ship}/change-address/", {"address": "@"}, "address", "LINES"
    delay = {**DELAY_BODY, "orders": [names.to_ship]}
    yield shop.merchant, "delay-reports/", {**delay, "reason": "@"}, "reason", "LINES"
    yield shop.merchant, "delay-reports/", {**delay, "orders": ["@"]}, "orders.0", "NAME"
    opened = {"order": names.in_transit, "kind": "refund_only", "reason": "other", "amount": "1.00"}
    yield shop.buyer, "refunds/", {**opened, "description": "@"}, "description", "LINES"
    yield shop.buyer, "refunds/", {**opened, "order": "@"}, "order", "NAME"
    yield shop.merchant, f"refunds/{refund}/reject/", {"reason": "@"}, "reason", "LINES"
    yield shop.merchant, f"refunds/{names.returning}/inspect/", {"result": "passed", "note": "@"}, "note", "LINES"
    yield shop.merchant, f"refunds/{refund}/messages/", {"text": "@"}, "text", "LINES"
    yield shop.buyer, "disputes/", {"refund": refund, "claim": "@"}, "claim", "LINES"
    offer = {"refund": refund, "method": "change_to_refund_only", "amount": "1.00", "agreed_with_buyer": True}
    yield shop.merchant, "offers/", {**offer, "message": "@"}, "message", "LINES"
    yield shop.merchant, "coupons/", coupon, "name", "LINE"
    yield shop.merchant, "products/", {"item_id": "1", "title": "@", "price": "1.00"}, "title", "LINE"
    yield shop.merchant, "return-addresses/", {"contact": "@", "phone": "1", "address": "x"}, "contact", "LINE"
    yield shop.merchant, "return-addresses/", {"contact": "a", "phone": "@", "address": "x"}, "phone", "LINE"
    yield shop.merchant, "webhook-endpoints/", {"url": PUBLIC, "description": "@"}, "description", "LINES"


def told(body: dict, said: str) -> dict:
    """The body with this text in its field."""
    return json.loads(json.dumps(body).replace('"@"', json.dumps(said)))


def test_what_nobody_could_read_is_refused_by_name_and_nothing_is_done(taote):
    rows = list(fields_of(taote))
    assert len(rows) >= 25
    with taote.scope():
        before = [model.objects.for_store(taote.store.pk).count() for model in (Order, Product, Message)]
    for client, path, body, field, kind in rows:
        unfit = NEVER + ([] if kind == "LINES" else BREAKS) + (UNSEEN if kind == "NAME" else [])
        for character in unfit:
            errors = check_shape(client.post(path, told(body, f"a{character}b")), 400)["errors"]
            assert [(error["attr"], error["code"]) for error in errors] == [(field, "invalid")], (path, character)
            assert f"U+{ord(character[0]):04X}" in errors[0]["detail"]
    with taote.scope():
        assert [model.objects.for_store(taote.store.pk).count() for model in (Order, Product, Message)] == before


def test_text_with_nothing_to_see_is_blank_and_too_much_of_it_is_refused(taote):
    for client, path, body, field, _kind in fields_of(taote):
        may_be_empty = client.post(path, told(body, "")).status_code < 400
        if may_be_empty:
            continue
        for said, code in [(said, "blank") for said in BLANK] + [("x" * 5000, "max_length")]:
            if code == "max_length" or "address." not in field:
                errors = check_shape(client.post(path, told(body, said)), 400)["errors"]
                assert [(error["attr"], error["code"]) for error in errors] == [(field, code)], (path, said)


def test_what_people_write_is_kept_as_it_is(taote):
    for said in FINE:
        assert taote.buyer.post("orders/", placed(buyer__name=said)).json()["buyer"]["name"] == said
        assert not is_blank(said)
        assert without_unfit(said) == said
    refund = taote.refund()
    lines = "第一行\r\n\tsecond 👍\n"
    assert taote.merchant.post(f"refunds/{refund.pk}/messages/", {"text": lines}).json()["text"] == lines.strip()
    order = taote.order()
    assert ask(taote, order, description="\u200b").json()["description"] == "", "there is nothing in it"


def test_every_text_that_a_body_takes_is_one_of_these():
    generator = SchemaGenerator()
    generator.get_schema(request=None, public=True)
    taken = 0
    for component in list(generator.registry._components.values()):
        if not component.name.endswith("Request"):
            continue
        serializer = component.object() if isinstance(component.object, type) else component.object
        for name, field in getattr(serializer, "fields", {}).items():
            field = getattr(field, "child", field)
            taken += isinstance(field, TextField)
            # An order's number has a pattern of its own.
            is_strict = isinstance(field, TextField | serializers.RegexField) or field.read_only
            assert is_strict or not isinstance(field, serializers.CharField), (component.name, name)
    assert taken > 40


def test_from_a_marketplace_it_is_taken_out():
    sent = {"nick\x00": ["Li\x1b\u202e\ud800 Lei\n", "\u200b"], "n": 1}
    answer = json_object(Response(200, json.dumps(sent).encode()))
    assert answer == {"nick": ["Li Lei\n", "\u200b"], "n": 1}
    assert [text(each) for each in answer["nick"]] == ["Li Lei", ""]
    every = "".join(map(chr, range(0x3000)))
    for kind in TextKind:
        assert fault_in(every, kind)
        assert fault_in(without_unfit(every, kind), kind) is None
