"""The demo's quarrels: evidence, disputes and appeals, and what the platform's person decides about them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from common import clock
from common.actors import Actor, ActorKind
from common.tenancy import tenant_scope
from common.uploads import clean_upload
from demo.pictures import photograph
from demo.scene import Scene
from refunds.models import Appeal, Dispute
from refunds.platform.appeals import decide_appeal, open_appeal
from refunds.platform.disputes import answer_dispute, decide_dispute, open_dispute
from refunds.platform.evidence import add_evidence, stored
from refunds.states import Side
from stores.models import Store

PLATFORM = Actor(ActorKind.OPERATOR, "demo", "运营小二")
COMPARED = "已核对双方凭证"


def _approved_and_sent(asked: float) -> tuple:
    return ((asked - 4, "approve", {}), (asked - 30, "ship_return", {}))


# Quarrels that every store has: two to decide (one with its evidence complete), one for each outcome.
DISPUTED = [
    Scene(
        62,
        "return_and_refund",
        "quality",
        (
            *_approved_and_sent(62),
            (26, "dispute", {"side": "merchant", "plea": "退回的毯子有大片污渍，明显使用过，不符合退货标准"}),
            (25.5, "show", {"side": "merchant", "picture": "blanket", "note": "拆包时拍的，全程有录像"}),
            (20, "answer", {"side": "buyer", "reply": "收到时就有这块污渍，我没有用过"}),
            (19.5, "show", {"side": "buyer", "picture": "parcel", "note": "签收当天外箱就是破的"}),
        ),
        item=0,
        description="有污渍，像是二手的",
    ),
    Scene(
        40,
        "refund_only",
        "packaging_damaged",
        (
            (38, "reject", {"reason": "外箱压痕不影响使用，不支持退款"}),
            (30, "dispute", {"side": "buyer", "plea": "里面的东西也碰坏了，商家只看外箱"}),
            (29, "show", {"side": "buyer", "picture": "parcel", "note": "左上角整个裂开"}),
        ),
        share=0.5,
        item=1,
        description="箱子裂了，里面有划痕",
    ),
    Scene(
        260,
        "refund_only",
        "quality",
        (
            (255, "reject", {"reason": "请提供质量问题的照片"}),
            (250, "dispute", {"side": "buyer", "plea": "已经提供过照片，商家不回复"}),
            (249, "show", {"side": "buyer", "picture": "blanket", "note": "污渍特写"}),
            (200, "decide", {"outcome": "buyer", "note": f"{COMPARED}，质量问题成立，支持买家"}),
            (199, "sweep", {}),
        ),
        item=3,
        description="质量有问题",
    ),
    Scene(
        280,
        "return_and_refund",
        "wrong_item",
        (
            *_approved_and_sent(280),
            (240, "dispute", {"side": "merchant", "plea": "退回的是空箱，发货重量与退回重量不符"}),
            (239, "show", {"side": "merchant", "picture": "empty", "note": "仓库监控下开箱"}),
            (238, "show", {"side": "merchant", "picture": "scale", "note": "发货时的称重记录"}),
            (180, "decide", {"outcome": "merchant", "note": f"{COMPARED}，退回包裹为空箱，支持商家"}),
        ),
        item=2,
    ),
    Scene(
        230,
        "refund_only",
        "minor_flaw",
        (
            (225, "reject", {"reason": "瑕疵轻微，可补发小礼品"}),
            (220, "dispute", {"side": "buyer", "plea": "不要礼品，要求部分退款"}),
            (170, "decide", {"outcome": "split", "amount": "5.00", "note": f"{COMPARED}，轻微瑕疵，酌情退差价"}),
            (169, "sweep", {}),
        ),
        share=0.6,
        item=1,
        description="有一道划痕",
    ),
]

# Trusted buyers of Pinduoduo, paid at once; what the merchant does about it (P5).
INSTANT = [
    Scene(3, "return_and_refund", "no_reason_7d", ((2.9, "sweep", {}),), item=2, is_trusted=True),
    Scene(
        70,
        "return_and_refund",
        "quality",
        (
            (69, "sweep", {}),
            (28, "appeal", {"ground": "fake_return", "plea": "退回包裹是空盒，平台极速退款已先行打款，申请返还"}),
            (27, "show", {"side": "merchant", "picture": "empty", "note": "开箱照，箱内无商品"}),
            (26.5, "show", {"side": "merchant", "picture": "scale", "note": "发货称重与退回称重对比"}),
        ),
        item=0,
        description="用了一次就坏",
        is_trusted=True,
    ),
    Scene(
        300,
        "return_and_refund",
        "not_as_described",
        (
            (299, "sweep", {}),
            (240, "appeal", {"ground": "wrong_goods", "plea": "退回的不是本店商品，型号不一致"}),
            (239, "show", {"side": "merchant", "picture": "parcel", "note": "退回包裹面单"}),
            (150, "decide_appeal", {"outcome": "merchant", "note": "退回商品与订单不符，申诉成立，货款返还商家"}),
        ),
        item=1,
        is_trusted=True,
    ),
    Scene(
        320,
        "refund_only",
        "minor_flaw",
        (
            (319, "sweep", {}),
            (310, "appeal", {"ground": "other", "plea": "瑕疵不影响使用"}),
            (260, "decide_appeal", {"outcome": "buyer", "note": "瑕疵属实，申诉不成立"}),
        ),
        share=0.3,
        item=3,
        is_trusted=True,
    ),
]

QUARRELS = {
    "taote-demo": DISPUTED,
    "tmall-demo": DISPUTED,
    "kuaishou-demo": DISPUTED,
    "pinduoduo-demo": DISPUTED + INSTANT,
}


class PlatformSteps:
    """What a scene may do before the platform. Mixed into `Play`, which knows the store and its refunds."""

    store: Store
    refunds: dict[int, Any]
    _on_refund: Callable[..., None]
    _actor: Callable[[str], Actor]

    def dispute(self, number: int, *, side: str, plea: str) -> None:
        """One side asks the platform to step in."""
        self._on_refund(open_dispute, number, self._actor(side), opened_by=side, plea=plea)

    def show(self, number: int, *, side: str, picture: str, note: str) -> None:
        """One side shows a photograph."""
        name, content = photograph(picture)
        file = clean_upload(content, name)
        with stored(self.store.pk, file) as stored_as:
            self._on_refund(
                add_evidence, number, self._actor(side), side=side, file=file, stored_as=stored_as, note=note
            )

    def answer(self, number: int, *, side: str, reply: str) -> None:
        """The other side answers the claim."""
        self._on_case(Dispute, answer_dispute, number, self._actor(side), "dispute_id", side=side, reply=reply)

    def decide(self, number: int, *, outcome: str, note: str, amount: str | None = None) -> None:
        """The platform's person decides a dispute."""
        paid = Decimal(amount) if amount else None
        self._on_case(Dispute, decide_dispute, number, PLATFORM, "dispute_id", outcome=outcome, note=note, amount=paid)

    def appeal(self, number: int, *, ground: str, plea: str) -> None:
        """The merchant appeals against an instant refund."""
        self._on_refund(open_appeal, number, self._actor(Side.MERCHANT), ground=ground, plea=plea)

    def decide_appeal(self, number: int, *, outcome: str, note: str) -> None:
        """The platform's person decides an appeal."""
        self._on_case(Appeal, decide_appeal, number, PLATFORM, "appeal_id", outcome=outcome, note=note)

    def _on_case(self, model, action, number: int, actor: Actor, name: str, **arguments) -> None:
        with tenant_scope(self.store.pk):
            case = model.objects.for_store(self.store.pk).get(refund=self.refunds[number])
            action(store_id=self.store.pk, actor=actor, now=clock.now(), **{name: case.pk}, **arguments)
