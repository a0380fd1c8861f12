"""What one act of a member may give away at most: offers, approvals, small payments, coupons by hand."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client

from common import clock as wall
from common.actors import SYSTEM
from common.errors import Refused
from common.models import Event
from common.tenancy import system_scope
from offers.actions import send_offer
from offers.bulk import default_terms, propose, send_waiting_rows, start_bulk_job
from offers.coupons import create_coupon, grant_coupon
from offers.eligibility import methods_for, why_not_offer
from offers.methods import METHODS, Situation
from offers.models import BulkRow, Offer
from offers.recommendation import recommend
from payments.models import Payment
from payments.small import send_small_payment
from refunds.actions import approve_refund
from refunds.models import Refund
from stores.actions import update_store
from stores.ceilings import Ceiling, why_above_ceiling
from stores.models import Membership
from stores.permissions import actor_of
from tests.rules.things import code_of
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


def test_an_offer_that_keeps_the_order_is_no_approval(clock):
    tmall = make_shop("tmall")
    set_ceilings(tmall, agent_approval_ceiling=Decimal("0.00"))
    agent = actor_of(make_user("agent", shop=tmall, role="agent"))
    offer(tmall, tmall.refund(), None, agent, method="reassurance")


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
    assert tmall.merchant.post("products/", {"item_id": "8009", "title": "Clip", "price": "0.30"}).status_code == 201
    set_ceilings(tmall, agent_offer_ceiling=Decimal("0.50"))  # enough to reship a clip, not the goods
    results, methods = {}, {}
    for role in ("agent", "owner"):
        actor, refund = actor_of(make_user(role, shop=tmall, role=role)), tmall.refund(reason="missing_parts")
        with tmall.scope():
            job = start_bulk_job(store=tmall.store, refund_ids=[refund.pk], actor=actor, now=wall.now())
        send_waiting_rows(job_ids=[job.pk])
        with tmall.scope():
            row = BulkRow.objects.get(job=job)
        results[role] = (row.status, "'most': '¥0.50'" in str(row.why))
        methods[role] = row.method
    assert results == {"agent": ("sent", False), "owner": ("sent", False)}
    assert (methods["owner"], methods["agent"]) == ("reship", "reassurance"), "what the reason recommends is too dear"


def test_nothing_is_recommended_that_cannot_be_sent(clock):
    """At every edge of ceiling and price, for who has a ceiling; and where nothing can be given, it is said why."""
    tmall = make_shop("tmall")
    ends = {"valid_from": NOON - timedelta(days=1), "valid_until": NOON + timedelta(days=9), "quantity": 9}
    with tmall.scope():
        for off in ("3.00", "20.00"):
            create_coupon(
                store=tmall.store, name=off, channel="smart_retention", amount_off=Decimal(off),
                min_spend=Decimal("60.00"), **ends, actor=MERCHANT, now=NOON,
            )  # fmt: skip
    agent = actor_of(make_user("agent", shop=tmall, role="agent"))
    reasons = ("minor_flaw", "slow_logistics", "missing_parts")
    refunds = [tmall.refund(reason=reason, amount=amount) for reason in reasons for amount in ("0.01", "0.10", "59.00")]
    found = {}
    for ceiling in (None, "0.00", "0.01", "0.02", "2.99", "3.00", "58.99", "59.00"):
        set_ceilings(tmall, agent_offer_ceiling=ceiling and Decimal(ceiling))
        with tmall.scope():
            for refund in Refund.objects.select_related("order", "store").filter(pk__in=[each.pk for each in refunds]):
                sendable, said = sends_all(refund, agent)
                found.setdefault(ceiling, set()).update(sendable)
                assert said <= {"above_ceiling", "method_not_available"}
    assert found["0.00"] == {"reassurance", "exchange"}
    assert found["0.01"] == found["2.99"] == found["0.00"] | {"partial_refund", "red_packet"}
    assert found["3.00"] == found["58.99"] == found["0.01"] | {"coupon"}
    assert found["59.00"] == found[None] == found["3.00"] | {"gift", "reship"}
    taote = make_shop("taote")
    refund = taote.refund(kind="return_and_refund")
    set_ceilings(taote, agent_approval_ceiling=Decimal("0.00"))
    other = actor_of(make_user("wang", shop=taote, role="agent"))
    with taote.scope():
        situation = Situation(Refund.objects.select_related("order", "store").get(pk=refund.pk), NOON, other)
        assert code_of(why_not_offer(METHODS["change_to_refund_only"], situation)) == "above_ceiling"
        assert why_not_offer(METHODS["change_to_refund_only"], Situation(situation.refund, NOON, OPERATOR)) is None


def sends_all(refund, actor) -> tuple[set[str], set[str]]:
    """Send each option as recommended, and take it back: the methods, and the codes of those that aren't possible."""
    situation = Situation(refund, NOON, actor)
    refused = {method: why_not_offer(method, situation) for method in methods_for(refund)}
    possible = [method for method, why in refused.items() if why is None]
    proposal = propose(refund, NOON, actor)
    offers = [(option.method, option.amount) for option in recommend(situation, possible)]
    for method, amount in [*offers, (proposal.method, proposal.terms.get("amount"))]:
        terms = {"message": "亲", **(default_terms(situation, method) or {"item_id": "8000"})}
        if amount is not None:
            terms["amount"] = amount
        with transaction.atomic():
            told = {"store_id": refund.store_id, "refund_id": refund.pk, "method": method.code}
            send_offer(**told, actor=actor, now=NOON, **terms)
            transaction.set_rollback(True)
    return {method.code for method in possible}, {why.code for why in refused.values() if why}


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
    set_ceilings(taote, agent_offer_ceiling=MOST)
    with taote.scope(), django_assert_num_queries(0):
        assert why_above_ceiling(taote.store, Ceiling.OFFER, MOST, people["agent"]) is None


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


def test_the_goods_themselves_cost_as_many_pieces_as_would_be_sent(clock):
    """A single cheaper product makes the method possible; what is dearer says so before it is picked."""
    tmall = make_shop("tmall")
    user = make_user("agent", shop=tmall, role="agent")
    refund = tmall.refund(tmall.order(quantity=3), reason="missing_parts", amount="177.00")
    methods = ("gift", "reship", "exchange")

    def refused() -> list[str | None]:
        with tmall.scope():
            row = Refund.objects.select_related("order", "store").get(pk=refund.pk)
            asked = Situation(row, NOON, actor_of(user))
            found = [why_not_offer(METHODS[method], asked) for method in methods]
        return [why and why.code for why in found]

    set_ceilings(tmall, agent_offer_ceiling=Decimal("176.99"))
    assert refused() == [None, "above_ceiling", None]
    set_ceilings(tmall, agent_offer_ceiling=Decimal("177.00"))
    assert refused() == [None, None, None]
    set_ceilings(tmall, agent_offer_ceiling=Decimal("60.00"))
    assert tmall.merchant.post("products/", {"item_id": "8009", "title": "Clip", "price": "0.30"}).status_code == 201
    assert refused() == [None, None, None]
    client = Client()
    client.force_login(user, "stores.permissions.RoleBackend")
    path = f"/admin/refunds/refund/{refund.pk}/"
    form = client.get(f"{path}negotiate/", {"method": "reship"}).context["form"]
    assert [(each.item_id, each.why_not and each.why_not.code) for each in form.goods] == [("8000", "above_ceiling")]
    assert form.fields["item_id"].initial is None

    sent = {"method": "gift", "item_id": "８００９", "message": "亲", "step": "preview"}
    assert client.post(f"{path}negotiate/", sent).context["offer"].product.item_id == "8009", "in whatever width"

    def dear(**query) -> dict:
        found = client.get(f"{path}products/", query).context["products"]
        return {each.item_id: getattr(each, "why_not", None) is not None for each in found}

    assert dear(method="reship") == {"8009": False, "8000": True}
    assert dear(method="gift") == dear(method="exchange") == dear() == {"8009": False, "8000": False}
    assert dear(method="coupon") == dear(method="\u0660") == dear()
    set_ceilings(tmall, agent_offer_ceiling=None)
    assert dear(method="reship") == {"8009": False, "8000": False}
