"""Tmall's seven ways to keep an order, through the API (Q1–Q17)."""

from datetime import timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from common.tenancy import system_scope
from offers.coupons import create_coupon
from offers.models import CouponGrant, MarketplaceMethod, StoreMethod
from offers.statistics import count_ended_offers
from orders.parcels import sweep_due_parcels
from payments.models import SandboxTransfer
from payments.settlement import settle_batch
from stores.actions import upsert_products
from stores.models import CategoryOpening
from tests.world import MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_migrated(db):
    """What the migrations filled in: a test that commits takes it away."""
    if not MarketplaceMethod.objects.exists():
        import_module("offers.migrations.0001_squashed_0020_coupon_ends").load_switches(apps, None)
    if CategoryOpening.objects.count() < 2:
        CategoryOpening.objects.all().delete()
        import_module("stores.migrations.0001_squashed_0013_held_day").open_categories(apps, None)


@pytest.fixture
def tmall(db):
    """A Tmall store."""
    return make_shop("tmall")


@pytest.fixture
def refund(tmall, clock):
    """A buyer complains about a small flaw of shipped bedding worth ¥59."""
    return tmall.refund(kind="return_and_refund", reason="minor_flaw")


def coupon(shop, name="满 50 减 5", off="5.00", spend="50.00", days=30, quantity=100, channel="smart_retention"):
    with shop.scope():
        return create_coupon(
            store=shop.store,
            name=name,
            channel=channel,
            amount_off=Decimal(off),
            min_spend=Decimal(spend),
            valid_from=NOON - timedelta(days=1),
            valid_until=NOON + timedelta(days=days),
            quantity=quantity,
            actor=MERCHANT,
            now=NOON,
        )


def warehouse(shop, item_id="9001", title="绒毯", listed=True):
    with shop.scope():
        return upsert_products(
            store=shop.store,
            products=[
                {"item_id": item_id, "title": title, "category": "1", "price": Decimal("9.90"), "listed": listed}
            ],
            actor=MERCHANT,
            now=NOON,
        )[0]


def offer(shop, refund, method, **terms):
    return shop.merchant.post("offers/", {"refund": str(refund.pk), "method": method, **terms})


def accept(shop, answer):
    assert answer.status_code == 201, answer.json()
    return shop.buyer.post(f"offers/{answer.json()['id']}/accept/")


def detail(shop, refund):
    return shop.merchant.get(f"refunds/{refund.pk}/").json()


def code(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


@pytest.mark.rule("Q1", "Q3")
@pytest.mark.parametrize("kind", ["refund_only", "return_and_refund"])
def test_only_what_was_shipped_is_retainable(tmall, clock, kind):
    shipped = tmall.refund(kind=kind)
    unshipped = tmall.refund(tmall.order(shipped=False), kind="refund_only")

    assert detail(tmall, shipped)["retainable"] == {"ok": True, "code": None}
    assert detail(tmall, unshipped)["retainable"] == {"ok": False, "code": "not_retainable"}
    assert code(offer(tmall, unshipped, "reassurance", message="别走")) == (409, "not_retainable")
    ids = [row["id"] for row in tmall.merchant.get("refunds/", retainable="true").json()["results"]]
    assert ids == [str(shipped.pk)]
    others = [row["id"] for row in tmall.merchant.get("refunds/", retainable="false").json()["results"]]
    assert others == [str(unshipped.pk)]


@pytest.mark.rule("Q2", "Q3")
def test_categories_open_by_date(tmall, clock):
    refund = tmall.refund(tmall.order(category="777"))
    assert detail(tmall, refund)["retainable"]["code"] == "category_not_open"
    assert tmall.merchant.get("refunds/", retainable="true").json()["results"] == []
    CategoryOpening.objects.create(
        marketplace="tmall", category="777", name="t", opens_on=NOON.date() + timedelta(days=1)
    )
    assert detail(tmall, refund)["retainable"]["code"] == "category_not_open"
    clock.move(hours=12)  # midnight in Shanghai
    assert detail(tmall, refund)["retainable"] == {"ok": True, "code": None}
    assert len(tmall.merchant.get("refunds/", retainable="true").json()["results"]) == 1


@pytest.mark.rule("Q2")
def test_the_launch_list_is_loaded(as_migrated):
    opened = set(CategoryOpening.objects.filter(marketplace="tmall").values_list("category", flat=True))
    assert opened >= {"201207402", "126762001", "124458005", "50008141"}
    assert opened >= {"124484008", "50008163", "122928002", "50013886"}


@pytest.mark.rule("Q2")
@pytest.mark.parametrize("site", ["tmall_overseas", "taobao"])
def test_other_sites_cannot_retain(tmall, refund, site):
    with system_scope():
        tmall.store.site = site
        tmall.store.save()
    assert detail(tmall, refund)["retainable"]["code"] == "not_retainable"
    assert tmall.merchant.get("refunds/", retainable="true").json()["results"] == []


@pytest.mark.rule("Q4")
def test_each_method_has_its_switches(as_migrated, tmall, refund):
    red = MarketplaceMethod.objects.get(method="red_packet")
    assert red.available_from > MarketplaceMethod.objects.get(method="gift").available_from
    assert offer(tmall, refund, "red_packet", amount="1.00").status_code == 201
    second = tmall.refund()
    red.available_from = NOON.date() + timedelta(days=1)
    red.save()
    assert code(offer(tmall, second, "red_packet", amount="1.00")) == (409, "method_not_available")
    with system_scope():
        StoreMethod.objects.create(store=tmall.store, method="gift", is_on=False, available_from=NOON.date())
    warehouse(tmall)
    assert code(offer(tmall, second, "gift", item_id="9001")) == (409, "method_not_available")


@pytest.mark.rule("Q5")
@pytest.mark.parametrize(
    ("text", "status"),
    [("好" * 50, 201), ("好" * 51, 400), ("👨‍👩‍👧‍👦" * 50, 201), ("🇨🇳" * 51, 400), ("é" * 50, 201)],
)
def test_fifty_characters_as_people_count_them(tmall, refund, text, status):
    answer = offer(tmall, refund, "reassurance", message=text)
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["errors"][0]["attr"] == "message"


@pytest.mark.rule("Q7", "Q8")
def test_two_offers_and_none_while_one_is_pending(tmall, refund):
    first = offer(tmall, refund, "reassurance", message="亲，别走")
    assert code(offer(tmall, refund, "red_packet", amount="1.00")) == (409, "offer_pending")
    tmall.buyer.post(f"offers/{first.json()['id']}/decline/")
    second = offer(tmall, refund, "red_packet", amount="1.00")
    assert second.status_code == 201
    tmall.buyer.post(f"offers/{second.json()['id']}/decline/")
    assert code(offer(tmall, refund, "red_packet", amount="2.00")) == (409, "attempts_exhausted")
    assert detail(tmall, refund)["status"] == "awaiting_merchant"


@pytest.mark.rule("Q9")
def test_reassurance_once_but_also_second(tmall, refund):
    first = offer(tmall, refund, "reassurance", message="亲，别走")
    tmall.buyer.post(f"offers/{first.json()['id']}/decline/")
    assert code(offer(tmall, refund, "reassurance", message="再想想")) == (409, "method_not_repeatable")
    other = tmall.refund()
    first = offer(tmall, other, "red_packet", amount="1.00")
    tmall.buyer.post(f"offers/{first.json()['id']}/decline/")
    assert offer(tmall, other, "reassurance", message="再想想").status_code == 201


@pytest.mark.rule("Q10", "Q12")
def test_a_partial_refund_is_paid_and_withdraws_the_refund(tmall, refund):
    assert accept(tmall, offer(tmall, refund, "partial_refund", amount="9.00")).status_code == 200
    now = detail(tmall, refund)
    assert (now["status"], now["amount"]) == ("withdrawn", "59.00")
    assert [(p["purpose"], p["amount"], p["status"]) for p in now["payments"]] == [
        ("partial_refund", "9.00", "pending")
    ]
    settle_batch()
    assert detail(tmall, refund)["payments"][0]["status"] == "succeeded"
    assert SandboxTransfer.objects.get().amount == 9
    again = {"order": tmall.reload(refund.order).number, "kind": "refund_only", "reason": "quality"}
    assert code(tmall.buyer.post("refunds/", {**again, "amount": "50.01"})) == (409, "amount_above_refundable")
    assert tmall.buyer.post("refunds/", {**again, "amount": "50.00"}).status_code == 201


@pytest.mark.rule("Q12")
@pytest.mark.parametrize(("amount", "status"), [("59.00", 201), ("59.01", 409), ("0.00", 400)])
def test_the_difference_is_within_the_maximum(tmall, refund, amount, status):
    options = tmall.merchant.get(f"refunds/{refund.pk}/offer-options/").json()["options"]
    partial = next(option for option in options if option["method"] == "partial_refund")
    assert partial["limits"]["max_amount"] == "59.00"
    assert offer(tmall, refund, "partial_refund", amount=amount).status_code == status


@pytest.mark.rule("Q10")
def test_a_red_packet_has_its_own_limit_and_counts_against_the_order(tmall, clock):
    refund = tmall.refund(tmall.order(prices=("300.00",)), amount="300.00")
    assert code(offer(tmall, refund, "red_packet", amount="200.01")) == (409, "payment_above_limit")
    assert accept(tmall, offer(tmall, refund, "red_packet", amount="200.00")).status_code == 200
    settle_batch()
    order = tmall.reload(refund.order)
    assert (order.claimed_amount, detail(tmall, refund)["status"]) == (200, "withdrawn")


@pytest.mark.rule("Q11")
@pytest.mark.parametrize(
    ("reason", "recommended"),
    [
        ("slow_logistics", {"reassurance", "red_packet", "coupon", "reship"}),
        ("packaging_damaged", {"gift", "red_packet", "coupon", "partial_refund"}),
        ("missing_parts", {"reship"}),
        ("parcel_lost", {"reship"}),
        ("changed_mind", set()),
    ],
)
def test_the_reason_recommends(tmall, clock, reason, recommended):
    coupon(tmall)
    refund = tmall.refund(reason=reason)
    options = tmall.merchant.get(f"refunds/{refund.pk}/offer-options/").json()["options"]
    assert {option["method"] for option in options if option["recommended"]} == recommended
    assert [option["recommended"] for option in options] == sorted(
        (option["recommended"] for option in options), reverse=True
    )
    assert all(option["why"] and 0 < option["score"] < 1 for option in options)


@pytest.mark.rule("Q11")
def test_what_buyers_accepted_refines_the_order_and_is_said(tmall, clock):
    for accepted in (True, True, False):
        past = tmall.refund(reason="minor_flaw")
        sent = offer(tmall, past, "red_packet", amount="1.00").json()
        tmall.buyer.post(f"offers/{sent['id']}/{'accept' if accepted else 'decline'}/")
    assert (count_ended_offers(), count_ended_offers()) == (3, 0)
    refund = tmall.refund(reason="minor_flaw")
    options = tmall.merchant.get(f"refunds/{refund.pk}/offer-options/").json()["options"]
    red = next(option for option in options if option["method"] == "red_packet")
    assert "2 of 3 accepted" in red["why"]
    assert red["score"] > next(option for option in options if option["method"] == "gift")["score"]


@pytest.mark.rule("Q13")
def test_only_coupons_of_the_right_channel(tmall, refund):
    wrong = coupon(tmall, channel="refund_retention")
    assert code(offer(tmall, refund, "coupon")) == (409, "method_not_available")
    answer = offer(tmall, refund, "coupon", coupons=[str(wrong.pk)])
    assert code(answer) == (409, "coupon_channel_not_recognised")  # even where the store has no other
    right = coupon(tmall)
    answer = offer(tmall, refund, "coupon", coupons=[str(wrong.pk)])
    assert code(answer) == (409, "coupon_channel_not_recognised")
    assert "Platform smart recommended retention" in answer.json()["errors"][0]["detail"]
    assert accept(tmall, offer(tmall, refund, "coupon", coupons=[str(right.pk)])).status_code == 200
    with tmall.scope():
        assert CouponGrant.objects.get().buyer_id == "buyer-1"
    assert tmall.reload(right).granted == 1


@pytest.mark.rule("Q14")
def test_the_buyer_sees_ten_coupons_best_first(tmall, refund):
    made = [coupon(tmall, name=str(n), off=f"{n}.00", spend="100.00") for n in range(1, 9)]
    made += [
        coupon(tmall, name="low", off="20.00", spend="30.00"),
        coupon(tmall, name="soon", off="20.00", spend="60.00", days=3),
        coupon(tmall, name="later", off="20.00", spend="60.00", days=9),
        coupon(tmall, name="high", off="20.00", spend="90.00"),
    ]
    answer = offer(tmall, refund, "coupon", coupons=[str(c.pk) for c in made]).json()
    assert [c["name"] for c in answer["coupons"]] == ["low", "soon", "later", "high", "8", "7", "6", "5", "4", "3"]


@pytest.mark.rule("Q15")
def test_a_gift_is_in_this_stores_warehouse(tmall, refund, other):
    warehouse(other, item_id="4444")
    assert code(offer(tmall, refund, "gift", item_id="4444")) == (409, "product_not_in_warehouse")
    warehouse(tmall, item_id="4444", listed=False)
    answer = offer(tmall, refund, "gift", item_id="4444")
    assert answer.json()["product"] == {"item_id": "4444", "title": "绒毯", "off_shelf": True}
    assert offer(tmall, refund, "gift", item_id="abc").status_code == 400


@pytest.mark.rule("Q16")
def test_a_promised_gift_is_owed_flagged_escalated_and_kept(tmall, refund, clock):
    warehouse(tmall)
    accept(tmall, offer(tmall, refund, "gift", item_id="9001"))
    assert detail(tmall, refund)["status"] == "withdrawn"
    parcel = tmall.merchant.get("parcels/").json()["results"][0]
    assert (parcel["kind"], parcel["status"], parcel["refund"]) == ("gift", "owed", str(refund.pk))
    assert sweep_due_parcels() == 0
    clock.move(hours=48)
    assert (sweep_due_parcels(), sweep_due_parcels()) == (1, 0)
    assert tmall.merchant.get("parcels/", late="true").json()["results"][0]["late_at"]
    clock.move(hours=24)
    sweep_due_parcels()
    shipped = tmall.merchant.post(f"parcels/{parcel['id']}/ship/", {"carrier": "SF", "tracking_number": "1"})
    assert (shipped.json()["status"], bool(shipped.json()["escalated_at"])) == ("shipped", True)
    assert code(tmall.merchant.post(f"parcels/{parcel['id']}/ship/", {"carrier": "SF", "tracking_number": "1"})) == (
        409,
        "invalid_transition",
    )


@pytest.mark.rule("Q16")
def test_an_exchange_is_due_when_the_return_is_on_its_way(tmall, refund, clock):
    warehouse(tmall)
    sent = offer(tmall, refund, "exchange", item_id="9001")
    price = Decimal(tmall.merchant.get("products/9001/").json()["price"])
    assert sent.json()["price_difference"] == f"{price - Decimal('59.00'):.2f}"
    accept(tmall, sent)
    parcel = tmall.merchant.get("parcels/").json()["results"][0]
    assert (parcel["status"], parcel["due_at"]) == ("awaiting_return", None)
    early = tmall.merchant.post(f"parcels/{parcel['id']}/ship/", {"carrier": "SF", "tracking_number": "1"})
    assert code(early) == (409, "invalid_transition")
    sent = tmall.buyer.post(f"refunds/{refund.pk}/ship-return/", {"carrier": "ZTO", "tracking_number": "9"})
    assert (sent.status_code, sent.json()["status"]) == (200, "withdrawn")
    parcel = tmall.merchant.get("parcels/").json()["results"][0]
    assert (parcel["status"], parcel["due_at"]) == ("owed", (NOON + timedelta(hours=48)).strftime("%Y-%m-%dT%H:%M:%SZ"))


@pytest.mark.rule("Q16", "Q17")
def test_the_thread_is_kept_with_everything_else(tmall, refund, clock):
    tmall.merchant.post(f"refunds/{refund.pk}/messages/", {"text": "您好"})
    tmall.buyer.post(f"refunds/{refund.pk}/messages/", {"text": "有划痕"})
    offer(tmall, refund, "reassurance", message="抱歉")
    thread = tmall.buyer.get(f"refunds/{refund.pk}/messages/").json()["results"]
    assert [(m["from"], m["text"]) for m in thread] == [("merchant", "您好"), ("buyer", "有划痕")]
    names = [event["name"] for event in tmall.merchant.get(f"refunds/{refund.pk}/timeline/").json()["results"]]
    assert names == ["refund.requested", "message.sent", "message.sent", "offer.sent"]
    assert tmall.reload(refund).unread_by_merchant == 1


@pytest.mark.rule("Q13")
def test_a_coupon_that_is_over_when_the_buyer_accepts_is_not_granted(tmall, refund, clock):
    with tmall.scope():
        soon = create_coupon(
            store=tmall.store,
            name="今日券",
            channel="smart_retention",
            amount_off=Decimal("5.00"),
            min_spend=Decimal("50.00"),
            valid_from=NOON - timedelta(days=1),
            valid_until=NOON + timedelta(hours=1),
            quantity=9,
            actor=MERCHANT,
            now=NOON,
        )
    sent = offer(tmall, refund, "coupon", coupons=[str(soon.pk)])
    clock.move(hours=1)
    assert code(accept(tmall, sent)) == (409, "offer_not_pending")
    assert detail(tmall, refund)["status"] == "awaiting_merchant"
    assert tmall.reload(soon).granted == 0
