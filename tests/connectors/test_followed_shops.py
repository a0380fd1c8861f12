"""Shops of Pinduoduo, WeChat Shop and Douyin from end to end: the fake's news is mirrored, a yes arrives there."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from common.tenancy import system_scope
from common.writes import WriteSet
from connectors.connecting import connect_shop
from connectors.messages import push_address
from connectors.models import Connection, MirroredRefund
from connectors.port import RefundStage, Secret, Verb
from connectors.waking import wake_shops
from connectors.working import work_on_shops
from refunds.actions import lock_refund
from refunds.handing_over import hand_over
from tests.books import amiss
from tests.connectors.shops import MADE, tried
from tests.world import MERCHANT, NOON, make_shop, wait


class FollowedShop:
    """A store, the fake that its shop is at, and turns that are taken when a test says so."""

    def __init__(self, name: str):
        self.at, self.shop = tried(name), make_shop(name)

    def connect(self) -> None:
        """With the keys and tokens that the fake takes."""
        ours = self.at.shop
        connect_shop(
            store=self.shop.store,
            app_key=ours.app_key,
            secrets=dict(ours.secrets),
            access_token=ours.access_token,
            refresh_token=ours.refresh_token,
            base_url=self.at.fake.url,
            actor=MERCHANT,
            now=NOON,
        )

    @property
    def connection(self) -> Connection:
        """As the database has it."""
        with system_scope():
            return Connection.objects.get(store=self.shop.store)

    def turn(self) -> None:
        """Give the shop its turns until none is due."""
        wait(minutes=10)
        with system_scope():
            wake_shops()
        for _ in range(30):
            if not work_on_shops(ids=[self.connection.pk]):
                break
        assert self.connection.last_error == ""

    def mirror(self) -> dict[str, MirroredRefund]:
        """The mirrored refunds by their ids there."""
        with self.shop.scope():
            rows = MirroredRefund.objects.for_store(self.shop.store.pk).select_related("refund")
            return {row.platform_id: row for row in rows}

    def statuses(self) -> dict[str, str]:
        """Their statuses, as they came."""
        return {refund_id: row.raw_status for refund_id, row in self.mirror().items()}


@pytest.fixture(params=list(MADE))
def followed(request, db, clock, broker_tasks):
    """A connected shop with three refunds, listed once."""
    followed = FollowedShop(request.param)
    with followed.at.fake:
        followed.ids = [followed.at.fake.add(at=NOON - timedelta(hours=1)).id for _ in range(3)]
        followed.connect()
        followed.turn()
        yield followed


def test_what_changes_after_a_long_while_is_found_by_lists_alone(followed, clock):
    assert followed.mirror().keys() == set(followed.ids)
    assert {row.stage for row in followed.mirror().values()} == {RefundStage.ASKED}
    clock.move(hours=5)
    followed.at.fake.act("withdraw", followed.ids[1])
    clock.move(minutes=30)
    followed.turn()
    stages = {refund_id: row.stage for refund_id, row in followed.mirror().items()}
    assert stages == dict.fromkeys(followed.ids, RefundStage.ASKED) | {followed.ids[1]: RefundStage.WITHDRAWN}
    assert followed.mirror()[followed.ids[1]].refund.status == "withdrawn"


def test_a_message_has_the_refund_read(followed, clock):
    if not followed.at.platform.takes_pushes:
        pytest.skip("it pushes nothing")
    clock.move(hours=1)
    followed.at.fake.act("withdraw", followed.ids[0])
    push = followed.at.fake.push(followed.at.fake.messages[-1])
    headers = {name: value for name, value in push.headers.items() if name != "Content-Type"}
    address = f"{push_address(followed.connection)}?{push.query}"
    for _ in range(2):
        answer = Client().post(address, push.body, content_type="application/json", headers=headers)
        assert answer.status_code == 200
    spoiled = followed.at.fake.push(followed.at.fake.messages[-1], "signature")
    headers = {name: value for name, value in spoiled.headers.items() if name != "Content-Type"}
    address = f"{push_address(followed.connection)}?{spoiled.query}"
    assert Client().post(address, spoiled.body, content_type="application/json", headers=headers).status_code >= 400
    followed.turn()
    assert followed.mirror()[followed.ids[0]].stage == RefundStage.WITHDRAWN


def test_a_refund_that_cannot_be_read_waits_for_a_person_and_the_others_go_on(followed, clock):
    clock.move(hours=1)
    amount = {"refund_info": {"amount": "ten"}} if followed.at.platform.name == "wechat_shop" else {"refund_amount": -5}
    followed.at.fake.change(followed.ids[0], **amount)
    followed.at.fake.act("withdraw", followed.ids[1])
    clock.move(minutes=30)
    followed.turn()
    kept = followed.mirror()
    assert (kept[followed.ids[0]].needs_look, bool(kept[followed.ids[0]].problem)) == (True, True)
    assert (kept[followed.ids[1]].stage, kept[followed.ids[1]].needs_look) == (RefundStage.WITHDRAWN, False)


def test_a_yes_arrives_there_and_is_true_when_the_copy_says_so(followed, clock):
    writes, store = WriteSet(), followed.shop.store
    with followed.shop.scope():
        refund = lock_refund(store_id=store.pk, refund_id=followed.mirror()[followed.ids[2]].refund.pk)
        hand_over(writes, refund, Verb.AGREE_REFUND, {}, actor=MERCHANT, now=NOON)
        writes.flush()
    followed.turn()
    assert followed.at.read(followed.ids[2]).stage == RefundStage.AGREED
    clock.move(minutes=10)
    followed.at.fake.act("pay", followed.ids[2])
    clock.move(minutes=30)
    followed.turn()
    assert followed.mirror()[followed.ids[2]].refund.status == "refunded"
    assert amiss() == {}


@pytest.mark.parametrize("name", list(MADE))
def test_the_commands_connect_a_shop_and_bring_its_refunds(name, db, clock, broker_tasks):
    followed = FollowedShop(name)
    ours = followed.at.shop
    told = {"app_key": ours.app_key, "app_secret": ours.secrets[Secret.APP_SECRET], "base_url": followed.at.fake.url}
    if name == "wechat_shop":
        told |= {"token": ours.secrets[Secret.TOKEN], "aes_key": ours.secrets[Secret.AES_KEY]}
    if name == "pinduoduo":
        told |= {"access_token": ours.access_token, "refresh_token": ours.refresh_token}
    out = StringIO()
    with followed.at.fake:
        ids = {followed.at.fake.add(at=NOON - timedelta(days=days)).id for days in (0.1, 0.9)}
        call_command("connect_store", followed.shop.store.code, **told, stdout=out)
        call_command("sync_store", followed.shop.store.code, stdout=out)
    assert followed.mirror().keys() == ids, out.getvalue()
    said = out.getvalue() + repr(followed.connection.__dict__)
    assert [each for each in ours.secrets.values() if each != "AAAAA" and each in said] == []
