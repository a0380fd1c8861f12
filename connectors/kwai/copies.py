"""A refund as Kuaishou tells it, and what we make of it."""

from collections.abc import Mapping
from typing import Any

from common.sentences import sentence as _
from connectors.port import LineCopy, OrderCopy, RefundCopy, RefundStage, UnreadableCopy
from connectors.reading import fen, milliseconds, text, whole, without_receivers
from refunds.states import RefundKind

STAGES = {
    10: RefundStage.ASKED,
    12: RefundStage.REFUSED,
    20: RefundStage.DISPUTED,
    22: RefundStage.AWAITING_RETURN,  # the platform decided for a return: the receipt can be confirmed
    30: RefundStage.AWAITING_RETURN,
    40: RefundStage.RETURNING,
    45: RefundStage.RESHIPPED,
    50: RefundStage.AGREED,
    60: RefundStage.REFUNDED,
    70: RefundStage.CLOSED,
}
ENDED = {60, 70}
WAYS = {1: "return_and_refund", 10: "refund_only", 3: "exchange"}


def kuaishou_copy(data: Mapping[str, Any]) -> RefundCopy:
    """UnreadableCopy without an id, an order, an amount or a time of its last change."""
    raw = without_receivers(data)
    status, way = whole(raw.get("status")), whole(raw.get("handlingWay"))
    amount, updated_at = fen(raw.get("refundFee")), milliseconds(raw.get("updateTime"))
    if not text(raw.get("refundId")) or not text(raw.get("oid")) or amount is None or updated_at is None:
        raise UnreadableCopy(_("The refund lacks its id, its order, its amount or the time of its last change."))
    kind = WAYS.get(way, "") if way is not None else ""
    stage = STAGES.get(status, RefundStage.UNKNOWN) if status is not None else RefundStage.UNKNOWN
    if stage == RefundStage.REFUNDED and kind == RefundKind.EXCHANGE and not amount:
        stage = RefundStage.EXCHANGED
    line = LineCopy(item_id=text(raw.get("itemId")), sku=text(raw.get("skuNick")) or text(raw.get("skuId")))
    lines = (line,) if line.item_id else ()
    return RefundCopy(
        id=text(raw["refundId"]),
        order=OrderCopy(number=text(raw["oid"]), lines=lines),
        version=whole(raw["updateTime"]) or 0,
        updated_at=updated_at,
        created_at=milliseconds(raw.get("submitTime")) or milliseconds(raw.get("createTime")),
        stage=stage,
        raw_status=text(raw.get("status")),
        kind=kind,
        raw_kind=text(raw.get("handlingWay")),
        raw_reason=text(raw.get("refundReasonDesc")) or text(raw.get("refundReason")),
        description=text(raw.get("refundDesc")),
        amount=amount,
        refunded_amount=amount if stage == RefundStage.REFUNDED else None,
        deadline=None if status in ENDED else milliseconds(raw.get("expireTime")),
        lines=lines,
        raw=raw,
    )
