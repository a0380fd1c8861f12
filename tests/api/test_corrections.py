"""A number that was written down wrong is corrected before the carrier has the parcel."""

import pytest

from common import clock as wall
from common.actors import SYSTEM
from orders.carriers.base import CarrierReport, CarrierStage
from orders.models import SandboxParcel, Shipment
from orders.shipments import Answered, record_reports, take_up_shipments
from tests.api.helpers import code, detail, everything
from tests.cases import for_each
from tests.parcels import UNPICKED, ask_everybody, next_look, shipped
from tests.tenancy.things import Names

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

RIGHT = {"carrier": "圆通", "tracking_number": "yt 77"}
WHY = {"reason": "typed wrong"}


def parcels_of(shop, order_id):
    with shop.scope():
        return list(Shipment.objects.filter(order=order_id).order_by("id").values_list("tracking_number", "status"))


def correct(shop, order, **body):
    return shop.merchant.post(f"orders/{order.number}/correct-shipment/", {**RIGHT, **WHY, **body})


def test_an_order_s_number_is_corrected_and_its_pick_up_cancelled(taote):
    order = shipped(taote, UNPICKED)
    answer = correct(taote, order).json()
    assert (answer["status"], answer["carrier"], answer["tracking_number"]) == ("shipped", "YTO", "YT77")
    ask_everybody()
    assert parcels_of(taote, order.pk) == [(order.tracking_number, "replaced"), ("YT77", "in_transit")]
    assert SandboxParcel.objects.get(tracking_number=order.tracking_number).stage == "cancelled"


def test_nothing_is_corrected_once_the_carrier_has_the_parcel(taote):
    order = shipped(taote)
    before = everything(taote)
    assert code(correct(taote, order)) == (409, "already_picked_up", None)
    assert everything(taote) == before
    unsent = taote.order(shipped=False)
    assert code(correct(taote, unsent)) == (409, "invalid_transition", None)


@for_each(
    ("body", "expected"),
    [
        ({"carrier": "SF", "tracking_number": "SAME"}, (409, "invalid_transition", "tracking_number")),
        ({"carrier": "nobody"}, (400, "unknown_carrier", "carrier")),
        ({"tracking_number": "?"}, (400, "invalid", "tracking_number")),
        ({"reason": ""}, (400, "blank", "reason")),
    ],
)
def test_a_correction_that_makes_no_sense_leaves_everything(taote, body, expected):
    order = shipped(taote, UNPICKED)
    if body.get("tracking_number") == "SAME":
        body = {**body, "tracking_number": order.tracking_number.lower()}
    before = everything(taote)
    assert code(correct(taote, order, **body)) == expected
    assert everything(taote) == before


@pytest.mark.rule("P1")
@for_each(("side", "why"), [("buyer", {}), ("merchant", WHY)])
def test_a_return_s_number_is_corrected_by_either_side(taote, side, why):
    refund = Names(taote).returning
    due = detail(taote, refund)["due_at"]
    answer = getattr(taote, side).post(f"refunds/{refund}/correct-return/", {**RIGHT, **why}).json()
    assert (answer["return_carrier"], answer["return_tracking_number"], answer["due_at"]) == ("YTO", "YT77", due)
    assert answer["tracking"]["return_shipment"]["tracking_number"] == "YT77"
    ask_everybody()
    assert SandboxParcel.objects.filter(tracking_number="R1").count() == 0, "the old number is not asked about"
    assert detail(taote, refund)["tracking"]["return_shipment"]["status"] == "in_transit"


@pytest.mark.rule("P1")
def test_a_store_says_why_and_nobody_corrects_what_is_on_its_way(taote, clock):
    refund = Names(taote).returning
    path = f"refunds/{refund}/correct-return/"
    before = everything(taote)
    assert code(taote.merchant.post(path, RIGHT)) == (400, "required", "reason")
    assert everything(taote) == before
    ask_everybody()
    assert code(taote.buyer.post(path, RIGHT)) == (409, "already_picked_up", None)
    next_look(clock)
    assert code(taote.buyer.post(f"refunds/{Names(taote).refund}/correct-return/", RIGHT)) == (
        409,
        "invalid_transition",
        None,
    )


def test_what_a_worker_learns_meanwhile_of_the_old_number_moves_nothing(taote):
    refund = Names(taote).returning
    with taote.scope():
        [taken] = [each for each in take_up_shipments(now=wall.now(), limit=10) if each.tracking_number == "R1"]
    taote.buyer.post(f"refunds/{refund}/correct-return/", RIGHT)
    with taote.scope():
        record_reports(
            answers=[Answered(taken.task, CarrierReport(str(taken.pk), CarrierStage.LOST))],
            actor=SYSTEM,
            now=wall.now(),
        )
    assert detail(taote, refund)["status"] == "returning"
