"""What a buyer said yes to about a followed refund comes true once, when the marketplace says that it was withdrawn."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from common.errors import Refused
from common.tenancy import system_scope
from offers.actions import accept_offer, send_offer, why_not_accept
from offers.coupons import create_coupon
from offers.insights.rollup import roll_up
from offers.models import Coupon, CouponGrant, Offer
from offers.sweeps import sweep_due_offers
from orders.models import OwedParcel
from payments.models import Payment
from payments.settlement import settle_batch
from refunds.models import Refund
from refunds.states import MarketplaceStage
from tests.marketplace import connected, followed, told
from tests.rooms.test_following import STAGES, assert_sound, names
from tests.world import BUYER, MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def shop(db, clock):
    yield make_shop("tmall")
    assert_sound()


def agreed(shop, method: str, **terms) -> tuple[Refund, Offer]:
    """A followed refund about which the buyer has said yes to an offer of this method."""
    refund = followed(shop, "asked", order=shop.order(), reason="minor_flaw")
    done = {"actor": MERCHANT, "now": NOON}
    with shop.scope():
        offer = send_offer(
            store_id=shop.store.pk, refund_id=refund.pk, method=method, message="对不起", **terms, **done
        )
    with shop.scope():
        return refund, accept_offer(store_id=shop.store.pk, offer_id=offer.pk, actor=BUYER, now=NOON)


def state(shop, offer) -> str:
    """How the offer stands."""
    return shop.reload(offer).status


def paid() -> list[tuple[str, str, str]]:
    """Every payment's purpose, amount and gateway."""
    settle_batch()
    with system_scope():
        return [(each.purpose, str(each.amount), each.gateway) for each in Payment.objects.order_by("id")]


@pytest.mark.parametrize("stage", ["withdrawn", "closed"])
@pytest.mark.parametrize("method", ["partial_refund", "red_packet"])
def test_money_is_paid_once_the_request_is_gone(shop, method, stage):
    refund, offer = agreed(shop, method, amount=Decimal("5.00"))
    assert (state(shop, offer), paid()) == ("accepted_waiting", [])
    assert_sound()
    for _again in range(2):
        told(shop, refund, stage, at=NOON + HOUR)
    assert (state(shop, offer), shop.reload(refund).status) == ("accepted", "withdrawn")
    assert paid() == [(method, "5.00", "sandbox")]
    assert names(refund).count("offer.accepted") == 1


def test_what_waits_for_another_request_waits_on(shop):
    _other, waits = agreed(shop, "red_packet", amount=Decimal("3.00"))
    refund, offer = agreed(shop, "red_packet", amount=Decimal("5.00"))
    told(shop, refund, "withdrawn", at=NOON + HOUR)
    assert (state(shop, offer), state(shop, waits)) == ("accepted", "accepted_waiting")
    assert paid() == [("red_packet", "5.00", "sandbox")]


def a_coupon(shop) -> Coupon:
    with shop.scope():
        return create_coupon(
            store=shop.store,
            name="Ten off",
            channel="smart_retention",
            amount_off=Decimal("10.00"),
            min_spend=Decimal("0.00"),
            valid_from=NOON - HOUR,
            valid_until=NOON + timedelta(days=90),
            quantity=1,
            actor=MERCHANT,
            now=NOON,
        )


@pytest.mark.parametrize(
    ("stage", "hours", "status", "counts"),
    [
        ("withdrawn", 1, "accepted", (1, 0)),
        ("refunded", 1, "withdrawn", (0, 0)),
        ("disputed", 1, "withdrawn", (0, 0)),
        (None, 42, "expired", (0, 0)),
        ("asked", 1, "accepted_waiting", (0, 1)),
    ],
)
def test_a_promised_coupon_is_granted_or_free_again(shop, clock, stage, hours, status, counts):
    coupon = a_coupon(shop)
    refund, offer = agreed(shop, "coupon", coupon_ids=[coupon.pk])
    if stage:
        told(shop, refund, stage, at=NOON + HOUR)
    clock.move(hours=hours)
    sweep_due_offers()
    sweep_due_offers()
    coupon = shop.reload(coupon)
    assert (state(shop, offer), (coupon.granted, coupon.reserved)) == (status, counts)
    with system_scope():
        assert CouponGrant.objects.count() == counts[0]


def test_a_withdrawal_after_the_promise_is_void_pays_nothing(shop, clock):
    refund, offer = agreed(shop, "partial_refund", amount=Decimal("5.00"))
    clock.move(hours=42)
    assert sweep_due_offers() == 1
    told(shop, refund, "withdrawn", at=NOON + timedelta(hours=43))
    assert (state(shop, offer), paid()) == ("expired", [])


def test_the_deadline_moves_with_the_marketplaces(shop, clock):
    refund, offer = agreed(shop, "partial_refund", amount=Decimal("5.00"))
    told(shop, refund, "refused", at=NOON + HOUR, deadline=NOON + timedelta(hours=90))
    clock.move(hours=60)
    assert sweep_due_offers() == 0
    told(shop, refund, "withdrawn", at=NOON + timedelta(hours=60))
    assert (state(shop, offer), len(paid())) == ("accepted", 1)


def test_nothing_else_is_offered_or_agreed_meanwhile(shop):
    refund, _offer = agreed(shop, "partial_refund", amount=Decimal("5.00"))
    answer = shop.merchant.post("offers/", {"refund": str(refund.pk), "method": "reassurance", "message": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "offer_pending")
    [shown] = shop.buyer.get(f"refunds/{refund.pk}/").json()["offers"]
    assert shown["status"] == "accepted"


def test_a_promised_parcel_is_owed_once_the_request_is_gone(shop):
    refund, _offer = agreed(shop, "reship", item_id="8000")
    with system_scope():
        assert not OwedParcel.objects.exists()
    told(shop, refund, "withdrawn", at=NOON + HOUR)
    with system_scope():
        assert OwedParcel.objects.get().status == "owed"


def test_who_asks_again_after_a_kept_promise_has_another_refund_here(shop):
    refund, offer = agreed(shop, "partial_refund", amount=Decimal("5.00"))
    told(shop, refund, "withdrawn", at=NOON + HOUR)
    again = told(shop, refund, "asked", "40.00", at=NOON + 2 * HOUR)
    assert again.pk != refund.pk
    told(shop, again, "refunded", "40.00", at=NOON + 3 * HOUR)
    with system_scope():
        assert sorted(Refund.objects.values_list("status", flat=True)) == ["refunded", "withdrawn"]
    assert state(shop, offer) == "accepted"
    assert [gateway for _purpose, _amount, gateway in paid()] == ["sandbox", "marketplace"]


def test_a_promise_whose_money_is_gone_lapses(shop):
    refund, offer = agreed(shop, "partial_refund", amount=Decimal("5.00"))
    told(shop, refund, "asked", "1.00", kind="refund_only", at=NOON + HOUR)
    followed(shop, "refunded", "58.00", order=refund.order, kind="refund_only")
    told(shop, refund, "withdrawn", "1.00", kind="refund_only", at=NOON + 2 * HOUR)
    assert (state(shop, offer), shop.reload(offer).has_lapsed) == ("withdrawn", True)


histories = st.lists(st.tuples(st.sampled_from(STAGES), st.booleans()), max_size=7)


@example([(MarketplaceStage.WITHDRAWN, True), (MarketplaceStage.RESHIPPED, True)], "red_packet")
@given(histories, st.sampled_from(["partial_refund", "red_packet"]))
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_history_pays_a_promise_at_most_once_and_counts_it_so(clock, history, method):
    with transaction.atomic():
        shop = make_shop("tmall")
        refund, offer = agreed(shop, method, amount=Decimal("5.00"))
        for hour, (stage, is_rolled_up) in enumerate(history, 1):
            with suppress(Refused):  # the order is known in full: what was paid instead isn't left for it
                refund = told(shop, refund, stage, at=NOON + hour * HOUR)
            if is_rolled_up:
                roll_up()
        roll_up()
        assert_sound()
        with system_scope():
            promised = Payment.objects.filter(purpose=method).count()
        assert promised == (state(shop, offer) == "accepted")
        transaction.set_rollback(True)


def test_a_change_of_the_request_is_the_marketplaces_to_confirm(db, clock):
    shop = make_shop("taote")
    refund = followed(shop, "asked", order=shop.order(), reason="minor_flaw")
    terms = {"method": "change_to_refund_only", "amount": Decimal("20.00"), "agreed_with_buyer": True}
    with shop.scope():
        offer = send_offer(store_id=shop.store.pk, refund_id=refund.pk, **terms, actor=MERCHANT, now=NOON)
    with shop.scope():
        assert why_not_accept(offer, NOON).code == "not_connected", "it is said before anybody tries"
    assert shop.buyer.post(f"offers/{offer.pk}/accept/").json()["errors"][0]["code"] == "not_connected"
    with connected() as sent:
        assert shop.buyer.post(f"offers/{offer.pk}/accept/").status_code == 200
    assert sent == [("change_request", {"kind": "refund_only", "amount": "20.00"})]
    assert (state(shop, offer), shop.reload(refund).status) == ("accepted_waiting", "awaiting_merchant")
    told(shop, refund, "refunded", "20.00", kind="refund_only", at=NOON + HOUR)
    assert (state(shop, offer), str(shop.reload(refund).amount)) == ("accepted", "20.00")
    with system_scope():
        assert Offer.objects.count() == 1
    assert_sound()
