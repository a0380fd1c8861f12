"""What a form or a page refuses first the action itself refuses as well: programs and later pages call it, too."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from automation import actions as automation
from automation.why_not import MOST_RULES
from common.errors import Invalid, NotFound, Refused
from common.tenancy import system_scope
from notices.actions import lock_robot
from offers.actions import lock_offer
from offers.bulk import MOST_AT_ONCE, start_bulk_job
from offers.coupons import create_coupon, grant_coupon
from offers.switches import set_store_method
from orders.models import Order
from payments.conflicts import settle_conflict
from payments.small import send_small_payment
from payments.terms import set_payment_terms
from privacy.asking import ask_for_export, lock_request, take_export
from privacy.finding import Buyer, find_buyer
from stores.actions import change_member
from stores.actions.clocks import advance_clock
from stores.models import Membership
from stores.people.email import MOST_ASKED, propose_address
from stores.people.invitations import invite, join_store, renew_invitation
from stores.people.passwords import reset_password
from stores.people.saved_views import change_view, save_view, seen_by
from stores.people.skills import set_skills
from stores.permissions import actor_of
from tests.automation.rules import drafted, live
from tests.world import MERCHANT, NOON, OPERATOR, Shop, make_shop, make_user

pytestmark = pytest.mark.django_db
BY = {"actor": MERCHANT, "now": NOON}


def refused(shop: Shop, call: Callable, **said) -> tuple[str, str | None]:
    """(code, field) of what the action raises."""
    with shop.scope(), pytest.raises((Refused, Invalid, NotFound)) as caught:
        call(**{**BY, **said})
    error = caught.value
    return getattr(error, "code", "not_found"), getattr(error, "attr", None)


@pytest.mark.rule("K8", "K9", "K11")
def test_money_is_sent_and_settled_as_it_may_be(clock):
    shop, sandbox = make_shop("kuaishou"), make_shop("kuaishou", is_sandbox=True)
    order = shop.order()
    small = {"store": shop.store, "order_number": order.number, "amount": Decimal("1.00"), "purpose": "other"}
    assert refused(shop, send_small_payment, **{**small, "purpose": "sorcery"}) == ("invalid_choice", "purpose")
    assert refused(shop, send_small_payment, **{**small, "amount": Decimal("0.00")})[1] == "amount"
    assert refused(shop, send_small_payment, **small, order_used=1)[0] == "invalid_transition"
    settled = {"store_id": shop.store.pk, "payment_id": uuid4()}
    assert refused(shop, settle_conflict, **settled, how="perhaps")[1] == "how"
    assert refused(shop, settle_conflict, **settled, how="book")[0] == "not_found"
    terms = {"store": shop.store, "per_payment": None, "per_order": None, "per_day": None, "gateway": ""}
    terms["actor"] = OPERATOR
    assert refused(shop, set_payment_terms, **{**terms, "actor": MERCHANT})[0] == "invalid_transition"
    for field in ("per_payment", "per_day"):
        assert refused(shop, set_payment_terms, **{**terms, field: Decimal("-0.01")})[1] == field
    for most in (-1, 51):
        assert refused(shop, set_payment_terms, **{**terms, "per_order": most})[1] == "per_order"
    assert refused(shop, set_payment_terms, **{**terms, "gateway": "sorcery"})[1] == "gateway"
    assert refused(sandbox, advance_clock, store=shop.store, to=None, by=timedelta(hours=1))[0] == "not_a_sandbox"
    for gateway in ("", "sandbox"):
        with sandbox.scope():
            set_payment_terms(**{**terms, "store": sandbox.store, "gateway": gateway}, now=NOON)
    for amount in ("0.00", "1000.00"):
        with shop.scope():
            set_payment_terms(**{**terms, "per_payment": Decimal(amount), "per_order": 50}, now=NOON)


def test_people_are_let_in_and_taught_as_they_may_be(taote, clock, mailbox):
    owner, agent = make_user("owner", shop=taote), make_user("agent", shop=taote, role="agent")
    boss = make_user("boss", operator=True)
    with taote.scope():
        members = {row.user_id: row.pk for row in Membership.objects.all()}
        invitation = invite(store=taote.store, email="", role="agent", actor=actor_of(owner), now=NOON)
    joins = {"invitation": invitation, "issue": 1}
    for user in (boss, agent):
        assert refused(taote, join_store, **joins, user=user)[0] == "invalid_transition"
    assert refused(taote, renew_invitation, invitation=invitation, actor=actor_of(agent))[1] == "role"
    skills = {"store_id": taote.store.pk, "categories": []}
    assert refused(taote, set_skills, **skills, member_id=0, kinds=[])[0] == "not_found"
    assert refused(taote, set_skills, **skills, member_id=members[agent.pk], kinds=["sorcery"])[1] == "kinds"
    assert refused(taote, reset_password, user=agent, token="x", password="battery staple 7")[0] == "invalid_transition"
    address = {"user": agent, "email": "a@example.com", "now": NOON}
    with taote.scope():
        for _ in range(MOST_ASKED):
            propose_address(**address)
        with pytest.raises(Invalid):
            propose_address(**address)


def test_who_sees_every_store_changes_people_of_the_store_that_is_meant(taote, other, clock):
    mine, theirs = make_user("mine", shop=taote), make_user("theirs", shop=other)
    make_user("agent", shop=other, role="agent")
    with system_scope():
        members = {row.user_id: row.pk for row in Membership.objects.all()}
        by = {"store_id": taote.store.pk, "role": "agent", "actor": OPERATOR, "now": NOON}
        with pytest.raises(NotFound):
            change_member(**by, member_id=members[theirs.pk])
        with pytest.raises(Refused) as caught:
            change_member(**by, member_id=members[mine.pk])
        assert caught.value.code == "last_owner", "another store's owner is none here"
        by = {"store_id": taote.store.pk, "kinds": [], "categories": [], "actor": OPERATOR, "now": NOON}
        with pytest.raises(NotFound):
            set_skills(**by, member_id=members[theirs.pk])
        view = {"list_name": "refunds.refund", "query": "q=1", "is_default": False, "is_shared": True}
        save_view(store=other.store, user=theirs, name="theirs", **view, actor=OPERATOR, now=NOON)
        assert not seen_by(mine, [taote.store.pk]).exists()


def test_views_are_kept_as_they_may_be(taote, clock):
    owner, agent = make_user("owner", shop=taote), make_user("agent", shop=taote, role="agent")
    view = {"store": taote.store, "user": agent, "list_name": "refunds.refund", "query": "q=1", "is_default": False}
    assert refused(taote, save_view, **view, name=" ", is_shared=False)[1] == "name"
    assert refused(taote, save_view, **{**view, "query": ""}, name="mine", is_shared=False)[1] == "query"
    assert refused(taote, save_view, **view, name="mine", is_shared=True) == ("permission_denied", "is_shared")
    with taote.scope():
        mine = save_view(**view, name="mine", is_shared=False, **BY)
    changed = {"store_id": taote.store.pk, "view_id": mine.pk, "user": agent, "is_default": False}
    assert refused(taote, change_view, **changed, name=" ", is_shared=False)[1] == "name"
    assert refused(taote, change_view, **changed, name="mine", is_shared=True) == ("permission_denied", "is_shared")
    assert refused(taote, change_view, **{**changed, "user": owner}, name="x", is_shared=False)[0] == "not_found"


def test_offers_and_coupons_are_made_of_what_there_is(clock):
    shop = make_shop("tmall")
    order = shop.order()
    assert refused(shop, lambda **_: lock_offer(store_id=shop.store.pk, offer_id=uuid4()))[0] == "not_found"
    bulk = {"store": shop.store, "refund_ids": []}
    assert refused(shop, start_bulk_job, **bulk) == ("required", "refunds")
    many = [uuid4() for _ in range(MOST_AT_ONCE + 1)]
    assert refused(shop, start_bulk_job, **{**bulk, "refund_ids": many}) == ("too_many", "refunds")
    coupon = {"store": shop.store, "name": "x", "channel": "general", "quantity": 1}
    coupon |= {"valid_from": NOON, "valid_until": NOON + timedelta(days=1)}
    coupon |= {"amount_off": Decimal("5.00"), "min_spend": Decimal("5.00")}
    assert refused(shop, create_coupon, **{**coupon, "valid_until": NOON})[1] == "valid_until"
    assert refused(shop, create_coupon, **{**coupon, "min_spend": Decimal("4.99")})[1] == "min_spend"
    with shop.scope():
        made = create_coupon(**coupon, **BY)
    given = {"store_id": shop.store.pk, "coupon_id": uuid4(), "order_number": order.number}
    assert refused(shop, grant_coupon, **given)[0] == "not_found"
    with shop.scope():
        Order.objects.filter(pk=order.pk).update(erased_at=NOON)
    assert refused(shop, grant_coupon, **{**given, "coupon_id": made.pk})[0] == "buyer_erased"
    switch = {"store": shop.store, "method": "change_to_return", "is_on": True, "available_from": date(2026, 11, 20)}
    assert refused(shop, set_store_method, **switch)[1] == "method"


def test_rules_are_named_once_and_published_and_turned_off_once(taote, clock):
    on = live(taote, "R").rule
    rule = {"store": taote.store, "definition": {"act": "approve"}}
    assert refused(taote, automation.draft_rule, **rule, name=" ")[1] == "name"
    assert refused(taote, automation.draft_rule, **rule, name="R") == ("unique", "name")
    other = drafted(taote, "S")
    assert refused(taote, automation.change_rule, **rule, rule_id=other.pk, name="R") == ("unique", "name")
    named = {"store_id": taote.store.pk}
    assert refused(taote, automation.publish_rule, **named, rule_id=on.pk)[0] == "invalid_transition"
    assert refused(taote, automation.turn_off_rule, **named, rule_id=other.pk)[0] == "invalid_transition"
    for act in (automation.publish_rule, automation.turn_off_rule):
        assert refused(taote, act, **named, rule_id=uuid4())[0] == "not_found"
    assert refused(taote, automation.move_rule, store=taote.store, rule_id=uuid4(), place=1)[0] == "not_found"
    for number in range(MOST_RULES - 2):
        drafted(taote, f"R{number}")
    assert refused(taote, automation.draft_rule, **rule, name="T")[0] == "too_many_rules"


def test_a_buyer_is_found_where_the_name_means_one(taote, clock):
    to = {"name": "王", "province": "云南省", "city": "昆明市", "district": "五华区", "detail": "1 号"}
    one, other = (taote.order(buyer_id=who, address={**to, "phone": "13912345678"}) for who in ("b1", "b2"))
    first, second = (taote.order(buyer_id=who, address={**to, "phone": "13912345679"}) for who in ("b3", "b4"))
    alone = taote.order(buyer_id="b5", address={**to, "phone": "13912345670"})
    with taote.scope():
        Order.objects.filter(pk__in=[first.pk, second.pk, alone.pk]).update(buyer_id="")
    for term, said in (
        ("", "Give the buyer"),
        ("nobody", "No buyer"),
        ("13912345678", "Several"),
        ("13912345679", "Several"),
    ):
        with taote.scope(), pytest.raises(Invalid, match=said):
            find_buyer(taote.store, term)
    with taote.scope():
        assert find_buyer(taote.store, one.number) == Buyer(taote.store, "b1")
        assert find_buyer(taote.store, "b2") == Buyer(taote.store, other.buyer_id)
        assert find_buyer(taote.store, first.number).order == first
        assert find_buyer(taote.store, "13912345670").order == alone
        Order.objects.filter(pk=other.pk).update(buyer_id=first.number)
        assert find_buyer(taote.store, first.number).order == first, "the number of an order says which"


def test_a_robot_and_a_request_that_nobody_knows_are_missing(taote, clock):
    order = taote.order()
    assert refused(taote, lambda **_: lock_robot(taote.store.pk, uuid4()))[0] == "not_found"
    assert refused(taote, lambda **_: lock_request(taote.store.pk, uuid4()))[0] == "not_found"
    with taote.scope():
        export = ask_for_export(store=taote.store, buyer=order.number, **BY)
    named = {"store_id": taote.store.pk, "request_id": export.pk}
    assert refused(taote, take_export, **named)[0] == "export_under_way"
