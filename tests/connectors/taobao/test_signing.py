"""TOP's own examples of signatures."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest

from connectors.platforms import platform_of
from connectors.platforms.taobao import Taobao
from connectors.top.asking import beijing_text, top_sign
from tests.connectors.taobao.asking import READ, read


@pytest.mark.parametrize(
    ("fields", "secret", "sign"),
    [
        (
            "method=taobao.item.seller.get&app_key=12345678&session=test&timestamp=2016-01-01 12:00:00&format=json"
            "&v=2.0&sign_method=md5&fields=num_iid,title,nick,price,num&num_iid=11223344",
            "helloworld",
            {
                "md5": "66987CB115214E59E6EC978214934FB8",
                "hmac": "D56D7858309C31B6251083A874D48273",
                "hmac-sha256": "04DB15AD0774D5CFCE2C837DE43E3FCEA9011ED74F3038FB6AB5F3C4CEA119E8",
            },
        ),
        (
            "method=taobao.user.seller.get&timestamp=2013-05-06 13:52:03&format=xml&app_key=test&v=2.0&fields=nick"
            "&sign_method=md5&session=test",
            "test",
            {"md5": "72CB4D809B375A54502C09360D879C64"},
        ),
    ],
)
def test_the_published_signatures(fields, secret, sign):
    for method, expected in sign.items():
        asked = {**dict(parse_qsl(fields)), "sign_method": method, "sign": "not signed itself", "empty": ""}
        assert top_sign(asked, secret, method) == expected


def test_times_are_of_china():
    assert beijing_text(datetime(2015, 12, 31, 20, 0, tzinfo=UTC)) == "2016-01-01 04:00:00"


def test_it_rules_both_marketplaces():
    assert isinstance(platform_of("tmall"), Taobao)
    assert isinstance(platform_of("taote"), Taobao)


@pytest.mark.parametrize("method", ["md5", "hmac", "hmac-sha256"])
def test_every_method_is_understood_at_the_wire(fake, shop, monkeypatch, method):
    refund = fake.add(desc="拍错了 & a=b+c%20 \n 😀")
    monkeypatch.setattr(Taobao, "sign_method", method)
    assert read(shop, refund).description == "拍错了 & a=b+c%20 \n 😀"
    assert fake.calls(READ)[0].form["sign_method"] == method
