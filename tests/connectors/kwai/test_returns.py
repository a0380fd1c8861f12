"""open.seller.order.refund.returngoods.approve and .confirm.receipt, and the addresses that returns go to."""

from decimal import Decimal

from common import clock
from connectors.port import AddressCopy, RefundStage, Verb
from tests.connectors.kwai.asking import DONE, KUAISHOU, RECEIPT, RETURN, decide, read, said


def test_a_return_from_the_request_to_the_money(fake, shop):
    refund = fake.add(handlingWay=1)
    assert decide(shop, read(shop, refund), Verb.AGREE_RETURN, address_id="72").outcome == DONE
    assert said(fake, RETURN) == {"refundId": int(refund.id), "refundAmount": 8805, "addressId": 72}
    fake.act("send_back", refund.id)
    assert decide(shop, read(shop, refund), Verb.CONFIRM_RECEIPT).outcome == DONE
    assert said(fake, RECEIPT) == {"refundId": int(refund.id), "status": 40}
    paid = read(shop, refund)
    assert (paid.stage, paid.refunded_amount) == (RefundStage.REFUNDED, Decimal("88.05"))


def test_the_freight_is_told_only_where_there_is_any(fake, shop):
    refund = fake.add(handlingWay=1, status=40, returnFreightInfo={"returnFreightAmount": 1200})
    assert decide(shop, read(shop, refund), Verb.CONFIRM_RECEIPT).outcome == DONE
    assert said(fake, RECEIPT)["returnFreightHandlingAdvice"] == 1
    assert said(fake, RECEIPT)["returnFreightAmount"] == 1200


def test_addresses(shop):
    assert KUAISHOU.return_addresses(shop, now=clock.now()) == [
        AddressCopy("71", "李仓 13800000000 杭州市余杭区仓前路1号", True),
        AddressCopy("72", "王库 二号库"),
    ]
