"""An exchange after the inspection: each marketplace hears of it in its own way; the new parcel is followed here."""

import pytest

from connectors.fakes.base import Mischief
from connectors.port import RefundStage
from orders.models import OwedParcel
from refunds.models import Refund
from tests.connectors.shops import FAKES
from tests.connectors.way import Way
from tests.world import make_shop, make_user

EXCHANGE = {
    "tmall": {"dispute_type": "TMALL_EXCHANGE"},
    "kuaishou": {"handlingWay": 3, "refundFee": 0},
    "wechat_shop": {"type": "EXCHANGE"},
}
SENT_BACK = {"tmall": "send_back", "kuaishou": "send_back", "wechat_shop": "ship_back"}
SENDS = {
    "tmall": "tmall.exchange.consigngoods",
    "kuaishou": "open.refund.confirm.and.send",
    "wechat_shop": "acceptexchangereship",
}
BY_PARCEL = ["kuaishou", "wechat_shop"]
PARCEL = {"carrier": "SF", "tracking_number": "sf 2000002"}


@pytest.fixture
def way(request, db, clock, broker_tasks):
    """A shop whose buyer has sent the goods of an exchange back."""
    made, shop_at = FAKES[request.param]
    with made() as fake:
        way = Way(make_shop(request.param), fake, clock, shop_at)
        way.connect()
        way.exchange = fake.add(**EXCHANGE[request.param])
        way.turns()
        assert way.shop.merchant.post(f"refunds/{refund(way).pk}/approve/").status_code == 200
        way.turns()
        clock.move(seconds=2)
        fake.act(SENT_BACK[request.param], way.exchange.id)
        way.turns()
        assert (refund(way).status, refund(way).kind) == ("returning", "exchange")
        yield way


def refund(way) -> Refund:
    with way.shop.scope():
        return Refund.objects.get(pk=way.mirror()[way.exchange.id].refund_id)


def parcels(way) -> list[tuple[str, str, str]]:
    with way.shop.scope():
        return list(OwedParcel.objects.values_list("status", "carrier", "tracking_number"))


def inspect(way, **told):
    return way.shop.merchant.post(f"refunds/{refund(way).pk}/inspect/", {"result": "passed", **told})


@pytest.mark.parametrize("way", BY_PARCEL, indirect=True)
def test_the_receipt_is_told_by_the_new_parcel_which_is_followed_here(way):
    assert inspect(way, **PARCEL).status_code == 200
    assert refund(way).decision_sent == "reship"
    way.turns(minutes=1)
    way.turns()
    assert len(way.fake.calls(SENDS[way.name])) == 1
    assert way.mirror()[way.exchange.id].stage == RefundStage.RESHIPPED
    assert (refund(way).status, refund(way).goods, refund(way).decision_sent) == ("closed", "exchanged", "")
    assert parcels(way) == [("shipped", "SF", "SF2000002")]
    with way.shop.scope():
        assert OwedParcel.objects.get().shipment.tracking_number == "SF2000002"
    way.clock.move(seconds=2)
    way.fake.act("receive_exchange", way.exchange.id)
    way.turns()
    assert way.mirror()[way.exchange.id].stage == RefundStage.EXCHANGED
    way.assert_all_is_well()


@pytest.mark.parametrize("way", BY_PARCEL, indirect=True)
def test_a_lost_answer_sends_no_second_parcel(way):
    assert inspect(way, **PARCEL).status_code == 200
    way.fake.misbehave(Mischief.CLOSED, SENDS[way.name], done=True)
    way.turns(minutes=1)
    way.turns()
    assert (len(way.fake.calls(SENDS[way.name])), parcels(way)) == (1, [("shipped", "SF", "SF2000002")])
    way.assert_all_is_well()


@pytest.mark.parametrize("way", BY_PARCEL, indirect=True)
@pytest.mark.parametrize("lacks", ["carrier", "tracking_number"])
def test_without_the_parcel_nothing_is_sent(way, lacks):
    answer = inspect(way, **{**PARCEL, lacks: " "})
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["attr"]) == (400, lacks)
    assert refund(way).decision_sent == ""


@pytest.mark.parametrize("way", BY_PARCEL, indirect=True)
def test_what_came_back_can_be_refused_without_one(way):
    told = {"result": "failed", "note": "与商品不符"}
    refused = way.shop.merchant.post(f"refunds/{refund(way).pk}/inspect/", {**told, **PARCEL})
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "carrier")
    assert way.shop.merchant.post(f"refunds/{refund(way).pk}/inspect/", told).status_code == 200
    assert refund(way).decision_sent == "refuse_receipt"


@pytest.mark.parametrize("way", ["tmall"], indirect=True)
def test_tmall_hears_of_the_receipt_first_and_of_the_parcel_when_it_is_sent(way):
    refused = inspect(way, **PARCEL)
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "carrier")
    assert inspect(way).status_code == 200
    way.turns(minutes=1)
    way.turns()
    assert way.mirror()[way.exchange.id].stage == RefundStage.TO_RESHIP
    assert parcels(way) == [("owed", "", "")]
    with way.shop.scope():
        parcel = OwedParcel.objects.get()
    assert way.shop.merchant.post(f"parcels/{parcel.pk}/ship/", PARCEL).status_code == 200
    way.turns(minutes=1)
    way.turns()
    assert way.exchange.fields["sent_no"] == "SF2000002"
    assert parcels(way) == [("shipped", "SF", "SF2000002")]
    way.assert_all_is_well()


@pytest.mark.parametrize("way", BY_PARCEL, indirect=True)
def test_the_desk_asks_for_the_parcel(way, client):
    client.force_login(make_user("anna", shop=way.shop))
    desk = client
    path = f"/admin/refunds/refund/{refund(way).pk}/decide/inspection-passed/"
    form = desk.get(path).content.decode()
    assert 'name="carrier"' in form
    assert 'name="tracking_number"' in form
    assert "received-" not in form
    assert desk.post(path, {"carrier": "", "tracking_number": "", "note": ""}).status_code == 200
    assert refund(way).decision_sent == ""
    assert desk.post(path, {**PARCEL, "note": ""}).status_code == 302
    assert refund(way).decision_sent == "reship"
