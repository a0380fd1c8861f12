"""Goods on their way at the desk: recalls, counted returns, lost parcels and claims."""

import pytest
from django.utils import translation

from common.models import Event
from common.obligations import MAX_ATTEMPTS
from orders.carriers.sandbox import SandboxCarrier
from orders.models import Shipment
from refunds.models import CarrierClaim
from tests.api.test_arrivals import returning as sent_back
from tests.api.test_recalls import recalling
from tests.parcels import LOST, SILENT, ask_everybody, next_look
from tests.world import make_shop
from workbench.kit.timeline import entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def shop(db):
    return make_shop("pinduoduo")


def page(desk, path, **params):
    return desk.get(path, **params).content.decode()


@pytest.mark.rule("P4")
def test_a_recall_is_announced_and_listed(shop, sign_in):
    desk = sign_in("owner", shop)
    refund = shop.refund(kind="refund_only")
    assert "asked to bring the parcel back" in page(desk, f"refunds/refund/{refund.pk}/decide/approve/")
    assert desk.post(f"refunds/refund/{refund.pk}/decide/approve/").status_code == 302
    assert refund.order.number in page(desk, "refunds/refund/", queue="recalls")
    shown = page(desk, f"refunds/refund/{refund.pk}/change/")
    assert "Asked of the carrier" in shown
    assert "If nobody knows by then where the parcel is, ¥59.00 is refunded." in shown


@pytest.mark.rule("P2")
def test_goods_that_will_not_leave_are_announced(shop, sign_in):
    desk = sign_in("agent", shop)
    refund = shop.refund(shop.order(shipped=False), kind="refund_only", amount="5.00")
    assert "not shipped any more" not in page(desk, f"refunds/refund/{refund.pk}/decide/approve/")
    shop = make_shop("taote")
    refund = shop.refund(shop.order(shipped=False), kind="refund_only")
    assert "not shipped any more" in page(sign_in("agent", shop), f"refunds/refund/{refund.pk}/decide/approve/")


@pytest.mark.rule("P1")
def test_the_warehouse_counts_what_arrived(shop, sign_in):
    desk = sign_in("warehouse", shop)
    refund = sent_back(shop, shop.order(prices=("10.00",), quantity=3), "30.00")
    path = f"refunds/refund/{refund}/decide/inspection-passed/"
    form = page(desk, path)
    assert 'name="received-8000" value="3"' in form
    assert "the platform decides about the rest" in form
    too_many = desk.post(path, **{"received-8000": "4", "note": ""})
    assert too_many.status_code == 200
    nothing = desk.post(path, **{"received-8000": "0", "note": ""}).content.decode()
    assert "Nothing arrived" in nothing
    assert desk.post(path, **{"received-8000": "2", "note": "one is missing"}).status_code == 302
    shown = page(desk, f"refunds/refund/{refund}/change/")
    assert "Split off" in shown
    assert "¥10.00" in shown
    rest = shop.merchant.get(f"refunds/{refund}/").json()["split_into"][0]
    assert "Split from" in page(desk, f"refunds/refund/{rest}/change/")


@pytest.mark.rule("P1")
def test_a_single_piece_has_nothing_to_count(shop, sign_in):
    refund = sent_back(shop, shop.order(), "59.00")
    assert "received-" not in page(sign_in("warehouse", shop), f"refunds/refund/{refund}/decide/inspection-passed/")


@pytest.mark.rule("P1")
def test_an_exchange_is_announced_as_one(shop, sign_in):
    desk = sign_in("owner", shop)
    refund = shop.refund(kind="exchange", amount="59.00")
    assert "you owe new ones" in page(desk, f"refunds/refund/{refund.pk}/decide/approve/")
    refund = sent_back(shop, shop.order(), "59.00", kind="exchange")
    assert "no money moves" in page(desk, f"refunds/refund/{refund}/decide/inspection-passed/")
    assert desk.post(f"refunds/refund/{refund}/decide/inspection-passed/", note="").status_code == 302
    assert "Promises to keep" in page(desk, "")
    assert "Quilt 8000" in page(desk, "orders/owedparcel/")


@pytest.mark.rule("P3")
def test_finance_closes_the_claim_for_a_lost_parcel(shop, sign_in, clock):
    order, refund = recalling(shop, LOST)
    ask_everybody()
    next_look(clock)
    with shop.scope():
        claim = CarrierClaim.objects.get(refund=refund)
    agent, finance = sign_in("agent", shop), sign_in("finance", shop)
    assert order.number in page(agent, "refunds/carrierclaim/")
    assert "Finance closes this claim" in page(agent, f"refunds/carrierclaim/{claim.pk}/change/")
    path = f"refunds/carrierclaim/{claim.pk}/close/"
    assert agent.post(path, result="paid", note="").status_code == 403
    assert finance.get(path).status_code == 200
    assert finance.post(path, result="stolen", note="").status_code == 200
    assert shop.reload(claim).status == "open"
    assert finance.post(path, result="paid", note="insured").status_code == 302
    assert (shop.reload(claim).status, shop.reload(claim).note) == ("paid", "insured")
    again = finance.client.post(f"/admin/{path}", {"result": "refused", "note": ""}, follow=True)
    assert "closed already" in again.content.decode()
    assert order.number not in page(finance, "refunds/carrierclaim/")
    assert order.number in page(finance, "refunds/carrierclaim/", queue="all")


@pytest.mark.rule("P4")
def test_a_silent_carrier_is_asked_again_by_the_warehouse(shop, sign_in, clock):
    _, refund = recalling(shop, SILENT)
    for _ in range(MAX_ATTEMPTS):
        ask_everybody()
        clock.move(hours=1)
    desk = sign_in("warehouse", shop)
    assert "Ask the carrier again" in page(desk, f"refunds/refund/{refund}/change/")
    path = f"refunds/refund/{refund}/ask-carrier/"
    assert sign_in("finance", shop).post(path).status_code == 403
    assert desk.get(path).status_code == 200
    assert desk.post(path).status_code == 302
    with shop.scope():
        shipment = Shipment.objects.get(recalled_for=refund)
    assert (shipment.needs_attention, shipment.attempts) == (False, 0)
    assert "Ask the carrier again" not in page(desk, f"refunds/refund/{refund}/change/")


def test_why_a_carrier_wasnt_heard_is_read_in_the_readers_language(shop, clock):
    _, refund = recalling(shop, SILENT)
    with translation.override("zh-hans"):  # the worker's own
        for _ in range(MAX_ATTEMPTS):
            ask_everybody()
            clock.move(hours=1)
    with shop.scope():
        shipment = Shipment.objects.get(recalled_for=refund)
        event = Event.objects.get(name="shipment.needs_attention")
    assert shipment.last_error == "The carrier did not answer in time."
    assert event.data["carrier_error"] == {"text": "The carrier did not answer in time.", "data": {}}
    for language, said in (("en", "The carrier did not answer in time."), ("zh-hans", "快递未及时答复。")):
        with translation.override(language):
            assert said in str(entry(event).said)


def test_a_carrier_that_breaks_is_told_of_by_its_kind_alone(shop, clock, monkeypatch):
    def broken(self, consignment):
        raise TypeError("what nobody should read")

    for call in ("track", "recall"):
        monkeypatch.setattr(SandboxCarrier, call, broken)
    _, refund = recalling(shop, "SF1")
    ask_everybody()
    with shop.scope():
        shipment = Shipment.objects.get(recalled_for=refund)
        assert shipment.last_error == "It could not be asked: something broke here, and the log says what."
        with translation.override("zh-hans"):
            assert Shipment.objects.get(pk=shipment.pk).last_error == "无法查询：本系统出错，详情见日志。"
