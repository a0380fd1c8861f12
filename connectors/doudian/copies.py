"""A refund as Douyin tells it: where the goods are and where the money is are two fields."""

from collections.abc import Mapping
from typing import Any

from common.sentences import sentence as _
from connectors.port import LineCopy, OrderCopy, RefundCopy, RefundStage, UnreadableCopy
from connectors.reading import fen, part, pieces, rows, seconds, text, whole, without_receivers

# Where the goods are; 12 and 53 leave it to the money.
STAGES = {
    3: RefundStage.RESHIPPED,
    6: RefundStage.ASKED,
    7: RefundStage.AWAITING_RETURN,
    8: RefundStage.TO_RESHIP,
    11: RefundStage.RETURNING,
    13: RefundStage.RESHIPPED,
    14: RefundStage.EXCHANGED,
    27: RefundStage.REFUSED,
    28: RefundStage.CLOSED,
    29: RefundStage.REFUSED,
    51: RefundStage.WITHDRAWN,
}
ENDED_WITH_MONEY = {12, 53}
MONEY = {1: RefundStage.AGREED, 2: RefundStage.AGREED, 3: RefundStage.REFUNDED, 4: RefundStage.FAILED}
UNDER_ARBITRATION = {1, 4, 5}  # being decided, evidence wanted, time to agree
KINDS = {0: "return_and_refund", 1: "refund_only", 2: "refund_only", 3: "exchange"}


def told_of(info: Mapping[str, Any], name: str) -> Any:
    """A field of the details; lists write the same names without a stroke in `aftersale`."""
    return info.get(name, info.get(name.replace("after_sale", "aftersale")))


def _stage(status: int | None, money: int | None, arbitration: int | None) -> RefundStage:
    """How far it is, from where the goods and where the money are; what no document tells is unknown."""
    if status is None:
        return RefundStage.UNKNOWN
    if arbitration in UNDER_ARBITRATION and status not in ENDED_WITH_MONEY:
        return RefundStage.DISPUTED
    if status in ENDED_WITH_MONEY:
        return MONEY.get(money, RefundStage.UNKNOWN) if money is not None else RefundStage.UNKNOWN
    return STAGES.get(status, RefundStage.UNKNOWN)


def doudian_copy(
    answer: Mapping[str, Any], process: Mapping[str, Any], info: Mapping[str, Any], order_number: str
) -> RefundCopy:
    """A refund's details in our units. UnreadableCopy without an order, an amount or an instant."""
    order = part(answer, "order_info")
    number = text(order.get("shop_order_id") or info.get("related_id") or order_number)
    amount = fen(info.get("refund_total_amount", info.get("refund_amount")))
    updated_at = seconds(info.get("update_time"))
    if not number or amount is None or updated_at is None:
        raise UnreadableCopy(_("The order, the amount or the instant of the last change is missing."))
    told = (
        told_of(info, "after_sale_status"),
        info.get("refund_status"),
        info.get("arbitrate_status", part(process, "arbitrate_info").get("arbitrate_status")),
    )
    (status, money, arbitration), kind = map(whole, told), whole(told_of(info, "after_sale_type"))
    back = part(process, "logistics_info", "return")
    stage = _stage(status, money, arbitration)
    goods = rows(order.get("sku_order_infos", order.get("related_order_info")))
    lines = tuple(_line(each) for each in goods if text(each.get("product_id")))
    return RefundCopy(
        id=text(told_of(info, "after_sale_id")),
        order=OrderCopy(number=number, is_shipped=False if kind == 2 else None, lines=lines),
        version=int(updated_at.timestamp()),
        updated_at=updated_at,
        created_at=seconds(info.get("apply_time")),
        stage=stage,
        raw_status="/".join(text(each) for each in told),
        kind=KINDS.get(kind, "") if kind is not None else "",
        raw_kind=text(told_of(info, "after_sale_type")),
        raw_reason=text(info.get("reason")) or text(part(answer, "text_part").get("reason_text")),
        description=text(info.get("reason_remark")),
        amount=amount,
        refunded_amount=fen(info.get("real_refund_amount")) if stage == RefundStage.REFUNDED else None,
        deadline=seconds(info.get("status_deadline")),
        return_carrier=text(back.get("company_name")) or text(info.get("return_logistics_company_name")),
        return_tracking_number=text(back.get("tracking_no")) or text(info.get("return_logistics_code")),
        lines=lines,
        raw=without_receivers(answer),
    )


def _line(goods: Mapping[str, Any]) -> LineCopy:
    """One of the order's goods, with the price of a piece where what was paid for them is a multiple of it."""
    quantity = pieces(goods.get("item_quantity", goods.get("item_num")))
    paid = whole(goods.get("pay_amount"))
    return LineCopy(
        item_id=text(goods.get("product_id")),
        quantity=quantity,
        unit_price=None if paid is None or paid % quantity else fen(paid // quantity),
        title=text(goods.get("product_name")),
        sku=text(goods.get("sku_id")),
    )
