"""A fake of Kuaishou's open platform: one shop.

Where its documents are open it takes the hardest way: its cursor is a place in the list, so that a refund that changes
moves all behind it; refusals whose codes aren't documented have the words of its help pages.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Set
from datetime import UTC, datetime
from hashlib import md5, sha256
from hmac import digest
from typing import Any, ClassVar
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from connectors.fakes.base import (
    PAYS_AFTER,
    FakeMessage,
    FakeRefund,
    FakeRequest,
    Mischief,
    Push,
    Reply,
)
from connectors.fakes.permits import KuaishouTokens, kuaishou_refusal

DAY = 86_400_000
READS = {
    "open.seller.order.refund.pcursor.list",
    "open.seller.order.refund.detail",
    "open.refund.reject.reason",
    "open.address.seller.list",
}
WAITING = {10, 12, 20, 22, 30, 40, 45}
OPEN = {10, 12, 20, 22, 30, 40, 88}
EXCHANGE = 3  # handlingWay
# Why nothing can be decided about a refund that is over.
ENDED = {70: (300013, "REFUND ORDER CANCELED BY BUYER"), 60: (300010, "REFUND ORDER STATUS CAN NOT REFUND")}
REASONS = [
    {"reasonCode": 1, "reasonDesc": "商品已发出", "requiredRejectDesc": True, "requiredRejectImage": False},
    {"reasonCode": 2, "reasonDesc": "影响二次销售", "requiredRejectDesc": True, "requiredRejectImage": True},
]


def in_milliseconds(at: datetime) -> int:
    """As Kuaishou writes an instant."""
    return int(at.timestamp() * 1000)


class FakeKuaishou(KuaishouTokens):
    """`span_minutes` is how long a window may be today."""

    name = "kuaishou"
    acts: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "withdraw": {"status": 70},
        "close": {"status": 70},
        "send_back": {"status": 40},
        "ask_again": {"status": 10, "negotiateStatus": 1},
        "complain": {"status": 20},
        "pay_out": {"status": 60},
        "agree": {"status": 50, "negotiateStatus": 2},
        "allow_return": {"status": 30, "negotiateStatus": 2},
        "receive_exchange": {"status": 60},
        "go_strange": {"status": 88},
    }
    begins: ClassVar[Mapping[str, Mapping[str, Set[int]]]] = {
        "withdraw": {"status": OPEN},
        "close": {"status": OPEN},
        "send_back": {"status": {22, 30}},
        "ask_again": {"status": {12}},
        "complain": {"status": {10, 12, 40}},
        "pay_out": {"status": {50}},
        "agree": {"status": {10, 20, 40}, "handlingWay": {1, 10}},
        "allow_return": {"status": {10, 20}, "handlingWay": {1, EXCHANGE}},
        "receive_exchange": {"status": {45}},
        "go_strange": {"status": OPEN},
    }
    settings = ("push_to", "span_minutes")

    def __init__(self, port: int = 0, **kwargs: Any) -> None:
        super().__init__(port, **kwargs)
        self.span_minutes = 1440

    def shop_of(self, request: FakeRequest) -> str:
        """Of the token."""
        told = {**request.query, **request.form}
        return self.owners.get(told.get("access_token") or told.get("refresh_token", ""), self.open_id)

    def call_of(self, request: FakeRequest) -> str:
        """Of the path, as the platform goes by it."""
        return request.path.strip("/").replace("/", ".")

    def blank(self, number: int) -> tuple[str, dict[str, Any]]:
        """A refund that waits for the seller."""
        refund_id = 2_100_000_000_000 + number
        return str(refund_id), {
            "refundId": refund_id,
            "oid": 2_000_000_000_000 + number,
            "status": 10,
            "negotiateStatus": 1,
            "handlingWay": 10,
            "refundType": 1,
            "refundFee": 8805,
            "refundReason": 104,
            "refundReasonDesc": "多拍/错拍/不想要",
            "refundDesc": "拍错了",
            "itemId": 700_000 + number,
            "skuId": 900_000 + number,
            "skuNick": "红;L",
            "receiptStatus": 2,
            "endTime": 0,
            "address": {"consignee": "张三丰", "mobile": "13911112222"},
        }

    def stamp(self, refund: FakeRefund) -> None:
        """`updateTime` is the version."""
        waits = refund.fields["status"] in WAITING
        refund.fields |= {
            "submitTime": in_milliseconds(refund.created_at),
            "createTime": in_milliseconds(refund.created_at),
            "updateTime": refund.version,
            "expireTime": in_milliseconds(refund.since("status")) + 2 * DAY if waits else 0,
        }

    def falls_due(self, refund: FakeRefund) -> tuple[datetime, str] | None:
        """Money that was agreed to goes out; a seller who lets the time pass has agreed, a buyer has given up."""
        fields = refund.fields
        if fields["status"] == 50:
            return refund.updated_at + PAYS_AFTER, "pay_out"
        acts = {10: "agree" if fields["handlingWay"] == 10 else "allow_return", 30: "close"}
        if fields["handlingWay"] != EXCHANGE:
            acts[40] = "agree"
        ends = datetime.fromtimestamp(fields["expireTime"] / 1000, UTC)
        return (ends, acts[fields["status"]]) if fields["expireTime"] and fields["status"] in acts else None

    def content(self, refund: FakeRefund) -> dict[str, Any]:
        """The event and its info."""
        fields = refund.fields
        info = {"orderId": fields["oid"], "refundId": fields["refundId"], "status": fields["status"]}
        info |= {"handlingWay": fields["handlingWay"], "updateTime": fields["updateTime"]}
        event = "addRefund" if len(refund.history) == 1 else "updateRefund"
        return {"event": f"kwaishop_aftersales_{event}", "info": info}

    def push(self, message: FakeMessage, wrong: str = "") -> Push:
        """Encrypted; `wrong`: `key` (another key), `app` (another application), `garbage` (no cipher text)."""
        plain = {
            "eventId": message.id,
            "bizId": int(message.refund_id),
            "userId": 1,
            "openId": self.refunds[message.refund_id].shop or self.open_id,
            "appKey": "ks-another" if wrong == "app" else self.app_key,
            "event": message.content["event"],
            "info": json.dumps(message.content["info"]),
            "createTime": in_milliseconds(message.at),
            "test": False,
        }
        body = b"garbage" if wrong == "garbage" else self.sealed(plain, b"fedcba9876543210" if wrong == "key" else b"")
        return Push(body, {"Content-Type": "text/plain;charset=utf-8"})

    def sealed(self, plain: Mapping[str, Any], key: bytes = b"") -> bytes:
        """AES-CBC with an IV of zeros, PKCS5, Base64."""
        text = json.dumps(plain, ensure_ascii=False).encode()
        text += bytes([16 - len(text) % 16]) * (16 - len(text) % 16)
        cipher = Cipher(algorithms.AES(key or b64decode(self.message_key)), modes.CBC(b"\0" * 16)).encryptor()
        return b64encode(cipher.update(text) + cipher.finalize())

    def excuse(self, kind: Mischief, seconds: int) -> Reply:
        """Trouble as Kuaishou puts it."""
        return {
            Mischief.THROTTLED: kuaishou_refusal(
                19, f"Exceed qps limit, KEY [apiId:x;appkey:{self.app_key}], MAX_QPS [100.0]"
            ),
            Mischief.BUSY: kuaishou_refusal(2, "服务器繁忙，请稍后再试"),
            Mischief.TOKEN_EXPIRED: kuaishou_refusal(28, "鉴权失败，TOKEN过期"),
            Mischief.REVOKED: kuaishou_refusal(24, "AUTHORIZATION_REVOKED"),
            Mischief.NO_PERMISSION: kuaishou_refusal(27, "token中无scope权限"),
        }[kind].reply

    def answer(self, request: FakeRequest) -> Reply:
        """Authorising, and the calls."""
        match request.path:
            case "/oauth/authorize":
                asked = request.query
                self.codes.add(f"code-{len(self.codes) + 1}")
                code = {"code": f"code-{len(self.codes)}", "state": asked["state"]}
                return Reply(b"", 302, headers=(("Location", f"{asked['redirect_uri']}?{urlencode(code)}"),))
            case "/oauth2/access_token":
                return self.redeem(request)
            case "/oauth2/refresh_token":
                return self.renew(request)
        fields = {**request.query, **(request.form if request.method == "POST" else {})}
        name = fields.get("method", "")
        if name != request.call or request.method != ("GET" if name in READS else "POST"):
            raise kuaishou_refusal(10, "method not supported")
        if request.method == "POST" and "param" in request.query:
            raise kuaishou_refusal(10, "param belongs into the body")
        self._check(fields)
        call = getattr(self, "_" + name.replace(".", "_"), None)
        if call is None:
            raise kuaishou_refusal(10, "no such api")
        return Reply.json({"result": 1, "error_msg": "SUCCESS", "data": call(json.loads(fields["param"]))})

    def _check(self, fields: Mapping[str, str]) -> None:
        if fields.get("appkey") != self.app_key:
            raise kuaishou_refusal(100200101, "unauthorized_client")
        text = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "sign")
        base = (text + "&signSecret=" + self.sign_secret).encode()
        by_method = {
            "MD5": lambda: md5(base).hexdigest(),
            "HMAC_SHA256": lambda: b64encode(digest(self.sign_secret.encode(), base, sha256)).decode(),
        }
        if fields.get("sign") != by_method.get(fields.get("signMethod", ""), lambda: None)():
            raise kuaishou_refusal(5, "验签失败")
        if abs(int(fields["timestamp"]) - in_milliseconds(self.now())) > 600_000:
            raise kuaishou_refusal(6, "timestamp 超出允许范围")
        if fields.get("access_token") not in self.access_tokens:
            raise kuaishou_refusal(28, "鉴权失败")
        ends = self.access_tokens[fields["access_token"]]
        if ends and ends <= self.now():
            raise kuaishou_refusal(28, "TOKEN过期")
        self.asked = self.owners.get(fields["access_token"], "")

    def _open_seller_order_refund_pcursor_list(self, param: dict[str, Any]) -> dict[str, Any]:
        begin, end, now = param["beginTime"], param["endTime"], in_milliseconds(self.now())
        if begin >= end:
            raise kuaishou_refusal(300003, "ENDTIME MUST AFTER BEGINTIME")
        if end - begin > 7 * DAY:
            raise kuaishou_refusal(300004, "SEARCH TIME RANGE EXPAND 7 DAYS")
        if end - begin > self.span_minutes * 60_000:
            raise kuaishou_refusal(300019, "SEARCH TIME RANGE EXPAND LIMIT")
        if begin < now - 90 * DAY:
            raise kuaishou_refusal(300005, "CAN NOT SEARCH BEFORE 90 DAYS")
        size = param.get("pageSize", 20)
        if not 1 <= size <= 100 or "currentPage" not in param or param.get("type") not in (8, 9):
            raise kuaishou_refusal(10, "param error")
        by = "updateTime" if param.get("queryType") == 2 else "createTime"
        found = [refund.fields for refund in self.theirs() if begin <= refund.fields[by] <= end]
        if not param.get("option", {}).get("needExchange"):
            found = [fields for fields in found if fields["handlingWay"] != EXCHANGE]
        found = [fields for fields in found if param["type"] == 9 or fields["status"] == 10]
        found.sort(key=lambda fields: (fields[by], str(fields["refundId"])), reverse=param.get("sort", 1) != 2)
        start = int(param.get("pcursor") or 0)
        is_last = start + size >= len(found)
        rows = [
            {name: value for name, value in fields.items() if name not in ("returnFreightInfo", "address")}
            for fields in found[start : start + size]
        ]
        paging = {"pcursor": "nomore" if is_last else str(start + size), "totalSize": len(found)}
        return {"refundOrderInfoList": rows, **paging, "beginTime": begin, "endTime": end}

    def _refund(self, param: dict[str, Any], *states: int) -> FakeRefund:
        if "refundId" not in param:
            raise kuaishou_refusal(300006, "REFUND ID IS BLANK")
        refund = self.refunds.get(str(param["refundId"]))
        if refund is None:
            raise kuaishou_refusal(300011, "REFUND ORDER NOT FOUND")
        if refund.shop != self.asked:
            raise kuaishou_refusal(300012, "REFUND ORDER OPERATION REJECT")
        if states and refund.fields["status"] not in states:
            raise kuaishou_refusal(*ENDED.get(refund.fields["status"], (300018, "REFUND ORDER STATUS NOT ALLOW")))
        return refund

    def _locked(self, param: dict[str, Any], *states: int) -> FakeRefund:
        """With the version, or the state, that the caller saw."""
        refund = self._refund(param)
        if param.get("refundVersion", refund.version) != refund.version:
            raise kuaishou_refusal(300014, "REFUND ORDER UPDATED")
        if param.get("status", refund.fields["status"]) != refund.fields["status"]:
            raise kuaishou_refusal(300014, "REFUND ORDER UPDATED")
        return self._refund(param, *states)

    def _open_seller_order_refund_detail(self, param: dict[str, Any]) -> dict[str, Any]:
        return self._refund(param).fields

    def _open_seller_order_refund_approve(self, param: dict[str, Any]) -> None:
        refund = self._locked({"status": None, **param}, 10)
        if param.get("refundAmount") != refund.fields["refundFee"]:
            raise kuaishou_refusal(300009, "REFUND AMOUNT IS ZERO" if not param.get("refundAmount") else "amount")
        if param.get("refundHandingWay") != refund.fields["handlingWay"]:
            raise kuaishou_refusal(300008, "HANDING WAY ERROR")
        if param.get("negotiateStatus") not in (None, refund.fields["negotiateStatus"]):
            raise kuaishou_refusal(300017, "REFUND NEGOTIATE STATUS CHANGED")
        self.change(refund.id, status=50, negotiateStatus=2)

    def _open_seller_order_refund_returngoods_approve(self, param: dict[str, Any]) -> None:
        refund = self._locked(param, 10)
        is_exchange = refund.fields["handlingWay"] == EXCHANGE
        if refund.fields["handlingWay"] not in (1, EXCHANGE):
            raise kuaishou_refusal(300008, "HANDING WAY ERROR")
        if param.get("refundAmount") != (0 if is_exchange else refund.fields["refundFee"]):
            raise kuaishou_refusal(300009, "amount")
        if param.get("addressId", 71) not in (71, 72):
            raise kuaishou_refusal(10, "address")
        self.change(refund.id, status=30, negotiateStatus=2)

    def _open_seller_order_refund_confirm_receipt(self, param: dict[str, Any]) -> None:
        refund = self._locked({"status": None, **param}, 22, 30, 40)
        freight = refund.fields.get("returnFreightInfo")
        told = {name for name in param if name.startswith("returnFreight")}
        if refund.fields["handlingWay"] != 1 or bool(told) != bool(freight):
            raise kuaishou_refusal(10, "returnFreight")
        if freight and param.get("returnFreightAmount") != freight["returnFreightAmount"]:
            raise kuaishou_refusal(10, "returnFreightAmount")
        self.change(refund.id, status=60)

    def _open_refund_reject(self, param: dict[str, Any]) -> None:
        refund = self._locked({"refundVersion": None, **param}, 10, 30, 40)
        if param.get("editHandlingWay") not in (None, 1, 10):
            raise kuaishou_refusal(300008, "HANDING WAY ERROR")
        if "editHandlingWay" in param:
            self.change(refund.id, status=12, negotiateStatus=3, editHandlingWay=param["editHandlingWay"])
            return
        reason = next((each for each in REASONS if each["reasonCode"] == param.get("reasonCode")), None)
        if reason is None or (reason["requiredRejectDesc"] and not param.get("rejectDesc")):
            raise kuaishou_refusal(10, "reasonCode, rejectDesc")
        if reason["requiredRejectImage"] and not param.get("rejectImages"):
            raise kuaishou_refusal(10, "rejectImages")
        self.change(refund.id, status=12, negotiateStatus=3)

    def _open_refund_reject_reason(self, param: dict[str, Any]) -> list[dict[str, Any]]:
        self._refund(param)
        return REASONS

    def _open_refund_confirm_and_send(self, param: dict[str, Any]) -> None:
        refund = self._exchange(param, 40)
        if not param.get("expressNo") or not isinstance(param.get("expressCode"), int):
            raise kuaishou_refusal(10, "express")
        self.change(refund.id, status=45, expressNo=param["expressNo"])

    def _exchange(self, param: dict[str, Any], *states: int) -> FakeRefund:
        refund = self._refund(param, *states)
        if refund.fields["handlingWay"] != EXCHANGE:
            raise kuaishou_refusal(300008, "HANDING WAY ERROR")
        return refund

    def _open_refund_direct_refund(self, param: dict[str, Any]) -> None:
        refund = self._locked({"refundVersion": None, **param}, 10, 30, 40)
        self._exchange(param)
        self.change(refund.id, status=50, handlingWay=10)

    def _open_address_seller_list(self, _param: dict[str, Any]) -> list[dict[str, Any]]:
        book = [(71, "李仓", "13800000000", "杭州市余杭区仓前路1号", True), (72, "王库", "", "二号库", False)]
        names = ("addressId", "consignee", "mobile", "address", "defaultAddress")
        return [dict(zip(names, each, strict=True)) for each in book]
