"""What one act of a member may give away at most: offers, approvals, small payments, coupons by hand."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from common import clock as wall
from common.actors import SYSTEM
from common.errors import Refused
from common.models import Event
from common.tenancy import system_scope
from offers.actions import send_offer
from offers.bulk import send_waiting_rows, start_bulk_job
from offers.coupons import create_coupon, grant_coupon
from offers.models import BulkRow, Offer
from payments.models import Payment
from payments.small import send_small_payment
from refunds.actions import approve_refund
from stores.actions import update_store
from stores.ceilings import Ceiling, why_above_ceiling
from stores.models import Membership
from stores.permissions import actor_of
from tests.world import MERCHANT, NOON, OPERATOR, make_shop, make_user

pytestmark = pytest.mark.django_db
MOST = Decimal("50.00")
ALL = {"agent_offer_ceiling": MOST, "agent_approval_ceiling": MOST, "finance_payment_ceiling": MOST}


def set_ceilings(shop, **ceilings):
    """As the owner sets them."""
    with shop.scope():
        update_store(store=shop.store, actor=MERCHANT, now=NOON, **ceilings)


def approve(shop, refund, actor):
    """The merchant says yes."""
    with shop.scope():
        return approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=actor, now=NOON)


def offer(shop, refund, amount, actor, method="change_to_refund_only"):
    """Let the buyer keep the goods for so much."""
    with shop.scope():
        terms = {"amount": amount and Decimal(amount), "agreed_with_buyer": True}
        found = {"store_id": shop.store.pk, "refund_id": refund.pk}
        return send_offer(**found, method=method, actor=actor, now=NOON, message="ok", **terms)


def pay(shop, order, amount, actor):
    """Send a few yuan."""
    what = {"order_number": order.number, "amount": Decimal(amount), "purpose": "other", "note": "ribbon"}
    with shop.scope():
        return send_small_payment(store=shop.store, actor=actor, now=NOON, **what)


def code(call, *args):
    """The code of the refusal."""
    with pytest.raises(Refused) as caught:
        call(*args)
    return caught.value.code


@pytest.fixture
def people(taote):
    """Actors of the store by role."""
    return {role: actor_of(make_user(role, shop=taote, role=role)) for role in ("agent", "finance", "owner")}


def test_an_agent_approves_up_to_the_ceiling(taote, people):
    set_ceilings(taote, agent_approval_ceiling=MOST)
    dear, cheap = taote.refund(amount="50.01"), taote.refund(amount="50.00")
    assert code(approve, taote, dear, people["agent"]) == "above_ceiling"
    assert taote.reload(dear).status == "awaiting_merchant"
    approve(taote, cheap, people["agent"])
    approve(taote, dear, people["owner"])


def test_an_offer_that_changes_the_request_is_also_an_approval(taote, people):
    set_ceilings(taote, agent_approval_ceiling=MOST)
    refund = taote.refund(kind="return_and_refund")
    assert code(offer, taote, refund, "50.01", people["agent"]) == "above_ceiling"
    offer(taote, refund, "50.00", people["agent"])


def test_an_agent_offers_up_to_the_ceiling(taote, people):
    set_ceilings(taote, agent_offer_ceiling=MOST)
    refund = taote.refund(kind="return_and_refund")
    assert code(offer, taote, refund, "50.01", people["agent"]) == "above_ceiling"
    with taote.scope():
        assert not Offer.objects.exists()
    offer(taote, refund, "50.01", people["owner"])


def coupon_of(shop, channel):
    """Fifty yuan and a cent off."""
    ends = {"valid_from": NOON - timedelta(days=1), "valid_until": NOON + timedelta(days=9)}
    money = {"amount_off": Decimal("50.01"), "min_spend": Decimal("60.00"), "quantity": 9}
    with shop.scope():
        return create_coupon(
            store=shop.store, name="thanks", channel=channel, **ends, **money, actor=MERCHANT, now=NOON
        )


def grant(shop, coupon, order, actor):
    """Give it by hand."""
    named = {"store_id": shop.store.pk, "coupon_id": coupon.pk, "order_number": order.number}
    with shop.scope():
        return grant_coupon(**named, actor=actor, now=NOON)


def test_a_coupon_given_by_hand_counts_as_an_offer(taote, people):
    set_ceilings(taote, agent_offer_ceiling=MOST)
    order, coupon = taote.order(), coupon_of(taote, "general")
    assert code(grant, taote, coupon, order, people["agent"]) == "above_ceiling"
    assert taote.reload(coupon).granted == 0
    grant(taote, coupon, order, people["owner"])


def test_of_many_offers_each_is_below_the_ceiling_or_says_why_not(clock):
    tmall = make_shop("tmall")
    set_ceilings(tmall, agent_offer_ceiling=Decimal("0.50"))
    refund = tmall.refund(reason="missing_parts")
    results = {}
    for role in ("agent", "owner"):
        actor = actor_of(make_user(role, shop=tmall, role=role))
        with tmall.scope():
            job = start_bulk_job(store=tmall.store, refund_ids=[refund.pk], actor=actor, now=wall.now())
        send_waiting_rows(job_ids=[job.pk])
        with tmall.scope():
            row = BulkRow.objects.get(job=job)
        results[role] = (row.status, "'most': '¥0.50'" in str(row.why))
    assert results == {"agent": ("refused", True), "owner": ("sent", False)}


def test_finance_sends_up_to_the_ceiling(taote, people):
    set_ceilings(taote, finance_payment_ceiling=MOST)
    order = taote.order()
    assert code(pay, taote, order, "50.01", people["finance"]) == "above_ceiling"
    with taote.scope():
        assert not Payment.objects.exists()
    pay(taote, order, "50.00", people["finance"])
    pay(taote, order, "50.01", people["owner"])


def test_keys_operators_and_the_system_have_no_ceiling(taote):
    set_ceilings(taote, **ALL)
    operator = actor_of(make_user("boss", operator=True))
    for actor in (MERCHANT, OPERATOR, SYSTEM, operator):
        approve(taote, taote.refund(), actor)
    assert taote.merchant.post(f"refunds/{taote.refund().pk}/approve/").status_code == 200


def test_an_owner_elsewhere_and_a_former_member_have_one(taote, people):
    set_ceilings(taote, **ALL)
    other = make_shop()
    elsewhere = make_user("elsewhere", shop=other)
    with system_scope():
        Membership.objects.create(store=taote.store, user=elsewhere, role="agent")
    assert code(approve, taote, taote.refund(), actor_of(elsewhere)) == "above_ceiling"
    with taote.scope():
        Membership.objects.filter(user=elsewhere).delete()
    assert code(approve, taote, taote.refund(), actor_of(elsewhere)) == "above_ceiling"


def test_without_a_ceiling_nobody_is_asked_for_the_role(taote, people, django_assert_num_queries):
    with taote.scope(), django_assert_num_queries(0):
        assert why_above_ceiling(taote.store, Ceiling.OFFER, Decimal("9999.00"), people["agent"]) is None


def test_nothing_at_all_is_a_ceiling_and_less_is_none(taote, people):
    set_ceilings(taote, agent_approval_ceiling=Decimal("0.00"))
    assert code(approve, taote, taote.refund(amount="0.01"), people["agent"]) == "above_ceiling"
    with pytest.raises(ValidationError) as caught:
        set_ceilings(taote, agent_approval_ceiling=Decimal("-0.01"))
    assert "agent_approval_ceiling" in caught.value.message_dict


def test_a_ceiling_leaves_an_event(taote):
    set_ceilings(taote, agent_offer_ceiling=MOST)
    with taote.scope():
        event = Event.objects.filter(name="store.changed").latest("pk")
    assert event.data["agent_offer_ceiling"] == [None, "50.00"]
