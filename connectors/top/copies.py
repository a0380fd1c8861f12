"""A refund as TOP tells it, and what we make of it. What its documents don't explain stays as it came.

Not explained are `EXCHANGE_TRANSFORM_TO_REFUND` (whether the merchant is to pay, or a new refund takes its place) and
`POST_FEE_DISPUTE_WAIT_ACTIVATE`: a person looks at those.
"""

from collections.abc import Mapping
from typing import Any

from connectors.port import LineCopy, OrderCopy, RefundCopy, RefundStage, UnreadableCopy, Verb
from connectors.reading import beijing, milliseconds, part, pieces, text, whole, without_receivers, yuan_told
from connectors.top.decisions import is_true
from refunds.states import RefundKind

STAGES = {
    "WAIT_SELLER_AGREE": RefundStage.ASKED,
    "WAIT_SELLER_CONFIRM_RETURN_ADDRESS": RefundStage.ASKED,
    "WAIT_BUYER_RETURN_GOODS": RefundStage.AWAITING_RETURN,
    "WAIT_SELLER_CONFIRM_GOODS": RefundStage.RETURNING,
    "SELLER_REFUSE_BUYER": RefundStage.REFUSED,
    "CLOSED": RefundStage.CLOSED,
    "SUCCESS": RefundStage.REFUNDED,
    "WAIT_SELLER_CONSIGN_GOODS": RefundStage.TO_RESHIP,
    "WAIT_SELLER_CONSIGN_GOOGDS": RefundStage.TO_RESHIP,  # as the dispute call spells it
    "WAIT_BUYER_CONFIRM_EXCHANGE_SELLER_SEND_GOODS": RefundStage.RESHIPPED,
    "WAIT_BUYER_CONFIRM_REDO_SEND_GOODS": RefundStage.RESHIPPED,
    "EXCHANGE_WAIT_BUYER_CONFIRM_GOODS": RefundStage.RESHIPPED,
}
KINDS = {
    "REFUND": "refund_only",
    "REFUND_AND_RETURN": "return_and_refund",
    "TMALL_EXCHANGE": "exchange",
    "TAOBAO_EXCHANGE": "exchange",
}
# cs_status: the platform is asked to decide, decides, has decided at first, or failed a review: it is its turn.
WITH_PLATFORM = {2, 3, 4, 5}
OPEN = {RefundStage.ASKED, RefundStage.RETURNING, RefundStage.REFUSED}
SHIPPED = {
    "WAIT_SELLER_SEND_GOODS": False,
    "WAIT_BUYER_CONFIRM_GOODS": True,
    "TRADE_BUYER_SIGNED": True,
    "TRADE_FINISHED": True,
}
LIST_FIELDS = "refund_id,tid,oid,status,modified,refund_version,refund_phase,dispute_type"
# What is asked for, and all that is kept: nothing of a receiver is among it.
FIELDS = (
    "refund_id,tid,oid,buyer_nick,buyer_open_uid,total_fee,payment,refund_fee,status,order_status,cs_status,"
    "advance_status,created,modified,good_status,has_good_return,reason,desc,num_iid,title,price,num,good_return_time,"
    "company_name,sid,shipping_type,refund_remind_timeout,refund_phase,refund_version,operation_contraint,attribute,"
    "outer_id,sku,dispute_type"
)


def top_version(row: Mapping[str, Any]) -> int:
    """Its own version, which is a timestamp; else the time of the last change in milliseconds. 0 for neither."""
    changed = beijing(row.get("modified"))
    return whole(row.get("refund_version")) or (int(changed.timestamp()) * 1000 if changed else 0)


def top_copy(row: Mapping[str, Any]) -> RefundCopy:
    """UnreadableCopy without an id, a trade, an amount or a time of its last change."""
    raw = {name: row[name] for name in FIELDS.split(",") if name in row}
    status, raw_kind = text(raw.get("status")), text(raw.get("dispute_type"))
    kind = KINDS.get(raw_kind, "")
    if not raw_kind and "has_good_return" in raw:
        kind = "return_and_refund" if is_true(raw["has_good_return"]) else "refund_only"
    stage = STAGES.get(status, RefundStage.UNKNOWN)
    if stage in OPEN and whole(raw.get("cs_status")) in WITH_PLATFORM:
        stage = RefundStage.DISPUTED
    if stage == RefundStage.REFUNDED and kind == RefundKind.EXCHANGE:
        stage = RefundStage.EXCHANGED
    version = top_version(raw)
    updated_at = beijing(raw.get("modified")) or milliseconds(version)
    amount = yuan_told(raw.get("refund_fee"))
    if not text(raw.get("refund_id")) or not text(raw.get("tid")) or amount is None or updated_at is None:
        raise UnreadableCopy("The refund lacks its id, its trade, its amount or the time of its last change.")
    timeout = part(raw, "refund_remind_timeout")
    line = LineCopy(
        item_id=text(raw.get("num_iid")),
        quantity=pieces(raw.get("num")),
        unit_price=yuan_told(raw.get("price")),
        title=text(raw.get("title")),
        sku=text(raw.get("sku")),
    )
    lines = (line,) if line.item_id else ()
    cannot_refuse = raw.get("operation_contraint") == "cannot_refuse"
    return RefundCopy(
        id=text(raw["refund_id"]),
        order=OrderCopy(
            number=text(raw["tid"]),
            buyer_id=text(raw.get("buyer_open_uid")),
            buyer_name=text(raw.get("buyer_nick")),
            paid_amount=yuan_told(raw.get("total_fee")),
            is_shipped=SHIPPED.get(text(raw.get("order_status"))),
            lines=lines,
        ),
        version=version,
        updated_at=updated_at,
        created_at=beijing(raw.get("created")),
        stage=stage,
        raw_status=status,
        kind=kind,
        raw_kind=raw_kind,
        raw_reason=text(raw.get("reason")),
        description=text(raw.get("desc")),
        amount=amount,
        refunded_amount=amount if stage == RefundStage.REFUNDED else None,
        deadline=beijing(timeout.get("timeout")) if is_true(timeout.get("exist_timeout")) else None,
        return_carrier=text(raw.get("company_name")),
        return_tracking_number=text(raw.get("sid")),
        lines=lines,
        refused=frozenset({Verb.REFUSE, Verb.REFUSE_RECEIPT}) if cannot_refuse else frozenset(),
        raw=without_receivers(raw),
    )
