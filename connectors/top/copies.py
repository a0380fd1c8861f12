"""A refund, an exchange, a dispute as TOP tells them, and what we make of it. What isn't explained stays as it came.

Not explained are `EXCHANGE_TRANSFORM_TO_REFUND` (whether the merchant is to pay, or a new refund takes its place) and
`POST_FEE_DISPUTE_WAIT_ACTIVATE`: a person looks at those.
"""

from collections.abc import Mapping
from typing import Any

from common.sentences import sentence as _
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
    # The same as the calls for exchanges and for all disputes tell them. 14, EXCHANGE_TRANSFORM_TO_REFUND, isn't among
    # them, nor is 11, which an older document calls "the exchange has ended".
    "1": RefundStage.ASKED,
    "2": RefundStage.AWAITING_RETURN,
    "3": RefundStage.RETURNING,
    "4": RefundStage.CLOSED,
    "5": RefundStage.REFUNDED,
    "6": RefundStage.REFUSED,
    "7": RefundStage.RESHIPPED,
    "8": RefundStage.ASKED,
    "12": RefundStage.TO_RESHIP,
    "13": RefundStage.RESHIPPED,
}
KINDS = {
    "REFUND": "refund_only",
    "REFUND_AND_RETURN": "return_and_refund",
    "TMALL_EXCHANGE": "exchange",
    "TAOBAO_EXCHANGE": "exchange",
    # As the list of all disputes words them.
    "仅退款": "refund_only",
    "退货退款": "return_and_refund",
    "换货": "exchange",
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
# What is asked for, and all that is kept: nothing of a receiver is among it.
FIELDS = (
    "refund_id,tid,oid,buyer_nick,buyer_open_uid,total_fee,payment,refund_fee,status,order_status,cs_status,"
    "advance_status,created,modified,good_status,has_good_return,reason,desc,num_iid,title,price,num,good_return_time,"
    "company_name,sid,shipping_type,refund_remind_timeout,refund_phase,refund_version,operation_contraint,attribute,"
    "outer_id,sku,dispute_type"
)
# Of exchanges beside these, as they are told: the goods that the buyer wants, and the parcel with them.
OF_EXCHANGES = ("exchange_sku", "seller_logistic_name", "seller_logistic_no")
EXCHANGE_FIELDS = (
    "dispute_id,bizorder_id,num,buyer_nick,status,created,modified,reason,title,buyer_logistic_no,buyer_logistic_name,"
    "seller_logistic_no,seller_logistic_name,bought_sku,exchange_sku,time_out"
)
DISPUTE_FIELDS = (
    "refund_id,tid,oid,buyer_nick,status,created,modified,order_status,refund_fee,good_status,show_return_logistic,"
    "time_out,refund_version,title,num,dispute_request,reason,desc"
)


def top_version(row: Mapping[str, Any]) -> int:
    """Its own version, which is a timestamp; else the time of the last change in milliseconds. 0 for neither."""
    changed = beijing(row.get("modified"))
    return whole(row.get("refund_version")) or (int(changed.timestamp()) * 1000 if changed else 0)


def top_copy(row: Mapping[str, Any]) -> RefundCopy:
    """UnreadableCopy without an id, a trade, an amount or a time of its last change."""
    raw = {name: row[name] for name in (*FIELDS.split(","), *OF_EXCHANGES) if name in row}
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
        raise UnreadableCopy(_("The refund lacks its id, its order, its amount or the time of its last change."))
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


def exchange_copy(row: Mapping[str, Any]) -> RefundCopy:
    """An exchange as Tmall's calls for exchanges tell it: no money, and no item's id. UnreadableCopy as `top_copy`."""
    return top_copy(
        {
            **row,
            **_of_a_dispute(row),
            "refund_id": row.get("dispute_id"),
            "refund_fee": "0.00",
            "dispute_type": "TMALL_EXCHANGE",
            "company_name": row.get("buyer_logistic_name"),
            "sid": row.get("buyer_logistic_no"),
            "sku": row.get("bought_sku"),
        }
    )


def dispute_copy(row: Mapping[str, Any]) -> RefundCopy:
    """A row of the list of all disputes, for one that no other call tells of. UnreadableCopy as `top_copy`."""
    return top_copy({**row, **_of_a_dispute(row), "dispute_type": row.get("dispute_request")})


def _of_a_dispute(row: Mapping[str, Any]) -> dict[str, Any]:
    """What both name otherwise than refunds do."""
    return {
        "tid": row.get("biz_order_id") or row.get("tid"),
        "refund_remind_timeout": {"exist_timeout": bool(text(row.get("time_out"))), "timeout": row.get("time_out")},
    }
