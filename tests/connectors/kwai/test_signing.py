"""The examples of signatures that SDKs publish."""

import pytest

from connectors.kwai.asking import kuaishou_sign
from connectors.platforms import platform_of
from connectors.platforms.kuaishou import Kuaishou
from connectors.port import Verb
from tests.connectors.kwai.asking import APPROVE, DONE, decide, read, said


@pytest.mark.parametrize(
    ("method", "sign"),
    [("MD5", "6005da269b372ff10945e565ef37a4c6"), ("HMAC_SHA256", "ZpPrG0oB1g/T93FyyVD+VCzRey41yqxZoCqcGg7upYM=")],
)
def test_the_signatures_of_the_sdks_own_examples(method, sign):
    fields = {
        "access_token": "token",
        "appkey": "ks123",
        "method": "open.seller.order.list",
        "param": '{"title":"短袖"}',
        "signMethod": method,
        "timestamp": "1583271919000",
        "version": "1",
    }
    assert kuaishou_sign({**fields, "sign": "not signed itself"}, "sign-secret", method) == sign


@pytest.mark.parametrize("method", ["MD5", "HMAC_SHA256"])
def test_both_methods_are_understood_at_the_wire(fake, shop, monkeypatch, method):
    monkeypatch.setattr(Kuaishou, "sign_method", method)
    refund = fake.add(refundDesc="拍错了 & a=b+c%20 😀")
    copy = read(shop, refund)
    assert copy.description == "拍错了 & a=b+c%20 😀"
    assert decide(shop, copy, Verb.AGREE_REFUND, text="同意 & 退款+").outcome == DONE
    assert said(fake, APPROVE)["desc"] == "同意 & 退款+"


def test_it_rules_its_marketplace():
    assert isinstance(platform_of("kuaishou"), Kuaishou)
