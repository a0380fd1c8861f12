"""A fake of Douyin Shop's gateway: canonical JSON as the body, the rest in the query, HMAC-SHA256 over the raw bytes.

A refund is held flat, as its two `info` objects name things; lists and details dress it differently.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Set
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from connectors.fakes.base import (
    PAYS_AFTER,
    FakeMessage,
    FakeRefund,
    FakeRequest,
    Mischief,
    Push,
    Reply,
)
from connectors.fakes.letting_in import DouyinTokens

CLOCK, MORE_TIME_WITHIN, MORE_TIME = 600, 2 * 86400, 7 * 86400  # seconds
# Where goods and merchant are (`status`), and what is asked for (`type`).
ASKED, GOING_BACK, TO_SEND, BACK, SUCCESS, REFUSED = 6, 7, 8, 11, 12, {27, 29}
OPEN = {ASKED, GOING_BACK, BACK, 99, *REFUSED}
EXCHANGE, PAID, SENT_BACK = 3, {0, 1, 2, 6}, {0, 3}
ARBITRATED = {1, 4, 5}  # arbitrate_status while the platform has it in hand
# Type of `operate`: the states and the kinds that it is for, and what follows.
OPERATIONS: dict[int, tuple[set[int], set[int], dict[str, Any]]] = {
    101: ({ASKED}, {0}, {"status": GOING_BACK}),
    201: ({ASKED}, {1}, {"status": SUCCESS, "refund_status": 2}),
    202: ({ASKED}, {1}, {"status": 27}),
    301: ({ASKED}, {EXCHANGE}, {"status": GOING_BACK}),
    311: ({TO_SEND, BACK}, {EXCHANGE}, {"status": 3}),
}
TAGS = {6: "200", 7: "202", 8: "208", 11: "203", 12: "201", 27: "204", 28: "207", 51: "207", 3: "211"}


class DouyinFake(DouyinTokens):
    """Of the shops of one application; a refund is of the first shop unless its `shop_id` says otherwise."""

    name = "douyin"
    settings: ClassVar[tuple[str, ...]] = ("push_to", "is_listed", "total_told")
    acts: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "withdraw": {"status": 51},
        "ship_back": {"status": 11, "tracking_no": "SF2233445566", "company_name": "顺丰速运"},
        "arbitrate": {"arbitrate_status": 1},
        "end_arbitration": {"arbitrate_status": 3},
        "agree": {"status": 12, "refund_status": 2},
        "pay": {"refund_status": 3},
        "fail_to_pay": {"refund_status": 4},
        "recover": {"refund_status": 5},
        "allow_return": {"status": 7},
        "refuse": {"status": 27},
        "close": {"status": 28},
        "ask_again": {"status": 6},
        "receive_exchange": {"status": 14},
        "become_strange": {"status": 99},
    }
    begins: ClassVar[Mapping[str, Mapping[str, Set[int]]]] = {
        "withdraw": {"status": OPEN},
        "ship_back": {"status": {GOING_BACK}},
        "arbitrate": {"status": {ASKED, BACK, *REFUSED}, "arbitrate_status": {0, 2, 3}},
        "end_arbitration": {"arbitrate_status": ARBITRATED},
        "agree": {"status": {ASKED, BACK, *REFUSED}, "type": PAID},
        "pay": {"status": {SUCCESS}, "refund_status": {2, 4}},
        "fail_to_pay": {"status": {SUCCESS}, "refund_status": {2}},
        "recover": {"status": {SUCCESS}, "refund_status": {3}},
        "allow_return": {"status": {ASKED}, "type": SENT_BACK},
        "refuse": {"status": {ASKED, BACK}},
        "close": {"status": {GOING_BACK, *REFUSED}},
        "ask_again": {"status": REFUSED},
        "receive_exchange": {"status": {3}},
        "become_strange": {"status": OPEN},
    }

    def __init__(self, port: int = 0, **how: Any) -> None:
        super().__init__(port, **how)
        self.is_listed = True  # our address, on the white list
        self.total_told: int | None = None  # a total that lists tell instead of the true one

    def call_of(self, request: FakeRequest) -> str:
        """Its method."""
        return request.query.get("method", "")

    def answer(self, request: FakeRequest) -> Reply:
        """Check, then do."""
        told = self._check(request)
        calls: dict[str, Callable[[dict[str, Any]], Any]] = {
            "/afterSale/List": self._list,
            "/afterSale/Detail": self._detail,
            "/afterSale/operate": self._operate,
            "/afterSale/timeExtend": self._more_time,
            "/afterSale/rejectReasonCodeList": self._reasons,
            "/address/list": self._addresses,
            "/order/logisticsCompanyList": self._companies,
            "/token/create": self._create_token,
            "/token/refresh": self._refresh_token,
        }
        if request.path not in calls or request.path[1:].replace("/", ".") != request.query["method"]:
            raise self._refusal(70000, "isp.api-service-off", "API不存在或API已下线")
        return Reply.json({"code": 10000, "msg": "success", "data": calls[request.path](told)})

    def _check(self, request: FakeRequest) -> dict[str, Any]:
        """Application, clock, signature over the raw body, its canonical form, token."""
        query = request.query
        if query.get("app_key") != self.app_key:
            raise self._refusal(40003, "isv.app-id-invalid", "认证失败，app_key格式不正确")
        if abs(int(query.get("timestamp") or 0) - self.now().timestamp()) > CLOCK:
            raise self._refusal(40003, "isv.timestamp-invalid", "时间戳不合法")
        secret = self.secret.encode()
        base = b"".join(
            (
                secret + b"app_key" + query["app_key"].encode() + b"method" + query.get("method", "").encode(),
                b"param_json" + request.body + b"timestamp" + query["timestamp"].encode() + b"v2" + secret,
            )
        )
        digest = hmac.digest(secret, base, "sha256").hex()
        if query.get("v") != "2" or query.get("sign_method") != "hmac-sha256" or query.get("sign") != digest:
            raise self._refusal(40003, "isv.signature-invalid", "签名校验失败")
        told = json.loads(request.body, object_pairs_hook=self._sorted_pairs)
        if b": " in request.body or b", " in request.body or b"\\u" in request.body:
            raise self._refusal(40003, "isv.parameter-format-invalid", "param_json 不规范")
        if not self.is_listed:
            raise self._refusal(30002, "isv.invalid_ip", "请求来源IP不可信")
        if not query["method"].startswith("token."):
            theirs = {token: shop_id for shop_id, token in self.other_shops.items() if token}
            self._asked = {self.access_token: self.shop_id, **theirs}.get(query.get("access_token", ""), "")
            if not self._asked:
                raise self._refusal(40003, "isv.access-token-no-existed", "access_token不存在")
            if self._asked == self.shop_id and self.now() >= self.token_ends:
                raise self._refusal(40003, "isv.access-token-expired", "access_token已过期")
        return told

    def _sorted_pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """An object whose keys came in their order."""
        names = [name for name, _value in pairs]
        if names != sorted(names):
            raise self._refusal(40003, "isv.signature-invalid", "签名校验失败")
        return dict(pairs)

    def excuse(self, kind: Mischief, seconds: int) -> Reply:
        """One of the documented codes."""
        code, sub_code, words = {
            Mischief.THROTTLED: (60000, "", "触发限流，请稍后重试"),
            Mischief.BUSY: (20000, "isp.service-error:10002", "返回内容为空，请重试"),
            Mischief.TOKEN_EXPIRED: (40003, "isv.access-token-expired", "access_token已过期"),
            Mischief.REVOKED: (30001, "dop.authorization-closed", "店铺授权已被关闭"),
            Mischief.NO_PERMISSION: (30001, "isv.app-permissions-insufficient", "应用无权限调用该接口"),
        }[kind]
        return self._refusal(code, sub_code, words).reply

    def blank(self, number: int) -> tuple[str, dict[str, Any]]:
        """A refund of 19.90 yuan for goods that were sent, to be answered within two days."""
        refund_id = str(7_000_000_000_000_000_000 + number)
        return refund_id, {
            "id": refund_id,
            "shop_order_id": str(4_821_780_700_279_000_000 + number),
            "status": 6,
            "type": 1,
            "refund_status": 1,
            "arbitrate_status": 0,
            "refund_amount": 1990,
            "real_refund_amount": 0,
            "apply_time": int(self.now().timestamp()),
            "update_time": 0,
            "status_deadline": self._in_two_days(),
            "reason": "不想要了",
            "tracking_no": "",
            "company_name": "",
            "shop_id": "",
        }

    def stamp(self, refund: FakeRefund) -> None:
        """The seconds of the change."""
        refund.fields["update_time"] = int(refund.updated_at.timestamp())

    def falls_due(self, refund: FakeRefund) -> tuple[datetime, str] | None:
        """Money that was agreed to goes out; who lets the time pass has agreed, or given up."""
        fields = refund.fields
        if (fields["status"], fields["refund_status"]) == (12, 2):
            return refund.updated_at + PAYS_AFTER, "pay"
        acts = {ASKED: "agree" if fields["type"] in PAID - SENT_BACK else "allow_return", GOING_BACK: "close"}
        if fields["type"] in PAID:
            acts[BACK] = "agree"
        ends, status = fields["status_deadline"], fields["status"]
        return (datetime.fromtimestamp(ends, UTC), acts[status]) if ends and status in acts else None

    def _in_two_days(self) -> int:
        return int((self.now() + timedelta(hours=48)).timestamp())

    def brings(self, act: str, refund: FakeRefund) -> Mapping[str, Any]:
        """What is paid is what was asked for; who refuses what came back refuses for the second time.

        Who asks again gives the merchant his two days anew.
        """
        match act:
            case "ask_again":
                return {**self.acts[act], "status_deadline": self._in_two_days()}
            case "pay":
                return {**self.acts[act], "real_refund_amount": refund.fields["refund_amount"]}
            case "refuse" if refund.fields["status"] == BACK:
                return {"status": 29}
        return self.acts[act]

    def content(self, refund: FakeRefund) -> dict[str, Any]:
        """One message of a push."""
        fields = refund.fields
        data = {
            "aftersale_id": int(refund.id),
            "aftersale_status": fields["status"],
            "aftersale_type": fields["type"],
            "p_id": int(fields["shop_order_id"]),
            "s_id": int(fields["shop_order_id"]),
            "shop_id": int(fields["shop_id"] or self.shop_id),
            "refund_amount": fields["refund_amount"],
            "update_time": fields["update_time"],
        }
        return {"tag": TAGS.get(fields["status"], "208"), "msg_id": str(len(self.messages) + 1), "data": data}

    def push(self, message: FakeMessage, wrong: str = "") -> Push:
        """A list of one; every second time its data is JSON text. `wrong` is `signature`."""
        content = dict(message.content)
        if int(content["msg_id"]) % 2:
            content["data"] = json.dumps(content["data"])
        return self.signed(json.dumps([content], ensure_ascii=False).encode(), wrong)

    def signed(self, body: bytes, wrong: str = "") -> Push:
        """These bytes as a push."""
        digest = hashlib.md5(f"{self.app_key}{body.decode()}{self.secret}".encode()).hexdigest()
        sign = "0" * 32 if wrong == "signature" else digest
        return Push(body, {"Content-Type": "application/json", "event-sign": sign, "app-id": self.app_key})

    def _list(self, told: dict[str, Any]) -> dict[str, Any]:
        page, size = told.get("page"), told.get("size")
        start, end = told.get("update_start_time"), told.get("update_end_time")
        if not isinstance(page, int) or not isinstance(size, int) or page < 0 or not 1 <= size <= 100:
            raise self._refusal(40004, "isv.parameter-invalid:1", "page、size 不合法")
        if page * size > 50_000:
            raise self._refusal(40004, "isv.parameter-invalid:2", "page*size 不能超过50000")
        if start is None or end is None or told.get("order_by") != ["update_time asc"]:
            raise self._refusal(40004, "isv.parameter-invalid:3", "按更新时间查询须按 update_time asc 排序")
        found = sorted(
            (each for each in self.refunds.values() if self._shows(each) and start <= each.fields["update_time"] < end),
            key=lambda refund: (refund.fields["update_time"], refund.id),
        )
        return {
            "items": [self._item(refund) for refund in found[page * size : (page + 1) * size]],
            "has_more": len(found) > (page + 1) * size,
            "total": len(found) if self.total_told is None else self.total_told,
            "page": page,
            "size": size,
        }

    def _shows(self, refund: FakeRefund) -> bool:
        """Whether it is of the shop whose token was sent."""
        return (refund.fields["shop_id"] or self.shop_id) == self._asked

    def _item(self, refund: FakeRefund) -> dict[str, Any]:
        """As lists tell it."""
        fields = refund.fields
        same = ("refund_status", "refund_amount", "apply_time", "update_time", "status_deadline", "arbitrate_status")
        info = {name: fields[name] for name in same} | {
            "aftersale_id": refund.id,
            "aftersale_type": fields["type"],
            "aftersale_status": fields["status"],
            "return_logistics_code": fields["tracking_no"],
        }
        return {"aftersale_info": info, "order_info": {"shop_order_id": fields["shop_order_id"]}, "text_part": {}}

    def _found(self, refund_id: Any) -> FakeRefund:
        refund = self.refunds.get(str(refund_id))
        if refund is None or not self._shows(refund):
            raise self._refusal(20000, "isp.service-error:10000", "存在无效的售后单")
        return refund

    def _detail(self, told: dict[str, Any]) -> dict[str, Any]:
        """As details tell it: the number is a number here."""
        fields = self._found(told.get("after_sale_id")).fields
        same = ("refund_status", "real_refund_amount", "apply_time", "update_time", "status_deadline", "reason")
        info = {name: fields[name] for name in same} | {
            "after_sale_id": int(fields["id"]),
            "after_sale_type": fields["type"],
            "after_sale_status": fields["status"],
            "refund_total_amount": fields["refund_amount"],
            "post_receiver": "#密文#",
            "post_address": {"province": {"name": "浙江"}, "encrypt_detail": "#密文#"},
        }
        back = {"tracking_no": fields["tracking_no"], "company_name": fields["company_name"]}
        sku = {"product_id": 960061, "sku_id": 3, "product_name": "麦饭石炒锅", "item_quantity": 1, "pay_amount": 1990}
        return {
            "process_info": {
                "after_sale_info": info,
                "arbitrate_info": {"arbitrate_status": fields["arbitrate_status"]},
                "logistics_info": {"return": back},
            },
            "order_info": {"shop_order_id": int(fields["shop_order_id"] or 0), "sku_order_infos": [sku]},
        }

    def _operate(self, told: dict[str, Any]) -> dict[str, Any]:
        """One refund at a time, and only in the version that is named, if one is."""
        items, code = told.get("items") or [], told.get("type")
        if len(items) != 1 or code not in OPERATIONS:
            raise self._refusal(40004, "isv.parameter-invalid:11000", "参数错误")
        item, (statuses, kinds, then) = items[0], OPERATIONS[code]
        refund = self._found(item.get("aftersale_id"))
        fields, logistics = refund.fields, item.get("logistics") or {}
        is_old = item.get("update_time") not in (None, fields["update_time"])
        is_theirs = fields["arbitrate_status"] in ARBITRATED
        if is_old or is_theirs or fields["status"] not in statuses or fields["type"] not in kinds:
            raise self._refusal(50002, "isv.business-failed:20309541", "售后状态错误")
        if fields.get("by_hand"):
            raise self._refusal(
                50002, "isv.business-failed:11001", "暂不支持通过OPEN处理，请登录抖店后台人工审核售后单"
            )
        if code in (101, 301) and logistics.get("receiver_address_id") != 12345:
            raise self._refusal(50002, "isv.business-failed:11005", "退货地址不存在")
        if code == 311 and (logistics.get("company_code") != "shunfeng" or not logistics.get("logistics_code")):
            raise self._refusal(50002, "isv.business-failed:11005", "物流公司不存在")
        if code == 202 and not (item.get("reason") and item.get("remark") and item.get("reject_reason_code")):
            raise self._refusal(50002, "isv.business-failed:11005", "拒绝原因必填")
        self.change(refund.id, **then)
        return {"items": [{"aftersale_id": int(refund.id), "status_code": 0, "status_msg": ""}]}

    def _more_time(self, told: dict[str, Any]) -> dict[str, Any]:
        """Seven days more for goods that came back, in the last two days; the number has to be a number."""
        refund_id = told.get("aftersale_id")
        if not isinstance(refund_id, int):
            raise self._refusal(40004, "isv.parameter-invalid:1", "aftersale_id 类型错误")
        refund = self._found(refund_id)
        ends, is_theirs = refund.fields["status_deadline"], refund.fields["arbitrate_status"] in ARBITRATED
        if refund.fields["status"] != BACK or is_theirs:
            raise self._refusal(50002, "isv.business-failed:20309541", "售后状态错误")
        if ends - self.now().timestamp() > MORE_TIME_WITHIN:
            raise self._refusal(40004, "isv.parameter-invalid:10001", "用户发货五天后才能延长收货")
        self.change(refund.id, status_deadline=ends + MORE_TIME)
        return {}

    def _reasons(self, told: dict[str, Any]) -> dict[str, Any]:
        if self._found(told.get("aftersale_id")).fields["type"] == 2:
            return {"items": []}
        return {
            "items": [
                {"reject_reason_code": 1, "reason": "商品已发出", "evidence_need": "Y"},
                {"reject_reason_code": 7, "reason": "与买家协商一致", "evidence_need": "N"},
            ]
        }

    def _addresses(self, told: dict[str, Any]) -> dict[str, Any]:
        place = {"receiver_provinc": "浙江", "receiver_city": "宁波", "receiver_district": "慈溪"}
        first = {"address_id": 12345, "receiver_detail": "环城北路 26 号", "reciever_name": "退货组", "is_default": 1}
        return {"address_list": [place | first], "total": 1}

    def _companies(self, told: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"id": 12, "name": "顺丰速运", "code": "shunfeng"}, {"id": 7, "name": "圆通快递", "code": "yuantong"}]
