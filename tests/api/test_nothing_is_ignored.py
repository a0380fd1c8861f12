"""What a client sends and nobody reads is an error: parameters, fields, values that mean nothing."""

from dataclasses import replace

import pytest

from tests.api.test_errors import check_shape
from tests.api.test_schema import load_schema, operations
from tests.tenancy.calls import CALLS
from tests.tenancy.test_urls import make
from tests.tenancy.things import Names
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def names_for(taote):
    """`names_for(call)` names things of a store that may make the call: Taote has no refund without return."""
    of = {"taote": Names(taote), "kuaishou": Names(make_shop("kuaishou"))}
    return lambda call: of["kuaishou" if call.route.startswith("returnless/") else "taote"]


def test_a_parameter_that_is_misspelt_is_named(names_for, apart):
    for call in CALLS:
        names = names_for(call)
        asked = call.path(names)
        call.body and call.body(names)  # what a call names is there before it

        def path(names, asked=asked):
            return f"{asked}{'&' if '?' in asked else '?'}surplus=1"

        with apart(call):
            check_shape(make(replace(call, path=path), names, names.shop), 400, "unknown", "surplus")


def test_a_field_that_is_misspelt_is_named(names_for, apart):
    for call in [call for call in CALLS if call.is_write]:
        names = names_for(call)
        call.path(names)
        told = call.body(names) if call.body else {}

        def body(names, told=told):
            return {**told, "surplus": "1"}

        with apart(call):
            errors = check_shape(make(replace(call, body=body), names, names.shop), 400)["errors"]
            assert [(error["code"], error["attr"]) for error in errors] == [("unknown", "surplus")]


def test_a_field_within_a_field_is_named_by_its_path(taote):
    line = {"item_id": "8000", "quantity": 1, "unit_price": "1.00"}
    body = {
        "number": "N-1",
        "buyer": {"id": "b", "name": "B", "nick": "bee"},
        "paid_at": "2026-11-19T04:00:00Z",
        "address": "x",
        "lines": [line, {**line, "unitprice": "1.00"}],
    }
    errors = check_shape(taote.buyer.post("orders/", body), 400)["errors"]
    assert {error["attr"] for error in errors} == {"buyer.nick", "lines.1.unitprice"}


def test_the_items_of_a_list_are_named_by_their_places(taote):
    product = {"item_id": "1", "title": "Quilt", "price": "1.00"}
    for wrong in ({"price": "x"}, {"cost": "1.00"}):
        [first] = check_shape(taote.merchant.post("products/", [{**product, **wrong}, product]), 400)["errors"]
        assert first["attr"] == f"0.{next(iter(wrong))}"
        [second] = check_shape(taote.merchant.post("products/", [product, {**product, **wrong}]), 400)["errors"]
        assert second["attr"] == f"1.{next(iter(wrong))}"


def test_every_parameter_that_the_schema_promises_is_known(taote):
    promised = {
        path.replace("{}", "{0}"): [each["name"] for each in operation["parameters"] if each["in"] == "query"]
        for verb, path, operation in operations(load_schema())
        if verb == "GET"
    }
    names = Names(taote)
    for call in [call for call in CALLS if call.verb == "GET"]:
        kind, known = call.key[0], promised[f"/{call.route}".replace("{}", "{0}")]
        assert "store" in known, call

        def path(names, call=call, known=known):
            others = [name for name in known if name != "store"]
            return f"{call.path(names).partition('?')[0]}?{'&'.join(f'{name}=' for name in others)}"

        answer = make(replace(call, path=path), names, taote, kind=kind)
        errors = answer.json()["errors"] if answer.status_code == 400 else []
        assert [error for error in errors if error["code"] == "unknown"] == [], call


@pytest.mark.parametrize("asked", ["null", "", "0", "-1", "1.0", "٣", "1e1"])
def test_a_page_has_a_number_of_rows(taote, asked):
    check_shape(taote.merchant.get("refunds/", page_size=asked), 400, "invalid", "page_size")


@pytest.mark.parametrize("flag", ["refunds/?retainable", "payments/?needs_attention", "parcels/?late"])
def test_a_flag_is_true_or_false(taote, flag):
    path, _, name = flag.partition("?")
    for value in ("true", "false"):
        assert taote.merchant.get(path, **{name: value}).status_code == 200
    for value in ("maybe", "null", "1", "True"):
        check_shape(taote.merchant.get(path, **{name: value}), 400, attr=name)


def test_a_parameter_is_named_once(taote):
    check_shape(taote.merchant.get("refunds/?status=closed&status=refunded"), 400, "repeated", "status")
    assert taote.merchant.get("returnless/badges/?item_id=8000&item_id=8001").status_code == 200


@pytest.mark.parametrize("path", ["orders/", "orders/X/", "events/", "stores/", "test-clock/", "refunds/"])
def test_the_format_of_an_answer_is_no_parameter(taote, path):
    check_shape(taote.merchant.get(path, format="xml"), 400, "unknown", "format")
    assert taote.merchant.client.get("/api/v1/schema/?format=json").json()["openapi"]


@pytest.mark.parametrize(
    "instant",
    [
        *("2026-11-19T12:00:00", "2026-11-19 12:00", "2026-11-32", "1763524800", "2026-11-19T12:00:00+08"),
        *("2026-11-19T12:00:00+08:60", "2026-11-19T12:00:00+25:00", "2026-11-19T12:00:00+08:00\n"),
        *("2026-11-19x12:00:00Z", "2026-11-19  12:00:00Z", "2026-11-19T24:00:00Z", "2026-11-19T12:00:60Z", "2026-11"),
        *("2026-11-19T12:00:00.Z", "٢٠٢٦-11-19T12:00:00Z", "2026-11-19T12:00:00Z[Asia/Shanghai]", "2026-11-19T"),
    ],
)
def test_an_instant_has_an_offset(taote, instant):
    check_shape(taote.merchant.get("refunds/", due_before=instant), 400, "invalid", "due_before")
    body = {"item_id": "1"}
    coupon = {
        **{"name": "Thanks", "channel": "general", "amount_off": "5.00", "quantity": 3},
        **{"valid_from": "2026-11-19T04:00:00Z", "valid_until": instant},
    }
    check_shape(taote.merchant.post("coupons/", coupon), 400, "invalid", "valid_until")
    order = {
        **{"number": "N-1", "buyer": {"id": "b", "name": "B"}, "paid_at": instant, "address": "x"},
        "lines": [{**body, "quantity": 1, "unit_price": "1.00"}],
    }
    check_shape(taote.buyer.post("orders/", order), 400, "invalid", "paid_at")


BARE = "2026-11-20T10:00:00"


def instants_of(schema, found) -> list[str]:
    """The instants that an object of a body has, by their names; `found` may name it or one of several kinds of it."""
    if "$ref" in found:
        found = schema["components"]["schemas"][found["$ref"].rsplit("/", 1)[1]]
    kinds = [*found.get("oneOf", ()), *found.get("allOf", ())]
    named = [name for name, field in found.get("properties", {}).items() if field.get("format") == "date-time"]
    return named + [name for kind in kinds for name in instants_of(schema, kind)]


def test_every_instant_of_every_call_has_an_offset(taote):
    schema, names, asked = load_schema(), Names(taote), []
    known = {(call.verb, f"/{call.route}"): call for call in CALLS}
    for verb, path, operation in operations(schema):
        call = known[verb, path]
        for parameter in operation.get("parameters", ()):
            if parameter["schema"].get("format") != "date-time":
                continue
            asked.append((path, name := parameter["name"]))

            def asking(names, call=call, name=name):
                return f"{call.path(names)}{'&' if '?' in call.path(names) else '?'}{name}={BARE}"

            check_shape(make(replace(call, path=asking), names, taote), 400, "invalid", name)
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        for name in instants_of(schema, body) if call.body else ():
            asked.append((path, name))

            def telling(names, call=call, name=name):
                return {**call.body(names), name: BARE}

            check_shape(make(replace(call, body=telling), names, taote), 400, "invalid", name)
    assert len({name for _path, name in asked}) >= 8, asked
    assert len([name for _path, name in asked if name == "updated_after"]) >= 10, asked
