"""More time to look at what came back: asked of the marketplace that has a call for it, and true once that says so."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.fakes.base import Mischief
from connectors.fakes.douyin import DouyinFake
from connectors.mending import disconnect_shop
from connectors.outcomes import is_done
from connectors.platforms import PLATFORMS
from connectors.port import RefundStage, Verb, VerdictOutcome
from refunds.handing_over import more_time_within
from refunds.models import Refund
from tests.connectors.shops import FAKES, tried
from tests.connectors.test_hand_tasks import SEEN
from tests.connectors.way import Way
from tests.marketplace import followed
from tests.world import MERCHANT, NOON, make_shop, make_user

CALL = "afterSale.timeExtend"
LEFT = timedelta(hours=47)  # of the merchant's time, when the goods came back


class Returning(Way):
    """A shop with a refund whose goods came back, to be looked at within LEFT."""

    def __init__(self, marketplace, fake, clock, **fields):
        super().__init__(make_shop(marketplace), fake, clock, FAKES[marketplace][1])
        self.refund_id = fake.add(at=fake.now(), **fields).id
        self.connect()
        self.turns()

    @property
    def refund(self) -> Refund:
        with self.shop.scope():
            return Refund.objects.select_related("order").get(pk=self.mirror()[self.refund_id].refund_id)

    def ask(self, refund: Refund | None = None):
        """As a merchant's program does."""
        return self.shop.merchant.post(f"refunds/{(refund or self.refund).pk}/more-time/", {})


@pytest.fixture
def returning(db, clock, broker_tasks):
    with DouyinFake() as fake:
        ends = int((fake.now() + LEFT).timestamp())
        yield Returning("douyin", fake, clock, type=0, status=11, tracking_no="SF1", status_deadline=ends)


def test_it_is_asked_for_and_the_deadline_is_what_the_marketplace_says(returning):
    before = returning.refund.due_at
    answer = returning.ask()
    assert (answer.status_code, answer.json()["status"]) == (200, "returning")
    assert returning.refund.due_at == before
    assert returning.ask().json()["errors"][0]["code"] == "decision_under_way"
    returning.turns(minutes=1)
    [asked] = [json.loads(request.body) for request in returning.fake.calls(CALL)]
    assert asked == {"aftersale_id": int(returning.refund_id)}
    assert returning.refund.due_at == before + timedelta(days=7)
    assert (returning.refund.decision_sent, returning.done(returning.refund_id)) == ("", 1)
    returning.assert_all_is_well()


def test_a_lost_answer_asks_for_no_more_than_once(returning):
    returning.fake.misbehave(Mischief.BROKEN, CALL)
    before = returning.refund.due_at
    assert returning.ask().status_code == 200
    returning.turns(minutes=1)
    returning.turns(minutes=5)
    assert (returning.refund.due_at, returning.done(returning.refund_id)) == (before + timedelta(days=7), 1)
    assert returning.refund.decision_sent == ""


def test_before_the_last_two_days_and_once_it_is_over_there_is_none(returning, clock):
    returning.fake.change(returning.refund_id, status_deadline=int((NOON + timedelta(days=5)).timestamp()))
    returning.turns()
    refused = returning.ask()
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "invalid_transition")
    assert "2 days" in refused.json()["errors"][0]["detail"]
    returning.turns(days=3)
    assert returning.ask().status_code == 200
    returning.turns(minutes=1)
    returning.fake.act("withdraw", returning.refund_id)
    returning.turns(minutes=10)
    assert returning.ask().status_code == 409


def test_a_shop_that_is_disconnected_or_never_was_connected_asks_nobody(returning):
    own = returning.shop.refund()
    assert returning.ask(own).json()["errors"][0]["code"] == "invalid_transition"
    with returning.shop.scope():
        disconnect_shop(store_id=returning.shop.store.pk, actor=MERCHANT, now=NOON)
    assert (more_time_within(own), more_time_within(returning.refund)) == (None, None)
    assert returning.ask().status_code == 409


@pytest.mark.parametrize("marketplace", sorted(FAKES.keys() - {"douyin"}))
def test_where_no_platform_documents_a_call_nothing_is_offered(marketplace):
    platform = next(each for each in PLATFORMS.values() if marketplace in each.marketplaces)
    assert platform.extends_within is None
    assert Verb.EXTEND not in platform.decides


def test_the_platform_that_gives_some_says_when():
    douyin = PLATFORMS["douyin"]
    assert (douyin.extends_within, Verb.EXTEND in douyin.decides) == (timedelta(days=2), True)


def test_the_fake_refuses_what_the_platform_does(clock):
    douyin = tried("douyin")
    with douyin.fake:
        early = douyin.fake.add(type=0, status=11, status_deadline=int((NOON + timedelta(days=5)).timestamp()))
        elsewhere = douyin.fake.add(type=0, status=7)
        told = [douyin.decide(douyin.read(each.id), Verb.EXTEND) for each in (early, elsewhere)]
    assert [(each.outcome, each.code) for each in told] == [
        (VerdictOutcome.REFUSED, "isv.parameter-invalid:10001"),
        (VerdictOutcome.MOVED_ON, "isv.business-failed:20309541"),
    ]


@pytest.mark.parametrize(
    ("now_there", "is_more"),
    [
        ({"deadline": NOON + timedelta(days=7)}, True),
        ({"deadline": NOON + timedelta(seconds=50)}, False),
        ({"deadline": None}, False),
        ({}, False),
        ({"deadline": NOON + timedelta(days=7), "stage": RefundStage.REFUSED}, False),
    ],
)
def test_a_later_deadline_of_what_stands_as_it_stood_is_more_time(now_there, is_more):
    assert is_done(Verb.EXTEND, SEEN, replace(SEEN, **now_there)) is is_more


def test_the_desk_asks_for_it_and_says_why_not_yet(returning, client, clock):
    client.force_login(make_user("anna", shop=returning.shop))
    page = f"/admin/refunds/refund/{returning.refund.pk}/"
    assert "Ask for more time" in client.get(f"{page}change/").content.decode()
    asks = client.get(f"{page}decide/more-time/").content.decode()
    assert "The deadline here is the new one as soon as the marketplace says it." in asks
    assert client.post(f"{page}decide/more-time/").status_code == 302
    returning.turns(minutes=1)
    assert returning.done(returning.refund_id) == 1
    early = client.get(f"{page}change/").content.decode()
    assert "The marketplace gives more time only when less than 2 days are left." in early


def test_the_desk_does_not_speak_of_it_where_there_is_none(db, client):
    shop = make_shop("taote")
    client.force_login(make_user("anna", shop=shop))
    refund = followed(shop, "returning")
    text = client.get(f"/admin/refunds/refund/{refund.pk}/change/").content.decode()
    assert "Goods are fine" in text
    assert "Ask for more time" not in text
