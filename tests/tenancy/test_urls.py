"""Every verb of every API route: the own store's call succeeds, and another store's things are as if they weren't."""

import itertools
import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from common import clock as wall
from common.tenancy import system_scope
from stores import actions as store_actions
from stores.models import ApiKey
from stores.states import KeyScope
from tests.tenancy.calls import CALLS, Call
from tests.tenancy.furnish import fingerprint
from tests.tenancy.routes import ADMIN, API, VERBS, routes_under
from tests.tenancy.things import Missing, Names, make_coupon
from tests.world import MERCHANT, NOON, OPERATOR, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# Open to everybody; nothing in them is a store's.
BUYER_PAGE = "/b/<token>/"  # whoever has the signed link; see tests/journeys/test_buyer_page.py
BADGES = "/live/<code>/badges.json"  # item ids and nothing else; see tests/api/test_returnless.py
GATEWAYS = "/gateways/<name>/webhook/"  # let in by the gateway's signature; see tests/api/test_gateways.py
PUSHES = "/connect/<platform>/<token>/"  # let in by its signature or key; see tests/connectors/test_messages.py
CALLBACKS = "/connect/<platform>/callback/"  # who is signed in; see tests/workbench/test_connections.py
OPEN = {"/", "/healthz", "/readyz", "/api/v1/schema/", "/api/v1/docs/", "/i18n/setlang/"}
BUYER_DATA = "/buyer-data/<token>/"  # whoever has the signed link; see tests/workbench/test_buyers_data.py
PUBLIC = OPEN | {BUYER_PAGE, BUYER_DATA, BADGES, GATEWAYS, PUSHES, CALLBACKS}
ROUTES = [route for route in routes_under(API) if route.path not in PUBLIC]
CALLS_AND_HEADS = [*CALLS, *(Call("HEAD", *list(vars(call).values())[1:]) for call in CALLS if call.verb == "GET")]
# Reads that answer with figures instead of rows; tests/api/test_insights.py looks at whose they are.
FIGURES = {"insights/retention/"}
CATALOGUES = {"event-types/"}  # the same for everybody
FEEDS = {"events/"}  # of what is committed; tests/api/test_feed.py
every_call = pytest.mark.parametrize("call", CALLS, ids=str)
every_call_and_head = pytest.mark.parametrize("call", CALLS_AND_HEADS, ids=str)
# The headers of an answer that may tell something; the request's id is a random one.
TELLING = ("Content-Type", "Allow", "WWW-Authenticate", "Location", "Vary", "Content-Language", "Retry-After", "Link")


class Mixed:
    """One store's names, except for `which`, which are somebody else's."""

    def __init__(self, base, other, which):
        self.base, self.other, self.which = base, other, which

    def __getattr__(self, name):
        return getattr(self.other if name in self.which else self.base, name)


@pytest.fixture
def own(taote):
    return Names(taote)


@pytest.fixture
def foreign(other):
    return Names(other)


def send(verb, path, key, *, store=None, body=None, **headers):
    """Make a call; a marketplace's key names its store as clients do: in the body of a POST, else in the query."""
    if key:
        headers["Authorization"] = f"Bearer {key}"
    client = Client(headers=headers, raise_request_exception=False)
    if store is not None and body is not None:
        body = {"store": store, **body}
    query = f"{'&' if '?' in path else '?'}store={store}" if store is not None and body is None else ""
    data, kind = "" if body is None else body, "application/json"
    if body and any(isinstance(value, bytes) for value in body.values()):
        parts = {
            name: SimpleUploadedFile(name, value) if isinstance(value, bytes) else value for name, value in body.items()
        }
        data, kind = encode_multipart(BOUNDARY, parts), MULTIPART_CONTENT
    elif body is not None:
        data = json.dumps(body)
    return client.generic(verb, f"{API}{path}{query}", data, content_type=kind)


def make(call, names, shop, *, kind=None, key=None, store=...):
    """Make the call with the key of the shop (of the kind, or of the first that may)."""
    kind = kind or call.key[0]
    secret = key or (shop.merchant_key if kind == "S" else shop.marketplace_key)
    if store is ...:
        store = shop.store.code if kind == "M" else None
    body = call.body(names) if call.body else None
    headers = {"Idempotency-Key": str(uuid4())} if call.needs_key else {}
    return send(call.verb, call.path(names), secret, store=store, body=body, **headers)


def telling(answer):
    return (
        answer.status_code,
        getattr(answer, "content", None) or b"".join(answer),
        {name: answer[name] for name in TELLING if name in answer},
    )


def state(*shops):
    """Everything that the shops have; what a call notes aside: when a key was last used, and the answer that it got."""
    return [fingerprint(shop, without=("stores_apikey", "common_idempotentanswer")) for shop in shops]


def test_every_route_and_verb_is_known():
    registered = {
        (verb, re.sub(r"<\w+>", "{}", route.path.removeprefix(API))) for route in ROUTES for verb in route.actions
    }
    assert registered == {(call.verb, call.route) for call in CALLS_AND_HEADS}, "decide in calls.py who may call it"


def test_every_other_route_is_listed_as_public():
    others = {route.path for route in routes_under("") if not route.path.startswith(ADMIN)}
    assert others - {route.path for route in ROUTES} == PUBLIC


@pytest.mark.parametrize("path", sorted(PUBLIC - {"/readyz", BUYER_PAGE, BUYER_DATA, GATEWAYS, PUSHES, CALLBACKS}))
def test_a_public_route_needs_no_key(path):
    path = path.replace("<code>", "taote-1")
    answer = Client().post(path, {"language": "en"}) if "setlang" in path else Client().get(path)
    assert answer.status_code in (200, 302)


@every_call_and_head
def test_the_own_store_succeeds_with_each_kind_of_key(call, taote, clock):
    for kind in call.key:
        shop = make_shop("taote")
        answer = make(call, Names(shop), shop, kind=kind)
        assert answer.status_code == call.status, answer.content


@every_call_and_head
def test_what_belongs_to_another_store_answers_as_what_does_not_exist(call, own, foreign, taote, other):
    call.path(foreign), call.body and call.body(foreign)  # make what is named
    call.path(own), call.body and call.body(own)
    before = state(other, taote)
    for kind, name in itertools.product(call.key, call.names):
        there, nowhere = (make(call, Mixed(own, names, {name}), taote, kind=kind) for names in (foreign, Missing()))
        assert telling(there) == telling(nowhere)
        assert there.status_code == 404, there.content
        assert state(other, taote) == before
    assert make(call, own, taote).status_code == call.status, "and the same call with the own names succeeds"
    assert state(other) == before[:1]


@every_call
def test_another_stores_code_answers_as_an_unknown_one(call, own, other, taote):
    elsewhere = make_shop("kuaishou")
    call.path(own), call.body and call.body(own)
    for kind in call.key:
        before = state(other, elsewhere, taote)
        # A store key may name its own store only, a marketplace's key the stores of that marketplace.
        foreign_code = other.store.code if kind == "S" else elsewhere.store.code
        there, nowhere = (make(call, own, taote, kind=kind, store=code) for code in (foreign_code, "no-such-store"))
        assert telling(there) == telling(nowhere)
        assert there.status_code == 404, there.content
        assert state(other, elsewhere, taote) == before
        assert make(call, own, taote, kind=kind, store=taote.store.code).status_code in (call.status, 409)


@every_call
def test_only_a_good_key_of_the_right_kind_gets_in(call, own, taote):
    call.path(own), call.body and call.body(own)
    bad, narrow = [None, *bad_keys(taote)], {}
    if call.resource and "S" in call.key:
        narrow = {store_key(taote, scopes): scopes for scopes in insufficient_scopes(call)}
    before = state(taote)
    for key in bad:
        body = call.body(own) if call.body else None
        answer = send(call.verb, call.path(own), key, store=taote.store.code, body=body)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    for kind in {"S", "M"} - set(call.key) - set(call.elsewhere):
        assert make(call, own, taote, kind=kind).status_code == 403
    for key, scopes in narrow.items():
        assert make(call, own, taote, kind="S", key=key).status_code == 403, scopes
    assert state(taote) == before
    if call.resource and "S" in call.key:
        for scope in sufficient_scopes(call):
            shop = make_shop("taote")
            answer = make(call, Names(shop), shop, kind="S", key=store_key(shop, [scope]))
            assert answer.status_code == call.status, (scope, answer.content)


def store_key(shop, scopes):
    with system_scope():
        return store_actions.create_store_key(store=shop.store, name="k", scopes=scopes, actor=MERCHANT, now=NOON)[1]


def bad_keys(shop):
    """Nonsense, a wrong secret, a revoked key and an expired one, of both kinds."""
    yield from (
        "nonsense",
        "a.b",
        "a b",
        f"{shop.merchant_key.partition('.')[0]}.wrong",
        "ключ".encode().decode("latin-1"),
    )
    with system_scope():
        makers = [
            lambda **kwargs: store_actions.create_store_key(
                store=shop.store, name="k", **kwargs, actor=MERCHANT, now=NOON
            ),
            lambda **kwargs: store_actions.create_marketplace_key(
                marketplace="taote", name="k", **kwargs, actor=OPERATOR, now=NOON
            ),
        ]
        for make_key in makers:
            revoked, secret = make_key()
            store_actions.revoke_key(key=revoked, actor=MERCHANT, now=NOON)
            yield secret
            yield make_key(expires_at=wall.now() - timedelta(seconds=1))[1]


def insufficient_scopes(call):
    """No scope; every scope but this resource's; and only reading, for a write."""
    yield []
    yield [scope for scope in KeyScope.values if not scope.startswith(f"{call.resource}:")]
    if call.is_write:
        yield [scope for scope in KeyScope.values if scope != f"{call.resource}:write"]


def sufficient_scopes(call):
    """Writing includes reading."""
    yield f"{call.resource}:write"
    if not call.is_write:
        yield f"{call.resource}:read"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_a_verb_that_a_route_does_not_have_tells_nothing(route, own, foreign, taote, other):
    call = next(call for call in CALLS if API + call.route == re.sub(r"<\w+>", "{}", route.path))
    paths = [call.path(names) for names in (own, foreign, Missing())]
    before = state(taote, other)
    for verb in set(VERBS) - set(route.actions):
        assert send(verb, paths[0], None).status_code == 401
        for key, store in ((taote.merchant_key, None), (taote.marketplace_key, taote.store.code)):
            mine, there, nowhere = (telling(send(verb, path, key, store=store)) for path in paths)
            assert mine == there == nowhere
            assert mine[0] == (200 if verb == "OPTIONS" else 405)
    assert state(taote, other) == before


def test_a_list_holds_the_own_rows_only(own, foreign, taote, other):
    assert own.offer
    assert own.payment
    assert foreign.offer
    assert foreign.payment
    for names in (own, foreign):
        make_coupon(names.shop)
        assert names.parcel
        assert names.dispute
        assert names.appeal
        assert names.delay
        assert names.delivery
    lists = [
        call
        for call in CALLS
        if call.verb == "GET" and not call.names and not call.is_file and call.route not in FIGURES | CATALOGUES | FEEDS
    ]
    assert len(lists) >= 6
    for call, kind in [(each, kind) for each in lists for kind in each.key]:
        answers = [make(call, own, shop, kind=kind).json() for shop in (taote, other)]
        if not all("results" in answer for answer in answers):
            continue  # one thing, not a list
        mine, theirs = (answer["results"] for answer in answers)
        assert mine
        assert theirs
        if "item_id" not in mine[0]:  # both stores sell item 8000
            assert [row for row in mine if row in theirs] == []


def test_both_stores_may_have_the_same_names(taote, other):
    for shop, title in ((taote, "ours"), (other, "theirs")):
        assert shop.merchant.post("products/", {"item_id": "7", "title": title, "price": "1.00"}).status_code == 201
    assert taote.merchant.get("products/7/").json()["title"] == "ours"
    assert other.merchant.get("products/7/").json()["title"] == "theirs"


def test_the_use_of_a_key_is_noted(taote, clock):
    assert taote.merchant.get("stores/").status_code == 200
    with system_scope():
        key = ApiKey.objects.get(prefix=taote.merchant_key.partition(".")[0])
    assert key.last_used_at == wall.now()


def test_the_use_of_a_marketplaces_key_is_noted(taote, clock):
    assert taote.buyer.get("orders/").status_code == 200
    with system_scope():
        used = set(ApiKey.objects.filter(last_used_at=wall.now()).values_list("marketplace", flat=True))
    assert used == {taote.store.marketplace}
