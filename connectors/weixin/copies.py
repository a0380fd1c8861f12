"""A refund as WeChat Shop tells it: fen, seconds, and a deadline that is the seconds left."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from common.sentences import sentence as _
from connectors.port import LineCopy, OrderCopy, RefundCopy, RefundStage, UnreadableCopy
from connectors.reading import fen, part, pieces, seconds, text, whole, without_receivers

STAGES = {
    "USER_CANCELD": RefundStage.WITHDRAWN,
    "MERCHANT_PROCESSING": RefundStage.ASKED,
    "MERCHANT_REJECT_REFUND": RefundStage.REFUSED,
    "MERCHANT_REJECT_RETURN": RefundStage.REFUSED,
    "MERCHANT_REJECT_EXCHANGE": RefundStage.REFUSED,
    "MERCHANT_REJECT_RESHIP": RefundStage.REFUSED,
    "USER_WAIT_RETURN": RefundStage.AWAITING_RETURN,
    "RETURN_CLOSED": RefundStage.CLOSED,
    "MERCHANT_WAIT_RECEIPT": RefundStage.RETURNING,
    "MERCHANT_REFUND_SUCCESS": RefundStage.REFUNDED,
    "MERCHANT_RETURN_SUCCESS": RefundStage.REFUNDED,
    "PLATFORM_REFUNDING": RefundStage.AGREED,
    "PLATFORM_REFUND_FAIL": RefundStage.FAILED,
    "MERCHANT_REFUND_RETRY_FAIL": RefundStage.FAILED,
    "MERCHANT_FAIL": RefundStage.CLOSED,
    "USER_WAIT_RECEIPT": RefundStage.RESHIPPED,
    "MERCHANT_EXCHANGE_SUCCESS": RefundStage.EXCHANGED,
    # The buyer is to answer a proposal about the request, which stands as it was.
    "USER_WAIT_CONFIRM_UPDATE": RefundStage.ASKED,
}
KINDS = {"REFUND": "refund_only", "RETURN": "return_and_refund", "EXCHANGE": "exchange"}
REASONS = {
    "10000000": "changed_mind",
    "10000002": "wrong_purchase",
    "10000006": "wrong_item",
    "10000007": "not_delivered",
    "10000015": "slow_logistics",
    "10000021": "quality",
}


def weixin_copy(found: Mapping[str, Any], now: datetime) -> RefundCopy:
    """A refund's details in our units. UnreadableCopy without an order, an amount or an instant."""
    number, updated_at = text(found.get("order_id")), seconds(found.get("update_time"))
    status, kind = text(found.get("status")), text(found.get("type"))
    amount = fen(part(found, "refund_info").get("amount"))
    if amount is None and kind == "EXCHANGE":
        amount = fen(0)
    if not number or amount is None or updated_at is None:
        raise UnreadableCopy(_("The order, the amount or the instant of the last change is missing."))
    product, back, left = part(found, "product_info"), part(found, "return_info"), whole(found.get("deadline"))
    stage = STAGES.get(status, RefundStage.UNKNOWN)
    line = LineCopy(
        item_id=text(product.get("product_id")), quantity=pieces(product.get("count")), sku=text(product.get("sku_id"))
    )
    lines = (line,) if line.item_id else ()
    return RefundCopy(
        id=text(found["after_sale_order_id"]),
        order=OrderCopy(number=number, buyer_id=text(found.get("openid")), lines=lines),
        version=int(updated_at.timestamp()),
        updated_at=updated_at,
        created_at=seconds(found.get("create_time")),
        stage=stage,
        raw_status=status,
        kind=KINDS.get(kind, ""),
        raw_kind=kind,
        reason=REASONS.get(text(found.get("reason")), ""),
        raw_reason=text(found.get("reason_text")) or text(found.get("reason")),
        amount=amount,
        refunded_amount=amount if stage == RefundStage.REFUNDED else None,
        deadline=now.replace(microsecond=0) + timedelta(seconds=left) if left and left > 0 else None,
        return_carrier=text(back.get("delivery_name")) or text(back.get("delivery_id")),
        return_tracking_number=text(back.get("waybill_id")),
        lines=lines,
        # The seconds that are left differ each time one looks.
        raw={key: each for key, each in without_receivers(found).items() if key != "deadline"},
    )
