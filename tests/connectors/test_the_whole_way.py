"""Shops of Tmall and Kuaishou from the command line, over the wire to their fakes: pulled, decided on, paid."""

import io

import pytest
from django.core.management import call_command
from django.test import Client

from common.tenancy import system_scope
from connectors.fakes.base import FakeServer, Mischief
from connectors.fakes.kuaishou import FakeKuaishou
from connectors.fakes.taobao import FakeTaobao
from connectors.messages import push_address
from connectors.models import Connection, MirroredRefund
from refunds.models import Refund
from tests.books import amiss
from tests.world import Shop, make_shop

KEYS = {
    "taobao": lambda fake: ["--access-token", "session-1", "--refresh-token", "refresh-1"],
    "kuaishou": lambda fake: [
        *("--access-token", "access-1", "--refresh-token", "refresh-1"),
        *("--sign-secret", fake.sign_secret, "--message-key", fake.message_key),
    ],
}
AGREE = {"taobao": "taobao.rp.refunds.agree", "kuaishou": "open.seller.order.refund.approve"}
READ = {"taobao": "taobao.refund.get", "kuaishou": "open.seller.order.refund.detail"}
RETURN = {"taobao": {"dispute_type": "REFUND_AND_RETURN"}, "kuaishou": {"handlingWay": 1}}
LIST = {"taobao": "taobao.refunds.receive.get", "kuaishou": "open.seller.order.refund.pcursor.list"}


class WholeWay:
    """A store of ours that is connected to a fake."""

    def __init__(self, shop: Shop, fake: FakeServer, clock) -> None:
        self.shop, self.fake, self.clock = shop, fake, clock

    def run(self, command: str, *more: str) -> str:
        out = io.StringIO()
        call_command(command, self.shop.store.code, *more, stdout=out)
        return out.getvalue()

    def connect(self) -> str:
        keys = ["--app-key", self.fake.app_key, "--app-secret", self.fake.app_secret, "--base-url", self.fake.url]
        return self.run("connect_store", *keys, *KEYS[self.fake.name](self.fake))

    def sync(self, **later) -> str:
        """Some minutes later, so that what has just changed may be listed."""
        self.clock.move(**(later or {"minutes": 5}))
        return self.run("sync_store")

    def refund(self, refund_id: str) -> Refund:
        with self.shop.scope():
            rows = MirroredRefund.objects.for_store(self.shop.store.pk)
            return rows.select_related("refund").get(platform_id=refund_id).refund

    def decide(self, refund_id: str, verb: str, **told: str) -> None:
        """As the merchant's software does it."""
        answer = self.shop.merchant.post(f"refunds/{self.refund(refund_id).pk}/{verb}/", told)
        assert answer.status_code == 200, answer.json()

    def read(self) -> dict[str, tuple[int, str]]:
        """What the mirror says of every refund."""
        with self.shop.scope():
            rows = MirroredRefund.objects.for_store(self.shop.store.pk)
            return {row.platform_id: (row.version, row.raw_status) for row in rows}

    def truth(self) -> dict[str, tuple[int, str]]:
        return {refund.id: (refund.version, str(refund.fields["status"])) for refund in self.fake.refunds.values()}


@pytest.fixture(params=[("tmall", FakeTaobao), ("kuaishou", FakeKuaishou)], ids=["tmall", "kuaishou"])
def way(request, db, clock, broker_tasks):
    marketplace, kind = request.param
    with kind() as fake:
        way = WholeWay(make_shop(marketplace), fake, clock)
        way.connect()
        yield way


def books_are_right() -> dict[str, list[str]]:
    return amiss()


def test_a_refund_is_agreed_to_and_paid_when_the_marketplace_says_so(way):
    refund = way.fake.add()
    way.sync()
    ours = way.refund(refund.id)
    assert (ours.status, ours.is_followed) == ("awaiting_merchant", True)
    way.decide(refund.id, "approve")
    assert way.refund(refund.id).status == "awaiting_merchant", "until the marketplace says so"
    assert "sent: 1" in way.sync()
    assert len(way.fake.calls(AGREE[way.fake.name])) == 1
    if way.fake.name == "kuaishou":  # Tmall pays at once
        way.fake.act("pay_out", refund.id)
    way.sync()
    assert way.refund(refund.id).status == "refunded"
    assert way.truth() == way.read()
    assert books_are_right() == {}


def test_a_return_is_agreed_to_inspected_and_paid(way):
    refund = way.fake.add(**RETURN[way.fake.name])
    way.sync()
    way.decide(refund.id, "approve")
    way.sync()
    assert way.refund(refund.id).status == "awaiting_return"
    way.fake.act("send_back", refund.id)
    way.sync()
    assert way.refund(refund.id).status == "returning"
    way.decide(refund.id, "inspect", result="passed")
    way.sync()
    assert way.refund(refund.id).status == "refunded"
    assert way.truth() == way.read()
    assert books_are_right() == {}


def test_a_decision_whose_answer_is_lost_is_not_sent_twice(way):
    refund = way.fake.add()
    way.sync()
    way.decide(refund.id, "approve")
    way.fake.misbehave(Mischief.CLOSED, AGREE[way.fake.name], done=True)
    way.sync()
    assert "decisions under way: 0" in way.sync()
    assert len(way.fake.calls(AGREE[way.fake.name])) == 1
    assert way.refund(refund.id).status in ("refunding", "refunded")
    assert books_are_right() == {}


def test_what_the_buyer_withdrew_meanwhile_is_not_paid(way):
    refund = way.fake.add()
    way.sync()
    way.decide(refund.id, "approve")
    way.fake.misbehave(Mischief.MOVES, AGREE[way.fake.name], act="withdraw", refund=refund.id)
    way.sync()
    assert "decisions under way: 0" in way.sync()
    assert way.refund(refund.id).status in ("withdrawn", "closed")
    assert books_are_right() == {}


def test_a_message_has_a_refund_read_that_cannot_be_listed_yet(way):
    """Kuaishou pushes it, Tmall's waits to be fetched; twice and spoilt, it changes nothing more."""
    way.sync()
    refund = way.fake.add()
    if way.fake.name == "kuaishou":
        with system_scope():
            address = push_address(Connection.objects.get(store=way.shop.store))
        for wrong, status in (("", 200), ("", 200), ("key", 401), ("app", 401)):
            push = way.fake.push(way.fake.messages[0], wrong)
            answer = Client().post(address, push.body, content_type=push.headers["Content-Type"])
            assert answer.status_code == status
            assert status != 200 or answer.json() == {"result": 1}
    said = way.sync(seconds=1)
    assert way.read() == way.truth()
    assert said.startswith("listed: 0, read: 1, changed: 1")
    assert len(way.fake.calls(READ[way.fake.name])) == 1
    assert way.refund(refund.id).status == "awaiting_merchant"


def test_a_token_that_ends_is_renewed(way):
    refund = way.fake.add()
    way.fake.misbehave(Mischief.TOKEN_EXPIRED, LIST[way.fake.name])
    way.sync()
    assert way.read() == {refund.id: way.truth()[refund.id]}
