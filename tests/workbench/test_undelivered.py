"""A parcel that comes back or is lost without having been called back: its order is to be shipped again (P3)."""

import pytest

from orders.carriers import sandbox
from orders.carriers.base import CarrierStage
from orders.models import SandboxParcel
from payments.settlement import settle_batch
from refunds.models import CarrierClaim
from tests.api.helpers import ask, detail
from tests.cases import for_each
from tests.parcels import LOST, ask_everybody, next_look, shipped
from tests.returnless import join, open_shop, place
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "everything_holds"), pytest.mark.rule("P3")]


def gone(shop, clock, stage):
    """An order whose parcel ends so half a day after it was picked up."""
    order = shipped(shop)
    sandbox.move(order.tracking_number, stage)
    return order


def half_a_day_later(clock):
    clock.move(hours=12)
    ask_everybody()


def amounts(shop):
    with shop.scope():
        return [(f"{claim.amount}", claim.refund_id) for claim in CarrierClaim.objects.all()]


@for_each(
    ("stage", "event", "claims"),
    [(CarrierStage.LOST, "order.lost", [("59.00", None)]), (CarrierStage.BACK, "order.came_back", [])],
)
def test_the_order_is_to_be_shipped_again(taote, clock, sign_in, stage, event, claims):
    order = gone(taote, clock, stage)
    half_a_day_later(clock)
    now = taote.merchant.get(f"orders/{order.number}/").json()
    assert (now["status"], now["goods_status"], now["tracking_number"]) == ("unshipped", "not_shipped", "")
    assert now["tags"] == []
    assert amounts(taote) == claims
    desk = sign_in("owner", taote)
    page = desk.get(f"orders/order/{order.pk}/change/").content.decode()
    assert "the order is to be shipped again" in page
    if claims:
        assert order.number in desk.get("refunds/carrierclaim/").content.decode()
    again = {"carrier": "ZTO", "tracking_number": "Z1"}
    assert taote.merchant.post(f"orders/{order.number}/ship/", again).json()["status"] == "shipped"
    half_a_day_later(clock)
    assert taote.merchant.get(f"orders/{order.number}/").json()["status"] == "shipped"


def test_nobody_is_asked_about_it_every_half_hour(taote, clock):
    order = shipped(taote, LOST)
    next_look(clock)
    assert SandboxParcel.objects.get(tracking_number=order.tracking_number).calls == 1
    assert taote.reload(order).status == "shipped"


@for_each("stage", [CarrierStage.LOST, CarrierStage.BACK])
def test_an_undecided_return_becomes_a_refund_only(taote, clock, stage):
    order = gone(taote, clock, stage)
    refund = ask(taote, order, kind="return_and_refund").json()["id"]
    half_a_day_later(clock)
    now = detail(taote, refund)
    assert (now["kind"], now["status"], now["due_action"]) == ("refund_only", "awaiting_merchant", "approve")
    assert taote.merchant.post(f"refunds/{refund}/approve/").json()["status"] == "refunding"
    assert taote.reload(order).status == "cancelled"


@for_each("disputed", [False, True], ids=["rejected", "disputed"])
def test_a_return_that_was_refused_becomes_a_refund_only_too(taote, clock, disputed):
    order = gone(taote, clock, CarrierStage.LOST)
    refund = ask(taote, order, kind="return_and_refund").json()["id"]
    taote.merchant.post(f"refunds/{refund}/reject/", {"reason": "worn"})
    claim = {"refund": refund, "claim": "it never came"}
    opened = taote.buyer.post("disputes/", claim).json()["id"] if disputed else None
    half_a_day_later(clock)
    now = detail(taote, refund)
    assert (now["kind"], now["status"]) == ("refund_only", "disputed" if disputed else "rejected")
    if disputed:
        taote.buyer.post(f"disputes/{opened}/decide/", {"outcome": "buyer", "note": "lost"})
    else:
        assert taote.buyer.post(f"refunds/{refund}/resubmit/", {"description": "lost"}).status_code == 200
        taote.merchant.post(f"refunds/{refund}/approve/")
    assert taote.reload(order).status == "cancelled"


@for_each(("amount", "status"), [("59.00", "cancelled"), ("20.00", "unshipped")])
def test_a_granted_return_is_paid_and_nothing_is_sent_back(taote, clock, amount, status):
    order = gone(taote, clock, CarrierStage.LOST)
    refund = ask(taote, order, kind="return_and_refund", amount=amount).json()["id"]
    taote.merchant.post(f"refunds/{refund}/approve/")
    half_a_day_later(clock)
    now = detail(taote, refund)
    assert (now["kind"], now["status"], now["due_at"]) == ("refund_only", "refunding", None)
    assert [payment["amount"] for payment in now["payments"]] == [amount]
    assert taote.reload(order).status == status


@pytest.mark.rule("P2")
@for_each("stage", [CarrierStage.LOST, CarrierStage.BACK])
@for_each(
    ("amounts", "status"), [(["59.00"], "cancelled"), (["20.00", "39.00"], "cancelled"), (["20.00"], "unshipped")]
)
def test_what_the_buyer_has_the_price_of_is_not_shipped_again(db, clock, stage, amounts, status):
    kuaishou = make_shop("kuaishou")
    order = gone(kuaishou, clock, stage)
    for amount in amounts:
        refund = ask(kuaishou, order, reason="parcel_lost", amount=amount).json()["id"]
        kuaishou.merchant.post(f"refunds/{refund}/approve/")
        settle_batch()
    half_a_day_later(clock)
    assert detail(kuaishou, refund)["status"] == "refunded"
    assert kuaishou.reload(order).status == status


def test_what_was_delivered_or_shipped_anew_stays_as_it_is(taote, clock):
    order = gone(taote, clock, CarrierStage.LOST)
    taote.buyer.post(f"orders/{order.number}/deliver/")
    half_a_day_later(clock)
    assert taote.reload(order).status == "delivered"
    assert amounts(taote) == []


@pytest.mark.rule("P3", "Q16")
@for_each("answer", [None, "approve", "reject", "dispute"])
def test_an_exchange_of_what_never_arrived_ends_and_the_order_is_sent_again(db, clock, answer):
    shop = make_shop("kuaishou")
    order = gone(shop, clock, CarrierStage.LOST)
    refund = ask(shop, order, kind="exchange").json()["id"]
    if answer == "approve":
        shop.merchant.post(f"refunds/{refund}/approve/")
    elif answer:
        shop.merchant.post(f"refunds/{refund}/reject/", {"reason": "worn"})
    if answer == "dispute":
        assert shop.buyer.post("disputes/", {"refund": refund, "claim": "it never came"}).status_code == 201
    half_a_day_later(clock)
    now = detail(shop, refund)
    assert (now["status"], now["due_at"], now["needs_attention"]) == ("withdrawn", None, False)
    order = shop.reload(order)
    assert (order.status, order.claimed_amount) == ("unshipped", 0)
    told = shop.merchant.get(f"refunds/{refund}/timeline/").json()["results"]
    assert "refund.undelivered" in [event["name"] for event in told]
    assert ask(shop, order).status_code == 201


@pytest.mark.rule("P3", "R1")
@for_each("decided_first", [True, False])
@for_each(("amount", "status"), [("59.00", "cancelled"), ("20.00", "unshipped")])
def test_goods_that_never_arrived_are_not_shipped_again_beside_a_refund_without_return(
    db, clock, decided_first, amount, status
):
    shop = open_shop()
    join(shop)
    number = "R-1"
    place(shop, number, ship=False)
    sent = {"carrier": "SF", "tracking_number": f"{LOST}1"}
    assert shop.merchant.post(f"orders/{number}/ship/", sent).status_code == 200
    ask_everybody()
    refund = ask(shop, number, amount=amount).json()["id"]
    assert detail(shop, refund)["programme"] == "returnless"
    if decided_first:
        shop.merchant.post(f"refunds/{refund}/approve/")
        settle_batch()
    sandbox.move(sent["tracking_number"], CarrierStage.LOST)
    half_a_day_later(clock)
    if not decided_first:
        shop.merchant.post(f"refunds/{refund}/approve/")
        settle_batch()
    assert detail(shop, refund)["status"] == "refunded"
    assert shop.merchant.get(f"orders/{number}/").json()["status"] == status
