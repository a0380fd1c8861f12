"""The demo's connected shops, each at the fake of its platform: they follow it, and decisions arrive there."""

import json
from contextlib import ExitStack

import pytest
from django.core.management import call_command

from common.tenancy import system_scope
from connectors.fakes.base import FAKES
from connectors.fakes.douyin import DouyinFake
from connectors.fakes.kuaishou import FakeKuaishou
from connectors.fakes.pinduoduo import PinduoduoFake
from connectors.fakes.taobao import FakeTaobao
from connectors.fakes.wechat_shop import WechatShopFake
from connectors.models import Connection, MirroredRefund
from connectors.platforms import PLATFORMS
from connectors.working import work_on_shops
from demo.connected import CONNECTED
from refunds.models import Refund
from stores.models import Store
from tests.books import amiss
from tests.world import Api, make_user, wait

KINDS = (DouyinFake, FakeKuaishou, FakeTaobao, PinduoduoFake, WechatShopFake)


@pytest.fixture
def fakes():
    """A fake of each platform by its name."""
    with ExitStack() as stack:
        yield {kind.name: stack.enter_context(kind()) for kind in KINDS}


@pytest.fixture
def connect(db, clock, broker_tasks, tmp_path, fakes):
    """What each start of `make run` does after the demo was loaded; returns the sign-ins and keys."""
    make_user("agent")
    credentials = tmp_path / "credentials.json"
    credentials.write_text(json.dumps({"users": {}, "store_keys": {}}))

    def connect() -> dict:
        addresses = tmp_path / "addresses.json"
        addresses.write_text(json.dumps({name: fake.url for name, fake in fakes.items()}))
        told = {"fakes_file": addresses, "credentials_file": credentials, "address": "http://127.0.0.1:1"}
        call_command("connect_demo", **told)
        return json.loads(credentials.read_text())

    return connect


def follow() -> None:
    """Give every shop its turns until none is due."""
    while work_on_shops():
        pass


def connections() -> dict[str, Connection]:
    with system_scope():
        return {each.platform: each for each in Connection.objects.select_related("store")}


def test_each_platform_has_a_shop_that_follows_it_and_an_approval_arrives_there(connect, fakes):
    assert {*PLATFORMS} == {*FAKES} == {*fakes}, "a new platform comes with a shop of the demo"
    keys = connect()["store_keys"]
    assert {*keys} == {*CONNECTED}
    follow()
    with system_scope():
        assert not MirroredRefund.objects.filter(needs_look=True).exists()
        for code in CONNECTED:
            statuses = set(Refund.objects.filter(store__code=code).values_list("status", flat=True))
            assert statuses >= {"awaiting_merchant", "awaiting_return", "returning", "refunded"}, code
    tmall, taobao = Api(keys["tmall-connected"]), fakes["taobao"]
    [refund] = tmall.get("refunds/", status="awaiting_merchant", kind="refund_only").json()["results"]
    with system_scope():
        there = MirroredRefund.objects.get(refund_id=refund["id"]).platform_id
    assert tmall.post(f"refunds/{refund['id']}/approve/").status_code == 200
    wait(minutes=5)
    follow()
    assert taobao.refunds[there].fields["status"] == "SUCCESS"
    assert len(taobao.calls("taobao.rp.refunds.agree")) == 1
    assert tmall.get(f"refunds/{refund['id']}/").json()["status"] == "refunded"
    assert amiss() == {}


def test_the_next_start_finds_a_fake_that_listens_elsewhere(connect, fakes):
    first = connect()
    before = connections()
    known, count = fakes["taobao"].knowledge(), len(fakes["taobao"].refunds)
    with FakeTaobao() as moved:
        vars(moved).update(known)
        fakes["taobao"] = moved
        assert connect() == first, "stores, sign-ins and keys are made once"
        after = connections()
        assert after["taobao"].base_url == moved.url != before["taobao"].base_url
        assert len(moved.refunds) == count, "what happened there is told once"
    for platform in {*PLATFORMS} - {"taobao"}:
        assert after[platform].base_url == before[platform].base_url
    assert fakes["kuaishou"].push_to == f"http://127.0.0.1:1/connect/kuaishou/{after['kuaishou'].push_token}/"


def test_a_shop_that_was_taken_off_stays_so(connect, capsys):
    connect()
    with system_scope():
        off = Connection.objects.filter(platform="douyin")
        off.update(status="disconnected", sealed_secrets="", sealed_tokens="", base_url="http://127.0.0.1:2")
    connect()
    assert connections()["douyin"].status == "disconnected"
    assert "4 of 5 shops" in capsys.readouterr().out


def test_a_store_or_a_user_of_that_name_is_left_alone(connect, capsys):
    user = make_user("tmall-connected")
    keys = connect()["store_keys"]
    said = capsys.readouterr().out
    assert said == "tmall-connected is left as it is.\n4 of 5 shops are connected to their fakes\n"
    assert {*keys} == {*CONNECTED} - {"tmall-connected"}
    user.refresh_from_db()
    assert not user.is_superuser
    with system_scope():
        assert not Store.objects.filter(code="tmall-connected").exists()
