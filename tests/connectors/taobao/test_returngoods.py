"""taobao.rp.returngoods.agree and .refuse, and the addresses that returns go to."""

import pytest

from common import clock
from connectors.port import AddressCopy, Verb, VerdictOutcome
from tests.connectors.taobao.asking import DONE, TAOBAO, decide, read


@pytest.mark.parametrize("phase", ["aftersale", ""])
def test_agreeing_to_a_return_names_the_address(fake, shop, phase):
    fake.phase = phase
    refund = fake.add(dispute_type="REFUND_AND_RETURN")
    assert decide(shop, read(shop, refund), Verb.AGREE_RETURN, address_id="71").outcome == DONE
    assert refund.fields["status"] == "WAIT_BUYER_RETURN_GOODS"
    form = fake.calls("taobao.rp.returngoods.agree")[0].form
    assert (form["seller_address_id"], form["remark"]) == ("71", "请将商品寄到此地址。")
    assert form.get("address") == (None if phase else "浙江省杭州市余杭区仓前路1号")


def test_refusing_what_came_back_is_tmalls(fake, shop):
    refund = fake.add(status="WAIT_SELLER_CONFIRM_GOODS")
    how = {"reason_code": "902", "evidence": (("1.png", b"\x89PNG"),)}
    assert decide(shop, read(shop, refund), Verb.REFUSE_RECEIPT, **how).outcome == DONE
    fake.phase = ""
    taobaos = fake.add(status="WAIT_SELLER_CONFIRM_GOODS")
    assert decide(shop, read(shop, taobaos), Verb.REFUSE_RECEIPT, **how).outcome == VerdictOutcome.BY_HAND


def test_addresses(shop):
    assert TAOBAO.return_addresses(shop, now=clock.now()) == [
        AddressCopy("71", "李仓 13800000000 浙江省 杭州市 余杭区 仓前路1号", True),
        AddressCopy("72", "王库 二号库"),
    ]
