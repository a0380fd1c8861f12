"""The store's own pages: who may change what."""

import re

import pytest
from django.contrib.admin import AdminSite

from common.tenancy import system_scope
from stores.models import ApiKey, Membership, Product, ReturnAddress, Store
from tests.cases import for_each
from tests.world import make_shop

pytestmark = pytest.mark.django_db
PRODUCT = {"item_id": "4711", "title": "枕头", "category": "1", "price": "9.90", "listed": "on", "source": "own"}
ADDRESS = {"contact": "二仓", "phone": "13800000001", "address": "杭州"}


def count(model):
    with system_scope():
        return model.objects.count()


@for_each("role", ["agent", "viewer", "finance", "warehouse"])
def test_only_the_owner_adds(taote, sign_in, role):
    pages = [("stores/product/add/", PRODUCT), ("stores/returnaddress/add/", ADDRESS)]
    pages += [("stores/apikey/add/", {"name": "erp", "scopes": ["orders:read"]})]
    desk, owner = sign_in(role, taote), sign_in("owner", taote)
    for path, data in pages:
        before = [count(model) for model in (Product, ReturnAddress, ApiKey)]
        assert desk.post(path, **data).status_code == 403
        assert [count(model) for model in (Product, ReturnAddress, ApiKey)] == before
        assert owner.post(path, **data).status_code in (200, 302)
        assert [count(model) for model in (Product, ReturnAddress, ApiKey)] != before


def test_products_are_added_once_and_changed(taote, sign_in):
    owner = sign_in("owner", taote)
    owner.post("stores/product/add/", **PRODUCT)
    again = owner.post("stores/product/add/", **{**PRODUCT, "title": "other"})
    assert again.context["form"].errors["item_id"] == ["This store already has an item with this id."]
    with taote.scope():
        product = Product.objects.get(item_id="4711")
    owner.post(f"stores/product/{product.pk}/change/", **{**PRODUCT, "price": "8.80", "item_id": "1"})
    now = taote.reload(product)
    assert (str(now.price), now.item_id, now.title) == ("8.80", "4711", "枕头")
    agent = sign_in("agent", taote)
    assert agent.get(f"stores/product/{product.pk}/change/").status_code == 200
    assert agent.post(f"stores/product/{product.pk}/change/", **PRODUCT).status_code == 403


def test_a_key_is_shown_once_and_revoked(taote, sign_in):
    owner = sign_in("owner", taote)
    made = owner.post("stores/apikey/add/", name="erp", scopes=["refunds:read"])
    secret = made.context["secret"]
    with taote.scope():
        key = ApiKey.objects.get(prefix=secret.split(".")[0])
    assert secret not in owner.get(f"stores/apikey/{key.prefix}/change/").content.decode()
    taote.merchant.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    assert taote.merchant.get("refunds/").status_code == 200
    assert key.prefix in owner.get("stores/apikey/").content.decode()
    assert key.hashed_key not in owner.get("stores/apikey/").content.decode()
    owner.get(f"stores/apikey/{key.prefix}/revoke/")
    assert taote.merchant.get("refunds/").status_code == 200
    owner.post(f"stores/apikey/{key.prefix}/revoke/")
    assert taote.merchant.get("refunds/").status_code == 401
    assert sign_in("agent", taote).get(f"stores/apikey/{key.prefix}/change/").status_code == 404


def test_a_key_of_a_store_where_one_is_only_an_agent_stays_hidden(taote, other, sign_in):
    owner = sign_in("owner", taote)
    with system_scope():
        Membership.objects.create(store=other.store, user=owner.user, role="agent")
        foreign = ApiKey.objects.get(store=other.store)
    assert owner.get(f"stores/apikey/{foreign.prefix}/change/").status_code == 404
    assert owner.post(f"stores/apikey/{foreign.prefix}/revoke/").status_code == 404
    assert foreign.prefix not in owner.get("stores/apikey/").content.decode()


@pytest.mark.rule("T1")
def test_the_operator_opens_negotiation_and_stores(taote, sign_in):
    operator, owner = sign_in("operator"), sign_in("owner", taote)
    path = f"stores/store/{taote.store.pk}/change/"
    settings = {"name": "新名字", "time_zone": "Asia/Tokyo"}
    assert owner.post(path, **settings).status_code == 302
    now = taote.reload(taote.store)
    assert (now.name, now.time_zone, now.negotiation_open) == ("新名字", "Asia/Tokyo", True)
    operator.post(path, **settings)
    assert taote.reload(taote.store).negotiation_open is False
    wrong = operator.post(path, name="x", time_zone="Mars/Base")
    assert "time_zone" in wrong.context["form"].errors
    new = {"code": "new", "name": "New", "marketplace": "tmall", "time_zone": "Asia/Shanghai"}
    assert owner.post("stores/store/add/", **new).status_code == 403
    assert operator.post("stores/store/add/", **new).status_code == 302
    with system_scope():
        assert Store.objects.filter(code="new").count() == 1


@for_each(
    "path",
    [
        "orders/order/",
        "payments/payment/",
        "offers/offer/",
        "stores/product/",
        "stores/returnaddress/",
        "stores/store/",
        "stores/membership/",
        "stores/apikey/",
        "refunds/refund/",
    ],
)
def test_every_list_opens_for_owner_and_operator(taote, clock, sign_in, path):
    make_shop("taote")
    taote.refund()
    for desk in (sign_in("owner", taote), sign_in("operator")):
        assert desk.get(path).status_code == 200
        assert desk.get(path, q="x").status_code in (200, 302)


def test_no_page_makes_djangos_own_menu(taote, sign_in, monkeypatch):
    made, make = [], AdminSite._build_app_dict
    monkeypatch.setattr(AdminSite, "_build_app_dict", lambda *args: made.append(args) or make(*args))
    owner = sign_in("owner", taote)
    for path in ("", "refunds/refund/", f"stores/returnaddress/{taote.address.pk}/change/"):
        assert owner.get(path).status_code == 200
    assert made == []
    assert "app_list" in owner.get("refunds/").context
    assert made, "the page of a room is this menu"


def test_an_address_is_changed_and_retired_on_its_page(taote, sign_in):
    owner, agent = sign_in("owner", taote), sign_in("agent", taote)
    page = f"stores/returnaddress/{taote.address.pk}/"
    assert "add another address first" in owner.get(f"{page}change/").content.decode()
    owner.post("stores/returnaddress/add/", **ADDRESS)
    assert agent.post(f"{page}change/", **ADDRESS).status_code == 403
    assert agent.post(f"{page}retire/").status_code == 403
    owner.post(f"{page}change/", contact="仓库", phone="13800000000", address="义乌市城店路 1 号")
    with taote.scope():
        changed, added = sorted(ReturnAddress.objects.usable(), key=lambda row: row.place)
    assert (changed.address, added.address) == ("义乌市城店路 1 号", "杭州")
    old = owner.get(f"{page}change/").content.decode()
    assert "named to no buyer any more" in old
    assert f"{page}retire/" not in old
    assert owner.post(f"{page}change/", **ADDRESS).status_code == 403
    owner.post(f"stores/returnaddress/{changed.pk}/retire/")
    shown = owner.get("stores/returnaddress/").content.decode()
    assert ("杭州" in shown, "义乌" in shown) == (True, False)


def test_on_a_phone_labels_begin_as_headings_do(taote, sign_in):
    with taote.scope():
        Product.objects.update(title='" data-label="evil')
    taote.order()
    page = sign_in("owner", taote).get("stores/product/").content.decode()
    labels = set(re.findall(r' data-label="([^"]*)"', page))
    assert {"Item id", "Price"} <= labels
    assert all(label[0].isupper() for label in labels)
