"""A fake of Pinduoduo's gateway: one address, parameters as a form or as flat JSON, signed with MD5.

It holds refunds as the details tell them (fen, kinds from 1 on) and turns them into what lists tell (yuan as text,
kinds one more). A list is in the order of the last change, which makes rows move up when one of them changes.
"""

import hashlib
import json
from collections.abc import Mapping, Set
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from connectors.fakes.base import PAYS_AFTER, FakeRefund, FakeRefusal, FakeRequest, FakeServer, Mischief, Reply

LONGEST_WINDOW, CLOCK = 1800, 600  # seconds
TOKEN_LIFE = 24 * 3600
ASKED = {2, 3, 14, 21}
OPEN = ASKED | {6, 7, 8, 77}
RETURN = 2  # after_sales_type, whose request is 3 and not 2


class PinduoduoFake(FakeServer):
    """One mall, one application."""

    name = "pinduoduo"
    settings: ClassVar[tuple[str, ...]] = ("push_to", "is_listed", "is_live")
    acts: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "withdraw": {"after_sales_status": 11, "expire_time": None},
        "ship_back": {"express_no": "YT9988776655", "shipping_name": "圆通速递"},
        "intervene": {"after_sales_status": 8, "join_or_not": "1", "expire_time": None},
        "platform_agrees": {"after_sales_status": 5, "expire_time": None},
        "pay": {"after_sales_status": 10, "expire_time": None},
        "refuse": {"after_sales_status": 6, "expire_time": None},
        "close": {"after_sales_status": 9, "expire_time": None},
        "allow_return": {"after_sales_status": 7, "expire_time": None},
        "ask_again": {"after_sales_status": 2},
        "receive_exchange": {"after_sales_status": 16, "expire_time": None},
        "become_strange": {"after_sales_status": 77, "expire_time": None},
    }
    begins: ClassVar[Mapping[str, Mapping[str, Set[int]]]] = {
        "withdraw": {"after_sales_status": OPEN},
        "ship_back": {"after_sales_status": {7}},
        "intervene": {"after_sales_status": ASKED | {6, 7}},
        "platform_agrees": {"after_sales_status": {2, 3, 7, 8}, "after_sales_type": {1, RETURN}},
        "pay": {"after_sales_status": {4, 5}},
        "refuse": {"after_sales_status": ASKED},
        "close": {"after_sales_status": {6, 7, 8}},
        "allow_return": {"after_sales_status": {3}},
        "ask_again": {"after_sales_status": {6}},
        "receive_exchange": {"after_sales_status": {18, 27}},
        "become_strange": {"after_sales_status": OPEN},
    }

    def __init__(self, port: int = 0, **how: Any) -> None:
        super().__init__(port, **how)
        self.client_id, self.secret, self.mall_id = "pdd-app-1", "testSecret", "410104"
        self.code = "one-time-code"
        self.access_token, self.refresh_token = "pdd-access-1", "pdd-refresh-1"
        self.token_ends = self.now() + timedelta(seconds=TOKEN_LIFE)
        self.is_listed = True  # our address, on the white list
        self.is_live = True  # the application isn't in its test state
        self.others: dict[str, dict[str, Any]] = {}  # what other malls hold: access, refresh, until; the code at first
        self._tokens = 1

    @property
    def keys(self) -> dict[str, str]:
        """Those that hold now."""
        tokens = {"access_token": self.access_token, "refresh_token": self.refresh_token}
        return {"app_key": self.client_id, "app_secret": self.secret, **tokens}

    def open_shop(self, shop_id: str) -> str:
        """One more mall lets the application in; the code that it comes back with."""
        self.others[shop_id] = {"code": f"code-of-{shop_id}"}
        return f"code-of-{shop_id}"

    def _owner(self, name: str, value: str | None) -> str:
        """Which of the other malls holds this; empty for none of them."""
        return next((mall for mall, held in self.others.items() if value and held.get(name) == value), "")

    def shop_of(self, request: FakeRequest) -> str:
        """Of the token."""
        told = self._params(request)
        owner = self._owner("access", told.get("access_token")) or self._owner("refresh", told.get("refresh_token"))
        return owner or self.mall_id

    def brings(self, act: str, refund: FakeRefund) -> Mapping[str, Any]:
        """A return is asked for again as one; who asks again gives the merchant his two days anew."""
        if act != "ask_again":
            return self.acts[act]
        is_return = refund.fields["after_sales_type"] == RETURN
        return {"after_sales_status": 3 if is_return else 2, "expire_time": self._in_two_days()}

    def call_of(self, request: FakeRequest) -> str:
        """Its `type`."""
        return self._params(request).get("type", "")

    def _params(self, request: FakeRequest) -> dict[str, str]:
        """The parameters as they were signed, from the raw body."""
        if "json" in next((value for name, value in request.headers.items() if name.lower() == "content-type"), ""):
            told = json.loads(request.body or b"{}")
            return {name: each if isinstance(each, str) else json.dumps(each) for name, each in told.items()}
        return dict(parse_qsl(request.body.decode(), keep_blank_values=True))

    def answer(self, request: FakeRequest) -> Reply:
        """Check, then do."""
        params = self._params(request)
        if request.path != "/api/router" or request.method != "POST":
            raise FakeRefusal(Reply(b"not found", 404, "text/plain"))
        call = self._check(params)
        calls = {
            "pdd.refund.list.increment.get": self._list,
            "pdd.refund.information.get": self._detail,
            "pdd.refund.address.list.get": self._addresses,
            "pdd.logistics.companies.get": self._companies,
            "pdd.refund.agree": self._agree,
            "pdd.refund.returngoods.agree": self._agree_return,
            "pdd.refund.exchange.shipping": self._ship,
            "pdd.pop.auth.token.create": self._create_token,
            "pdd.pop.auth.token.refresh": self._refresh_token,
        }
        if call not in calls:
            raise self._refusal(10017, "type 错误")
        return Reply.json(calls[call](params))

    def _check(self, params: dict[str, str]) -> str:
        """Application, clock, signature, token."""
        call = params.get("type", "")
        if params.get("client_id") != self.client_id:
            raise self._refusal(10016, "client_id 不正确")
        if not params.get("timestamp", "").isdigit() or len(params["timestamp"]) != 10:
            raise self._refusal(10001, "公共参数错误:timestamp")
        if abs(int(params["timestamp"]) - self.now().timestamp()) > CLOCK:
            raise self._refusal(10001, "公共参数错误:timestamp")
        joined = self.secret
        for name in sorted(params):
            joined += "" if name == "sign" else name + params[name]
        if params.get("sign") != hashlib.md5((joined + self.secret).encode()).hexdigest().upper():
            raise self._refusal(20004, "签名sign校验失败")
        if not self.is_listed:
            raise self._refusal(20005, "ip 不在白名单内")
        if not self.is_live:
            raise self._refusal(70036, "应用处于测试状态，调用次数已达上限")
        if not call.startswith("pdd.pop.auth"):
            self.asked = self._owner("access", params.get("access_token"))
            if not self.asked and params.get("access_token") != self.access_token:
                raise self._refusal(20032, "access_token 与 client_id 不匹配")
            if self.now() >= (self.others[self.asked]["until"] if self.asked else self.token_ends):
                raise self._refusal(10019, "access_token 已过期")
        return call

    def excuse(self, kind: Mischief, seconds: int) -> Reply:
        """One of the documented codes; none of them says for how many seconds."""
        code, words = {
            Mischief.THROTTLED: (70031, "调用过于频繁，请调整调用频率"),
            Mischief.BUSY: (52001, "服务不可用"),
            Mischief.TOKEN_EXPIRED: (10019, "access_token 已过期"),
            Mischief.REVOKED: (20032, "access_token 与 client_id 不匹配"),
            Mischief.NO_PERMISSION: (20031, "用户没有授权访问此接口"),
        }[kind]
        return self._refusal(code, words).reply

    def _refusal(self, code: int, words: str, sub_code: str = "") -> FakeRefusal:
        told = {"error_code": code, "error_msg": words, "sub_code": sub_code or None, "sub_msg": words}
        return FakeRefusal(Reply.json({"error_response": {**told, "request_id": "15440104776643887"}}))

    def blank(self, number: int) -> tuple[str, dict[str, Any]]:
        """A refund of goods that came: 19.90 of 39.80 yuan, to be answered within two days."""
        refund_id = str(7_100_000_000 + number)
        return refund_id, {
            "id": int(refund_id),
            "order_sn": f"261127-{number:012}",
            "after_sales_status": 2,
            "after_sales_type": 1,
            "after_sales_reason": "质量问题",
            "refund_amount": 1990,
            "order_amount": 3980,
            "discount_amount": 0,
            "goods_id": 553_216_000 + number % 7,
            "goods_name": "户外折叠椅",
            "goods_number": 2,
            "goods_price": 1990,
            "sku_id": str(883_000 + number % 5),
            "recreated_at": int(self.now().timestamp() * 1000),
            "expire_time": self._in_two_days(),
            "express_no": None,
            "shipping_name": None,
            "shipping_status": 1,
            "images": [],
            "join_or_not": "0",
            "remark": "收到时已损坏",
            "exchange_shipping_detail": None,
            "updated_time": "",
        }

    def _in_two_days(self) -> int:
        return int((self.now() + timedelta(hours=48)).timestamp() * 1000)

    def stamp(self, refund: FakeRefund) -> None:
        """The seconds of the change, as text."""
        refund.fields["updated_time"] = str(int(refund.updated_at.timestamp()))

    def falls_due(self, refund: FakeRefund) -> tuple[datetime, str] | None:
        """Money that was agreed to goes out; a merchant who lets the time pass has agreed."""
        status, ends = refund.fields["after_sales_status"], refund.fields["expire_time"]
        if status in (4, 5):
            return refund.updated_at + PAYS_AFTER, "pay"
        acts = {
            2: "platform_agrees",
            3: "allow_return",
            7: "platform_agrees" if refund.fields["express_no"] else "close",
        }
        return (datetime.fromtimestamp(ends / 1000, UTC), acts[status]) if ends and status in acts else None

    def content(self, refund: FakeRefund) -> dict[str, Any]:
        """Messages come over a WebSocket, which this fake doesn't have."""
        return {}

    def _number(self, params: Mapping[str, str], name: str) -> int:
        if not params.get(name, "").isdigit():
            raise self._refusal(10000, f"参数错误:{name}")
        return int(params[name])

    def _list(self, params: dict[str, str]) -> dict[str, Any]:
        start, end = self._number(params, "start_updated_at"), self._number(params, "end_updated_at")
        status, kind = self._number(params, "after_sales_status"), self._number(params, "after_sales_type")
        page, size = int(params.get("page", 1)), int(params.get("page_size", 100))
        if not 0 <= end - start <= LONGEST_WINDOW or not 1 <= size <= 100 or page < 1 or not 1 <= kind <= 6:
            raise self._refusal(10000, "参数错误:时间区间不得超过30分钟，page_size 不得超过100")
        found = sorted(
            (
                refund
                for refund in self.theirs()
                if start <= int(refund.fields["updated_time"]) <= end
                and status in (1, refund.fields["after_sales_status"])
                and kind in (1, refund.fields["after_sales_type"] + 1)
            ),
            key=lambda refund: (int(refund.fields["updated_time"]), refund.id),
        )
        told = [self._row(refund) for refund in found[(page - 1) * size : page * size]]
        return {"refund_increment_get_response": {"total_count": len(found), "refund_list": told}}

    def _row(self, refund: FakeRefund) -> dict[str, Any]:
        """As lists tell it: yuan as text, kinds one more, instants as text of seconds."""
        fields = refund.fields
        row = {
            name: f"{fields[name] // 100}.{fields[name] % 100:02}"
            for name in ("refund_amount", "order_amount", "discount_amount")
        }
        return row | {
            "id": fields["id"],
            "order_sn": fields["order_sn"],
            "after_sales_status": fields["after_sales_status"],
            "after_sales_type": fields["after_sales_type"] + 1,
            "after_sale_reason": fields["after_sales_reason"],
            "created_time": str(fields["recreated_at"] // 1000),
            "updated_time": fields["updated_time"],
            "tracking_number": fields["express_no"],
            "shipping_name": fields["shipping_name"],
        }

    def _found(self, told: Mapping[str, Any]) -> FakeRefund:
        """The refund of this number and order."""
        refund = self.refunds.get(str(told.get("after_sales_id")))
        if refund is None or refund.shop != self.asked or refund.fields["order_sn"] != told.get("order_sn"):
            raise self._refusal(50001, "售后单不存在", "50001")
        return refund

    def _detail(self, params: dict[str, str]) -> dict[str, Any]:
        return self._found(params).fields

    def _decided(self, params: dict[str, str], statuses: set[int], kinds: set[int]) -> tuple[FakeRefund, dict]:
        """The refund that is decided about, if it stands so; what was asked."""
        told = json.loads(params.get("request") or "{}")
        refund = self._found(told)
        if refund.fields["after_sales_status"] not in statuses or refund.fields["after_sales_type"] not in kinds:
            raise self._refusal(50001, "售后单状态已变更，不允许操作", "50001")
        return refund, told

    def _done(self, refund: FakeRefund, **fields: Any) -> dict[str, Any]:
        self.change(refund.id, expire_time=None, **fields)
        return {"response": {"result": {"succ": True, "message": ""}}}

    def _agree(self, params: dict[str, str]) -> dict[str, Any]:
        refund, _told = self._decided(params, {2, 3, 7}, {1, 2})
        if refund.fields["after_sales_status"] == 7 and not refund.fields["express_no"]:
            return {"response": {"result": {"succ": False, "message": "买家尚未寄回商品"}}}
        return self._done(refund, after_sales_status=4)

    def _agree_return(self, params: dict[str, str]) -> dict[str, Any]:
        refund, told = self._decided(params, {3}, {2})
        if str(told.get("return_address_id")) not in {"779860", "779861"}:
            raise self._refusal(50001, "退货地址不存在", "50001")
        return self._done(refund, after_sales_status=7)

    def _ship(self, params: dict[str, str]) -> dict[str, Any]:
        refund, told = self._decided(params, {14, 32}, {3, 4})
        if told.get("shipping_id") != 44 or not told.get("tracking_number") or not told.get("shipping_name"):
            raise self._refusal(50001, "物流公司不存在", "50001")
        return self._done(refund, after_sales_status=18)

    def _addresses(self, params: dict[str, str]) -> dict[str, Any]:
        told = {"province_name": "福建", "city_name": "泉州", "district_name": "石狮市", "mall_id": int(self.mall_id)}
        first = {"id": 779860, "refund_address": "灵秀路 5 号", "refund_name": "退货组", "is_default": "Y", **told}
        second = {"id": 779861, "refund_address": "宝盖镇 2 号仓", "refund_name": "仓库", "is_default": "N", **told}
        return {"refund_address_list_get_response": {"refund_address_list": [first, second]}}

    def _companies(self, params: dict[str, str]) -> dict[str, Any]:
        known = [
            {"id": 44, "logistics_company": "顺丰快递", "available": 1},
            {"id": 85, "logistics_company": "圆通快递"},
        ]
        return {"logistics_companies_get_response": {"logistics_companies": known}}

    def _create_token(self, params: dict[str, str]) -> dict[str, Any]:
        owner = self._owner("code", params.get("code"))
        if not owner and params.get("code") != self.code:
            raise self._refusal(10000, "code 已失效")
        if not owner:
            self.code = ""
        return {"pop_auth_token_create_response": self._new_tokens(owner)}

    def _refresh_token(self, params: dict[str, str]) -> dict[str, Any]:
        owner = self._owner("refresh", params.get("refresh_token"))
        if not owner and params.get("refresh_token") != self.refresh_token:
            raise self._refusal(10000, "refresh_token 已失效")
        return {"pop_auth_token_refresh_response": self._new_tokens(owner)}

    def _new_tokens(self, owner: str) -> dict[str, Any]:
        """New ones, which end the old ones; the relative end of `w1` is an instant, as in the official sample."""
        self._tokens += 1
        access, refresh = f"pdd-access-{self._tokens}", f"pdd-refresh-{self._tokens}"
        until = self.now() + timedelta(seconds=TOKEN_LIFE)
        if owner:
            self.others[owner] = {"access": access, "refresh": refresh, "until": until}
        else:
            self.access_token, self.refresh_token, self.token_ends = access, refresh, until
        end = int(until.timestamp())
        return {
            "access_token": access,
            "refresh_token": refresh,
            "owner_id": owner or self.mall_id,
            "owner_name": "pdd41010412345",
            "scope": ["pdd.refund.list.increment.get", "pdd.refund.information.get", "pdd.refund.agree"],
            "expires_in": TOKEN_LIFE,
            "expires_at": end,
            "refresh_token_expires_in": 30 * TOKEN_LIFE,
            "refresh_token_expires_at": end + 29 * TOKEN_LIFE,
            "w1_expires_in": end - 3600,
            "w2_expires_at": end - 7200,
        }
