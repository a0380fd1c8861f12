"""Every page of the workbench, whoever registered it, is closed to strangers.

Another store's rows are as if missing.
"""

import re
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from common.tenancy import system_scope, tenant_models
from notices.models import DeskNotice
from refunds.models import Refund
from stores.models import Membership, SavedView, User
from tests.cases import for_each
from tests.tenancy.furnish import fingerprint, furnish
from tests.tenancy.routes import ADMIN, routes_under

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ROUTES = routes_under(ADMIN)
# Whose row it is says a signed token (tests/workbench: test_invitations, test_password_links, test_own_account).
BY_TOKEN = {
    "/admin/join/<token>/",
    "/admin/password/<uidb64>/<token>/",
    "/admin/account/address/<token>/",
}
GUIDES = "/admin/integrate/guide/<name>/"  # the same for everybody who may see the page
OPEN_TO_STRANGERS = {
    "/admin/login/",
    "/admin/logout/",
    "/admin/jsi18n/",
    "/admin/password-reset/",
    "/admin/password-reset/asked/",
    *BY_TOKEN - {"/admin/account/address/<token>/"},
}
# Models in the workbench whose rows belong to no store: the operator's alone
# (tests/workbench/test_switches.py, test_people.py).
NOT_TENANTS = {
    "common.Setback",
    "stores.CategoryOpening",
    "stores.Letter",
    "stores.User",
    "offers.MarketplaceMethod",
    "payments.Reconciliation",
}
# What routes may contain besides the object: values to try for each.
OTHER_ARGUMENTS = {
    "code": ["approve", "reject", "inspect", "negotiate", "retry", "inspection-passed", "no-such-code"],
    "evidence_id": [str(uuid4())],
    "photo_id": [str(uuid4())],
}
# Addresses name rows by their primary key, except for these.
ADDRESSED_BY = {"stores.ApiKey": "prefix"}
# Taote's stores have no methods to switch (tests/workbench/test_switches.py looks at those that have).
NO_PAGE = {"offers.StoreMethod"}
NO_OBJECT = {"app_label", "url", "content_type_id"}

TENANTS = set(tenant_models())
REGISTERED = {f"/admin/{m._meta.app_label}/{m._meta.model_name}/": m for m in admin.site._registry}
REGISTERED["/admin/notices/"] = DeskNotice  # no list of the admin's, but everybody's page
REGISTERED["/admin/station/"] = Refund  # no list, but its answers are about refunds
REGISTERED["/admin/views/"] = SavedView  # nor has this one: views stand above the lists that they are of


def model_of(route):
    """The model whose admin class has this route."""
    return next((model for prefix, model in REGISTERED.items() if route.path.startswith(prefix)), None)


def is_platforms(route) -> bool:
    """Whether the route is about a model without a store."""
    model = model_of(route)
    return model is not None and model._meta.label in NOT_TENANTS


def arguments(route):
    return re.findall(r"<(\w+)>", route.path)


OBJECT_ROUTES = [
    route for route in ROUTES if set(arguments(route)) - NO_OBJECT and model_of(route) and not is_platforms(route)
]
LISTS = [route for route in ROUTES if route.path in REGISTERED and not is_platforms(route)]


def fill(route, object_id, **others) -> str:
    """The route's address for an object."""
    first, *rest = arguments(route)
    assert set(rest) <= set(OTHER_ARGUMENTS), "a new kind of argument: say what may stand there"
    path = route.path.replace(f"<{first}>", str(object_id))
    for name in rest:
        path = path.replace(f"<{name}>", others[name])
    return path


def variants(route):
    """Every combination of the route's other arguments to try."""
    _, *rest = arguments(route)
    return [{name: value} for name in rest for value in OTHER_ARGUMENTS[name]] or [{}]


@pytest.fixture
def merchant(taote):
    """The owner of the first store, signed in."""
    user = User.objects.create_user("owner", is_staff=True)
    with system_scope():
        Membership.objects.create(store=taote.store, user=user, role="owner")
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="stores.permissions.RoleBackend")
    return client


@pytest.fixture
def own(taote):
    return furnish(taote)


@pytest.fixture
def foreign(other):
    return furnish(other)


def one_of(model, shop) -> str:
    """What the workbench's addresses call a row of the store."""
    with system_scope():
        if model._meta.label == "stores.Store":
            return str(shop.store.pk)
        row = model.objects.filter(store_id=shop.store.pk).order_by("pk").first()
        return str(getattr(row, ADDRESSED_BY.get(model._meta.label, "pk")))


def missing(model) -> str:
    """An id like those of the model that no row has."""
    kind = model._meta.pk.get_internal_type()
    return str(uuid4()) if kind == "UUIDField" else "nosuch42" if kind == "CharField" else "987654321"


def telling(answer, object_id):
    """What an answer tells, the id that was asked for and random tokens aside."""

    def without_id(text: str) -> str:
        text = re.sub(r'(csrfmiddlewaretoken" value=|data-csrf=|nonce=)"[^"]*"', r"\1", text)
        for name in {object_id, object_id.replace(".", "_2E")}:
            text = re.sub(rf"(?<![\w-]){re.escape(name)}(?!\w)", "ID", text)
        return text

    messages = [str(message) for message in getattr(answer, "wsgi_request", None)._messages]
    return (
        answer.status_code,
        without_id(answer.content.decode()),
        without_id(answer.headers.get("Location", "")),
        [without_id(message) for message in messages],
    )


def test_every_model_in_the_workbench_is_a_tenants_or_is_listed():
    assert {model._meta.label for model in admin.site._registry if model not in TENANTS} == NOT_TENANTS
    assert OBJECT_ROUTES
    assert LISTS


def test_every_route_with_an_argument_is_walked():
    left = [
        route.path
        for route in ROUTES
        if set(arguments(route)) - NO_OBJECT
        and route not in OBJECT_ROUTES
        and not is_platforms(route)
        and not route.path.startswith("/admin/r/")
        and route.path not in {*BY_TOKEN, GUIDES}
    ]
    assert left == []


@for_each("route", ROUTES, ids=lambda route: route.path)
def test_a_stranger_is_sent_to_the_sign_in(route):
    if route.path in OPEN_TO_STRANGERS:
        return
    path = re.sub(r"<\w+>", "1", route.path.replace("<object_id>", str(uuid4())))
    for verb in ("get", "post"):
        answer = getattr(Client(), verb)(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/admin/login/?next=")


@contextmanager
def visit(subtests, route):
    """Each route finds the stores as they were furnished: filling every table once for each takes minutes."""
    cache.clear()
    with subtests.test(route.path), transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_another_stores_row_answers_as_a_missing_one(subtests, merchant, own, foreign):
    for route in OBJECT_ROUTES:
        model = model_of(route)
        theirs, none = one_of(model, foreign), missing(model)
        with visit(subtests, route):
            before = fingerprint(foreign), fingerprint(own)
            for others in variants(route):
                for send in (merchant.get, merchant.post):
                    there = telling(send(fill(route, theirs, **others)), theirs)
                    nowhere = telling(send(fill(route, none, **others)), none)
                    assert there == nowhere
                    assert there[0] < 500
            assert (fingerprint(foreign), fingerprint(own)) == before


def test_the_own_row_has_a_page(subtests, merchant, own, foreign):
    for route in OBJECT_ROUTES:
        if not route.path.endswith("/change/") or model_of(route)._meta.label in NO_PAGE:
            continue
        with visit(subtests, route):
            theirs = one_of(model_of(route), foreign)
            answer = merchant.get(fill(route, one_of(model_of(route), own)), follow=True)
            assert answer.status_code == 200
            assert theirs not in answer.content.decode() or len(theirs) < 8
            assert foreign.store.name not in answer.content.decode()


def test_a_list_shows_the_own_rows_only(subtests, merchant, own, foreign):
    for route in LISTS:
        with visit(subtests, route):
            for query in ({}, {"q": "TAOTE"}, {"q": foreign.orders or foreign.store.code.upper()}):
                answer = merchant.get(route.path, query)
                assert answer.status_code == 200
                body = answer.content.decode().replace(f'value="{query.get("q", "")}"', "")
                theirs = one_of(model_of(route), foreign)
                assert foreign.store.name not in body
                assert theirs not in body or len(theirs) < 8


def test_what_a_form_suggests_is_of_the_own_store(merchant, own, foreign):
    for model in admin.site._registry:
        for field in model._meta.concrete_fields:
            if field.related_model in admin.site._registry:
                query = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
                answer = merchant.get("/admin/autocomplete/", {**query, "field_name": field.name, "term": ""})
                assert answer.status_code in (200, 403, 404)
                if answer.status_code == 200:
                    ids = [suggestion["id"] for suggestion in answer.json()["results"]]
                    assert one_of(field.related_model, foreign) not in ids


def test_no_address_leads_to_an_object_by_its_kind(merchant, own, foreign):
    for model in TENANTS:
        kind = ContentType.objects.get_for_model(model).pk
        # With the kind before it: a row's number may be the kind's as well.
        ids = (one_of(model, foreign), missing(model), "odd")
        answers = [telling(merchant.get(f"/admin/r/{kind}/{pk}/"), f"{kind}/{pk}") for pk in ids]
        assert answers == answers[:1] * 3
        assert answers[0][0] == 404
