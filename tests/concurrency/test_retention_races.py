"""Tmall's acceptances against each other, the clock and the last coupon: one clear outcome, nothing half done."""

from datetime import timedelta
from decimal import Decimal

import pytest

from common.tenancy import tenant_scope
from offers.actions import accept_offer, decline_offer, send_offer
from offers.bulk import send_waiting_rows, start_bulk_job
from offers.coupons import create_coupon
from offers.models import Coupon, CouponGrant, Offer
from offers.statistics import count_ended_offers
from offers.sweeps import sweep_due_offers
from orders.models import OwedParcel
from orders.parcels import ship_parcel, sweep_due_parcels
from payments.models import Payment
from refunds.actions import withdraw_refund
from refunds.models import Refund
from stores.actions import upsert_products
from tests.concurrency.harness import overtaken, together
from tests.concurrency.invariants import assert_consistent
from tests.world import BUYER, MERCHANT, NOON, make_shop


@pytest.fixture
def tmall(transactional_db, broker_tasks, clock):
    """A Tmall store whose rows are really committed; afterwards every invariant must hold."""
    shop = make_shop("tmall")
    yield shop
    assert_consistent()


def coupon(shop, quantity):
    with shop.scope():
        return create_coupon(
            store=shop.store,
            name="last ones",
            channel="smart_retention",
            amount_off=Decimal("5.00"),
            min_spend=Decimal("0.00"),
            valid_from=NOON - timedelta(days=1),
            valid_until=NOON + timedelta(days=9),
            quantity=quantity,
            actor=MERCHANT,
            now=NOON,
        )


def offer(shop, method, **terms) -> Offer:
    refund = shop.refund(reason="minor_flaw")
    with shop.scope():
        return send_offer(store_id=shop.store.pk, refund_id=refund.pk, method=method, actor=MERCHANT, now=NOON, **terms)


def call(shop, action, now=NOON, **which):
    """The action in a scope of its own, as a request would run it."""

    def run():
        with tenant_scope(shop.store.pk):
            return action(store_id=shop.store.pk, actor=BUYER, now=now, **which)

    return run


@pytest.mark.rule("Q13")
@pytest.mark.parametrize(("buyers", "quantity"), [(12, 11), (8, 1)])
def test_a_coupon_is_promised_as_often_as_there_are_coupons_and_each_promise_is_kept(tmall, buyers, quantity):
    only = coupon(tmall, quantity)
    refunds = [tmall.refund(reason="minor_flaw") for _ in range(buyers)]
    results = together(
        *(call(tmall, send_offer, refund_id=refund.pk, method="coupon", coupon_ids=[only.pk]) for refund in refunds)
    )
    codes = [result.code for result in results]
    assert codes.count("ok") == quantity
    # Who comes when all are promised finds no method that gives coupons; who comes at the same time, none left.
    assert set(codes) - {"ok"} <= {"coupon_not_available", "method_not_available"}
    sent = [result.value for result in results if result.code == "ok"]
    answers = together(*(call(tmall, accept_offer, offer_id=each.pk) for each in sent))
    assert {result.code for result in answers} == {"ok"}
    with tmall.scope():
        assert Coupon.objects.get().granted == CouponGrant.objects.count() == quantity
        assert Coupon.objects.get().reserved == 0
        assert Refund.objects.filter(status="withdrawn").count() == quantity


@pytest.mark.rule("Q13")
@pytest.mark.parametrize("end", ["decline", "withdraw", "expire"])
def test_the_last_coupon_that_comes_free_is_promised_once(tmall, end):
    only = coupon(tmall, 1)
    first = offer(tmall, "coupon", coupon_ids=[only.pk])
    others = [tmall.refund(reason="minor_flaw") for _ in range(3)]
    ends = {
        "decline": call(tmall, decline_offer, offer_id=first.pk),
        "withdraw": call(tmall, withdraw_refund, refund_id=first.refund_id),
        "expire": sweep_due_offers,
    }
    if end == "expire":
        with tmall.scope():
            Offer.objects.filter(pk=first.pk).update(due_at=NOON)
    sends = [call(tmall, send_offer, refund_id=refund.pk, method="coupon", coupon_ids=[only.pk]) for refund in others]
    ended, *_early = together(ends[end], *sends)
    assert ended.code == "ok"
    results = together(*sends)
    codes = sorted(result.code for result in results)
    assert set(codes) <= {"coupon_not_available", "method_not_available", "offer_pending", "ok"}
    with tmall.scope():
        assert Offer.objects.filter(status="pending").count() == 1
        assert Coupon.objects.get().reserved == 1


@pytest.mark.rule("Q10")
def test_a_partial_refund_accepted_twice_pays_once(tmall):
    for _ in range(6):
        sent = offer(tmall, "partial_refund", amount=Decimal("9.00"))
        results = together(*[call(tmall, accept_offer, offer_id=sent.pk)] * 3)
        assert sorted(result.code for result in results) == ["offer_not_pending", "offer_not_pending", "ok"]
        with tmall.scope():
            assert Payment.objects.filter(topic_id=sent.refund_id).count() == 1


@pytest.mark.rule("Q10")
@pytest.mark.parametrize("method", ["partial_refund", "red_packet"])
def test_accept_against_withdrawal(tmall, method):
    sent = offer(tmall, method, amount=Decimal("9.00"))
    race = overtaken(
        call(tmall, withdraw_refund, refund_id=sent.refund_id),
        call(tmall, accept_offer, offer_id=sent.pk),
        scope=tmall.scope(),
    )
    assert (race.codes, race.waited) == (("ok", "offer_not_pending"), True)
    with tmall.scope():
        assert Payment.objects.count() == 0
    sent = offer(tmall, method, amount=Decimal("9.00"))
    race = overtaken(
        call(tmall, accept_offer, offer_id=sent.pk),
        call(tmall, withdraw_refund, refund_id=sent.refund_id),
        scope=tmall.scope(),
    )
    assert race.codes == ("ok", "invalid_transition")
    with tmall.scope():
        assert Payment.objects.count() == 1


@pytest.mark.rule("Q16")
def test_a_gift_accepted_and_declined_at_once_is_owed_once_or_not_at_all_and_sent_once(tmall, clock):
    with tmall.scope():
        upsert_products(
            store=tmall.store,
            products=[{"item_id": "9001", "title": "毯", "category": "", "price": Decimal("1.00")}],
            actor=MERCHANT,
            now=NOON,
        )
    for _ in range(6):
        sent = offer(tmall, "gift", item_id="9001")
        accepted, declined = together(
            call(tmall, accept_offer, offer_id=sent.pk), call(tmall, decline_offer, offer_id=sent.pk)
        )
        assert sorted([accepted.code, declined.code]) == ["offer_not_pending", "ok"]
        with tmall.scope():
            assert OwedParcel.objects.filter(topic_id=sent.refund_id).count() == int(accepted.ok)
    for _ in range(2):
        call(tmall, accept_offer, offer_id=offer(tmall, "gift", item_id="9001").pk)()
    with tmall.scope():
        first, second = OwedParcel.objects.order_by("-created_at", "-id")[:2]
    clock.move(days=3)

    def ship(parcel):
        sent = {"parcel_id": parcel.pk, "carrier": "SF", "tracking_number": "P1"}
        return call(tmall, ship_parcel, **sent)

    race = overtaken(ship(first), ship(first), scope=tmall.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    race = overtaken(ship(second), sweep_due_parcels, scope=tmall.scope())
    assert (race.codes, race.waited, tmall.reload(second).late_at) == (("ok", "ok"), False, None)


@pytest.mark.rule("Q8")
def test_accept_against_expiry(tmall, clock):
    sent = offer(tmall, "red_packet", amount=Decimal("1.00"))
    clock.move(hours=24)
    late = call(tmall, accept_offer, offer_id=sent.pk, now=NOON + timedelta(hours=24))
    early = call(tmall, accept_offer, offer_id=sent.pk, now=NOON + timedelta(hours=24, microseconds=-1))
    race = overtaken(early, sweep_due_offers, scope=tmall.scope())
    assert (race.codes, race.second.value) == (("ok", "ok"), 0)
    other = offer(tmall, "red_packet", amount=Decimal("1.00"))
    assert together(late)[0].code == "offer_not_pending"
    assert other.status == "pending"


@pytest.mark.rule("Q11")
def test_counting_at_once_counts_each_answer_once(tmall):
    for _ in range(12):
        sent = offer(tmall, "red_packet", amount=Decimal("1.00"))
        call(tmall, decline_offer, offer_id=sent.pk)()
    counted = together(*[count_ended_offers] * 4)
    assert sum(result.value for result in counted) == 12
    assert count_ended_offers() == 0


def test_a_bulk_job_run_by_three_workers_sends_each_offer_once(tmall):
    refunds = [tmall.refund(reason="slow_logistics") for _ in range(9)]
    with tmall.scope():
        job = start_bulk_job(store=tmall.store, refund_ids=[refund.pk for refund in refunds], actor=MERCHANT, now=NOON)
    results = together(*[lambda: send_waiting_rows(job_ids=[job.pk])] * 3)
    assert [result.code for result in results] == ["ok"] * 3
    with tmall.scope():
        assert Offer.objects.count() == 9
