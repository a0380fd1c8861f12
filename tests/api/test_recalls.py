"""Refunds of goods on their way: the money waits for the parcel, its loss, or a failed recall (P4)."""

import pytest

from common.obligations import FIRST_RETRY_AFTER, LEASE, MAX_ATTEMPTS
from common.tenancy import system_scope
from orders.carriers import sandbox
from orders.carriers.base import CarrierStage
from orders.models import Shipment
from orders.shipments import take_up_shipments
from orders.tracking import ask_carriers
from payments.settlement import settle_batch
from refunds.models import CarrierClaim
from refunds.sweeps import sweep_due_refunds
from tests.api.helpers import ask, code, detail
from tests.api.test_deadlines import nothing_until
from tests.parcels import LOST, NORECALL, SILENT, ask_everybody, next_look, shipped
from tests.world import NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.rule("P4")]


@pytest.fixture
def shop(clock, everything_holds):
    return make_shop("pinduoduo")


def recalling(shop, course="SF", **kwargs):
    """A whole refund of goods in transit that the merchant has approved; the carrier has yet to be asked."""
    order = shipped(shop, course, **kwargs)
    refund = ask(shop, order).json()["id"]
    answer = shop.merchant.post(f"refunds/{refund}/approve/").json()
    assert (answer["status"], answer["due_action"], answer["payments"]) == ("recalling", "refund", [])
    return order, refund


def recall_of(shop, refund):
    return detail(shop, refund)["tracking"]["recall"]["status"]


def test_the_money_waits_until_the_parcel_is_back(shop, clock):
    order, refund = recalling(shop)
    assert recall_of(shop, refund) == "asked"
    ask_everybody()
    assert (recall_of(shop, refund), detail(shop, refund)["status"]) == ("accepted", "recalling")
    next_look(clock)
    done = detail(shop, refund)
    assert (done["status"], done["tracking"]["recall"]["status"]) == ("refunding", "back")
    assert [p["amount"] for p in done["payments"]] == ["59.00"]
    assert shop.reload(order).status == "cancelled"
    settle_batch()
    assert detail(shop, refund)["status"] == "refunded"


def test_a_recalled_parcel_that_is_lost_is_refunded_and_claimed_from_the_carrier(shop, clock):
    _, refund = recalling(shop, LOST)
    ask_everybody()
    next_look(clock)
    done = detail(shop, refund)
    assert done["status"] == "refunding"
    [claim] = done["tracking"]["carrier_claims"]
    assert (claim["amount"], claim["status"]) == ("59.00", "open")


def test_after_a_failed_recall_the_buyer_sends_the_goods_back(shop, clock):
    order, refund = recalling(shop, NORECALL)
    ask_everybody()
    done = detail(shop, refund)
    assert (done["status"], done["kind"], done["due_action"]) == ("awaiting_return", "return_and_refund", "close")
    assert (done["due_at"], done["return_address"]) == ("2026-11-27T04:00:00Z", str(shop.address.pk))
    shop.buyer.post(f"orders/{order.number}/deliver/")
    parcel = {"carrier": "SF", "tracking_number": "R1"}
    assert shop.buyer.post(f"refunds/{refund}/ship-return/", parcel).json()["status"] == "returning"
    assert shop.merchant.post(f"refunds/{refund}/inspect/", {"result": "passed"}).json()["status"] == "refunding"


def test_a_delivery_before_the_carrier_has_answered_fails_the_recall(shop):
    order, refund = recalling(shop, SILENT)
    shop.buyer.post(f"orders/{order.number}/deliver/")
    assert (detail(shop, refund)["status"], recall_of(shop, refund)) == ("awaiting_return", "refused")


def test_a_recall_without_an_end_is_refunded_after_three_days(shop, clock):
    _, refund = recalling(shop, SILENT)
    assert nothing_until(shop, clock, refund, days=3)["status"] == "refunding"
    last = shop.merchant.get(f"refunds/{refund}/timeline/").json()["results"][-2:]
    assert {(e["name"], e["rule"], e["actor"]) for e in last} >= {("refund.recall_overdue", "P4", "system")}


def test_a_parcel_that_comes_back_after_the_deadline_changes_no_money(shop, clock):
    order, refund = recalling(shop)
    ask_everybody()
    sandbox.move(order.tracking_number, CarrierStage.COMING_BACK)
    clock.move(days=3)
    assert sweep_due_refunds() == 1
    ask_everybody()
    done = detail(shop, refund)
    assert (done["status"], len(done["payments"]), done["tracking"]["recall"]["status"]) == ("refunding", 1, "back")


def test_the_deadline_that_approves_calls_the_parcel_back_too(shop, clock):
    refund = ask(shop, shipped(shop)).json()["id"]
    assert nothing_until(shop, clock, refund, hours=48)["status"] == "recalling"


def test_a_small_part_of_the_price_is_simply_paid(shop):
    order = shipped(shop)
    refund = ask(shop, order, amount="5.00").json()["id"]
    assert shop.merchant.post(f"refunds/{refund}/approve/").json()["status"] == "refunding"
    assert shop.reload(order).status == "shipped"


def test_a_parcel_with_other_goods_in_it_goes_on_to_the_buyer(shop):
    order = shipped(shop, prices=("59.00", "19.00"))
    refund = ask(shop, order, lines=[{"item_id": "8000", "quantity": 1}]).json()["id"]
    assert shop.merchant.post(f"refunds/{refund}/approve/").json()["status"] == "refunding"


def test_recalled_goods_cannot_be_returned_too(shop):
    order, _ = recalling(shop)
    assert code(ask(shop, order, kind="return_and_refund", amount="1.00"))[1] == "refund_open"


def test_received_goods_are_not_called_back(shop):
    order = shipped(shop)
    shop.buyer.post(f"orders/{order.number}/deliver/")
    refund = ask(shop, order).json()["id"]
    assert shop.merchant.post(f"refunds/{refund}/approve/").json()["status"] == "refunding"


def test_a_silent_carrier_is_asked_ten_times_and_then_a_person_is_called(shop, clock):
    _, refund = recalling(shop, SILENT)
    for _ in range(MAX_ATTEMPTS):
        ask_everybody()
        clock.move(hours=1)
    tracking = detail(shop, refund)["tracking"]["shipment"]
    assert tracking["needs_attention"] is True
    events = shop.merchant.get(f"refunds/{refund}/timeline/").json()["results"]
    assert [e["name"] for e in events].count("shipment.needs_attention") == 1
    with shop.scope():
        assert CarrierClaim.objects.count() == 0


def test_a_carrier_that_is_back_is_soon_asked_about_all_that_it_left_open(shop, clock):
    silent, _ = recalling(shop, SILENT)
    with shop.scope():
        waiting = Shipment.objects.get(order=silent)
    for _ in range(5):
        ask_everybody()
        clock.move(hours=1)
    ask_everybody()
    shipped_late = shop.order(shipped=True)
    with system_scope():
        take_up_shipments(now=NOON, limit=10)  # and then the worker dies
    clock.move(seconds=LEASE.total_seconds())
    assert ask_carriers() == 1
    with shop.scope():
        assert Shipment.objects.get(order=shipped_late).attempts == 0, "it was answered"
    clock.move(seconds=FIRST_RETRY_AFTER.total_seconds())
    assert ask_carriers() == 1
    assert shop.reload(waiting).attempts == 7
