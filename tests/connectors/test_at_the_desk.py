"""Shops at the platforms' fakes, connected and served by people at the desk, with all that can be wrong at first."""

from html import unescape

import pytest

from common.models import Event
from common.tenancy import system_scope
from connectors import connecting
from connectors.fakes.base import Mischief
from connectors.models import Connection, PlatformTask, SentDecision
from connectors.models.connection import FAULTS
from connectors.platforms import platform_of
from connectors.port import SetupFault
from refunds.models import Refund
from tests.connectors.shops import DETAIL, FAKES
from tests.connectors.way import Way
from tests.workbench.conftest import Desk
from tests.world import make_shop, make_user

ADD = "/admin/connectors/connection/add/"
# The secret that each platform's first call is signed with, or had by.
SIGNS = {"kuaishou": "sign_secret"}


class AtTheDesk(Way):
    """The shop's owner, and an agent of the store."""

    def __init__(self, marketplace, fake, clock, monkeypatch, at=""):
        super().__init__(make_shop(marketplace), fake, clock, FAKES[marketplace][1], at)
        monkeypatch.setattr(connecting, "known_address", lambda base_url: base_url or fake.url)
        self.owner = Desk(make_user(f"owner-{self.shop.store.pk}", shop=self.shop, role="owner"))
        self.agent = Desk(make_user(f"agent-{self.shop.store.pk}", shop=self.shop, role="agent"))

    def enter(self, **changes) -> str:
        """The owner enters the keys that hold, but for what is changed; the page that comes."""
        return unescape(self.owner.client.post(ADD, {**self.fake.keys, **changes}, follow=True).content.decode())

    def refund(self, refund_id: str) -> Refund:
        """As it is here."""
        with self.shop.scope():
            return Refund.objects.get(pk=self.mirror()[refund_id].refund_id)

    def press(self, refund_id: str, button: str, **told):
        """The agent decides."""
        path = f"/admin/refunds/refund/{self.refund(refund_id).pk}/decide/{button}/"
        return self.agent.client.post(path, told, follow=True)


def stored() -> int:
    with system_scope():
        return Connection.objects.count() + Event.objects.filter(name__startswith="connection.").count()


@pytest.fixture(params=sorted(FAKES))
def way(request, db, clock, broker_tasks, monkeypatch):
    """A store of this marketplace, not connected yet, and its fake."""
    with FAKES[request.param][0]() as fake:
        yield AtTheDesk(request.param, fake, clock, monkeypatch)


@pytest.mark.parametrize("wrong", ["secret", "key", "address"])
def test_what_is_wrong_at_first_is_a_sentence_and_nothing_is_stored(way, wrong):
    secret = SIGNS.get(way.name, "app_secret")
    match wrong:
        case "secret":
            page, fault = way.enter(**{secret: "another"}), SetupFault.WRONG_SECRET
        case "key":
            page, fault = way.enter(app_key="another"), SetupFault.WRONG_KEY
        case "address":
            if way.name == "kuaishou":
                pytest.skip("nobody documents what it says then")
            way.fake.is_listed = False
            page, fault = way.enter(), SetupFault.ADDRESS_NOT_ALLOWED
    assert str(FAULTS[fault]) in page
    assert stored() == 0
    way.fake.is_listed = True
    assert "The shop is connected and is read from now on." in way.enter()
    assert way.connection.status == "connected"


def test_a_shop_is_connected_once(way, monkeypatch, clock):
    way.enter()
    before = stored()
    other = AtTheDesk(way.shop.store.marketplace, way.fake, clock, monkeypatch)
    page = other.enter()
    assert str(FAULTS[SetupFault.CONNECTED_TWICE]) in page
    assert (stored(), other.connections()) == (before, 0)


@pytest.mark.parametrize("way", ["tmall"], indirect=True)
def test_the_code_from_the_sellers_phone_is_asked_for_and_given_at_the_desk(way, caplog):
    """Of a large sum: a wrong code is asked for anew, the right one pays once, and neither is kept."""
    way.fake.sms_above = 50
    way.enter()
    [refund_id] = way.add()
    way.turns()
    way.press(refund_id, "approve")
    way.turns(minutes=1)
    for code, left in (("111111", "1"), ("246810", None)):
        assert way.agent.tiles()["Codes to enter"] == "1"
        with way.shop.scope():
            decision = SentDecision.objects.get()
        assert decision.status == "code_wanted"
        path = f"/admin/connectors/sentdecision/{decision.pk}/"
        assert "请输入发送到卖家手机的短信验证码" in way.agent.client.get(f"{path}change/").content.decode()
        way.agent.client.post(f"{path}code/", {"code": code})
        way.fake.misbehave(Mischief.CLOSED, DETAIL[way.name], times=50)  # what became of it is read later
        way.turns(minutes=1)
        way.fake.misbehaviours.clear()
        assert way.agent.tiles().get("Codes to enter") == left
    with way.shop.scope():
        sent = SentDecision.objects.get()
    assert (sent.status, sent.data) == ("sent", {"amount": "88.00"})
    way.turns()
    assert (way.refund(refund_id).status, way.done(refund_id)) == ("refunded", 1)
    with way.shop.scope():
        decision = SentDecision.objects.get()
        kept = [str(decision.data), *(str(event.data) for event in Event.objects.all()), caplog.text]
    assert decision.status == "confirmed"
    assert [code for code in ("111111", "246810") if code in "".join(kept)] == []
    way.assert_all_is_well()


@pytest.mark.parametrize("way", ["pinduoduo"], indirect=True)
def test_a_refusal_that_has_no_call_is_a_task_with_a_link_that_closes_itself(way):
    way.enter()
    [refund_id] = way.add()
    way.turns()
    asked = len(way.fake.requests)
    way.press(refund_id, "reject", reason="已与买家协商，商品无质量问题")
    assert way.agent.tiles()["To do by hand there"] == "1"
    with way.shop.scope():
        task = PlatformTask.objects.get()
    page = way.agent.client.get(f"/admin/connectors/platformtask/{task.pk}/change/").content.decode()
    assert platform_of("pinduoduo").back_office in page
    assert "已与买家协商，商品无质量问题" in page
    way.turns()
    assert {each.call for each in list(way.fake.requests)[asked:]} <= {"pdd.refund.list.increment.get"}
    way.fake.change(refund_id, at=way.fake.now(), remark="请尽快处理")
    way.turns()
    assert way.refund(refund_id).status == "awaiting_merchant", "nobody has refused it there yet"
    assert way.agent.tiles()["To do by hand there"] == "1", "the buyer has only written more"
    way.fake.act("refuse", refund_id, at=way.fake.now())
    way.turns()
    with way.shop.scope():
        task, decision = PlatformTask.objects.get(), SentDecision.objects.get()
        closed = Event.objects.get(name="task.closed")
    assert (way.refund(refund_id).status, decision.status) == ("rejected", "confirmed")
    assert (task.closed_at is not None, closed.data["by_itself"]) == (True, True)
    assert "To do by hand there" not in way.agent.tiles()
    way.assert_all_is_well()
