"""Whatever a GET answers about real rows is what the schema declares: nothing more, nothing less, each of its kind."""

from collections import defaultdict

import pytest
from django.utils.dateparse import parse_datetime
from jsonschema import Draft202012Validator, FormatChecker

from tests.api.test_schema import load_schema
from tests.tenancy.calls import CALLS, Call
from tests.tenancy.furnish import make_furnished_shop
from tests.tenancy.things import Names

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FORMATS = FormatChecker(["date", "uuid"])
# Data whose keys are told elsewhere: an event's are in GET event-types/, what was posted to an endpoint is an event.
FREE = {"data", "request"}


@FORMATS.checks("date-time")
def _is_instant(text) -> bool:
    return not isinstance(text, str) or parse_datetime(text) is not None


def strict(node, path: str = ""):
    """An OpenAPI 3.0 schema as a JSON schema in which an object has no other keys than those that are declared."""
    if isinstance(node, list):
        return [strict(each, path) for each in node]
    if not isinstance(node, dict):
        return node
    made = {
        name: {key: strict(each, f"{path}.{key}") for key, each in value.items()}
        if name == "properties"
        else strict(value, path)
        for name, value in node.items()
    }
    if "properties" in made:
        made.setdefault("additionalProperties", False)
    if made.pop("nullable", False):
        return {"anyOf": [made, {"type": "null"}]}
    return made


def untyped(node, path: str = "") -> list[str]:
    """Where a schema says nothing about what an object or an array holds."""
    if isinstance(node, list):
        return [each for part in node for each in untyped(part, path)]
    if not isinstance(node, dict):
        return []
    found = []
    if node.get("type") == "object" and not {"properties", "additionalProperties"} & node.keys():
        found.append(path)
    if node.get("type") == "array" and not node.get("items"):
        found.append(path)
    for name, value in node.items():
        if name == "properties":
            found += [each for key, part in value.items() for each in untyped(part, f"{path}.{key}")]
        else:
            found += untyped(value, path)
    return found


PICTURE = "refunds/{}/evidence/{}/"
READS = [call for call in CALLS if call.verb == "GET" and not call.is_file and call.route != PICTURE]


@pytest.fixture
def declared(db):
    """The operations by their route, and the components, both strict."""
    schema = load_schema()
    routes = {}
    for path, verbs in schema["paths"].items():
        for verb, operation in verbs.items():
            if verb == "get":
                routes[path.removeprefix("/api/v1/")] = operation
    return routes, strict(schema["components"])


def operation_of(routes: dict, call: Call) -> dict:
    parts = call.route.split("/")
    for path, operation in routes.items():
        if len(own := path.split("/")) == len(parts) and all(
            a == b or (a == "{}" and b.startswith("{")) for a, b in zip(parts, own, strict=True)
        ):
            return operation
    raise AssertionError(call.route)


def faults(operation: dict, components: dict, status: int, answer) -> list[str]:
    content = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**strict(content), "components": components}, format_checker=FORMATS)
    return [f"{fault.json_path}: {fault.message[:300]}" for fault in validator.iter_errors(answer)]


def rows_of(answer) -> list:
    return answer["results"] if isinstance(answer, dict) and "results" in answer else []


def test_every_get_answers_what_it_declares(declared):
    routes, components = declared
    shop = make_furnished_shop()
    names, found, told = Names(shop), {}, defaultdict(int)
    for call in (read for read in READS if read.status == 200):
        reader = shop.merchant if "S" in call.key else shop.buyer
        answers = [reader.get(call.path(names))]
        if call.route.count("{}") == 1 and call.route.endswith("/{}/"):  # each row of the list, too
            key = "number" if call.route.startswith("orders") else "id"
            for row in rows_of(reader.get(call.route.removesuffix("{}/")).json()):
                answers += [reader.get(call.route.replace("{}", str(row[key])))] if key in row else []
        for answer in answers:
            assert answer.status_code == 200, (call.route, answer.content)
            told[call.route] += 1 + len(rows_of(answer.json()))
            if wrong := faults(operation_of(routes, call), components, 200, answer.json()):
                found[call.route] = wrong[:5]
    assert found == {}
    empty = {route for route, count in told.items() if not route.endswith("{}/") and count < 2}
    assert {route for route in empty if route in {"orders/", "refunds/", "payments/", "parcels/", "offers/"}} == set()


def test_a_refund_is_declared_with_everything_about_it(declared):
    routes, components = declared
    detail = components["schemas"]["RefundDetail"]["properties"]
    assert routes["refunds/{id}/"]["responses"]["200"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/RefundDetail"
    }
    for name, component in (
        ("offers", "Offer"),
        ("payments", "PaymentOfRefund"),
        ("lines", "RefundLine"),
        ("kept_coupons", "KeptCoupon"),
    ):
        assert detail[name]["items"] == {"$ref": f"#/components/schemas/{component}"}, name
    assert set(detail["retainable"]["properties"]) == {"ok", "code"}
    assert {"sale", "hidden", "total"} <= set(components["schemas"]["Loss"]["properties"])
    shown = make_furnished_shop()
    [refund] = {offer["refund"] for offer in [shown.merchant.get(f"offers/{Names(shown).offer}/").json()]}
    answer = shown.merchant.get(f"refunds/{refund}/").json()
    assert set(answer) == set(detail)
    assert set(answer["offers"][0]) == set(components["schemas"]["Offer"]["properties"])


def test_no_answer_is_declared_as_some_object():
    schema = load_schema()
    found = [
        f"{name}{path}"
        for name, component in schema["components"]["schemas"].items()
        for path in untyped(component)
        if path.rpartition(".")[2] not in FREE
    ]
    assert found == []
