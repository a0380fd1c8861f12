"""What the acts of the stores' room leave in the books: who, when, what was and what is; never a secret."""

import json
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest

from common.errors import Invalid
from common.models import Event
from common.tenancy import system_scope
from stores import actions
from stores.models import CategoryOpening, Membership, Product, User
from tests.world import NOON, OPERATOR, make_user

pytestmark = pytest.mark.django_db


def test_a_store_is_opened_and_its_settings_change(taote, recorded):
    [(name, store_id, data)] = recorded(
        actions.create_store, code="new", name="New", marketplace="taote", scope=system_scope()
    )
    assert (name, data["code"], data["marketplace"]) == ("store.opened", "new", "taote")
    assert store_id not in (None, taote.store.pk)
    change = {"name": taote.store.name, "time_zone": "Asia/Tokyo", "urge_alert_at": 3}
    assert recorded(actions.update_store, store=taote.store, **change) == [
        ("store.changed", taote.store.pk, {"time_zone": ["Asia/Shanghai", "Asia/Tokyo"], "urge_alert_at": [None, 3]})
    ]
    assert recorded(actions.update_store, store=taote.store, **change) == []


def test_negotiation_is_closed_and_opened(taote, recorded):
    names = [
        recorded(actions.open_negotiation, store=taote.store, is_open=is_open, actor=OPERATOR)
        for is_open in (True, False, False, True)
    ]
    closed, opened = (("store.negotiation_" + word, taote.store.pk, {}) for word in ("closed", "opened"))
    assert names == [[], [closed], [], [opened]]


def test_categories_are_the_platforms_also_when_one_store_is_looked_at(taote, recorded):
    named = {"marketplace": "tmall", "category": "77"}
    [(name, store_id, data)] = recorded(
        actions.open_category, **named, name="Tea", opens_on=date(2026, 11, 1), actor=OPERATOR
    )
    assert (name, store_id) == ("category.opened", None)
    assert data == {**named, "name": "Tea", "opens_on": "2026-11-01", "closes_on": None}
    opening = CategoryOpening.objects.get(category="77")
    change = {"opening": opening, "name": "Tea", "opens_on": date(2026, 11, 1), "closes_on": date(2026, 12, 1)}
    assert recorded(actions.change_category, **change) == [
        ("category.changed", None, {**named, "closes_on": [None, "2026-12-01"]})
    ]
    assert recorded(actions.change_category, **change) == []


def test_members_come_change_and_go(taote, recorded):
    anna = make_user("anna")
    anna.first_name = "安娜"
    anna.save()
    named = {"username": "anna", "full_name": "安娜"}
    assert recorded(actions.add_member, store=taote.store, username="anna", role="agent", actor=OPERATOR) == [
        ("member.added", taote.store.pk, {**named, "role": "agent"})
    ]
    with taote.scope():
        row = {"store_id": taote.store.pk, "member_id": Membership.objects.get(user=anna).pk}
    assert recorded(actions.change_member, **row, role="agent") == []
    assert recorded(actions.change_member, **row, role="viewer") == [
        ("member.role_changed", taote.store.pk, {**named, "role": ["agent", "viewer"]})
    ]
    assert recorded(actions.remove_member, **row) == [("member.removed", taote.store.pk, {**named, "role": "viewer"})]


def test_keys_are_made_and_revoked_and_no_secret_is_kept(taote, recorded):
    made = {}

    def make(**kwargs):
        made["key"], made["secret"] = actions.create_store_key(**kwargs)

    expires_at = NOON + timedelta(days=30)
    [(name, store_id, data)] = recorded(
        make, store=taote.store, name="erp", scopes=["orders:read"], expires_at=expires_at
    )
    key = made["key"]
    named = {"name": "erp", "prefix": key.prefix}
    assert (name, store_id) == ("key.made", taote.store.pk)
    assert data == {**named, "scopes": ["orders:read"], "expires_at": expires_at.isoformat()}
    assert recorded(actions.revoke_key, key=key) == [("key.revoked", taote.store.pk, named)]
    assert recorded(actions.revoke_key, key=key) == []
    with system_scope():
        everything = json.dumps(list(Event.objects.values_list("data", "subject_id", "topic_id")), default=str)
    assert made["secret"].split(".")[1] not in everything
    assert key.hashed_key not in everything


def test_no_key_is_made_for_what_nobody_knows(taote):
    by = {"name": "erp", "actor": OPERATOR, "now": NOON}
    with system_scope():
        for attr, make in (
            ("scopes", partial(actions.create_store_key, store=taote.store, scopes=["sorcery:write"], **by)),
            ("marketplace", partial(actions.create_marketplace_key, marketplace="sorcery", **by)),
        ):
            with pytest.raises(Invalid) as refused:
                make()
            assert refused.value.attr == attr


def test_a_marketplaces_key_is_the_platforms(taote, recorded):
    [(name, store_id, data)] = recorded(
        actions.create_marketplace_key, marketplace="taote", name="live", actor=OPERATOR, scope=system_scope()
    )
    assert (name, store_id, data["marketplace"]) == ("key.made", None, "taote")
    assert "scopes" not in data


def test_accounts_are_the_platforms_and_no_password_is_kept(taote, recorded):
    first, second, third = "correct horse 9", "battery staple 7", "another horse 5"
    opened = recorded(
        actions.open_account, username="anna", full_name="安娜", password=first, store=taote.store, actor=OPERATOR
    )
    user = User.objects.get(username="anna")
    named = {"username": "anna"}
    assert opened == [
        ("account.opened", None, {**named, "full_name": "安娜", "is_operator": False}),
        ("member.added", taote.store.pk, {**named, "full_name": "安娜", "role": "viewer"}),
    ]
    assert recorded(actions.give_new_password, user=user, password=second, actor=OPERATOR) == [
        ("account.password_given", None, named)
    ]
    assert recorded(actions.change_password, user=user, password=third) == [("account.password_changed", None, named)]
    with system_scope():
        everything = json.dumps(list(Event.objects.values_list("data", flat=True)))
    assert not [secret for secret in (first, second, third, user.password) if secret in everything]


def test_products_are_added_and_changed_one_event_each(taote, recorded):
    rows = [{"item_id": str(n), "title": f"T{n}", "price": Decimal("5.00")} for n in (3, 1, 2)]
    added = recorded(actions.upsert_products, store=taote.store, products=rows)
    assert [(name, data["item_id"], data["price"]) for name, _store, data in added] == [
        ("product.added", item, "5.00") for item in ("1", "2", "3")
    ]
    assert recorded(actions.upsert_products, store=taote.store, products=rows) == []
    rows[0] = {**rows[0], "price": Decimal("6"), "listed": False}
    assert recorded(actions.upsert_products, store=taote.store, products=rows) == [
        (
            "product.changed",
            taote.store.pk,
            {"product": "T3", "item_id": "3", "price": ["5.00", "6.00"], "listed": [True, False]},
        )
    ]
    with taote.scope():
        product = Product.objects.get(item_id="1")
    assert recorded(actions.update_product, product=product, changes={"title": "New", "category": ""}) == [
        ("product.changed", taote.store.pk, {"product": "T1", "item_id": "1", "title": ["T1", "New"]})
    ]
    [(name, _store, data)] = recorded(
        actions.add_product, store=taote.store, data={"item_id": "9", "title": "T9", "price": Decimal("1.00")}
    )
    assert (name, data["item_id"], data["listed"]) == ("product.added", "9", True)


def test_a_return_address_is_added(taote, recorded):
    address = {"contact": "二仓", "phone": "1", "address": "杭州"}
    assert recorded(actions.add_return_address, store=taote.store, **address) == [
        ("return_address.added", taote.store.pk, address)
    ]
