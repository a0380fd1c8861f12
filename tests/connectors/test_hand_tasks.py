"""What is to be done by hand at a marketplace, and all that may happen to its refund between two of our looks.

A task never stays behind: it closes when it was done, and when what it was about is no more; then who decided is told,
and decides anew. Each platform tells by its own times that a refund was asked for anew.
"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from common.models import Event
from connectors.fakes.base import Mischief
from connectors.mending import disconnect_shop
from connectors.models import PlatformTask, SentDecision
from connectors.outcomes import ASKED_ANEW, is_asked_anew
from connectors.port import OrderCopy, RefundCopy, RefundStage, Verb
from refunds.handing_over import why_not_hand_over
from refunds.models import Refund
from tests.connectors.conftest import ago
from tests.connectors.shops import FAKES
from tests.connectors.way import Way
from tests.tenancy.things import make_evidence
from tests.world import MERCHANT, NOON, make_shop

# A request that this platform wants refused by hand: its own fields, or with pictures, for which it has no way.
BY_HAND = {"tmall": {"operation_contraint": "refund_onweb"}, "douyin": {"type": 2}, "pinduoduo": {}}
REFUSED = {
    "tmall": {"status": "SELLER_REFUSE_BUYER"},
    "kuaishou": {"status": 12, "negotiateStatus": 3},
    "pinduoduo": {"after_sales_status": 6, "expire_time": None},
    "wechat_shop": {"status": "MERCHANT_REJECT_REFUND"},
    "douyin": {"status": 27},
}
CHEAPER = {
    "tmall": {"refund_fee": "50.00"},
    "kuaishou": {"refundFee": 5000},
    "pinduoduo": {"refund_amount": 1000},
    "wechat_shop": {"refund_info": {"amount": 1000, "refund_reason": 0}},
    "douyin": {"refund_amount": 1000},
}
WRITTEN = {
    "tmall": {"desc": "请尽快"},
    "kuaishou": {"refundDesc": "请尽快"},
    "pinduoduo": {"remark": "请尽快"},
    "wechat_shop": {"reason_text": "请尽快"},
    "douyin": {"reason": "请尽快"},
}
REFUSE = {
    "taobao": "taobao.refund.refuse",
    "kuaishou": "open.refund.reject",
    "wechat_shop": "rejectapply",
    "douyin": "afterSale.operate",
}
SAY_CLOSED = {"tmall", "kuaishou"}  # of what was withdrawn: nothing is paid, which is what was wanted


class ByHand(Way):
    """A connected shop with a refund that somebody has refused here, which is to be done there by hand."""

    def __init__(self, marketplace, fake, clock):
        super().__init__(make_shop(marketplace), fake, clock, FAKES[marketplace][1])
        self.marketplace = marketplace
        self.refund_id = fake.add(at=fake.now(), **BY_HAND.get(marketplace, {})).id
        self.connect()
        self.turns()
        data = {"text": "商品已发出，影响二次销售"}
        if marketplace not in BY_HAND:
            data["evidence"] = [str(make_evidence(self.shop, self.refund.pk).pk)]
        self.decide(self.refund_id, Verb.REFUSE, **data)
        self.turns(minutes=1)
        assert (self.decision.status, self.task.closed_at) == ("by_hand", None)

    @property
    def refund(self) -> Refund:
        with self.shop.scope():
            return Refund.objects.get(pk=self.mirror()[self.refund_id].refund_id)

    @property
    def decision(self) -> SentDecision:
        with self.shop.scope():
            return SentDecision.objects.get()

    @property
    def task(self) -> PlatformTask:
        with self.shop.scope():
            return PlatformTask.objects.get()

    def happens(self, *changes) -> None:
        """Each an hour after the one before, all of them between two looks of ours."""
        for change in changes:
            self.clock.move(hours=1)
            if isinstance(change, str):
                self.fake.act(change, self.refund_id, at=self.fake.now())
            else:
                self.fake.change(self.refund_id, at=self.fake.now(), **change)
        self.turns()


@pytest.fixture(params=sorted(FAKES.keys() - {"taote"}))
def by_hand(request, db, clock, broker_tasks):
    with FAKES[request.param][0]() as fake:
        yield ByHand(request.param, fake, clock)


def assert_over(by_hand, status: str, code: str = "") -> None:
    """The task has closed itself, once, and who decided knows whether it was done."""
    assert (by_hand.decision.status, by_hand.decision.code) == (status, code)
    assert by_hand.task.closed_at is not None
    with by_hand.shop.scope():
        assert [event.data["by_itself"] for event in Event.objects.filter(name="task.closed")] == [True]
    assert (by_hand.refund.decision_sent, by_hand.refusals()) == ("", status != "confirmed")
    by_hand.assert_all_is_well()


def test_refused_there_it_is_done(by_hand):
    by_hand.happens(REFUSED[by_hand.marketplace])
    assert_over(by_hand, "confirmed")


def test_refused_and_asked_anew_it_is_about_the_new_request(by_hand):
    by_hand.happens(REFUSED[by_hand.marketplace], "ask_again")
    assert_over(by_hand, "moved_on", ASKED_ANEW)
    assert (by_hand.refund.status, by_hand.refund.needs_attention) == ("awaiting_merchant", True)
    with by_hand.shop.scope():
        assert why_not_hand_over(by_hand.refund, Verb.REFUSE) is None


def test_the_task_of_another_refund_stays_open(by_hand):
    other = by_hand.fake.add(at=by_hand.fake.now()).id
    by_hand.turns()
    by_hand.fake.act("withdraw", other, at=by_hand.fake.now())
    by_hand.turns()
    assert (by_hand.mirror()[other].stage in ("withdrawn", "closed"), by_hand.task.closed_at) == (True, None)


def test_about_another_amount_it_is_decided_anew(by_hand):
    by_hand.happens(CHEAPER[by_hand.marketplace])
    assert_over(by_hand, "moved_on", "moved_on")


@pytest.mark.parametrize("how", ["withdraw", "refused, withdrawn"])
def test_withdrawn_it_is_too_late(by_hand, how):
    refused = [REFUSED[by_hand.marketplace]] if how != "withdraw" else []
    by_hand.happens(*refused, "withdraw")
    told = ("confirmed", "") if by_hand.marketplace in SAY_CLOSED else ("moved_on", "moved_on")
    assert_over(by_hand, *told)


def test_what_the_buyer_only_writes_leaves_it_open(by_hand):
    by_hand.happens(WRITTEN[by_hand.marketplace])
    assert (by_hand.decision.status, by_hand.task.closed_at) == ("by_hand", None)
    by_hand.happens(REFUSED[by_hand.marketplace])
    assert_over(by_hand, "confirmed")


def test_of_a_shop_that_is_disconnected_nothing_is_left_to_do(by_hand):
    with by_hand.shop.scope():
        disconnect_shop(store_id=by_hand.shop.store.pk, actor=MERCHANT, now=NOON)
    assert (by_hand.decision.status, by_hand.refund.needs_attention) == ("dropped", True)
    assert by_hand.task.closed_at is not None


SEEN = RefundCopy(
    id="R1",
    order=OrderCopy(number="O1"),
    version=1,
    updated_at=NOON,
    created_at=ago(hours=2),
    stage=RefundStage.ASKED,
    raw_status="2",
    kind="refund_only",
    raw_kind="1",
    amount=Decimal(20),
    deadline=NOON,
)


@pytest.mark.parametrize(
    ("now_there", "is_anew"),
    [
        ({}, False),
        ({"description": "请尽快"}, False),
        ({"created_at": ago(hours=1)}, True),
        ({"created_at": ago(hours=3)}, False),
        ({"created_at": None}, False),
        ({"deadline": NOON + timedelta(hours=1)}, True),
        ({"deadline": NOON + timedelta(seconds=50)}, False),
        ({"deadline": ago(hours=1)}, False),
        ({"deadline": None}, False),
        ({"deadline": NOON + timedelta(hours=1), "stage": RefundStage.REFUSED}, False),
    ],
)
def test_a_request_was_made_anew_when_it_arose_later_or_has_a_later_deadline(now_there, is_anew):
    assert is_asked_anew(SEEN, replace(SEEN, **now_there)) is is_anew


def test_a_request_that_had_no_deadline_and_has_one_was_made_anew():
    assert is_asked_anew(replace(SEEN, deadline=None), SEEN)
    assert not is_asked_anew(replace(SEEN, deadline=None), replace(SEEN, deadline=None))


@pytest.mark.parametrize("marketplace", ["taote", "kuaishou", "wechat_shop", "douyin"])
def test_a_refusal_that_was_sent_is_done_where_the_buyer_has_asked_anew_before_it_was_read(
    marketplace, db, clock, broker_tasks
):
    made, shop_at = FAKES[marketplace]
    with made() as fake:
        if marketplace == "taote":
            fake.phase = ""  # it has none, and wants no picture
        way = Way(make_shop(marketplace), fake, clock, shop_at)
        [refund_id] = way.add()
        way.connect()
        way.turns()
        decision = way.decide(refund_id, Verb.REFUSE, text="商品已发出，影响二次销售，买家未举证")
        fake.misbehave(Mischief.MOVES, REFUSE[fake.name], act="ask_again", refund=refund_id, done=True)
        clock.move(hours=1)
        way.turns()
        assert (way.state_of(decision), way.done(refund_id)) == ("confirmed", 1)
        way.assert_all_is_well()
