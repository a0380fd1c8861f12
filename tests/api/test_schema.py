"""The OpenAPI schema is right about the API, and nothing that it allows makes the API fall over."""

import json
import re
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
import schemathesis
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from drf_spectacular.views import SpectacularAPIView
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from stores.api.throttle import KeyThrottle
from tests.tenancy.calls import CALLS
from tests.tenancy.things import Names
from tests.world import Shop, make_shop

CHANGES = Path(__file__).parents[2] / "docs" / "api-changes.md"
# The paths of api.md that the Taote job needs.
PATHS = {
    *("/stores/", "/stores/{}/", "/products/", "/products/{}/", "/return-addresses/"),
    *("/orders/", "/orders/{}/", "/orders/{}/ship/", "/orders/{}/deliver/"),
    *("/refunds/", "/refunds/{}/", "/refunds/{}/approve/", "/refunds/{}/reject/", "/refunds/{}/withdraw/"),
    *("/refunds/{}/resubmit/", "/refunds/{}/ship-return/", "/refunds/{}/inspect/", "/refunds/{}/timeline/"),
    *("/refunds/{}/offer-options/", "/offers/", "/offers/{}/", "/offers/{}/accept/", "/offers/{}/decline/"),
    *("/payments/", "/payments/{}/"),
}


def load_schema() -> dict:
    """The schema as it is served. Making it takes half a second: it is made once, and whoever asks has a copy."""
    return json.loads(_served())


@cache
def _served() -> bytes:
    return Client().get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).content


def operations(schema):
    for path, verbs in schema["paths"].items():
        for verb, operation in verbs.items():
            yield verb.upper(), re.sub(r"{\w+}", "{}", path.removeprefix("/api/v1")), operation


@pytest.mark.django_db
class TestTheSchema:
    """What it says."""

    def test_it_is_made_without_a_warning(self, capsys):
        call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")

    def test_its_version_is_the_newest_date_of_the_page_of_changes(self):
        dates = re.findall(r"^## (\d{4}-\d{2}-\d{2})$", CHANGES.read_text(), re.MULTILINE)
        assert dates == sorted(dates, reverse=True)
        assert load_schema()["info"]["version"] == dates[0]

    def test_it_is_valid_openapi(self):
        validate_schema(load_schema())

    def test_it_has_every_path_and_verb_that_there_is(self):
        found = {(verb, path) for verb, path, _ in operations(load_schema())}
        assert {path for _, path in found} >= PATHS
        assert found == {(call.verb, f"/{call.route}") for call in CALLS}

    def test_every_operation_wants_a_key_and_says_what_it_does(self):
        for verb, path, operation in operations(load_schema()):
            assert operation["security"] == [{"bearerKey": []}], (verb, path)
            assert operation["description"], (verb, path)

    @pytest.mark.parametrize("format_", ["application/vnd.oai.openapi+json", "application/vnd.oai.openapi"])
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_it_is_served_as_it_is_made_and_made_once(self, format_, language, monkeypatch):
        monkeypatch.setattr("config.urls.SchemaView.throttle_classes", [])
        headers = {"Accept": format_, "Accept-Language": language}
        served = Client().get("/api/v1/schema/", headers=headers)
        request = RequestFactory().get("/api/v1/schema/", headers=headers)
        with translation.override(language):
            made = SpectacularAPIView.as_view()(request).render()
        assert served.content == made.content
        for name in ("Content-Type", "Content-Disposition"):
            assert served.headers[name] == made.headers[name]
        monkeypatch.setattr(SchemaGenerator, "get_schema", None)
        for query in ("", f"?lang={language}", "?version=2", "?lang=tlh"):
            assert Client().get(f"/api/v1/schema/{query}", headers=headers).content == served.content

    def test_a_generated_client_can_be_named_after_it(self):
        assert load_schema()["info"]["title"].isascii()

    def test_amounts_are_strings_in_it(self):
        refund = load_schema()["components"]["schemas"]["RefundDetail"]["properties"]
        assert refund["amount"]["type"] == "string"


@pytest.fixture
def shop(transactional_db, monkeypatch):
    """A store whose calls are not counted."""
    monkeypatch.setattr(KeyThrottle, "allow_request", lambda *args: True)
    return make_shop("taote")


def names_of(shop) -> dict[str, list[str]]:
    """Resource → what may stand in its paths."""
    names = Names(shop)
    return {
        "orders": [names.to_ship, names.in_transit],
        "products": [names.item],
        "stores": [names.code],
        "refunds": [names.refund, names.rejected, names.awaiting_return, names.returning],
        "offers": [names.offer],
        "payments": [names.payment],
        "coupons": [names.coupon],
        "disputes": [names.dispute],
        "appeals": [names.appeal],
        "parcels": [names.parcel],
        "delay-reports": [names.delay],
        "webhook-endpoints": [names.endpoint],
        "webhook-deliveries": [names.delivery],
    }


FUZZ = settings(
    max_examples=6,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


class Caller:
    """Sends what was made up with one kind of key (S: a store's, M: a marketplace's), in a store of its own."""

    def __init__(self, kind: str, shop: Shop) -> None:
        self.kind, self.shop, self.statuses = kind, shop, []
        self.real = names_of(self.shop)
        self.key = self.shop.merchant_key if kind == "S" else self.shop.marketplace_key

    def call(self, case) -> None:
        """Two of three times with real names, else hardly anything would be found."""
        number = len(self.statuses)
        if number % 3:
            for name in case.path_parameters:
                known = self.real[case.path.split("/")[3]]
                case.path_parameters[name] = known[number % len(known)]
            if "store" in case.query or self.kind == "M":
                case.query = {**case.query, "store": self.shop.store.code}
            if isinstance(case.body, dict) and ("store" in case.body or self.kind == "M"):
                case.body["store"] = self.shop.store.code
        answer = case.call(headers={"Authorization": f"Bearer {self.key}"})
        self.statuses.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)


def test_whatever_the_schema_allows_is_answered_as_the_schema_says(shop):
    """Each call by both kinds of keys: making it up takes longer than answering it."""
    schema = schemathesis.openapi.from_dict(load_schema())
    schema.app = application
    callers = [Caller("S", shop), Caller("M", make_shop("taote"))]

    def call(case):
        made_up = deepcopy((case.path_parameters, case.query, case.body))
        for caller in callers:
            case.path_parameters, case.query, case.body = deepcopy(made_up)
            caller.call(case)

    for operation in schema.get_all_operations():
        FUZZ(given(case=operation.ok().as_strategy())(call))()
    for caller in callers:
        assert {200, 400, 403, 404} <= set(caller.statuses)
