"""The demo's refunds: each scene is a request some hours ago and what happened since.

A step is (hours ago, what, arguments); `what` names an action below. Scenes are played oldest first.
"""

from demo.scene import Scene
from demo.scene import approve as _approve
from demo.scene import sweep as _sweep

COMMON = [
    Scene(400, "refund_only", "packaging_damaged", (_approve(396), _sweep(395)), share=0.2, item=1),
    Scene(
        360,
        "return_and_refund",
        "no_reason_7d",
        (
            _approve(350),
            (300, "ship_return", {}),
            (240, "inspect", {"passed": True, "note": "完好，吊牌齐全"}),
            _sweep(239),
        ),
        item=2,
    ),
    Scene(330, "return_and_refund", "changed_mind", (_approve(320), _sweep(140)), item=3),
    Scene(
        200,
        "return_and_refund",
        "wrong_item",
        (_approve(190), (170, "ship_return", {}), (60, "inspect", {"passed": False, "note": "退回的不是本店商品"})),
        item=0,
        description="颜色发错了",
    ),
    Scene(150, "refund_only", "slow_logistics", ((149, "withdraw", {}),), item=1, delivered=False),
    Scene(
        120,
        "return_and_refund",
        "quality",
        (_approve(110), (70, "ship_return", {})),
        item=2,
        description="洗一次就起球，影响使用",
    ),
    Scene(96, "return_and_refund", "no_reason_7d", (_approve(90), (50, "ship_return", {})), item=4),
    Scene(80, "return_and_refund", "not_as_described", (_approve(76),), item=3, description="比图片小很多"),
    Scene(
        72,
        "refund_only",
        "minor_flaw",
        ((70, "reject", {"reason": "请先上传瑕疵照片"}),),
        share=0.4,
        item=4,
        description="边角有一点划痕",
    ),
    Scene(
        60, "refund_only", "missing_parts", (_approve(58), _sweep(57)), share=0.3, item=1, buyer_id="sandbox-decline"
    ),
    Scene(20, "refund_only", "packaging_damaged", share=0.25, item=2, description="外箱压坏了，里面还好"),
    Scene(12, "return_and_refund", "wrong_purchase", item=0, description="尺寸买大了"),
    Scene(5, "refund_only", "slow_logistics", item=3, delivered=False, description="一周了还没有到"),
    Scene(1.5, "return_and_refund", "changed_mind", item=4),
]

TAOTE = [
    Scene(
        300,
        "return_and_refund",
        "minor_flaw",
        (
            (298, "offer", {"amount": "2.00", "message": "亲，补您 2 元，不用退货可以吗？"}),
            (297, "accept", {}),
            _sweep(296),
        ),
        item=2,
        description="杯盖有点松",
    ),
    Scene(
        170,
        "return_and_refund",
        "changed_mind",
        ((168, "offer", {"amount": "5.00", "message": "补您 5 元留下吧"}), (167, "decline", {}), _approve(160)),
        item=0,
    ),
    Scene(
        90,
        "return_and_refund",
        "packaging_damaged",
        ((88, "offer", {"amount": "3.00", "message": "外盒问题补您 3 元"}), _sweep(53)),
        item=6,
    ),
    Scene(
        75,
        "refund_only",
        "quality",
        ((74, "offer_return", {"message": "麻烦寄回，我们验货后全额退款"}), (73, "accept", {})),
        item=4,
        description="拉链坏了",
    ),
    Scene(
        55,
        "refund_only",
        "minor_flaw",
        (
            _approve(50),
            _sweep(49),
            _sweep(48),
            _sweep(46),
            _sweep(42),
            _sweep(36),
            _sweep(30),
            _sweep(24),
            _sweep(18),
            _sweep(12),
        ),
        share=0.3,
        item=7,
        buyer_id="sandbox-timeout",
    ),
    Scene(34.7, "return_and_refund", "minor_flaw", item=2, description="保温效果一般"),
    Scene(34.2, "refund_only", "quality", share=0.5, item=5, description="有两个苹果烂了"),
    Scene(
        26,
        "return_and_refund",
        "not_as_described",
        ((4, "offer", {"amount": "2.00", "message": "亲，补您 2 元，留下用着好吗？"}),),
        item=2,
        description="颜色和图片有色差",
    ),
    Scene(
        9,
        "refund_only",
        "missing_parts",
        ((3, "offer_return", {"message": "请寄回，我们马上全额退款"}),),
        item=1,
        description="少了一个盒子",
    ),
    Scene(0.4, "return_and_refund", "wrong_purchase", item=3, description="买小了一码"),
]

METHODS = {
    "reassurance": ("slow_logistics", {"message": "亲，包裹正在加急催件，请再等等好吗？"}),
    "coupon": ("packaging_damaged", {"message": "抱歉包装受损，送您优惠券表示歉意"}),
    "exchange": ("wrong_item", {"message": "给您换一件全新的", "item_id": "710022"}),
    "gift": ("minor_flaw", {"message": "抱歉有小瑕疵，送您一份收纳袋", "item_id": "710023"}),
    "partial_refund": ("minor_flaw", {"message": "补您差价，留下用着好吗？", "amount": "19.90"}),
    "reship": ("missing_parts", {"message": "抱歉漏发了，马上给您补寄"}),  # the order's own goods
    "red_packet": ("seller_delay", {"message": "让您久等了，小红包请收下", "amount": "5.00"}),
}
# What became of the offer: how long ago the refund was asked, and the steps after the offer.
ENDINGS = {
    "pending": (7.0, ()),
    "accepted": (140.0, ((138, "accept", {}), (137, "sweep", {}))),
    "declined": (30.0, ((27, "decline", {}),)),
    "expired": (44.0, ((19, "sweep", {}),)),
    "withdrawn": (110.0, ((107, "approve", {}),)),
}


def _retention(method: str, place: int, ending: str) -> Scene:
    """A refund whose buyer was offered `method`, and what became of it."""
    reason, terms = METHODS[method]
    asked, steps = ENDINGS[ending]
    asked += place * 0.35
    offered = (asked - 1, "retain", {"method": method, **terms})
    return Scene(asked, "return_and_refund", reason, (offered, *steps), item=place, delivered=place % 2 == 0)


TMALL = [_retention(method, place, ending) for place, method in enumerate(METHODS) for ending in ENDINGS]
