"""Every call of the API and every page, form, file and button of the desk, with a buyer's data in every row.

Whatever answer shows any of it leaves a look, about that order where it is about one.
"""

from urllib.parse import quote, urljoin

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from common.tenancy import system_scope
from orders.models import Order
from privacy.looks import noting
from refunds.messages import post_message
from refunds.models import Refund
from tests.tenancy.calls import CALLS
from tests.tenancy.furnish import furnish
from tests.tenancy.marked import MARKED, key_header, mark, shows_marks
from tests.tenancy.routes import ADMIN, routes_under
from tests.tenancy.test_admin import OBJECT_ROUTES, fill, model_of, one_of, variants
from tests.tenancy.test_urls import send
from tests.tenancy.things import Names, make_evidence
from tests.world import BUYER, NOON, make_shop, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# Calls of which the answer is about no order in particular.
OF_MANY = {"orders/", "refunds/", "disputes/", "appeals/", "parcels/", "payments/", "webhook-deliveries/", "events/"}
OF_MANY |= {"orders/export/", "orders/ship/bulk/", "buyer-notices/", "delay-reports/", "delay-reports/{}/"}


@pytest.fixture(autouse=True)
def _nothing_is_known_to_be_on_record(monkeypatch):
    monkeypatch.setattr(noting, "_remembered", set())
    monkeypatch.setattr("stores.api.throttle.KeyThrottle.allow_request", lambda *args: True)


def test_no_call_of_the_api_shows_a_buyer_without_a_look():
    """And the same answer repeated by its Idempotency-Key looks at the same orders; no refusal shows anything."""
    shop, done = furnish(make_shop("taote")), set()
    seen, wrong = set(), []
    for call in CALLS:
        for kind in call.key:
            names = Names(shop)  # what a call has changed is another's no more
            path, body = call.path(names), call.body(names) if call.body else None
            if call.route in ("refunds/{}/messages/", "refunds/{}/evidence/"):
                with shop.scope():
                    post_message(store_id=shop.store.pk, refund_id=names.refund, text="hello", actor=BUYER, now=NOON)
                make_evidence(shop, names.refund)
            mark(shop, done)
            header = key_header() if call.verb == "POST" else {}
            key, store = (shop.merchant_key, None) if kind == "S" else (shop.marketplace_key, shop.store.code)
            first, again = (send(call.verb, path, key, store=store, body=body, **header) for _time in range(2))
            if not shows_marks(first) or (kind == "M" and call.is_write):  # it has just said so itself
                continue
            seen.add(call.route)
            looks = first.looks if first.status_code < 300 else []
            vague = call.route not in OF_MANY and [look.topic_id for look in looks] == [None]
            unknown = not all(look.buyers for look in looks)
            if not looks or vague or unknown:
                wrong.append((str(call), kind, first.status_code, [(look.topic_id, look.buyers) for look in looks]))
            about, anew = ({look.topic_id for look in answer.looks} - {None} for answer in (first, again))
            if header and (about - anew or not all(look.buyers for look in again.looks)):
                wrong.append((str(call), kind, "again"))
    assert wrong == [], "\n".join(map(str, wrong))
    assert seen >= {"orders/", "orders/{}/", "refunds/", "refunds/{}/", "orders/export/", "offers/{}/"}
    assert seen >= {"refunds/{}/messages/", "refunds/{}/evidence/", "refunds/{}/timeline/", "refunds/{}/approve/"}


@pytest.mark.parametrize("who", ["owner", "operator"])
def test_no_page_of_the_desk_shows_a_buyer_without_a_look(who):
    """Read and sent, for an owner, and for an operator who has picked no store."""
    shop = furnish(make_shop("taote"))
    user = make_user(who, operator=True) if who == "operator" else make_user(who, shop=shop)
    client = Client(raise_request_exception=False)
    client.force_login(user, "stores.permissions.RoleBackend")
    mark(shop)
    wrong, shown, refused, followed = [], set(), set(), set()
    for verb, path, data in [*_reads(shop), *_sent(shop)]:
        if any(word in path for word in ("logout", "switch-store")) or path in refused:
            continue
        cache.clear()
        with transaction.atomic():
            answer = client.get(path) if verb == "GET" else client.post(path, data)
            if verb == "POST" and answer.status_code in (403, 405):  # whatever is sent there
                refused.add(path)
            if verb == "POST" and answer.status_code == 302:
                answer = _followed(client, path, answer, followed)
            transaction.set_rollback(True)
        if not shows_marks(answer):
            continue
        shown.add((verb, path.partition("?")[0]))
        looks = [look for look in answer.looks if look.store_id == shop.store.pk]
        if not looks or not any(look.buyers for look in looks):
            wrong.append((verb, path, answer.status_code, [(look.place, look.topic_id, look.buyers) for look in looks]))
    assert wrong == [], "\n".join(map(str, wrong))
    pages = {path for verb, path in shown if verb == "GET"}
    assert {"/admin/", "/admin/refunds/refund/", "/admin/orders/order/", "/admin/customers/"} <= pages
    assert {path for verb, path in shown if verb == "POST"}
    print(len(pages), len(shown))


def _followed(client, path, answer, followed):
    """The page that the answer leads to, but once for each path, page and what it says there: no other would come."""
    target = urljoin(path, answer["Location"])
    key = path, target, tuple(map(str, get_messages(answer.wsgi_request)))
    if key in followed:
        return answer
    followed.add(key)
    return client.get(target, follow=True)


def _reads(shop):
    paths = [route.path for route in routes_under(ADMIN) if "<" not in route.path]
    paths += [f"{path}?{name}={quote(term)}" for path, name, term in SEARCHED]
    paths += [fill(route, one_of(model_of(route), shop), **each) for route in OBJECT_ROUTES for each in variants(route)]
    paths += [f"/admin/customers/?store={shop.store.code}&buyer={quote(MARKED['buyer_id'])}"]
    for model in admin.site._registry:
        for field in model._meta.concrete_fields:
            if field.related_model in admin.site._registry:
                named = f"app_label={model._meta.app_label}&model_name={model._meta.model_name}"
                paths.append(f"/admin/autocomplete/?{named}&field_name={field.name}&term=")
    return [("GET", path, None) for path in paths]


def _sent(shop):
    """Each form empty, and as it is sent with rows ticked."""
    with system_scope():
        orders = [str(pk) for pk in Order.objects.filter(store_id=shop.store.pk).values_list("pk", flat=True)]
        refunds = [str(pk) for pk in Refund.objects.filter(store_id=shop.store.pk).values_list("pk", flat=True)]
        numbers = list(Order.objects.filter(store_id=shop.store.pk).values_list("number", flat=True))
    ticked = {"order": orders, "refund": refunds, "number": numbers[0], "store": shop.store.code}
    paths = [route.path for route in routes_under(ADMIN) if "<" not in route.path]
    paths += [fill(route, one_of(model_of(route), shop), **each) for route in OBJECT_ROUTES for each in variants(route)]
    return [("POST", path, data) for path in paths for data in ({}, ticked, {**ticked, "step": "confirm"})]


SEARCHED = [
    ("/admin/refunds/refund/", "q", MARKED["address_phone"]),
    ("/admin/orders/order/", "q", MARKED["address_phone"]),
    ("/admin/search/", "s", MARKED["buyer_name"]),
    ("/admin/customers/", "q", MARKED["buyer_name"]),
]
