"""A promised parcel names the SKU of its goods, for whoever packs it, the buyer and the carrier's debt (Q16)."""

import pytest

from orders.carriers.base import CarrierStage
from orders.events import PARCEL_PROMISED
from orders.models import OwedParcel
from refunds.models import CarrierClaim
from tests.api.helpers import ask, detail
from tests.api.test_what_was_paid import place
from tests.journeys.conftest import _clean_books  # noqa: F401  an autouse fixture
from tests.workbench.test_followed_promises import ends, sent
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.rule("Q16"), pytest.mark.usefixtures("clock", "broker_tasks")]

LINES = [
    {"item_id": "8000", "sku": "red", "quantity": 2, "unit_price": "10.00"},
    {"item_id": "8000", "sku": "blue", "quantity": 2, "unit_price": "25.00"},
]
PIECES = [{"item_id": "8000", "sku": "red", "quantity": 2}, {"item_id": "8000", "sku": "blue", "quantity": 1}]


@pytest.fixture
def shop(db):
    shop = make_shop("tmall")
    shop.order()  # the store has the item in its warehouse
    return shop


@pytest.fixture
def order(shop):
    number = place(shop, lines=LINES, discount="0", shipping_fee="0", paid_amount="70.00")["number"]
    shop.merchant.post(f"orders/{number}/ship/", {"carrier": "SF", "tracking_number": "SF40"})
    return number


def promised(shop):
    parcels = shop.merchant.get("parcels/").json()["results"]
    return sorted((p["item_id"], p["sku"], p["quantity"], p["status"]) for p in parcels)


def offered(shop, order, method):
    refund = ask(shop, order, kind="return_and_refund", amount="45.00", lines=PIECES).json()["id"]
    terms = {"refund": refund, "method": method, "message": "亲", "item_id": "8000"}
    sent = shop.merchant.post("offers/", terms)
    assert sent.status_code == 201, sent.json()
    assert shop.buyer.post(f"offers/{sent.json()['id']}/accept/").status_code == 200
    return refund


def exchanged(shop, order, pieces):
    asked = {"order": order, "kind": "exchange", "reason": "wrong_item", "lines": pieces}
    refund = shop.buyer.post("refunds/", asked).json()["id"]
    shop.merchant.post(f"refunds/{refund}/approve/")
    shop.buyer.post(f"refunds/{refund}/ship-return/", {"carrier": "SF", "tracking_number": "R1"})
    assert shop.merchant.post(f"refunds/{refund}/inspect/", {"result": "passed"}).status_code == 200
    return refund


def test_what_is_sent_again_is_one_parcel_a_sku(shop, order):
    refund = offered(shop, order, "reship")
    assert promised(shop) == [("8000", "blue", 1, "owed"), ("8000", "red", 2, "owed")]
    events = shop.merchant.get(f"refunds/{refund}/timeline/").json()["results"]
    [seen] = [e["data"]["buyer_sees"] for e in events if e["name"] == "offer.sent"]
    assert "Quilt 8000 (red × 2 + blue × 1) × 3" in seen
    told = [(e["data"]["sku"], e["data"]["quantity"]) for e in events if e["name"] == "parcel.promised"]
    assert told == [("red", 2), ("blue", 1)]
    assert PARCEL_PROMISED.phrases(next(e["data"] for e in events if e["name"] == "parcel.promised")) == [
        "Reship",
        "Quilt 8000 red × 2",
    ]


def test_every_parcel_of_an_exchange_that_was_offered_is_due_once_the_return_has_left(shop, order):
    refund = offered(shop, order, "exchange")
    assert promised(shop) == [("8000", "blue", 1, "awaiting_return"), ("8000", "red", 2, "awaiting_return")]
    shop.buyer.post(f"refunds/{refund}/ship-return/", {"carrier": "SF", "tracking_number": "R1"})
    assert promised(shop) == [("8000", "blue", 1, "owed"), ("8000", "red", 2, "owed")]


def test_an_exchange_that_was_asked_for_owes_the_same_skus(shop, order):
    refund = exchanged(shop, order, PIECES)
    assert promised(shop) == [("8000", "blue", 1, "owed"), ("8000", "red", 2, "owed")]
    assert detail(shop, refund)["status"] == "closed"


def test_the_carrier_owes_what_this_sku_was_paid_with(shop, order, clock):
    refund = exchanged(shop, order, [{"item_id": "8000", "sku": "blue", "quantity": 1}])
    with shop.scope():
        parcel = OwedParcel.objects.get(topic_id=refund)
    sent(shop, parcel)
    ends(clock, "SF42", CarrierStage.LOST)
    with shop.scope():
        assert f"{CarrierClaim.objects.get().amount}" == "25.00"


def test_what_is_a_present_has_no_sku(shop, order):
    offered(shop, order, "gift")
    assert promised(shop) == [("8000", "", 1, "owed")]
