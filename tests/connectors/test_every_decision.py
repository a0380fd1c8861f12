"""Every decision that somebody can take at the desk about a connected shop's refunds, at every platform.

What the platform has a call for is done at its fake once and confirmed by its copy; what it has none for is a task that
closes itself once somebody has done it there. In the end the books are right.
"""

from io import BytesIO

import pytest

from connectors.models import MirroredRefund, PlatformTask, SentDecision
from connectors.platforms import platform_of
from connectors.port import PlatformDecision, Verb, VerdictOutcome
from orders.models import OwedParcel
from payments.models import Payment
from refunds.states import RefundKind
from tests.connectors.shops import FAKES, Tried
from tests.connectors.test_at_the_desk import AtTheDesk
from tests.tenancy.things import PHOTO

# A request to return or exchange in each platform's own fields; what isn't told is a refund without a return.
RETURN = {
    "tmall": {"dispute_type": "REFUND_AND_RETURN"},
    "taote": {"dispute_type": "REFUND_AND_RETURN"},
    "kuaishou": {"handlingWay": 1},
    "pinduoduo": {"after_sales_type": 2, "after_sales_status": 3},
    "wechat_shop": {"type": "RETURN"},
    "douyin": {"type": 0},
}
EXCHANGE = {
    "tmall": {"dispute_type": "TMALL_EXCHANGE"},
    "kuaishou": {"handlingWay": 3, "refundFee": 0},
    "pinduoduo": {"after_sales_type": 3, "after_sales_status": 3},
    "wechat_shop": {"type": "EXCHANGE"},
    "douyin": {"type": 3},
}
SENT_BACK = {"taobao": "send_back", "kuaishou": "send_back"}
PAID = {"taobao": "pay_out", "kuaishou": "pay_out"}
# What somebody does in the back office, in the fake's fields; of what is exchanged it may be something else.
EXCHANGED_THERE = {
    ("pinduoduo", Verb.CONFIRM_RECEIPT): {"after_sales_status": 32, "expire_time": None},
    ("douyin", Verb.CONFIRM_RECEIPT): {"status": 8},
}
THERE = {
    ("taobao", Verb.REFUSE_RECEIPT): {"status": "SELLER_REFUSE_BUYER"},
    ("kuaishou", Verb.REFUSE_RECEIPT): {"status": 12, "negotiateStatus": 3},
    ("pinduoduo", Verb.REFUSE): {"after_sales_status": 6, "expire_time": None},
    ("pinduoduo", Verb.REFUSE_RECEIPT): {"after_sales_status": 6, "expire_time": None},
    ("pinduoduo", Verb.AGREE_EXCHANGE): {"after_sales_status": 7, "expire_time": None},
    ("douyin", Verb.REFUSE): {"status": 27},
    ("douyin", Verb.CONFIRM_RECEIPT): {"status": 12, "refund_status": 2},
    ("douyin", Verb.REFUSE_RECEIPT): {"status": 29},
}
PARCEL = {"carrier": "SF", "tracking_number": "SF2000002"}
WORDS = "商品已发出，影响二次销售"


class EveryDecision(AtTheDesk):
    """A shop whose people decide about one refund after the other; `decided` is what was, and how."""

    def __init__(self, marketplace, fake, clock, monkeypatch):
        super().__init__(marketplace, fake, clock, monkeypatch)
        self.marketplace, self.platform = marketplace, platform_of(marketplace)
        monkeypatch.setattr(type(self.platform), "limits", ())  # a day passes here within seconds of Valkey's clock
        self.decided: dict[tuple[str, str], bool] = {}
        self.calls = 0
        self.enter()

    def asked(self, **fields) -> str:
        """A buyer asks; the desk knows."""
        self.clock.move(seconds=2)
        refund_id = self.fake.add(at=self.fake.now(), **fields).id
        self.turns()
        return refund_id

    def happens(self, act: str, refund_id: str) -> None:
        """Something happens at the platform; the desk knows."""
        self.clock.move(seconds=2)
        self.fake.act(act, refund_id, at=self.fake.now())
        self.turns()

    def press(self, refund_id: str, button: str, **told) -> SentDecision:
        """Somebody presses the button, and what it sends is done there once: by a call or by hand."""
        before, refund = self.done(refund_id), self.refund(refund_id)
        path = f"/admin/refunds/refund/{refund.pk}/"
        assert f"decide/{button}/" in self.owner.client.get(f"{path}change/").content.decode(), button
        answer = self.owner.client.post(f"{path}decide/{button}/", {**self.reason(refund_id, button), **told})
        assert answer.status_code == 302, [answer.context["form"].errors, answer.context["form"].data]
        return self.sent(refund_id, before)

    def sent(self, refund_id: str, before: int) -> SentDecision:
        """The newest decision about a refund, once it has come through."""
        asked = len(self.fake.decided)
        decision = self.newest(refund_id)
        verb, refund = Verb(decision.verb), self.refund(refund_id)
        self.turns(minutes=1)
        is_by_hand = self.newest(refund_id).status == "by_hand"
        if is_by_hand:
            assert self.owner.tiles()["To do by hand there"] == "1"
            assert len(self.fake.decided) == asked
            self.clock.move(seconds=2)
            there = THERE | EXCHANGED_THERE if refund.kind == RefundKind.EXCHANGE else THERE
            self.fake.change(refund_id, at=self.fake.now(), **there[self.name, verb])
        self.turns()
        newest = self.newest(refund_id)
        if newest.status != "confirmed":  # the copy was listed before the platform had paid
            self.turns()
            newest = self.newest(refund_id)
        assert (newest.pk, newest.status, newest.told) == (decision.pk, "confirmed", ""), (verb, newest.last_error)
        assert self.done(refund_id) == before + (not is_by_hand), verb
        assert self.refund(refund_id).decision_sent == ""
        assert not self.open_tasks()
        assert not is_by_hand or "To do by hand there" not in self.owner.tiles()
        self.decided[verb, refund.kind] = is_by_hand
        self.calls += not is_by_hand
        return newest

    def newest(self, refund_id: str) -> SentDecision:
        """The decision that was taken last about a refund."""
        with self.shop.scope():
            return SentDecision.objects.filter(platform_id=refund_id).latest("id")

    def open_tasks(self) -> list[PlatformTask]:
        """What is left to be done by hand."""
        with self.shop.scope():
            return list(PlatformTask.objects.for_store(self.shop.store.pk).filter(closed_at=None))

    def reason(self, refund_id: str, button: str) -> dict[str, str]:
        """For who refuses: one of the platform's reasons, with a picture where all of them want one, and words."""
        if button not in ("reject", "inspection-failed"):
            return {}
        with self.shop.scope():
            known = MirroredRefund.objects.get(platform_id=refund_id).reasons or []
        words = {"reason": WORDS} if button == "reject" else {"note": WORDS}
        reasons = sorted(known, key=lambda each: each["needs_evidence"])
        if reasons and reasons[0]["needs_evidence"]:
            path, picture = f"/admin/refunds/refund/{self.refund(refund_id).pk}/evidence/", BytesIO(PHOTO)
            picture.name = "photo.png"
            assert self.owner.client.post(path, {"file": picture, "note": "已发货"}).status_code == 302
        return words | ({"reason_code": reasons[0]["code"]} if reasons else {})

    def came_back(self, **fields) -> str:
        """A return or exchange that was agreed to, with an address of the shop, and whose goods came back."""
        refund_id = self.asked(**fields)
        self.press(refund_id, "approve", return_address=self.shop.address.pk)
        assert self.refund(refund_id).status == "awaiting_return"
        self.happens(SENT_BACK.get(self.name, "ship_back"), refund_id)
        assert self.refund(refund_id).status == "returning"
        return refund_id

    def is_paid(self, refund_id: str) -> None:
        """The platform pays out: so does the gateway of this name, once."""
        if self.fake.may_happen(PAID.get(self.name, "pay"), self.fake.refunds[refund_id]):
            self.happens(PAID.get(self.name, "pay"), refund_id)
        refund = self.refund(refund_id)
        with self.shop.scope():
            paid = Payment.objects.for_store(refund.store_id).filter(topic_id=refund.pk)
            told = list(paid.values_list("gateway", "status", "amount"))
        assert (refund.status, told) == ("refunded", [("marketplace", "succeeded", refund.amount)])


@pytest.fixture(params=sorted(FAKES))
def desk(request, db, clock, broker_tasks, monkeypatch):
    with FAKES[request.param][0]() as fake:
        if request.param == "taote":
            fake.phase = ""
        yield EveryDecision(request.param, fake, clock, monkeypatch)


def test_every_decision_is_done_there_once_or_by_hand(desk):
    paid = desk.asked()
    desk.press(paid, "approve")
    desk.is_paid(paid)
    refused = desk.asked()
    desk.press(refused, "reject")
    assert desk.refund(refused).status == "rejected"
    returned = desk.came_back(**RETURN[desk.marketplace])
    desk.press(returned, "inspection-passed", note="")
    desk.is_paid(returned)
    stones = desk.came_back(**RETURN[desk.marketplace])
    desk.press(stones, "inspection-failed")
    assert desk.refund(stones).status == "rejected"
    back = desk.asked(**RETURN[desk.marketplace])
    desk.press(back, "reject")
    assert desk.refund(back).status == "rejected"
    if desk.marketplace in EXCHANGE:
        exchange(desk)
    if desk.platform.proposes:
        propose(desk)
    if desk.platform.extends_within:
        ask_for_time(desk)
    exchanges = {Verb.AGREE_EXCHANGE, Verb.RESHIP} if desk.marketplace not in EXCHANGE else set()
    assert {verb for verb, _kind in desk.decided} >= set(desk.platform.decides) - exchanges
    assert desk.refusals() == 0
    desk.turns(hours=1)
    assert len(desk.fake.decided) == desk.calls, "each was sent once, however often the shop has had its turn since"
    desk.assert_all_is_well()


def exchange(desk) -> None:
    """From the request to the new parcel, which some hear of with the receipt and some after it; one is refused."""
    exchanged, refund = desk.came_back(**EXCHANGE[desk.marketplace]), None
    if desk.platform.reships_at_receipt:
        desk.press(exchanged, "inspection-passed", note="", **PARCEL)
    else:
        desk.press(exchanged, "inspection-passed", note="")
        refund, before = desk.refund(exchanged), desk.done(exchanged)
        with desk.shop.scope():
            parcel = OwedParcel.objects.get(topic_id=refund.pk)
        answer = desk.owner.client.post(f"/admin/orders/owedparcel/{parcel.pk}/ship/", PARCEL)
        assert answer.status_code == 302
        desk.sent(exchanged, before)
    with desk.shop.scope():
        parcel = OwedParcel.objects.get(topic_id=desk.refund(exchanged).pk)
    assert (parcel.status, parcel.tracking_number) == ("shipped", "SF2000002")
    other = desk.asked(**EXCHANGE[desk.marketplace])
    desk.press(other, "reject")
    stones = desk.came_back(**EXCHANGE[desk.marketplace])
    desk.press(stones, "inspection-failed")


def propose(desk) -> None:
    """Another kind, and where the platform takes it another amount."""
    asked = desk.asked()
    told = {"kind": RefundKind.RETURN_AND_REFUND, "text": "请先退货"}
    desk.press(asked, "propose", **told, **({"amount": "5.00"} if desk.platform.proposes_amount else {}))


def ask_for_time(desk) -> None:
    """In the last days before the deadline."""
    late = desk.came_back(**RETURN[desk.marketplace])
    ends = int((desk.fake.now() + desk.platform.extends_within).timestamp()) - 7200
    desk.fake.change(late, at=desk.fake.now(), status_deadline=ends)
    desk.turns()
    desk.press(late, "more-time")


# Kinds of which no call is documented that only moves goods: agreeing to them by a call would pay out.
PAY_NOTHING = (
    ("pinduoduo", {"after_sales_type": 3, "after_sales_status": 14}),
    ("pinduoduo", {"after_sales_type": 4, "after_sales_status": 14}),
    ("pinduoduo", {"after_sales_type": 5, "after_sales_status": 21}),
    ("wechat_shop", {"type": "SOMETHING_NEW"}),
    ("kuaishou", {"handlingWay": 4}),
    ("douyin", {"type": 7}),
    ("tmall", {"dispute_type": "REPAIR"}),
)


def test_about_what_pays_nothing_no_call_that_pays_is_sent(clock, subtests):
    for marketplace, fields in PAY_NOTHING:
        made, shop_at = FAKES[marketplace]
        with subtests.test(marketplace=marketplace, **fields), made() as fake:
            refund = fake.add(**fields)
            there = Tried(platform_of(marketplace), fake)
            shop, platform = shop_at(fake), there.platform
            order = there.order_of(refund.id) or "1"
            copy = platform.read(shop, refund_id=refund.id, order_number=order, now=fake.now())
            for verb in (Verb.AGREE_REFUND, Verb.CONFIRM_RECEIPT):
                decision = PlatformDecision(key="D1", verb=verb, copy=copy, amount=copy.amount)
                assert platform.decide(shop, decision, now=fake.now()).outcome == VerdictOutcome.BY_HAND
            assert fake.decided == []
