"""What becomes of an order in parts when a parcel gets lost, and when a refund stops or calls back what has left."""

import pytest

from orders.carriers import sandbox
from orders.carriers.base import CarrierStage
from refunds.models import CarrierClaim
from tests.api.helpers import ask, detail
from tests.journeys.conftest import _clean_books  # noqa: F401  an autouse fixture
from tests.parcels import LOST, NORECALL, UNPICKED, ask_everybody, next_look
from tests.parts import A, B, left, of, parcels, pieces, send, two_lines
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def pinduoduo(db, clock):
    """A store whose parcels can be called back."""
    return make_shop("pinduoduo")


@pytest.mark.rule("P3")
def test_the_pieces_of_a_lost_parcel_are_to_be_sent_again_and_the_carrier_owes_them(taote, clock):
    order = two_lines(taote)
    send(taote, order, "SF1", pieces(a=2, b=1))
    send(taote, order, f"{LOST}2")
    ask_everybody()
    next_look(clock)
    sandbox.move(f"{LOST}2", CarrierStage.LOST)
    clock.move(days=1)
    ask_everybody()
    now = of(taote, order)
    assert (now["status"], now["is_partly_shipped"], left(taote, order)) == ("unshipped", True, [0, 1])
    assert parcels(taote, order)[f"{LOST}2"] == ("lost", False, {B: 1})
    with taote.scope():
        assert [str(claim.amount) for claim in CarrierClaim.objects.all()] == ["30.00"]
    assert send(taote, order, "SF3").json()["status"] == "shipped"


@pytest.mark.rule("P3")
def test_a_return_of_what_was_lost_asks_nothing_back_and_one_of_what_arrived_goes_on(taote, clock):
    order = two_lines(taote)
    send(taote, order, "SF1", pieces(a=2))
    send(taote, order, "SF2")
    arrived = ask(taote, order, kind="return_and_refund", amount="20.00", lines=pieces(a=2)).json()["id"]
    never = ask(taote, order, kind="return_and_refund", amount="60.00", lines=pieces(b=2)).json()["id"]
    ask_everybody()
    sandbox.move("SF2", CarrierStage.BACK)
    clock.move(days=1)
    ask_everybody()
    assert detail(taote, arrived)["kind"] == "return_and_refund"
    assert (detail(taote, never)["kind"], detail(taote, never)["goods_status"]) == ("refund_only", "not_shipped")


@pytest.mark.rule("P3")
def test_nobody_sends_again_what_a_granted_refund_has_paid_of_a_lost_parcel(taote, clock):
    order = two_lines(taote)
    send(taote, order, "SF1", pieces(a=2, b=1))
    send(taote, order, "SF2")
    ask_everybody()
    refund = ask(taote, order, amount="60.00", lines=pieces(b=2)).json()["id"]
    assert taote.merchant.post(f"refunds/{refund}/approve/").json()["status"] == "refunding"
    sandbox.move("SF2", CarrierStage.LOST)
    clock.move(days=1)
    ask_everybody()
    now = of(taote, order)
    assert (now["status"], now["tracking_number"]) == ("shipped", "SF1")
    assert [line["cancelled_quantity"] for line in now["lines"]] == [0, 1]


@pytest.mark.rule("P2")
def test_what_has_not_left_is_stopped_and_the_order_has_shipped_with_the_rest(pinduoduo):
    order = two_lines(pinduoduo)
    send(pinduoduo, order, "SF1", pieces(a=2))
    ask_everybody()
    refund = ask(pinduoduo, order, amount="60.00", lines=pieces(b=2)).json()
    assert (refund["status"], refund["goods_status"]) == ("refunding", "in_transit")
    now = of(pinduoduo, order)
    assert (now["status"], now["tracking_number"]) == ("shipped", "SF1")
    assert [line["cancelled_quantity"] for line in now["lines"]] == [0, 2]


@pytest.mark.rule("P2")
def test_a_pick_up_is_called_off_for_the_parcel_with_the_goods_alone(pinduoduo):
    order = two_lines(pinduoduo)
    send(pinduoduo, order, "SF1", pieces(a=2))
    send(pinduoduo, order, f"{UNPICKED}2")
    ask_everybody()
    refund = ask(pinduoduo, order, amount="30.00", lines=pieces(b=1)).json()
    assert refund["status"] == "refunding"
    assert parcels(pinduoduo, order) == {
        "SF1": ("in_transit", True, {A: 2}),
        f"{UNPICKED}2": ("awaiting_pickup", False, {B: 2}),
    }
    assert (of(pinduoduo, order)["status"], left(pinduoduo, order)) == ("unshipped", [0, 1])
    ask_everybody()
    assert parcels(pinduoduo, order)[f"{UNPICKED}2"][0] == "cancelled"
    assert send(pinduoduo, order, "SF3").json()["status"] == "shipped"


@pytest.mark.rule("P2")
def test_an_order_has_shipped_in_the_parcels_that_were_not_called_off(pinduoduo):
    order = two_lines(pinduoduo)
    send(pinduoduo, order, "SF1", pieces(a=2))
    send(pinduoduo, order, f"{UNPICKED}2")
    ask_everybody()
    assert ask(pinduoduo, order, amount="60.00", lines=pieces(b=2)).json()["status"] == "refunding"
    now = of(pinduoduo, order)
    assert (now["status"], now["carrier"], now["tracking_number"]) == ("shipped", "SF", "SF1")


@pytest.mark.rule("P2", "P4")
def test_a_refund_of_everything_stops_what_is_here_and_recalls_what_left(pinduoduo, clock):
    order = two_lines(pinduoduo)
    send(pinduoduo, order, "SF1", pieces(a=2))
    ask_everybody()
    refund = ask(pinduoduo, order, amount="80.00").json()
    assert (refund["status"], refund["goods_status"]) == ("awaiting_merchant", "in_transit")
    approved = pinduoduo.merchant.post(f"refunds/{refund['id']}/approve/").json()
    assert (approved["status"], approved["payments"]) == ("recalling", [])
    assert [line["cancelled_quantity"] for line in of(pinduoduo, order)["lines"]] == [0, 2]
    ask_everybody()
    next_look(clock)
    done = detail(pinduoduo, refund["id"])
    assert (done["status"], [payment["amount"] for payment in done["payments"]]) == ("refunding", ["80.00"])
    assert of(pinduoduo, order)["status"] == "cancelled"


@pytest.mark.rule("P4")
def test_a_recall_of_several_parcels_ends_with_the_last_of_them(pinduoduo, clock):
    order = two_lines(pinduoduo)
    send(pinduoduo, order, "SF1", pieces(a=2))
    send(pinduoduo, order, f"{NORECALL}2")
    ask_everybody()
    refund = ask(pinduoduo, order, amount="80.00").json()["id"]
    pinduoduo.merchant.post(f"refunds/{refund}/approve/")
    ask_everybody()
    assert detail(pinduoduo, refund)["status"] == "recalling"  # one was refused, the other is still coming back
    next_look(clock)
    done = detail(pinduoduo, refund)
    assert (done["status"], done["kind"], done["payments"]) == ("awaiting_return", "return_and_refund", [])


@pytest.mark.rule("P4")
def test_the_parcel_with_the_goods_alone_is_called_back(pinduoduo, clock):
    order = two_lines(pinduoduo)
    send(pinduoduo, order, "SF1", pieces(a=2))
    send(pinduoduo, order, "SF2")
    ask_everybody()
    refund = ask(pinduoduo, order, amount="20.00", lines=pieces(a=2)).json()["id"]
    pinduoduo.merchant.post(f"refunds/{refund}/approve/")
    ask_everybody()
    next_look(clock)
    assert detail(pinduoduo, refund)["status"] == "refunding"
    assert {number: each[0] for number, each in parcels(pinduoduo, order).items()} == {
        "SF1": "back",
        "SF2": "in_transit",
    }
    assert of(pinduoduo, order)["status"] == "shipped"


@pytest.mark.rule("P2")
def test_where_parcels_cannot_be_reached_what_is_here_is_stopped_all_the_same(taote):
    order = two_lines(taote)
    send(taote, order, "SF1", pieces(a=2, b=1))
    ask_everybody()
    refund = ask(taote, order, amount="60.00", lines=pieces(b=2)).json()["id"]
    done = taote.merchant.post(f"refunds/{refund}/approve/").json()
    assert (done["status"], done["goods_status"]) == ("refunding", "in_transit")
    assert [line["cancelled_quantity"] for line in of(taote, order)["lines"]] == [0, 1]
    assert of(taote, order)["status"] == "shipped"
