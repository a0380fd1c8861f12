"""What clients may rely on, call by call: who may make it, what it takes, what it answers, by which names.

The schema is held to it here, and the answers to the schema elsewhere (tests/api/test_schema.py).
"""

import pytest

from tests.api.test_schema import load_schema, operations
from tests.tenancy.calls import CALLS

pytestmark = pytest.mark.django_db

LIST = "updated_after ordering cursor page_size"
# call: (who may make it, its parameters, the fields of its body, the fields of its answer or of one of its results)
PROMISED = {
    "GET stores/": ("S", LIST, "", "code name marketplace negotiation_open"),
    "GET stores/{}/": ("S", "", "", "code name"),
    "PATCH stores/{}/": ("S", "", "name priority_shipping_tag smart_customer_service urge_alert_at", "code"),
    "GET products/": ("S", LIST, "", "item_id title category price listed source"),
    "POST products/": ("S", "", "item_id title category price listed source", "item_id title category price source"),
    "GET products/{}/": ("S", "", "", "item_id title category price listed source"),
    "PATCH products/{}/": ("S", "", "title category price listed source", "item_id title category price"),
    "GET return-addresses/": ("S", LIST, "", "id contact phone address"),
    "POST return-addresses/": ("S", "", "contact phone address", "id contact phone address"),
    "GET coupons/": ("S", LIST, "", "id name channel amount_off min_spend valid_from valid_until quantity"),
    "POST coupons/": ("S", "", "name channel amount_off min_spend valid_from valid_until quantity", "id channel"),
    "POST orders/": (
        "M",
        "",
        "store number buyer paid_at ship_by address source live_session lines"
        " shipping_fee discount paid_amount version",
        "number buyer paid_at ship_by address source live_session lines shipping_fee discount paid_amount version",
    ),
    "GET orders/": ("SM", f"status tag buyer q {LIST}", "", "number status tags buyer lines"),
    "GET orders/{}/": ("SM", "", "", "number status goods_status tags buyer lines"),
    "POST orders/{}/ship/": ("S", "", "carrier tracking_number", "number status carrier tracking_number"),
    "POST orders/{}/deliver/": ("M", "", "store", "number status"),
    "POST orders/{}/urge/": ("M", "", "store", "number status"),
    "POST orders/{}/change-address/": ("SM", "", "address", "number address"),
    "GET orders/export/": ("S", "tag format", "", ""),
    "POST orders/import-shipments/": ("S", "dry_run", "", "dry_run rows valid shipped errors"),
    "GET delay-reports/": ("S", LIST, "", "id reason expected_at"),
    "POST delay-reports/": ("S", "", "reason orders expected_at", "id reason orders expected_at"),
    "POST delay-reports/{}/lift/": ("S", "", "", "id"),
    "POST refunds/": (
        "M",
        "",
        "store order kind reason amount description lines",
        "id order kind reason amount description status goods_status",
    ),
    "GET refunds/": (
        "SM",
        f"status kind reason retainable programme due_before q {LIST}",
        "",
        "id order status kind reason amount due_at due_action programme",
    ),
    "GET refunds/{}/": (
        "SM",
        "",
        "",
        "id order status goods_status programme amount max_refundable due_at due_action retainable offers payments",
    ),
    "POST refunds/{}/approve/": ("S", "", "return_address", "id status"),
    "POST refunds/{}/reject/": ("S", "", "reason evidence", "id status"),
    "POST refunds/{}/withdraw/": ("M", "", "", "id status"),
    "POST refunds/{}/resubmit/": ("M", "", "", "id status"),
    "POST refunds/{}/ship-return/": ("M", "", "carrier tracking_number", "id status"),
    "POST refunds/{}/inspect/": ("S", "", "result note", "id status"),
    "GET refunds/{}/timeline/": ("SM", "cursor page_size", "", "at name actor from to rule data"),
    "GET refunds/{}/offer-options/": ("S", "", "", "retainable attempts_left options"),
    "POST refunds/{}/evidence/": ("SM", "", "file note", "id"),
    "GET refunds/{}/messages/": ("SM", "cursor page_size", "", "id from text at"),
    "POST refunds/{}/messages/": ("SM", "", "text", "id from text at"),
    "POST disputes/": ("SM", "", "refund claim", "id refund claim"),
    "POST disputes/{}/decide/": ("M", "", "outcome amount note", "id outcome"),
    "POST appeals/": ("S", "", "refund claim", "id refund claim"),
    "POST appeals/{}/decide/": ("M", "", "outcome amount note", "id outcome"),
    "POST offers/": (
        "S",
        "",
        "refund method message amount coupons item_id return_address agreed_with_buyer",
        "id refund method message amount coupons status",
    ),
    "GET offers/{}/": ("SM", "", "", "id refund method message amount coupons status"),
    "POST offers/{}/accept/": ("M", "", "", "id status"),
    "POST offers/{}/decline/": ("M", "", "", "id status"),
    "GET parcels/": ("S", LIST, "", "id order refund"),
    "POST parcels/{}/ship/": ("S", "", "carrier tracking_number", "id order refund carrier tracking_number"),
    "POST payments/": ("S", "", "order amount purpose note", "id order amount purpose note status"),
    "GET payments/": ("S", LIST, "", "id order amount purpose note status"),
    "GET payments/{}/": ("S", "", "", "id order amount purpose note status"),
    "GET payments/allowance/": ("S", "order", "", "per_payment order store_day usable_until"),
    "GET returnless/": ("S", "", "", "budget products"),
    "PUT returnless/": ("S", "", "budget products", "budget products"),
    "POST returnless/enrol/": ("S", "", "", "status"),
    "POST returnless/top-up/": ("S", "", "amount", "budget"),
    "POST returnless/live-sessions/": ("M", "", "live_session", "live_session"),
    "GET quality/": ("S", "", "", "window_days orders quality_refunds rate thresholds restrictions"),
    "GET insights/retention/": ("S", "from to", "", "totals by_method by_reason"),
    "GET webhook-endpoints/": ("S", LIST, "", "id url events status"),
    "POST webhook-endpoints/": ("S", "", "url events", "id url events secret"),
    "GET webhook-deliveries/": ("S", LIST, "", "id event name status response_status response"),
    "POST webhook-deliveries/{}/redeliver/": ("S", "", "", "id status"),
    "GET events/": ("S", "after name", "", "id at name actor from to rule data"),
    "POST orders/bulk/": ("M", "", "items atomic", "results"),
    "POST orders/ship/bulk/": ("S", "", "items atomic", "results"),
    "POST refunds/bulk/": ("M", "", "items atomic", "results"),
    "GET test-clock/": ("S", "", "", "now"),
    "POST test-clock/advance/": ("S", "", "to by", "now"),
}
CODES = """
invalid_transition not_retainable category_not_open method_not_available method_not_repeatable attempts_exhausted
offer_pending offer_not_pending amount_above_refundable coupon_channel_not_recognised product_not_in_warehouse
refund_open after_sale_window_closed order_already_shipped payment_window_closed payment_above_limit
order_payment_count_reached store_day_limit_reached budget_exhausted enrolment_incomplete listing_restricted
idempotency_key_reused
"""
# Of an answer's field → its values.
VALUES = {
    ("GET refunds/{}/", "status"): (
        "awaiting_merchant awaiting_return returning refunding refunded rejected disputed withdrawn closed recalling"
    ),
    ("GET offers/{}/", "status"): "pending accepted declined expired withdrawn",
    ("GET payments/{}/", "status"): "pending processing succeeded failed",
    ("GET refunds/{}/", "kind"): "refund_only return_and_refund exchange",
    ("GET refunds/{}/", "reason"): (
        "changed_mind wrong_purchase wrong_address slow_logistics not_delivered parcel_lost seller_delay minor_flaw"
        " packaging_damaged missing_parts wrong_item quality not_as_described no_reason_7d other"
    ),
    ("GET products/{}/", "source"): "own distribution third_party",
    ("POST coupons/", "channel"): "smart_retention refund_retention general",
}


def fields_of(schema: dict, shape: dict) -> set[str]:
    """The names of the fields of an object of this shape, or of one of its kinds; of a list, those of its items."""
    if "$ref" in shape:
        shape = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]]
    if shape.get("type") == "array":
        return fields_of(schema, shape["items"])
    found = set(shape.get("properties", ()))
    for kind in (*shape.get("oneOf", ()), *shape.get("anyOf", ()), *shape.get("allOf", ())):
        found |= fields_of(schema, kind)
    results = shape.get("properties", {}).get("results")
    return found | fields_of(schema, results) if results else found


def content(schema: dict, told: dict) -> set[str]:
    """The fields of whatever a body or an answer may hold."""
    kinds = told.get("content", {}).values()
    return {name for kind in kinds for name in fields_of(schema, kind.get("schema", {}))}


def test_every_call_is_there_for_whom_it_is_promised_with_what_it_takes_and_answers():
    schema = load_schema()
    there = {f"{verb} {path.lstrip('/')}": operation for verb, path, operation in operations(schema)}
    callers = {str(call): call.key + call.elsewhere for call in CALLS}
    wrong = {}
    for call, (who, parameters, takes, answers) in PROMISED.items():
        operation = there[call]
        assert set(callers[call]) == set(who), call
        asked = {each["name"] for each in operation.get("parameters", ())}
        body = content(schema, operation.get("requestBody", {}))
        good = [told for status, told in operation["responses"].items() if status.startswith("2")]
        told = {name for each in good for name in content(schema, each)}
        lacks = [
            *(f"parameter {name}" for name in set(parameters.split()) - asked),
            *(f"body {name}" for name in set(takes.split()) - body),
            *(f"answer {name}" for name in set(answers.split()) - told),
        ]
        wrong |= {call: sorted(lacks)} if lacks else {}
    assert wrong == {}


def test_every_list_can_be_asked_for_what_has_changed_since():
    for verb, path, operation in operations(load_schema()):
        asked = {each["name"] for each in operation.get("parameters", ())}
        if verb == "GET" and "cursor" in asked and not path.startswith("/refunds/{}"):
            assert set(LIST.split()) <= asked, path


def test_codes_and_states_have_the_names_that_are_promised():
    schema = load_schema()
    there = {f"{verb} {path.lstrip('/')}": operation for verb, path, operation in operations(schema)}
    refused = {code for each in there.values() for code in each["responses"].get("409", {}).get("x-error-codes", ())}
    assert set(CODES.split()) <= refused
    for (call, field), values in VALUES.items():
        shapes = [told["content"] for status, told in there[call]["responses"].items() if status.startswith("2")]
        assert values_of(schema, shapes[0]["application/json"]["schema"], field) == set(values.split()), (call, field)


def values_of(schema: dict, shape: dict, field: str) -> set[str]:
    """Which values the field of such an object has, but null."""
    if "$ref" in shape:
        shape = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]]
    told = shape["properties"][field]
    kinds = [told, *told.get("oneOf", ()), *told.get("allOf", ())]
    named = [schema["components"]["schemas"][kind["$ref"].rsplit("/", 1)[1]] for kind in kinds if "$ref" in kind]
    return {value for kind in (*kinds, *named) for value in kind.get("enum", ()) if value is not None}
