"""Before an order ships everybody is at it (K1, K3, K5, K7).

The buyer's answer, the warehouse, the merchant, the clock.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection

from common.models import Event
from common.tenancy import system_scope, tenant_scope
from offers.actions import accept_offer, decline_offer
from offers.coupons import create_coupon, grant_coupon
from offers.models import Coupon, CouponGrant, Offer
from offers.sweeps import sweep_due_offers
from orders.actions import ship_order
from orders.models import Order
from orders.saving import change_address, urge_order
from payments.models import Payment
from refunds.actions import approve_refund
from refunds.sweeps import sweep_due_refunds
from tests.concurrency.harness import overtaken, together
from tests.concurrency.invariants import assert_consistent
from tests.world import BUYER, MERCHANT, NOON, make_shop

PARCEL = {"carrier": "SF", "tracking_number": "SF-1", "actor": MERCHANT}


@pytest.fixture
def kuaishou(transactional_db, broker_tasks, clock):
    """A Kuaishou store whose rows are really committed; afterwards every invariant must hold."""
    shop = make_shop("kuaishou")
    yield shop
    assert_consistent()


def proposal(shop, **kwargs) -> Offer:
    """The platform's proposal for a request on an unshipped order."""
    refund = shop.refund(shop.order(shipped=False), kind="refund_only", **kwargs)
    with shop.scope():
        return Offer.objects.select_related("refund__order").get(refund=refund)


def call(shop, action, **which):
    """The action in a scope of its own, as a request would run it."""

    def run():
        with tenant_scope(shop.store.pk):
            return action(**{"store_id": shop.store.pk, "actor": BUYER, "now": NOON, **which})

    return run


def state(shop, offer) -> tuple[str, str, str, bool]:
    """(offer, refund, order, priority) as they are now."""
    with shop.scope():
        now = Offer.objects.select_related("refund__order").get(pk=offer.pk)
    order = now.refund.order
    return now.status, now.refund.status, order.status, order.is_priority


@pytest.mark.rule("K1", "T7")
def test_shipping_while_the_sweep_ends_the_proposal_ends_it_once(kuaishou, clock):
    offer = proposal(kuaishou)
    with kuaishou.scope():
        due_at = Offer.objects.get(pk=offer.pk).due_at
    clock.move(seconds=(due_at - NOON).total_seconds())
    ship = call(kuaishou, ship_order, number=offer.refund.order.number, **{**PARCEL, "now": due_at})
    race = overtaken(sweep_due_offers, ship, scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert state(kuaishou, offer)[0] == "expired"
    with kuaishou.scope():
        ends = Event.objects.filter(subject_id=offer.pk, name__in=["offer.expired", "offer.withdrawn"])
        assert [event.name for event in ends] == ["offer.expired"]


@pytest.mark.rule("K1")
def test_staying_against_shipping(kuaishou):
    offer = proposal(kuaishou)
    ship = call(kuaishou, ship_order, number=offer.refund.order.number, **PARCEL)
    stay = call(kuaishou, accept_offer, offer_id=offer.pk)
    race = overtaken(ship, stay, scope=kuaishou.scope())
    assert (race.codes, race.waited) == (("ok", "order_already_shipped"), True)
    assert state(kuaishou, offer) == ("withdrawn", "awaiting_merchant", "shipped", False)

    offer = proposal(kuaishou)
    ship = call(kuaishou, ship_order, number=offer.refund.order.number, **PARCEL)
    stay = call(kuaishou, accept_offer, offer_id=offer.pk)
    race = overtaken(stay, ship, scope=kuaishou.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert state(kuaishou, offer) == ("accepted", "withdrawn", "shipped", True)


@pytest.mark.rule("K3")
def test_staying_at_another_address_against_shipping_is_all_or_nothing(kuaishou):
    for _ in range(6):
        offer = proposal(kuaishou, reason="wrong_address")
        order = offer.refund.order
        stayed, shipped = together(
            call(kuaishou, accept_offer, offer_id=offer.pk, address="上海"),
            call(kuaishou, ship_order, number=order.number, **PARCEL),
        )
        assert shipped.code == "ok"
        assert stayed.code in ("ok", "order_already_shipped")
        now = kuaishou.reload(order)
        assert (now.address == "上海", now.is_priority) == (stayed.ok, stayed.ok)
        assert state(kuaishou, offer)[1] == ("withdrawn" if stayed.ok else "awaiting_merchant")


@pytest.mark.rule("K1")
def test_staying_against_the_merchants_yes(kuaishou):
    offer = proposal(kuaishou)
    stay, yes = (
        call(kuaishou, accept_offer, offer_id=offer.pk),
        call(kuaishou, approve_refund, refund_id=offer.refund_id, actor=MERCHANT),
    )
    race = overtaken(yes, stay, scope=kuaishou.scope())
    assert (race.codes, race.waited) == (("ok", "offer_not_pending"), True)
    assert state(kuaishou, offer) == ("withdrawn", "refunding", "cancelled", False)

    offer = proposal(kuaishou)
    stay, yes = (
        call(kuaishou, accept_offer, offer_id=offer.pk),
        call(kuaishou, approve_refund, refund_id=offer.refund_id, actor=MERCHANT),
    )
    race = overtaken(stay, yes, scope=kuaishou.scope())
    assert race.codes == ("ok", "invalid_transition")
    assert state(kuaishou, offer) == ("accepted", "withdrawn", "unshipped", True)
    with kuaishou.scope():
        assert Payment.objects.filter(topic_id=offer.refund_id).count() == 0


@pytest.mark.rule("K1")
def test_staying_against_both_deadlines(kuaishou, clock):
    offer = proposal(kuaishou)
    clock.move(hours=24)
    just, over = NOON + timedelta(hours=24, microseconds=-1), NOON + timedelta(hours=24)
    race = overtaken(
        call(kuaishou, accept_offer, offer_id=offer.pk, now=just), sweep_due_offers, scope=kuaishou.scope()
    )
    assert (race.codes, race.second.value) == (("ok", "ok"), 0)
    assert state(kuaishou, offer)[:2] == ("accepted", "withdrawn")

    offer = proposal(kuaishou)  # asked at NOON once more: over by now
    assert together(call(kuaishou, accept_offer, offer_id=offer.pk, now=over))[0].code == "offer_not_pending"
    clock.move(hours=24)
    late = call(kuaishou, accept_offer, offer_id=offer.pk, now=NOON + timedelta(hours=48))
    results = together(late, sweep_due_refunds, sweep_due_offers)
    assert results[0].code == "offer_not_pending"
    while sweep_due_refunds() + sweep_due_offers():
        pass
    assert state(kuaishou, offer)[:2] == ("expired", "refunding")


@pytest.mark.rule("K1")
def test_yes_and_no_at_once(kuaishou):
    for _ in range(4):
        offer = proposal(kuaishou)
        results = together(*(call(kuaishou, answer, offer_id=offer.pk) for answer in (accept_offer, decline_offer)))
        assert sorted(result.code for result in results) == ["offer_not_pending", "ok"]
        assert state(kuaishou, offer)[3] == results[0].ok


@pytest.mark.rule("K3")
def test_an_address_against_shipping(kuaishou):
    order = kuaishou.order(shipped=False)
    ship = call(kuaishou, ship_order, number=order.number, **PARCEL)
    change = call(kuaishou, change_address, number=order.number, address="上海")
    race = overtaken(ship, change, scope=kuaishou.scope())
    assert (race.codes, race.waited) == (("ok", "order_already_shipped"), True)
    assert kuaishou.reload(order).address == order.address

    order = kuaishou.order(shipped=False)
    ship = call(kuaishou, ship_order, number=order.number, **PARCEL)
    change = call(kuaishou, change_address, number=order.number, address="上海")
    race = overtaken(change, ship, scope=kuaishou.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    now = kuaishou.reload(order)
    assert (now.address, now.status) == ("上海", "shipped")


@pytest.mark.rule("K5")
def test_many_urges_at_once_are_one(kuaishou):
    order = kuaishou.order(shipped=False)

    def urge():
        with tenant_scope(kuaishou.store.pk):
            return urge_order(store=kuaishou.store, number=order.number, actor=BUYER, now=NOON)

    assert [result.code for result in together(*[urge] * 8)] == ["ok"] * 8
    with kuaishou.scope():
        assert Order.objects.get(pk=order.pk).urges == 1
        assert Event.objects.filter(name="order.urged").count() == 1


def coupon(shop, quantity) -> Coupon:
    with shop.scope():
        return create_coupon(
            store=shop.store,
            name="last ones",
            channel="general",
            amount_off=Decimal("5.00"),
            min_spend=Decimal("0.00"),
            valid_from=NOON - timedelta(days=1),
            valid_until=NOON + timedelta(days=9),
            quantity=quantity,
            actor=MERCHANT,
            now=NOON,
        )


@pytest.mark.rule("K7")
def test_the_last_coupon_is_granted_once(kuaishou):
    only = coupon(kuaishou, 3)
    orders = [kuaishou.order() for _ in range(8)]
    grants = [call(kuaishou, grant_coupon, coupon_id=only.pk, order_number=order.number) for order in orders]
    results = together(*grants)
    assert sorted(result.code for result in results) == ["coupon_not_available"] * 5 + ["ok"] * 3
    with kuaishou.scope():
        assert Coupon.objects.get().granted == CouponGrant.objects.count() == 3


@pytest.mark.rule("K7")
def test_a_coupon_granted_twice_for_an_order_is_granted_once(kuaishou):
    many, order = coupon(kuaishou, 9), kuaishou.order()
    results = together(*[call(kuaishou, grant_coupon, coupon_id=many.pk, order_number=order.number)] * 5)
    assert sorted(result.code for result in results) == ["coupon_already_granted"] * 4 + ["ok"]
    with kuaishou.scope():
        again = CouponGrant.objects.get()
    again.pk = None
    with kuaishou.scope(), pytest.raises(IntegrityError, match="coupon_granted_once_per_order"):
        again.save(force_insert=True)
    assert kuaishou.reload(many).granted == 1


@pytest.mark.rule("K5")
def test_the_database_dates_every_urge(kuaishou):
    order = kuaishou.order(shipped=False)
    with kuaishou.scope(), pytest.raises(IntegrityError, match="order_urges_are_dated"), connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET is_urged = true WHERE id = %s", [order.pk])


@pytest.mark.rule("K6")
def test_the_database_bounds_the_number_that_interrupts(kuaishou):
    with kuaishou.scope(), pytest.raises(IntegrityError, match="store_urge_alert"), connection.cursor() as cursor:
        cursor.execute("UPDATE stores_store SET urge_alert_at = 0 WHERE id = %s", [kuaishou.store.pk])
