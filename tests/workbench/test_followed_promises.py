"""A promised parcel is followed like an order's: its number can be corrected, and what is lost is owed again (Q16)."""

from decimal import Decimal

import pytest
from django.db import connection

from common.tenancy import system_scope
from orders.carriers import sandbox
from orders.carriers.base import CarrierStage
from orders.models import OwedParcel, SandboxParcel
from orders.parcels import sweep_due_parcels
from refunds.models import CarrierClaim, Refund
from tests.api.helpers import ask, code, detail, everything
from tests.api.test_what_was_paid import place
from tests.cases import for_each
from tests.marketplace import connected, followed
from tests.parcels import SILENT, UNPICKED, ask_everybody
from tests.workbench.test_promises import LIST, promise
from tests.world import NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "everything_holds"), pytest.mark.rule("Q16")]

RIGHT = {"carrier": "圆通", "tracking_number": "yt 77", "reason": "typed wrong"}


@pytest.fixture
def tmall(clock):
    """A Tmall store."""
    return make_shop("tmall")


def sent(shop, parcel, number="SF42"):
    """The promised parcel, sent over the API; its carrier was asked."""
    body = {"carrier": "SF", "tracking_number": number}
    answer = shop.merchant.post(f"parcels/{parcel.pk}/ship/", body)
    assert answer.status_code == 200, answer.json()
    ask_everybody()
    return parcel


def shown(shop, parcel):
    """The promise as the API lists it."""
    return next(each for each in shop.merchant.get("parcels/").json()["results"] if each["id"] == str(parcel.pk))


def test_news_of_a_parcel_finds_its_promise_by_the_index(tmall):
    parcel = sent(tmall, promise(tmall))
    shipment, given = tmall.reload(parcel).shipment_id, {"address": "x", "created_at": NOON, "rules_version": 1}
    owed = {"store": tmall.store, "order_id": parcel.order_id, "topic_id": parcel.topic_id, "status": "cancelled"}
    with tmall.scope(), connection.cursor() as cursor:
        # Few of many promises are on their way, and a planner that knows it.
        OwedParcel.objects.bulk_create(
            OwedParcel(kind="gift", item_id="1", rules_name="tmall", **owed, **given) for _ in range(1_000)
        )
        cursor.execute("ANALYZE orders_owedparcel")
        plan = OwedParcel.objects.in_scope().filter(shipment__in=[shipment]).explain()
    assert "parcel_of_shipment" in plan, plan


def correct(shop, parcel, **body):
    return shop.merchant.post(f"parcels/{parcel.pk}/correct-shipment/", {**RIGHT, **body})


def ends(clock, number, stage):
    """The parcel under the number ends so, and half a day later its carrier is asked."""
    assert sandbox.move(number, stage) == 1
    clock.move(hours=12)
    ask_everybody()


@for_each("method", ["gift", "reship", "exchange"])
def test_its_number_is_corrected_before_the_pick_up_and_both_stay_on_record(tmall, sign_in, method):
    parcel = promise(tmall, method)
    if method == "exchange":
        tmall.buyer.post(f"refunds/{parcel.topic_id}/ship-return/", {"carrier": "SF", "tracking_number": "R1"})
    assert code(correct(tmall, parcel)) == (409, "invalid_transition", None)
    sent(tmall, parcel, f"{UNPICKED}1")
    assert shown(tmall, parcel)["shipment"]["status"] == "awaiting_pickup"
    same = {"carrier": "SF", "tracking_number": f"{UNPICKED}1".lower()}
    assert code(correct(tmall, parcel, **same)) == (409, "invalid_transition", "tracking_number")
    answer = correct(tmall, parcel).json()
    assert (answer["status"], answer["carrier"], answer["tracking_number"]) == ("shipped", "YTO", "YT77")
    ask_everybody()
    assert SandboxParcel.objects.get(tracking_number=f"{UNPICKED}1").stage == "cancelled"
    assert shown(tmall, parcel)["shipment"]["status"] == "in_transit"
    before = everything(tmall)
    assert code(correct(tmall, parcel, tracking_number="YT78")) == (409, "already_picked_up", None)
    assert everything(tmall) == before
    page = sign_in("warehouse", tmall).get(f"refunds/refund/{parcel.topic_id}/change/").content.decode()
    assert f"{UNPICKED}1 → YT77" in page


def test_the_warehouse_corrects_it_at_the_desk_and_asks_a_silent_carrier_again(tmall, sign_in):
    parcel, other = sent(tmall, promise(tmall), f"{UNPICKED}1"), sent(tmall, promise(tmall), f"{SILENT}1")
    desk = sign_in("warehouse", tmall)
    assert sign_in("agent", tmall).post(f"{LIST}{parcel.pk}/correct/", **RIGHT).status_code == 403
    assert 'id="decide-correct"' in desk.get(f"{LIST}{parcel.pk}/change/").content.decode()
    assert desk.post(f"{LIST}{parcel.pk}/correct/", **RIGHT).status_code == 302
    assert tmall.reload(parcel).tracking_number == "YT77"
    assert [row.pk for row in desk.rows(LIST, queue="all", q="yt-77")] == [parcel.pk]
    assert f"{LIST}{parcel.pk}/change/" in desk.get("search/", s="YT77").content.decode()
    with tmall.scope():
        shipment = tmall.reload(other).shipment
        type(shipment).objects.filter(pk=shipment.pk).update(next_attempt_at=None, needs_attention=True, attempts=8)
    page = desk.get(f"{LIST}{other.pk}/change/").content.decode()
    assert "carrier doesn't answer" in page
    assert 'id="decide-ask-carrier"' in page
    assert desk.post(f"{LIST}{other.pk}/ask-carrier/").status_code == 302
    assert not shown(tmall, other)["shipment"]["needs_attention"]


@pytest.mark.rule("P3")
@for_each(
    ("stage", "event", "claims"),
    [
        (CarrierStage.LOST, "parcel.lost", [("9.90", "open")]),
        (CarrierStage.BACK, "parcel.came_back", []),
        (CarrierStage.CANCELLED, "parcel.came_back", []),
    ],
)
def test_what_never_arrives_is_owed_again_and_the_carrier_owes_what_it_lost(tmall, clock, stage, event, claims):
    parcel = promise(tmall)
    clock.move(hours=49)
    sweep_due_parcels()
    sent(tmall, parcel, f"{UNPICKED}1" if stage == CarrierStage.CANCELLED else "SF42")
    assert shown(tmall, parcel)["late_at"]
    number = parcel.order.tracking_number
    ends(clock, tmall.reload(parcel).tracking_number, stage)
    now = shown(tmall, parcel)
    assert (now["status"], now["tracking_number"], now["shipment"]) == ("owed", "", None)
    assert (now["due_at"], now["late_at"]) == ("2026-11-24T17:00:00Z", None)  # 48 h from then
    refund = detail(tmall, parcel.topic_id)
    assert [(each["amount"], each["status"]) for each in refund["tracking"]["carrier_claims"]] == claims
    assert event in [each["name"] for each in tmall.merchant.get(f"refunds/{refund['id']}/timeline/").json()["results"]]
    assert (refund["status"], refund["tracking"]["return_shipment"]) == ("withdrawn", None)
    own = (tmall.reload(parcel.order).tracking_number, refund["tracking"]["shipment"]["tracking_number"])
    assert own == (number, number), "the order's own parcel is another"
    sent(tmall, parcel, "SF43")
    ends(clock, "SF43", CarrierStage.DELIVERED)
    assert (shown(tmall, parcel)["status"], shown(tmall, parcel)["shipment"]["status"]) == ("shipped", "delivered")


@pytest.mark.rule("P3")
def test_an_exchange_whose_new_goods_are_lost_after_the_inspection_owes_them_again_and_pays_nobody(db, clock):
    shop = make_shop("wechat_shop")
    order = shop.order(prices=("30.00", "12.50"), quantity=2, discount=Decimal("8.50"))
    lines = [{"item_id": "8000", "quantity": 2}, {"item_id": "8001", "quantity": 2}]
    refund = ask(shop, order, kind="exchange", amount="76.50", lines=lines).json()["id"]
    shop.merchant.post(f"refunds/{refund}/approve/")
    shop.buyer.post(f"refunds/{refund}/ship-return/", {"carrier": "SF", "tracking_number": "R1"})
    shop.merchant.post(f"refunds/{refund}/inspect/", {"result": "passed"})
    with shop.scope():
        parcels = list(OwedParcel.objects.filter(topic_id=refund).order_by("item_id"))
    assert len(parcels) == 2
    for each in parcels:  # both in one box, under one number
        sent(shop, each)
    assert sandbox.move("SF42", CarrierStage.LOST) == 2
    clock.move(hours=12)
    ask_everybody()
    with shop.scope():
        assert [f"{claim.amount}" for claim in CarrierClaim.objects.order_by("-amount")] == ["54.00", "22.50"]
        assert set(OwedParcel.objects.values_list("status", flat=True)) == {"owed"}
    now = detail(shop, refund)
    assert (now["status"], now["payments"]) == ("closed", [])


@pytest.mark.rule("P3")
def test_the_carrier_owes_what_so_many_pieces_were_paid_with(db, clock):
    shop = make_shop("wechat_shop")
    pieces = {"red": 1, "blue": 2}
    lines = [{"item_id": "1", "sku": sku, "quantity": n, "unit_price": f"{n}0.00"} for sku, n in pieces.items()]
    number = place(shop, lines=lines, discount="0", paid_amount="58.00")["number"]
    shop.merchant.post(f"orders/{number}/ship/", {"carrier": "SF", "tracking_number": "SF41"})
    two_blue = [{"item_id": "1", "sku": "blue", "quantity": 2}]
    refund = ask(shop, number, kind="exchange", amount="40.00", lines=two_blue).json()["id"]
    shop.merchant.post(f"refunds/{refund}/approve/")
    shop.buyer.post(f"refunds/{refund}/ship-return/", {"carrier": "SF", "tracking_number": "R1"})
    shop.merchant.post(f"refunds/{refund}/inspect/", {"result": "passed"})
    with shop.scope():
        parcel = OwedParcel.objects.get(topic_id=refund)
    sent(shop, parcel)
    ends(clock, "SF42", CarrierStage.LOST)
    with shop.scope():
        assert f"{CarrierClaim.objects.get().amount}" == "40.00"


def test_a_return_under_the_number_of_a_promised_parcel_is_told_of(tmall):
    parcel = sent(tmall, promise(tmall))
    refund = tmall.refund()
    tmall.merchant.post(f"refunds/{refund.pk}/approve/")
    tmall.buyer.post(f"refunds/{refund.pk}/ship-return/", {"carrier": "SF", "tracking_number": "SF42"})
    [warning] = detail(tmall, refund.pk)["tracking"]["warnings"]
    assert (warning["code"], warning["orders"]) == ("sent_out", [parcel.order.number])


def test_what_the_marketplace_was_told_is_not_corrected_here(taote):
    refund = followed(taote, "to_reship", kind="exchange")
    with system_scope():
        parcel = OwedParcel.objects.get(topic_id=refund.pk)
    with connected():
        sent(taote, parcel, f"{UNPICKED}1")
        assert code(correct(taote, parcel))[:2] == (409, "invalid_transition")
    with system_scope():
        assert Refund.objects.get(pk=refund.pk).decision_sent == "reship"
    assert shown(taote, parcel)["tracking_number"] == f"{UNPICKED}1"
