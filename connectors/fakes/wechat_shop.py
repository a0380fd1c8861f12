"""A fake of WeChat Shop's API: JSON without a signature, one token for the application, encrypted pushes.

A refund is held as the details tell it; fields with a stroke in front aren't told: the deadline is an instant here
(`_deadline`, seconds), and told as the seconds that are left.
"""

import base64
import hashlib
import json
import os
from collections.abc import Callable, Mapping, Set
from datetime import UTC, datetime, timedelta
from struct import pack
from typing import Any, ClassVar
from urllib.parse import urlencode

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from connectors.fakes.base import (
    PAYS_AFTER,
    FakeMessage,
    FakeRefund,
    FakeRefusal,
    FakeRequest,
    FakeServer,
    Mischief,
    Push,
    Reply,
)

DAY, MINUTE = 86400, timedelta(seconds=60)
ASKED, GOING_BACK, BACK = "MERCHANT_PROCESSING", "USER_WAIT_RETURN", "MERCHANT_WAIT_RECEIPT"
PROPOSED, PAYING, OVERDUE = "USER_WAIT_CONFIRM_UPDATE", "PLATFORM_REFUNDING", "MERCHANT_OVERDUE_REFUND"
SENT, NOT_PAID, STRANGE = "USER_WAIT_RECEIPT", "PLATFORM_REFUND_FAIL", "SOMETHING_NEW"
REFUSED = {"MERCHANT_REJECT_REFUND", "MERCHANT_REJECT_RETURN", "MERCHANT_REJECT_EXCHANGE", "MERCHANT_REJECT_RESHIP"}
WAITING = {ASKED, BACK}
OPEN = {*WAITING, GOING_BACK, PROPOSED, STRANGE, *REFUSED}
PAID, SENT_BACK = {"REFUND", "RETURN"}, {"RETURN", "EXCHANGE"}  # type
# A decision → what stands so, by state and kind, and the state that follows.
DECISIONS: dict[str, dict[tuple[str, str], str]] = {
    "agree to a return": {(ASKED, "RETURN"): GOING_BACK, (ASKED, "EXCHANGE"): GOING_BACK},
    "pay": {(ASKED, "REFUND"): PAYING, (BACK, "RETURN"): PAYING},
    "refuse": {
        (ASKED, "REFUND"): "MERCHANT_REJECT_REFUND",
        (ASKED, "RETURN"): "MERCHANT_REJECT_RETURN",
        (ASKED, "EXCHANGE"): "MERCHANT_REJECT_EXCHANGE",
        (BACK, "RETURN"): "MERCHANT_REJECT_RETURN",
    },
    "send": {(BACK, "EXCHANGE"): SENT},
    "refuse to send": {(BACK, "EXCHANGE"): "MERCHANT_REJECT_RESHIP"},
    "propose": {(ASKED, "REFUND"): PROPOSED, (ASKED, "RETURN"): PROPOSED},
}
# The scenes that a reason to refuse is for, by kind: the request, and what came back.
SCENES = {"REFUND": {1}, "RETURN": {4}, "EXCHANGE": {5}, "what came back of an EXCHANGE": {6}}


class WechatShopFake(FakeServer):
    """One shop, which has an application of its own."""

    name = "wechat_shop"
    settings: ClassVar[tuple[str, ...]] = ("push_to", "is_listed", "page_size")
    acts: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "withdraw": {"status": "USER_CANCELD"},
        "ship_back": {
            "status": BACK,
            "return_info": {"waybill_id": "SF1234567890", "delivery_id": "SF", "delivery_name": "顺丰速运"},
        },
        "platform_agrees": {"status": PAYING},
        "pay": {"status": "MERCHANT_REFUND_SUCCESS"},
        "fail_to_pay": {"status": NOT_PAID},
        "refuse": {"status": "MERCHANT_REJECT_REFUND"},
        "close": {"status": "MERCHANT_FAIL"},
        "ask_again": {"status": ASKED},
        "receive_exchange": {"status": "MERCHANT_EXCHANGE_SUCCESS"},
        "overdue": {"status": OVERDUE},
        "allow_return": {"status": GOING_BACK},
        "become_strange": {"status": STRANGE},
    }
    begins: ClassVar[Mapping[str, Mapping[str, Set[str]]]] = {
        "withdraw": {"status": OPEN},
        "ship_back": {"status": {GOING_BACK}},
        "platform_agrees": {"status": {*WAITING, *REFUSED}, "type": PAID},
        "pay": {"status": {PAYING, OVERDUE, NOT_PAID}},
        "fail_to_pay": {"status": {PAYING, OVERDUE}},
        "refuse": {"status": WAITING},
        "close": {"status": {GOING_BACK, *REFUSED}},
        "ask_again": {"status": {PROPOSED, *REFUSED}},
        "receive_exchange": {"status": {SENT}},
        "overdue": {"status": WAITING, "type": PAID},
        "allow_return": {"status": {ASKED}, "type": SENT_BACK},
        "become_strange": {"status": OPEN},
    }

    def __init__(self, port: int = 0, **how: Any) -> None:
        super().__init__(port, **how)
        self.appid, self.secret = "wxba5fad812f8e6fb9", "wechat-app-secret"
        self.token, self.aes_key = "AAAAA", "A" * 43
        self.is_listed = True  # our address, on the white list
        self.page_size = 20
        self.access_token, self.token_ends = "wx-access-1", self.now() + timedelta(hours=2)
        self.forced: list[datetime] = []
        self._tokens, self._accepted = 1, dict[str, datetime]()

    @property
    def keys(self) -> dict[str, str]:
        """Tokens are had by them."""
        secrets = {"app_secret": self.secret, "token": self.token, "aes_key": self.aes_key}
        return {"app_key": self.appid, **secrets}

    def call_of(self, request: FakeRequest) -> str:
        """The last part of its path."""
        return request.path.rpartition("/")[2]

    def answer(self, request: FakeRequest) -> Reply:
        """Check, then do."""
        if not self.is_listed:
            raise FakeRefusal(Reply(b"<html><title>403 Forbidden</title></html>", 403, "text/html"))
        told = json.loads(request.body or b"{}")
        if request.path == "/cgi-bin/stable_token":
            return Reply.json(self._stable_token(told))
        if request.query.get("access_token") != self.access_token:
            raise self._refusal(40001, "invalid credential, access_token is invalid or not latest")
        if self.now() >= self.token_ends:
            raise self._refusal(42001, "access_token expired")
        calls: dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]] = {
            "/channels/ec/aftersale/getaftersalelist": self._list,
            "/channels/ec/aftersale/getaftersaleorder": self._detail,
            "/channels/ec/aftersale/acceptapply": self._accept,
            "/channels/ec/aftersale/rejectapply": self._reject,
            "/channels/ec/aftersale/acceptexchangereship": self._reship,
            "/channels/ec/aftersale/rejectexchangereship": self._reject_reship,
            "/channels/ec/aftersale/merchantupdateaftersale": self._negotiate,
            "/channels/ec/aftersale/rejectreason/get": self._reasons,
            "/channels/ec/merchant/address/list": self._addresses,
            "/channels/ec/merchant/address/get": self._address,
            "/channels/ec/order/deliverycompanylist/new/get": self._companies,
        }
        if request.path not in calls or request.method != "POST":
            raise self._refusal(-2, "")
        return Reply.json({"errcode": 0, "errmsg": "ok", **(calls[request.path](told) or {})})

    def excuse(self, kind: Mischief, seconds: int) -> Reply:
        """One of the documented codes."""
        code, words = {
            Mischief.THROTTLED: (10021059, "refund too frequently"),
            Mischief.BUSY: (10021044, "busy, try again later"),
            Mischief.TOKEN_EXPIRED: (42001, "access_token expired"),
            Mischief.REVOKED: (40001, "invalid credential"),
            Mischief.NO_PERMISSION: (48001, "api unauthorized"),
        }[kind]
        return self._refusal(code, words).reply

    def _refusal(self, code: int, words: str) -> FakeRefusal:
        return FakeRefusal(Reply.json({"errcode": code, "errmsg": words}))

    def _stable_token(self, told: dict[str, Any]) -> dict[str, Any]:
        """The token there is, with what is left of its life; a new one when that is little, or by force."""
        if told.get("grant_type") != "client_credential" or told.get("appid") != self.appid:
            raise self._refusal(40013, "invalid appid")
        if told.get("secret") != self.secret:
            raise self._refusal(40125, "invalid appsecret")
        now = self.now()
        if told.get("force_refresh"):
            today = [at for at in self.forced if now - at < timedelta(days=1)]
            if len(today) >= 20:
                raise self._refusal(45009, "reach max api daily quota limit")
            if today and now - today[-1] < timedelta(seconds=30):
                raise self._refusal(45011, "api minute-quota reach limit")
            self.forced.append(now)
        if told.get("force_refresh") or self.token_ends - now < timedelta(minutes=5):
            self._tokens += 1
            self.access_token, self.token_ends = f"wx-access-{self._tokens}", now + timedelta(hours=2)
        return {"access_token": self.access_token, "expires_in": int((self.token_ends - now).total_seconds())}

    def blank(self, number: int) -> tuple[str, dict[str, Any]]:
        """A refund of 29.90 yuan, to be answered within two days."""
        refund_id = str(2_000_000_000_000_000 + number)
        return refund_id, {
            "after_sale_order_id": refund_id,
            "status": ASKED,
            "type": "REFUND",
            "order_id": str(3_700_000_000_000_000 + number),
            "openid": f"oUpF8uMuAJO_M2pxb1Q9zNjWeS6{number % 9}",
            "product_info": {"product_id": "950051", "sku_id": "1", "count": 1},
            "refund_info": {"amount": 2990, "refund_reason": 0},
            "return_info": {},
            "merchant_upload_info": {},
            "reason": "10000021",
            "reason_text": "质量问题",
            "create_time": int(self.now().timestamp()),
            "update_time": 0,
            "virtual_tel_num_info": {"virtual_tel_number": "17000000000"},
            "_deadline": self._in_two_days(),
        }

    def _in_two_days(self) -> int:
        return int(self.now().timestamp()) + 2 * DAY

    def stamp(self, refund: FakeRefund) -> None:
        """The seconds of the change."""
        refund.fields["update_time"] = int(refund.updated_at.timestamp())

    def falls_due(self, refund: FakeRefund) -> tuple[datetime, str] | None:
        """Money that was agreed to goes out, also where the merchant has let the time pass."""
        status, kind = refund.fields["status"], refund.fields["type"]
        if status in (PAYING, OVERDUE):
            return refund.updated_at + PAYS_AFTER, "pay"
        if status not in WAITING or (status, kind) == (BACK, "EXCHANGE"):
            return None
        act = "overdue" if kind == "REFUND" or status == BACK else "allow_return"
        return datetime.fromtimestamp(refund.fields["_deadline"], UTC), act

    def brings(self, act: str, refund: FakeRefund) -> Mapping[str, Any]:
        """Each kind is refused, paid and closed in words of its own; who asks again gives two days anew."""
        status, kind = refund.fields["status"], refund.fields["type"]
        match act, kind:
            case "ask_again", _:
                return {**self.acts[act], "_deadline": self._in_two_days()}
            case "pay", "RETURN":
                return {"status": "MERCHANT_RETURN_SUCCESS"}
            case "refuse", _:
                return {"status": DECISIONS["refuse"].get((status, kind), "MERCHANT_REJECT_RESHIP")}
            case "close", _ if status == GOING_BACK:
                return {"status": "RETURN_CLOSED"}
        return self.acts[act]

    def content(self, refund: FakeRefund) -> dict[str, Any]:
        """An event: no id, no version."""
        told = {"status": refund.fields["status"], "after_sale_order_id": refund.id, "order_id": ""}
        return {
            "ToUserName": "gh_*",
            "FromUserName": "OpenID",
            "CreateTime": int(refund.updated_at.timestamp()),
            "MsgType": "event",
            "Event": "channels_ec_aftersale_update",
            "finder_shop_aftersale_status_update": told | {"order_id": refund.fields["order_id"]},
        }

    def push(self, message: FakeMessage, wrong: str = "") -> Push:
        """Encrypted JSON; `wrong` is `signature`, `key` (another one) or `appid` (another application's)."""
        return self.encrypted(json.dumps(message.content).encode(), wrong)

    def encrypted(self, plain: bytes, wrong: str = "") -> Push:
        """These bytes as a push."""
        key = base64.b64decode(("B" * 43 if wrong == "key" else self.aes_key) + "=")
        whose = b"wx0000000000000000" if wrong == "appid" else self.appid.encode()
        padder = padding.PKCS7(256).padder()
        padded = padder.update(os.urandom(16) + pack(">I", len(plain)) + plain + whose) + padder.finalize()
        encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
        sealed = base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()
        told = {"timestamp": str(int(self.now().timestamp())), "nonce": "415670741"}
        joined = "".join(sorted([self.token, told["timestamp"], told["nonce"], sealed]))
        signed = hashlib.sha1(joined.encode()).hexdigest()
        query = told | {"msg_signature": "0" * 40 if wrong == "signature" else signed, "signature": "unused"}
        body = json.dumps({"ToUserName": "gh_*", "Encrypt": sealed}).encode()
        return Push(body, {"Content-Type": "application/json"}, urlencode(query))

    def _list(self, told: dict[str, Any]) -> dict[str, Any]:
        pairs = [(told.get(f"begin_{which}_time"), told.get(f"end_{which}_time")) for which in ("update", "create")]
        (begin, end), which = (pairs[0], "update_time") if pairs[0] != (None, None) else (pairs[1], "create_time")
        if not isinstance(begin, int) or not isinstance(end, int) or not 0 <= end - begin <= DAY:
            raise self._refusal(10020004, "invalid time range")
        found = sorted(
            (refund for refund in self.refunds.values() if begin <= refund.fields[which] <= end),
            key=lambda refund: (refund.fields[which], refund.id),
        )
        after = told.get("next_key") or ""
        rest = [refund for refund in found if not after or f"{refund.fields[which]}-{refund.id}" > after]
        page = rest[: self.page_size]
        more = len(rest) > len(page)
        return {
            "after_sale_order_id_list": [refund.id for refund in page],
            "has_more": more,
            "next_key": f"{page[-1].fields[which]}-{page[-1].id}" if page else "",
        }

    def _found(self, told: dict[str, Any]) -> FakeRefund:
        refund = self.refunds.get(str(told.get("after_sale_order_id")))
        if refund is None:
            raise self._refusal(10021050, "after sale order not found")
        return refund

    def _detail(self, told: dict[str, Any]) -> dict[str, Any]:
        held = self._found(told).fields
        fields = {name: each for name, each in held.items() if not name.startswith("_")}
        left = held["_deadline"] - int(self.now().timestamp())
        if fields["status"] in WAITING:
            fields["deadline"] = max(left, 0)
        return {"after_sale_order": fields}

    def _decided(self, told: dict[str, Any], decision: str, **fields: Any) -> None:
        """The refund moves on, if it stands so that this may be decided, and was left alone for a minute."""
        refund = self._found(told)
        then = DECISIONS[decision].get((refund.fields["status"], refund.fields["type"]))
        if then is None:
            raise self._refusal(10020001, "invalid after sale order status")
        last = self._accepted.get(refund.fields["order_id"])
        if last is not None and self.now() - last < MINUTE:
            raise self._refusal(10021059, "refund too frequently")
        self._accepted[refund.fields["order_id"]] = self.now()
        self.change(refund.id, status=then, **fields)

    def _accept(self, told: dict[str, Any]) -> None:
        """Without an `accept_type` it does what the state asks for, and may pay out."""
        standing = self._found(told).fields
        by_itself = 1 if standing["type"] in SENT_BACK and standing["status"] == ASKED else 2
        if told.get("accept_type", by_itself) == 2:
            self._decided(told, "pay")
            return
        if not told.get("address_id"):
            raise self._refusal(10021060, "address_id required")
        if told["address_id"] not in {"11", "12"}:
            raise self._refusal(10021062, "invalid address_id")
        self._decided(told, "agree to a return")

    def _reject(self, told: dict[str, Any]) -> None:
        fields = self._found(told).fields
        self._check_reason(told, fields["type"])
        if fields.get("_negotiate_first"):
            raise self._refusal(10021068, "negotiate with the buyer first")
        self._decided(told, "refuse")

    def _check_reason(self, told: dict[str, Any], scene: str) -> None:
        if told.get("reject_reason_type") not in SCENES[scene]:
            raise self._refusal(9700224, "invalid reject_reason_type")

    def _reship(self, told: dict[str, Any]) -> None:
        if told.get("delivery_id") not in {"SF", "YTO", "OTHER"} or not told.get("waybill_id"):
            raise self._refusal(9700224, "invalid delivery_id")
        self._decided(told, "send")

    def _reject_reship(self, told: dict[str, Any]) -> None:
        self._check_reason(told, "what came back of an EXCHANGE")
        self._decided(told, "refuse to send")

    def _negotiate(self, told: dict[str, Any]) -> None:
        needed = ("type", "amount", "merchant_update_desc", "update_reason_type", "merchant_update_type")
        if any(told.get(name) in (None, "") for name in needed) or told["type"] not in (1, 2):
            raise self._refusal(9700224, "missing parameter")
        self._decided(told, "propose", _proposed=told)

    def _reasons(self, told: dict[str, Any]) -> dict[str, Any]:
        words = {1: "买家未举证", 4: "商品影响二次销售", 5: "与商品描述一致", 6: "退回商品不符", 7: "退回商品不符"}
        return {
            "reason_list": [
                {"reject_reason_type": scene, "reject_reason_type_text": each, "reject_scene": scene}
                for scene, each in words.items()
            ]
        }

    def _addresses(self, told: dict[str, Any]) -> dict[str, Any]:
        return {"address_id_list": ["11", "12"][told.get("offset", 0) :][: told.get("limit", 0)]}

    def _address(self, told: dict[str, Any]) -> dict[str, Any]:
        info = {"province_name": "江苏省", "city_name": "苏州市", "county_name": "姑苏区", "user_name": "退货组"}
        detail = {"address_id": told["address_id"], "name": "仓库", "default_recv": told["address_id"] == "11"}
        return {"address_detail": detail | {"address_info": info | {"detail_info": f"平江路 {told['address_id']} 号"}}}

    def _companies(self, told: dict[str, Any]) -> dict[str, Any]:
        known = [("SF", "顺丰速运"), ("YTO", "圆通速递")]
        return {"company_list": [{"delivery_id": code, "delivery_name": name} for code, name in known]}
