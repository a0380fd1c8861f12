"""Goods on their way, back and forth: direct refunds, recalls, returns of several pieces, lost parcels, exchanges."""

from demo.scene import Scene, approve, carriers, sweep

SILENT_FOR_HOURS = (19.9, 19.8, 19.7, 19.5, 19.1, 18.1, 17, 15.9, 14.8)


def _returned(asked: float, *then, **parcel) -> tuple:
    """Approved, sent back and arrived at the store; and then."""
    return (
        approve(asked - 4),
        (asked - 20, "ship_return", parcel),
        carriers(asked - 20.1),
        carriers(asked - 22),
        *then,
    )


RECALLS = [
    Scene(7, "refund_only", "changed_mind", (approve(0.4), carriers(0.3)), item=0, delivered=False),
    Scene(
        26,
        "refund_only",
        "slow_logistics",
        (approve(20), *map(carriers, SILENT_FOR_HOURS)),
        item=1,
        delivered=False,
        course="SILENT",
        description="物流三天没有更新了",
    ),
    Scene(
        130,
        "refund_only",
        "wrong_purchase",
        (approve(126), carriers(125.9), carriers(125), sweep(124)),
        item=2,
        delivered=False,
    ),
    Scene(
        85,
        "refund_only",
        "slow_logistics",
        (approve(82), carriers(81.9), carriers(81), sweep(80)),
        item=3,
        delivered=False,
        course="LOST",
    ),
    Scene(34, "refund_only", "changed_mind", (approve(30), carriers(29.9)), item=4, delivered=False, course="NORECALL"),
]
DIRECT = [
    Scene(52, "refund_only", "wrong_purchase", (sweep(51),), item=1, shipped=False, paid=5, delivered=False),
    Scene(
        2,
        "refund_only",
        "changed_mind",
        item=3,
        shipped=False,
        paid=5,
        delivered=False,
        description="不想要了，还没发货",
    ),
    Scene(11, "refund_only", "wrong_address", (carriers(10.9), sweep(10)), item=2, delivered=False, course="UNPICKED"),
]
RETURNS = [
    *RECALLS,
    *DIRECT,
    Scene(64, "return_and_refund", "no_reason_7d", _returned(64), item=0, quantity=3, description="三件都退"),
    Scene(58, "return_and_refund", "quality", _returned(58), item=2, quantity=2),
    Scene(
        110,
        "return_and_refund",
        "changed_mind",
        _returned(110, (60, "inspect_some", {"arrived": 2, "note": "包裹里只有两件"}), sweep(59)),
        item=1,
        quantity=3,
    ),
    Scene(
        95,
        "return_and_refund",
        "wrong_item",
        (*_returned(95, course="LOST"), sweep(70)),
        item=3,
        description="发错颜色",
    ),
    Scene(
        260,
        "return_and_refund",
        "changed_mind",
        (
            *_returned(260, course="LOST"),
            sweep(235),
            (180, "close_claim", {"paid": True, "note": "快递已按保价赔付"}),
        ),
        item=4,
    ),
]
EXCHANGES = [
    Scene(3, "exchange", "wrong_item", item=1, description="尺码发错了，换一件"),
    Scene(28, "exchange", "quality", (approve(26),), item=2, description="有一处开线，想换新的"),
    Scene(50, "exchange", "minor_flaw", _returned(50), item=0, quantity=2),
    Scene(70, "exchange", "wrong_item", _returned(70, (40, "inspect", {"passed": True, "note": "完好"})), item=3),
    Scene(140, "exchange", "not_as_described", _returned(140, (100, "inspect", {"passed": True, "note": ""})), item=4),
    Scene(
        75,
        "exchange",
        "other",
        _returned(75, (46, "inspect", {"passed": False, "note": "商品已使用，不符合换货条件"})),
        item=1,
    ),
]
