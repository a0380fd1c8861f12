"""What a connected shop's buyer agreed to instead of a refund is paid through WeChat Pay, once withdrawn there."""

from uuid import UUID

import pytest

from common import clock as wall
from common.tenancy import system_scope
from offers.models import Offer
from payments.models import Payment
from payments.settlement import settle_batch
from payments.terms import set_payment_terms
from tests.api.test_wechatpay import OPERATOR, server  # noqa: F401  a fixture
from tests.connectors.shops import FAKES
from tests.connectors.way import Way
from tests.world import make_shop, wait


@pytest.fixture
def way(db, clock, broker_tasks, server):  # noqa: F811
    """A connected shop of Tmall that pays buyers through WeChat Pay, and a refund of goods that it knows."""
    made, shop_at = FAKES["tmall"]
    shop = make_shop("tmall")
    item_id = shop.order().own_lines[0].item_id
    with system_scope():
        terms = {"per_payment": None, "per_order": None, "per_day": None}
        set_payment_terms(store=shop.store, gateway="wechatpay", actor=OPERATOR, now=wall.now(), **terms)
    with made() as fake:
        way = Way(shop, fake, clock, shop_at)
        fake.add(at=fake.now(), num_iid=item_id)
        way.connect()
        way.turns()
        yield way


def agree(way, refund_id: str, method: str, **terms: str) -> str:
    """The merchant offers and the buyer says yes; returns the offer."""
    told = {"refund": str(way.mirror()[refund_id].refund_id), "method": method, "message": "对不起", **terms}
    sent = way.shop.merchant.post("offers/", told)
    assert sent.status_code == 201, sent.json()
    yes = way.shop.buyer.post(f"offers/{sent.json()['id']}/accept/")
    assert yes.status_code == 200, yes.json()
    return sent.json()["id"]


def status_of(way, offer: str) -> str:
    """As the database has it: who reads it over the API isn't told that it waits."""
    with way.shop.scope():
        return Offer.objects.get(pk=offer).status


@pytest.mark.parametrize("word", ["", "timeout"], ids=["answered", "answer lost"])
@pytest.mark.parametrize("method", ["partial_refund", "red_packet"])
def test_it_is_paid_once_when_the_marketplace_reports_the_withdrawal(way, server, method, word):  # noqa: F811
    [refund_id] = way.fake.refunds
    offer = agree(way, refund_id, method, amount="5.00")
    way.turns()
    settle_batch()
    assert (status_of(way, offer), server.bills) == ("accepted_waiting", {})
    way.fake.act("withdraw", refund_id)
    way.turns()
    server.script = [word] if word else []
    for _again in range(2):
        settle_batch()
        way.turns()
        wait(minutes=10)
    with way.shop.scope():
        [payment] = Payment.objects.for_store(way.shop.store.pk)
    assert (payment.purpose, payment.gateway, payment.status) == (method, "wechatpay", "succeeded")
    assert list(server.bills) == [UUID(str(payment.pk)).hex]
    assert status_of(way, offer) == "accepted"
    way.assert_all_is_well()


def test_what_the_marketplace_pays_out_instead_voids_the_promise(way, server):  # noqa: F811
    [refund_id] = way.fake.refunds
    offer = agree(way, refund_id, "partial_refund", amount="5.00")
    way.decide(refund_id)
    way.turns()
    settle_batch()
    assert (status_of(way, offer), server.bills) == ("withdrawn", {})
    way.assert_all_is_well()
