"""A refund for a lost parcel opens one claim against its carrier, on every marketplace."""

import pytest

from refunds.models import CarrierClaim
from tests.api.helpers import ask, detail
from tests.cases import for_each
from tests.parcels import LOST, ask_everybody, next_look, shipped
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "everything_holds"), pytest.mark.rule("P3")]


def lost(shop, order, **body):
    refund = ask(shop, order, reason="parcel_lost", **body).json()["id"]
    assert shop.merchant.post(f"refunds/{refund}/approve/").status_code == 200
    return refund


def claims(shop, refund):
    return [(each["amount"], each["status"]) for each in detail(shop, refund)["tracking"]["carrier_claims"]]


@for_each("marketplace", ["tmall", "taote", "kuaishou", "pinduoduo"])
def test_the_carrier_owes_the_goods_whatever_the_marketplace(db, clock, marketplace):
    shop = make_shop(marketplace)
    refund = lost(shop, shipped(shop, LOST))
    ask_everybody()
    next_look(clock)
    assert claims(shop, refund) == [("59.00", "open")]


def test_two_refunds_of_one_parcel_claim_it_once(taote):
    order = shipped(taote)
    first, second = lost(taote, order, amount="20.00"), lost(taote, order, amount="39.00")
    assert (claims(taote, first), claims(taote, second)) == ([("59.00", "open")], [])


@for_each(("shipped_first", "reason"), [(False, "parcel_lost"), (True, "quality")])
def test_what_no_carrier_lost_is_not_claimed(taote, shipped_first, reason):
    order = shipped(taote) if shipped_first else taote.order(shipped=False)
    refund = ask(taote, order, reason=reason).json()["id"]
    taote.merchant.post(f"refunds/{refund}/approve/")
    with taote.scope():
        assert not CarrierClaim.objects.exists()


def test_what_the_buyer_has_received_is_not_claimed(taote):
    order = shipped(taote)
    taote.buyer.post(f"orders/{order.number}/deliver/")
    lost(taote, order)
    with taote.scope():
        assert not CarrierClaim.objects.exists()
