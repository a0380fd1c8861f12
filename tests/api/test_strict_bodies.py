"""What a body may hold at all: told at once, cheaply, by name, and only to whom the call is allowed."""

import json
import tracemalloc
from time import perf_counter

import pytest
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers

from common.api.fields import DayField, InstantField, ItemIdField, StrictMoneyField, WholeNumberField
from common.api.parsers import StrictJSONParser
from stores.api.base import LOOKED_AT_EARLY
from stores.models import ApiKey
from tests.api.test_errors import check_shape, raw
from tests.cases import for_each
from tests.world import Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LONG = "k" * 2500


def nested(levels: int, name: str = "a") -> str:
    return f'{{"{name}":' * levels + "1" + "}" * levels


def refused(shop, body: str, kind="buyer", path=None):
    """(code, attr) of the 400 that a body of the buyer's gets."""
    path = path or f"refunds/?store={shop.store.code}"
    [error] = check_shape(raw(shop, body, path=path, kind=kind), 400)["errors"]
    return error["code"], error["attr"]


def test_a_key_without_the_scope_is_refused_before_the_body_is_read(taote):
    ApiKey.objects.filter(prefix=taote.merchant_key.partition(".")[0]).update(scopes=[])
    for method, path in (
        ("patch", f"stores/{taote.store.code}/"),
        ("post", "products/"),
        ("put", "returnless/"),
        ("post", "offers/"),
        ("post", "payments/"),
    ):
        send = getattr(taote.merchant.client, method)
        answer = send(f"/api/v1/{path}", "{" * 5000, content_type="application/json")
        assert answer.status_code == 403, path
    assert Api("nobody.x").post("refunds/", {}).status_code == 401


def test_only_a_short_body_of_somebody_unknown_is_looked_at(taote, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("it was read")

    monkeypatch.setattr(StrictJSONParser, "parse", refuse)
    assert Api("nobody.x").post("refunds/", {"description": "x" * LOOKED_AT_EARLY}).status_code == 401
    with pytest.raises(AssertionError, match="it was read"):
        taote.buyer.post("refunds/", {})


def test_deep_nesting_with_long_names_costs_next_to_nothing(taote):
    body = nested(940, LONG)
    assert len(body) > 2_300_000
    tracemalloc.start()
    began = perf_counter()
    code, attr = refused(taote, body)
    seconds, (_now, peak) = perf_counter() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert code in {"invalid", "parse_error"}, "Python's own parser gives up at some depth"
    assert len(attr or "") <= 100
    assert seconds < 3
    assert peak < 40 * len(body) / 4, "it was 1.9 GB"


@for_each(
    ("body", "code", "attr"),
    [
        (nested(21), "too_deep", ".".join("a" * 20)),
        ("[" * 21 + "]" * 21, "too_deep", ".".join("0" * 20)),
        (json.dumps({f"f{n}": 1 for n in range(5001)}), "too_many", "non_field_errors"),
        (json.dumps({"lines": [1] * 5001}), "too_many", "lines"),
        ('{"order": "1", "order": "2"}', "repeated", "order"),
        ('{"lines": [{"item_id": "1"}, {"item_id": "1", "item_id": "2"}]}', "repeated", "lines.1.item_id"),
        ('{"amount": 1e2}', "invalid", "amount"),
        ('{"amount": 1.00E2}', "invalid", "amount"),
        ('{"lines": [{"quantity": 1e0}]}', "invalid", "lines.0.quantity"),
        ('{"amount": 1.' + "0" * 100 + "}", "invalid", "amount"),
        (json.dumps({"n" * 101: 1}), "invalid", "n" * 100),
        ('{"\\ud800": 1}', "invalid", "\ufffd"),
        ('{"nobody_reads": "\\ud800"}', "invalid", "nobody_reads"),
        ('{"nobody_reads": ["a", "\\u0000"]}', "invalid", "nobody_reads.1"),
    ],
)
def test_what_no_body_may_hold_is_named(taote, body, code, attr):
    assert refused(taote, body) == (code, attr)


def test_too_many_values_are_refused_before_they_are_made(taote):
    tracemalloc.start()
    assert refused(taote, "[" + "[]," * 250_000 + "[]]") == ("parse_error", None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def test_a_thousand_products_are_no_attack(taote):
    products = [{"item_id": str(n), "title": "a, b [c] {d}", "price": "1.00", "category": "1"} for n in range(1000)]
    assert taote.merchant.post("products/", products).status_code == 201


@for_each("digits", ["１２", "१२", "1２", "1_0", " 1", "+1", "1" * 30])
def test_whole_numbers_are_ascii_digits(taote, digits):
    order = taote.order()
    lines = [{"item_id": "8000", "quantity": digits}]
    body = {"order": order.number, "kind": "refund_only", "reason": "other", "amount": "1.00", "lines": lines}
    check_shape(taote.buyer.post("refunds/", body), 400, "invalid", "lines.0.quantity")


def test_instants_and_dates_are_ascii(taote):
    full_width = "２０２６-11-19T12:00:00+08:00"
    body = {"number": "X-1", "buyer": {"id": "b", "name": "B"}, "paid_at": full_width, "address": "A", "lines": []}
    errors = taote.buyer.post("orders/", body).json()["errors"]
    assert ("invalid", "paid_at") in [(error["code"], error["attr"]) for error in errors]
    check_shape(taote.merchant.get("refunds/", due_before=full_width), 400, attr="due_before")
    check_shape(
        taote.merchant.get("insights/retention/", **{"from": "２０２６-11-01", "to": "2026-11-02"}), 400, attr="from"
    )
    refund = taote.refund()
    wide = str(refund.pk).translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert taote.merchant.get(f"refunds/{wide}/").status_code == 404


def test_no_body_takes_a_number_or_a_moment_that_python_alone_would_check():
    generator = SchemaGenerator()
    generator.get_schema(request=None, public=True)
    strict = (WholeNumberField, InstantField, DayField, StrictMoneyField, ItemIdField)
    loose = (serializers.IntegerField, serializers.DateTimeField, serializers.DateField, serializers.DecimalField)
    taken = 0
    for component in list(generator.registry._components.values()):
        if not component.name.endswith("Request"):
            continue
        serializer = component.object() if isinstance(component.object, type) else component.object
        for field in getattr(serializer, "fields", {}).values():
            field = getattr(field, "child", field)
            taken += isinstance(field, strict)
            assert field.read_only or isinstance(field, strict) or not isinstance(field, loose), (component.name, field)
    assert taken > 15
