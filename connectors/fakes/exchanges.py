"""What Tmall tells beside its refunds: exchanges, which have calls of their own, and every dispute in one list.

The hardest way again: an exchange and a dispute about postage are told by these calls alone, their states are numbers,
and rows lack what the documents don't promise. The codes under `FAKE_…` are made up.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from connectors.fakes.base import FakeRefund, FakeServer
from connectors.fakes.top import page_of, top_refusal

ASKED, BACK, TO_SEND = "WAIT_SELLER_AGREE", "WAIT_SELLER_CONFIRM_GOODS", "WAIT_SELLER_CONSIGN_GOODS"
ON_THE_WAY, REFUSED = "EXCHANGE_WAIT_BUYER_CONFIRM_GOODS", "SELLER_REFUSE_BUYER"
WITH_PLATFORM = {2, 3, 4, 5}  # cs_status
# As these calls write what the others write in words.
NUMBERS = {
    ASKED: 1,
    "WAIT_BUYER_RETURN_GOODS": 2,
    BACK: 3,
    "CLOSED": 4,
    "SUCCESS": 5,
    REFUSED: 6,
    "WAIT_BUYER_CONFIRM_REDO_SEND_GOODS": 7,
    "WAIT_SELLER_CONFIRM_RETURN_ADDRESS": 8,
    TO_SEND: 12,
    ON_THE_WAY: 13,
    "EXCHANGE_TRANSFORM_TO_REFUND": 14,
}
REQUESTS = {"REFUND": "仅退款", "REFUND_AND_RETURN": "退货退款", "TMALL_EXCHANGE": "换货"}
PARCEL = "logistics_no logistics_type logistics_company_name fields"
# Calls that move an exchange: from where, to where, and what they need.
EXCHANGES = {
    "tmall.exchange.agree": (ASKED, "WAIT_BUYER_RETURN_GOODS", "address_id fields"),
    "tmall.exchange.refuse": (ASKED, REFUSED, "seller_refuse_reason_id fields"),
    "tmall.exchange.returngoods.agree": (BACK, TO_SEND, "fields"),
    "tmall.exchange.returngoods.refuse": (BACK, REFUSED, "seller_refuse_reason_id"),
    "tmall.exchange.consigngoods": (TO_SEND, ON_THE_WAY, PARCEL),
}
REASONS = [{"reason_id": 901, "reason_text": "商品已发出"}, {"reason_id": 902, "reason_text": "影响二次销售"}]
IN_LISTS = (
    "dispute_id,bizorder_id,num,buyer_nick,buyer_name,status,created,modified,reason,title,buyer_logistic_no,"
    "seller_logistic_no,bought_sku,exchange_sku,buyer_address,address,time_out,buyer_phone,buyer_logistic_name,"
    "seller_logistic_name,alipay_no,seller_nick,good_status,price,payment"
)


def is_exchange(refund: FakeRefund) -> bool:
    """Whether it is one as Tmall has them."""
    return refund.fields["dispute_type"] == "TMALL_EXCHANGE"


def number_of(status: Any) -> str:
    """A state as these calls write it; 99 for one that nobody knows."""
    return str(NUMBERS.get(status, 99))


class TmallDisputes(FakeServer):
    """The part of Taobao's fake that only shops of Tmall may ask (`phase` isn't empty)."""

    phase: str
    exchanges_apart: bool  # whether the calls for refunds know nothing of exchanges

    @abstractmethod
    def refund_in(self, fields: dict[str, str], name: str = "refund_id") -> FakeRefund:
        """The asking shop's refund of this number. FakeRefusal."""

    def is_apart(self, refund: FakeRefund) -> bool:
        """Whether only the calls of this file tell of it."""
        about_postage = refund.fields["dispute_type"] == "POST_FEE"
        return about_postage or (self.exchanges_apart and is_exchange(refund))

    def _check_tmall(self) -> None:
        if not self.phase:
            raise top_refusal(11, "Insufficient permissions", "isv.permission-api-package-limit", "仅限天猫商家")

    def _tmall_dispute_receive_get(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        self._check_tmall()
        since, until = fields.get("start_modified", ""), fields.get("end_modified", "9")
        one = fields.get("refund_id")
        found = [
            refund
            for refund in self.theirs()
            if since <= refund.fields["modified"] <= until and one in (None, refund.id)
        ]
        rows, has_next = page_of(found, fields, 20)
        told = [_chosen(self._dispute(refund), fields, "tid", "biz_order_id") for refund in rows]
        result: dict[str, Any] = {"page_results": len(told), "has_next": has_next}
        if fields.get("use_has_next") != "true":
            result["total_results"] = len(found)
        return {"result": {**result, **({"results": {"dispute": told}} if told else {})}}

    def _dispute(self, refund: FakeRefund) -> dict[str, Any]:
        """As the list of all disputes tells it."""
        fields = refund.fields
        names = "refund_id oid buyer_nick created modified order_status refund_fee refund_version title num reason desc"
        return {name: fields[name] for name in names.split()} | {
            "biz_order_id": str(fields["tid"]),
            "status": number_of(fields["status"]),
            "dispute_request": REQUESTS.get(fields["dispute_type"], "其他"),
            "has_good_return": fields["has_good_return"],
            "refund_phase": self.phase,
            "time_out": fields["refund_remind_timeout"]["timeout"],
            "buyer_name": "张三丰",
            "buyer_phone": "13911112222",
        }

    def _exchange_told(self, refund: FakeRefund) -> dict[str, Any]:
        fields = refund.fields
        names = "num buyer_nick created modified reason desc title price payment cs_status operation_contraint"
        return {name: fields[name] for name in names.split()} | {
            "dispute_id": refund.id,
            "biz_order_id": str(fields["tid"]),
            "status": number_of(fields["status"]),
            "refund_version": fields["refund_version"],
            "refund_phase": self.phase,
            "time_out": fields["refund_remind_timeout"]["timeout"],
            "buyer_logistic_no": fields.get("sid", ""),
            "buyer_logistic_name": fields.get("company_name", ""),
            "seller_logistic_no": fields.get("sent_no", ""),
            "seller_logistic_name": fields.get("sent_with", ""),
            "bought_sku": fields["sku"],
            "exchange_sku": "颜色:红",
            "buyer_address": "浙江省杭州市西湖区文三路 1 号",
            "buyer_phone": "13911112222",
            "buyer_name": "张三丰",
        }

    def _tmall_exchange_receive_get(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        self._check_tmall()
        since, until = fields.get("start_gmt_modified_time", ""), fields.get("end_gmt_modifed_time", "9")
        changed = [refund for refund in self.theirs() if since <= refund.fields["modified"] <= until]
        found = [refund for refund in changed if is_exchange(refund)]
        rows, has_next = page_of(found, fields, 20)
        told = [
            _chosen(self._exchange_told(refund), fields, "bizorder_id", "biz_order_id", IN_LISTS) for refund in rows
        ]
        paging = {"page_results": len(told), "total_results": len(found), "has_next": has_next}
        return {**paging, **({"results": {"exchange": told}} if told else {})}

    def _tmall_exchange_get(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        """The details tell what they tell, whatever is chosen."""
        self._check_tmall()
        if not fields.get("fields"):
            raise top_refusal(40, "Missing required arguments", "isv.missing-parameter", "fields")
        refund = next((each for each in self.theirs() if each.id == fields.get("dispute_id")), None)
        if refund is None or not is_exchange(refund):
            return {"result": {"success": False, "msg_code": "FAKE_NO_SUCH_DISPUTE", "message": "换货单不存在"}}
        return {"result": {"success": True, "exchange": self._exchange_told(refund)}}

    def _tmall_exchange_refusereason_get(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        self.refund_in(fields, "dispute_id")
        return {"result": {"results": {"reason": REASONS[:1]}}}

    def move_exchange(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        """An exchange moves from one state to the next, unless the platform has it in hand."""
        self._check_tmall()
        before, after, needed = EXCHANGES[fields["method"]]
        if missing := sorted(name for name in needed.split() if not fields.get(name)):
            raise top_refusal(40, "Missing required arguments", "isv.missing-parameter", ", ".join(missing))
        refund = self.refund_in(fields, "dispute_id")
        if not is_exchange(refund) or refund.fields["status"] != before or refund.fields["cs_status"] in WITH_PLATFORM:
            return {"result": {"success": False, "msg_code": "FAKE_STATUS_ERROR", "message": "换货状态不允许此操作"}}
        parcel = {"sent_no": fields.get("logistics_no", ""), "sent_with": fields.get("logistics_company_name", "")}
        self.change(refund.id, status=after, **(parcel if after == ON_THE_WAY else {}))
        return {"result": {"success": True, "exchange": {"dispute_id": refund.id, "status": number_of(after)}}}


def _chosen(
    row: Mapping[str, Any], fields: Mapping[str, str], asked: str, told: str, known: str = ""
) -> dict[str, Any]:
    """What of the row was asked for; the order is asked for by another name than it is told by."""
    names = {
        told if name == asked else name for name in fields["fields"].split(",") if not known or name in known.split(",")
    }
    return {name: value for name, value in row.items() if name in names}
