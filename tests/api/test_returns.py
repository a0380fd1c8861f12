"""Ordinary returns: how long no reason is needed, and parcels that the carrier loses (P3)."""

import pytest

from refunds.carrier_claims import close_carrier_claim
from refunds.models import CarrierClaim
from tests.api.helpers import ask, code, detail, everything
from tests.cases import for_each
from tests.parcels import LOST, ask_everybody, next_look
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.rule("P3")]


@pytest.fixture
def shop(clock, everything_holds):
    return make_shop("pinduoduo")


def delivered(shop):
    order = shop.order()
    assert shop.buyer.post(f"orders/{order.number}/deliver/").status_code == 200
    return order


def returning(shop, number="R1", **body):
    """A return that is on its way under this number."""
    refund = ask(shop, delivered(shop), **{"kind": "return_and_refund", **body}).json()["id"]
    shop.merchant.post(f"refunds/{refund}/approve/")
    parcel = {"carrier": "ZTO", "tracking_number": number}
    assert shop.buyer.post(f"refunds/{refund}/ship-return/", parcel).json()["status"] == "returning"
    return refund


@for_each("marketplace", ["pinduoduo", "taote", "tmall", "kuaishou"])
def test_seven_days_after_receipt_no_reason_is_needed_and_then_one_is(db, clock, marketplace):
    shop = make_shop(marketplace)
    order = delivered(shop)
    clock.move(days=7)
    no_reason = {"kind": "return_and_refund", "reason": "no_reason_7d", "amount": "1.00"}
    assert ask(shop, order, **no_reason).status_code == 201
    order = delivered(shop)
    clock.move(days=7, seconds=1)
    before = everything(shop)
    answer = ask(shop, order, **no_reason)
    assert code(answer) == (409, "after_sale_window_closed", "reason")
    assert "Quality" in answer.json()["errors"][0]["detail"]
    assert everything(shop) == before
    assert ask(shop, order, kind="return_and_refund", reason="quality").status_code == 201


def test_a_corrected_request_cannot_turn_to_no_reason_too_late(shop, clock):
    order = delivered(shop)
    clock.move(days=6)
    refund = ask(shop, order, kind="return_and_refund", reason="quality").json()["id"]
    shop.merchant.post(f"refunds/{refund}/reject/", {"reason": "no"})
    clock.move(days=1, seconds=1)
    turned = shop.buyer.post(f"refunds/{refund}/resubmit/", {"reason": "no_reason_7d"})
    assert code(turned) == (409, "after_sale_window_closed", "reason")
    assert shop.buyer.post(f"refunds/{refund}/resubmit/", {"reason": "minor_flaw"}).status_code == 200


def test_a_request_without_a_reason_that_was_made_in_time_may_be_corrected_later(shop, clock):
    order = delivered(shop)
    clock.move(days=6)
    refund = ask(shop, order, kind="return_and_refund", reason="no_reason_7d").json()["id"]
    shop.merchant.post(f"refunds/{refund}/reject/", {"reason": "no"})
    clock.move(days=2)
    corrected = shop.buyer.post(f"refunds/{refund}/resubmit/", {"reason": "no_reason_7d", "amount": "50.00"})
    assert corrected.status_code == 200


def test_a_lost_return_parcel_is_claimed_and_the_buyer_does_not_wait(shop, clock):
    refund = returning(shop, f"{LOST}1")
    ask_everybody()
    assert detail(shop, refund)["status"] == "returning"
    next_look(clock)
    done = detail(shop, refund)
    assert (done["status"], done["tracking"]["return_shipment"]["status"]) == ("refunding", "lost")
    [claim] = done["tracking"]["carrier_claims"]
    assert (claim["amount"], claim["status"], claim["closed_at"]) == ("59.00", "open", None)
    names = [(e["name"], e["rule"]) for e in shop.merchant.get(f"refunds/{refund}/timeline/").json()["results"]]
    assert ("refund.return_lost", "P3") in names
    assert ("carrier_claim.opened", "P3") in names


def test_a_return_that_arrives_waits_for_the_inspection(shop, clock):
    refund = returning(shop)
    ask_everybody()
    next_look(clock)
    done = detail(shop, refund)
    assert (done["status"], done["tracking"]["return_shipment"]["status"]) == ("returning", "delivered")


def test_a_parcel_lost_after_the_inspection_is_nobodys_second_payment(shop, clock):
    refund = returning(shop, f"{LOST}2")
    ask_everybody()
    assert shop.merchant.post(f"refunds/{refund}/inspect/", {"result": "passed"}).json()["status"] == "refunding"
    next_look(clock)
    done = detail(shop, refund)
    assert (len(done["payments"]), len(done["tracking"]["carrier_claims"])) == (1, 1)


@for_each(("paid", "status"), [(True, "paid"), (False, "refused")])
def test_a_claim_is_closed_once(shop, clock, paid, status):
    refund = returning(shop, f"{LOST}3")
    ask_everybody()
    next_look(clock)
    with shop.scope():
        claim = CarrierClaim.objects.get(refund=refund)
        close = {"store_id": shop.store.pk, "claim_id": claim.pk, "note": "n", "actor": MERCHANT, "now": NOON}
        close_carrier_claim(**close, paid=paid)
        with pytest.raises(Exception, match="closed already"):
            close_carrier_claim(**close, paid=not paid)
    [shown] = detail(shop, refund)["tracking"]["carrier_claims"]
    assert (shown["status"], shown["note"]) == (status, "n")
    events = shop.merchant.get(f"refunds/{refund}/timeline/").json()["results"]
    assert [e["name"] for e in events].count(f"carrier_claim.{status}") == 1
