"""Each operation names every code that it can be refused with: read off the code, held to by every call of every test.

`tests/conftest.py` compares each refusal that any test is answered with what its operation declares.
"""

import re
from pathlib import Path

import pytest
from rest_framework.response import Response

from common.api.codes import codes_of, unread_places
from config.urls import api
from offers.api.views import OfferViewSet
from payments.api.views import PaymentViewSet
from refunds.api.views import RefundViewSet
from stores.api.views import ProductViewSet
from tests.api.test_schema import load_schema, operations
from tests.codes import undeclared

TESTS = Path(__file__).parents[1]
PUBLIC = re.compile(r"## Codes for 409.*?\n\n(.*?)\n\n", re.DOTALL)


def every_action():
    return [(view, action) for _prefix, view, _name in api.registry for action in view.callers]


@pytest.mark.django_db
def test_the_schema_names_the_codes_of_each_operation():
    for verb, path, operation in operations(load_schema()):
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                codes = answer["x-error-codes"]
                assert codes == sorted(set(codes)) != [], (verb, path, status)
                assert all(code in answer["description"] for code in codes)
                assert ("Retry-After" in answer.get("headers", {})) == (status in ("429", "503"))
        assert {"401", "403", "429", "503"} <= operation["responses"].keys()
        assert ("409" in operation["responses"]) or verb == "GET", path


def test_no_code_stands_where_it_can_not_be_read():
    found = {place for view, action in every_action() for place in unread_places(view, action, "POST")}
    assert found == set()


def test_a_code_reaches_the_operation_through_actions_methods_signals_and_fields():
    """Each comes another way: a guard, a method's file, a receiver, a table, a field."""
    create = codes_of(OfferViewSet, "create", "POST")
    assert {"method_not_repeatable", "coupon_channel_not_recognised", "product_not_in_warehouse"} <= set(create[409])
    assert "not_connected" in codes_of(RefundViewSet, "approve", "POST")[409]
    assert "listing_restricted" in codes_of(ProductViewSet, "create", "POST")[409]
    assert "too_large" in codes_of(PaymentViewSet, "create", "POST")[400]


def test_what_is_asked_and_not_raised_is_no_code_of_the_operation():
    assert 409 not in codes_of(RefundViewSet, "retrieve", "GET")
    assert "idempotency_key_required" in codes_of(PaymentViewSet, "create", "POST")[400]
    assert "idempotency_key_required" not in codes_of(OfferViewSet, "create", "POST")[400]


def test_an_answer_that_is_not_declared_is_noticed():
    view = OfferViewSet()
    view.action = "decline"
    body = {"type": "client_error", "errors": [{"code": "budget_exhausted", "detail": "", "attr": None}]}
    assert undeclared(view, "POST", Response(body, status=409)) == [(409, "budget_exhausted")]
    body["errors"][0]["code"] = "offer_not_pending"
    assert undeclared(view, "POST", Response(body, status=409)) == []
    many = {"results": [{"status": 409, "body": {"errors": [{"code": "nonsense"}]}}]}
    assert undeclared(view, "POST", Response(many, status=200)) == [(409, "nonsense")]


def test_every_code_that_is_declared_is_asked_for_by_a_test():
    texts = "".join(path.read_text() for path in TESTS.rglob("*.py") if path.name != "test_error_codes.py")
    declared = {code for view, action in every_action() for code in codes_of(view, action, "POST")[409]}
    assert {code for code in declared if f'"{code}"' not in texts} == set()
    assert len(declared) > 40
