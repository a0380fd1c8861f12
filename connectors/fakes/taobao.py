"""A fake of Taobao's open platform: one shop of Tmall (or of Taobao, with `phase` empty).

What its documents leave open is decided here in the hardest way: the newest change stands first in the list, so that a
refund that changes moves all others; a message that isn't confirmed comes again at once. The codes under `isv.fake-…`
are made up, since those of refunds aren't documented.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote, urlencode

from connectors.fakes.base import FakeRefund, FakeRefusal, FakeRequest, FakeServer, Mischief, Reply

CHINA = timezone(timedelta(hours=8))
WAITING = ("WAIT_SELLER_AGREE", "WAIT_SELLER_CONFIRM_GOODS", "WAIT_BUYER_RETURN_GOODS")
REASONS = [{"reason_id": 901, "reason_text": "商品已发出"}, {"reason_id": 902, "reason_text": "影响二次销售"}]
BOOK = "contact_id contact_name mobile_phone province city country addr zip_code cancel_def"
WAREHOUSES = (
    (71, "李仓", "13800000000", "浙江省", "杭州市", "余杭区", "仓前路1号", "310000", True),
    (72, "王库", "", "", "", "", "二号库", "", False),
)
ADDRESSES = [dict(zip(BOOK.split(), row, strict=True)) for row in WAREHOUSES]
ASKED, BACK, TO_SEND = "WAIT_SELLER_AGREE", "WAIT_SELLER_CONFIRM_GOODS", "WAIT_SELLER_CONSIGN_GOODS"
PARCEL = "logistics_no logistics_type logistics_company_name fields"
# Calls that move an exchange: from where, to where, and what they need.
EXCHANGES = {
    "tmall.exchange.agree": (ASKED, "WAIT_BUYER_RETURN_GOODS", "address_id fields"),
    "tmall.exchange.refuse": (ASKED, "SELLER_REFUSE_BUYER", "seller_refuse_reason_id fields"),
    "tmall.exchange.returngoods.agree": (BACK, TO_SEND, "fields"),
    "tmall.exchange.returngoods.refuse": (BACK, "SELLER_REFUSE_BUYER", "seller_refuse_reason_id"),
    "tmall.exchange.consigngoods": (TO_SEND, "EXCHANGE_WAIT_BUYER_CONFIRM_GOODS", PARCEL),
}


def china_time(at: datetime) -> str:
    """As TOP writes an instant."""
    return datetime.fromtimestamp(at.timestamp(), CHINA).isoformat(" ")[:19]


class FakeTaobao(FakeServer):
    """`sms_above`: agreeing to more yuan wants the code 246810. `can_refresh`: an application of the service market."""

    name = "taobao"
    acts: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "withdraw": {"status": "CLOSED"},
        "close": {"status": "CLOSED"},
        "send_back": {"status": "WAIT_SELLER_CONFIRM_GOODS", "company_name": "顺丰速运", "sid": "SF1000001"},
        "ask_again": {"status": "WAIT_SELLER_AGREE"},
        "complain": {"cs_status": 2},
        "pay_out": {"status": "SUCCESS"},
        "allow_return": {"status": "WAIT_BUYER_RETURN_GOODS"},
        "go_strange": {"status": "WAIT_FOR_THE_MOON"},
    }
    settings = ("push_to", "phase", "sms_above", "can_refresh", "is_sub_account")
    app_key, app_secret, seller_id = "12345678", "helloworld", "2200000001"

    def __init__(self, port: int = 0, **kwargs: Any) -> None:
        super().__init__(port, **kwargs)
        self.phase = "aftersale"
        self.sms_above = 10_000
        self.can_refresh = True
        self.is_sub_account = True
        self.sessions: dict[str, datetime | None] = {"session-1": None}
        self.refresh_tokens, self.codes, self.confirmed = {"refresh-1"}, {"code-1"}, set[str]()
        self._given = 1

    @property
    def keys(self) -> dict[str, str]:
        """Those that hold now."""
        tokens = {"access_token": [*self.sessions][-1], "refresh_token": max(self.refresh_tokens)}
        return {"app_key": self.app_key, "app_secret": self.app_secret, **tokens}

    def call_of(self, request: FakeRequest) -> str:
        """The `method` of a call; the path of what isn't one."""
        if request.path == "/router/rest":
            return self._fields(request)[0].get("method", "")
        return request.path.strip("/")

    def blank(self, number: int) -> tuple[str, dict[str, Any]]:
        """A refund of Tmall that waits for the seller."""
        refund_id = str(90_000_000_000 + number)
        return refund_id, {
            "refund_id": refund_id,
            "tid": 80_000_000_000 + number,
            "oid": 80_000_000_000 + number,
            "status": "WAIT_SELLER_AGREE",
            "order_status": "WAIT_BUYER_CONFIRM_GOODS",
            "dispute_type": "REFUND",
            "has_good_return": False,
            "refund_fee": "88.00",
            "total_fee": "188.50",
            "payment": "100.50",
            "buyer_nick": "t**1",
            "buyer_open_uid": f"AAH{number:05}",
            "reason": "不想要了",
            "desc": "拍错了",
            "num_iid": 600_000 + number,
            **{"num": 1, "price": "188.50", "title": "羽绒服 😀", "sku": "颜色:黑"},
            "cs_status": 1,
            "operation_contraint": "null",
            "receiver_name": "张三丰",
            "buyer_phone": "13911112222",
        }

    def stamp(self, refund: FakeRefund) -> None:
        """Times as text, the version in milliseconds, and a deadline where somebody is to act."""
        is_waiting = refund.fields["status"] in WAITING
        timeout = china_time(refund.updated_at + timedelta(hours=48))
        refund.fields |= {
            "created": china_time(refund.created_at),
            "modified": china_time(refund.updated_at),
            "refund_version": refund.version,
            "refund_remind_timeout": {"exist_timeout": is_waiting, "remind_type": 1, "timeout": timeout},
        }
        if self.phase:
            refund.fields["refund_phase"] = self.phase

    def falls_due(self, refund: FakeRefund) -> tuple[datetime, str] | None:
        """A seller who lets the time pass has agreed, a buyer has given up; what is agreed to is paid at once."""
        fields = refund.fields
        acts = {ASKED: "allow_return" if fields["has_good_return"] else "pay_out", "WAIT_BUYER_RETURN_GOODS": "close"}
        if not fields["dispute_type"].endswith("EXCHANGE"):
            acts[BACK] = "pay_out"
        return (refund.updated_at + timedelta(hours=48), acts[fields["status"]]) if fields["status"] in acts else None

    def content(self, refund: FakeRefund) -> dict[str, Any]:
        """A message of TMC."""
        fields = refund.fields
        topic = {"WAIT_SELLER_AGREE": "RefundCreated", "CLOSED": "RefundClosed", "SUCCESS": "RefundSuccess"}
        told = {"refund_id": int(refund.id), "tid": fields["tid"], "oid": fields["oid"], "modified": fields["modified"]}
        return {"topic": f"taobao_refund_{topic.get(fields['status'], 'RefundBuyerModifyAgreement')}", "content": told}

    def excuse(self, kind: Mischief, seconds: int) -> Reply:
        """Trouble as TOP puts it."""
        ban = "accesscontrol.limited-by-app-access-count", f"This ban will last for {seconds} more seconds"
        return {
            Mischief.THROTTLED: _error(7, "App Call Limited", *ban),
            Mischief.BUSY: _error(15, "Remote service error", "isp.top-remote-connection-timeout", "超时"),
            Mischief.TOKEN_EXPIRED: _error(27, "Invalid session", "sessionkey-not-exist", "session已过期"),
            Mischief.REVOKED: _error(53, "Security", "isv.w2-security-authorize-invalid", "写授权已失效"),
            Mischief.NO_PERMISSION: _error(11, "Insufficient permissions", "isv.permission-api-package-limit", "无权"),
        }[kind].reply

    def answer(self, request: FakeRequest) -> Reply:
        """The gateway, the page that asks the merchant, and the token."""
        if request.path == "/authorize":
            asked = request.query
            self.codes.add(f"code-{len(self.codes) + 1}")
            code = {"code": f"code-{len(self.codes)}", "state": asked["state"]}
            return Reply(b"", 302, headers=(("Location", f"{asked['redirect_uri']}?{urlencode(code)}"),))
        if request.path == "/token":
            return self._token(request.form)
        fields, files = self._fields(request)
        self._check(fields)
        is_exchange = fields["method"] in EXCHANGES
        call = self._exchange if is_exchange else getattr(self, "_" + fields["method"].replace(".", "_"), None)
        if call is None:
            raise _error(22, "Invalid method", "", "")
        if not fields["method"].startswith("taobao.top."):
            self._check_session(fields)
        said = call(fields, files)
        key = fields["method"].removeprefix("taobao.").replace(".", "_")
        return Reply.json({f"{key}_response": {**said, "request_id": f"r{len(self.requests)}"}})

    def _fields(self, request: FakeRequest) -> tuple[dict[str, str], dict[str, bytes]]:
        """The fields and the files, read from the raw bytes."""
        kind = {name.lower(): value for name, value in request.headers.items()}.get("content-type", "")
        fields = dict(parse_qsl(request.raw_query, keep_blank_values=True))
        files: dict[str, bytes] = {}
        if not kind.startswith("multipart/"):
            return {**fields, **dict(parse_qsl(request.body.decode(), keep_blank_values=True))}, files
        parts = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + request.body).get_payload()
        for part in parts:
            name = str(part.get_param("name", header="content-disposition"))
            content = part.get_payload(decode=True)
            if part.get_filename():
                files[name] = content
            else:
                fields[name] = content.decode()
        return fields, files

    def _check(self, fields: dict[str, str]) -> None:
        """What is checked of every call, in TOP's order."""
        if fields.get("app_key") != self.app_key:
            raise _error(29, "Invalid app Key", "", "")
        if fields.get("v") != "2.0" or fields.get("format") != "json":
            raise _error(41, "Invalid arguments", "isv.invalid-parameter", "v, format")
        secret, text = self.app_secret.encode(), b""
        for name in sorted(set(fields) - {"sign"}, key=str.encode):
            text += name.encode() + fields[name].encode()
        signs = {
            "md5": lambda: hashlib.new("md5", secret + text + secret),
            "hmac": lambda: hmac.new(secret, text, hashlib.md5),
            "hmac-sha256": lambda: hmac.new(secret, text, hashlib.sha256),
        }
        expected = signs.get(fields.get("sign_method", ""), signs["md5"])().digest().hex().upper()
        if fields.get("sign") != expected:
            raise _error(25, "Invalid signature", "", "")
        try:
            at = datetime.strptime(fields["timestamp"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
        except (KeyError, ValueError):
            raise _error(31, "Invalid timestamp", "isv.invalid-timestamp", "") from None
        if abs(at - self.now()) > timedelta(minutes=10):
            raise _error(31, "Invalid timestamp", "isv.invalid-timestamp", "非法的时间戳")

    def _check_session(self, fields: dict[str, str]) -> None:
        session = fields.get("session")
        if not session:
            raise _error(26, "Missing session", "", "")
        if session not in self.sessions:
            raise _error(27, "Invalid session", "invalid-sessionkey", "非法的sessionkey")
        ends = self.sessions[session]
        if ends and ends <= self.now():
            raise _error(27, "Invalid session", "sessionkey-not-exist", "session已过期")

    def _tokens(self) -> dict[str, Any]:
        self._given += 1
        session, refresh = f"session-{self._given}", f"refresh-{self._given}"
        self.sessions[session] = self.now() + timedelta(days=1)
        if self.can_refresh:
            self.refresh_tokens = {refresh}
        return {
            "access_token": session,
            "refresh_token": refresh,
            "expires_in": 86400,
            "re_expires_in": 30 * 86400 if self.can_refresh else 0,
            **{"w1_expires_in": 86400, "w2_expires_in": 1800, "r1_expires_in": 86400, "r2_expires_in": 86400},
            "taobao_user_id": self.seller_id,
            "taobao_user_nick": quote("挽留旗舰店"),
        }

    def _token(self, form: dict[str, str]) -> Reply:
        if (form.get("client_id"), form.get("client_secret")) != (self.app_key, self.app_secret):
            return Reply.json({"error": "invalid_client", "error_description": "client_secret"}, 400)
        if form.get("grant_type") != "authorization_code" or form.get("code") not in self.codes:
            return Reply.json({"error": "invalid_grant", "error_description": "code expired"}, 400)
        self.codes.discard(form["code"])
        return Reply.json(self._tokens())

    def _taobao_top_auth_token_refresh(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        if not self.can_refresh or fields.get("refresh_token") not in self.refresh_tokens:
            raise _error(15, "Remote service error", "isv.fake-refresh-token-invalid", "refresh_token无效")
        return {"token_result": json.dumps(self._tokens())}

    def _taobao_refunds_receive_get(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        page, size = _number(fields, "page_no", 1), _number(fields, "page_size", 40)
        if not fields.get("fields") or not 1 <= size <= 100 or page < 1:
            raise _error(41, "Invalid arguments", "isv.invalid-parameter", "fields, page_no, page_size")
        since, until = fields.get("start_modified", ""), fields.get("end_modified", "9")
        found = [refund for refund in self.refunds.values() if since <= refund.fields["modified"] <= until]
        found.sort(key=lambda refund: refund.version, reverse=True)
        rows = [self._shown(refund, fields["fields"]) for refund in found[(page - 1) * size : page * size]]
        said: dict[str, Any] = {"refunds": {"refund": rows}} if rows else {}
        if fields.get("use_has_next") == "true":
            return {**said, "has_next": len(found) > page * size}
        return {**said, "total_results": len(found)}

    def _shown(self, refund: FakeRefund, fields: str) -> dict[str, Any]:
        return {name: refund.fields[name] for name in fields.split(",") if name in refund.fields}

    def _taobao_refund_get(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        return {"refund": self._shown(self._refund(fields), fields.get("fields", ""))}

    def _refund(self, fields: dict[str, str], name: str = "refund_id") -> FakeRefund:
        if fields.get(name) not in self.refunds:
            raise _error(15, "Remote service error", "isv.fake-refund-not-exist", "退款不存在")
        return self.refunds[fields[name]]

    def _in_state(self, refund: FakeRefund, *states: str) -> FakeRefund:
        if refund.fields["status"] not in states:
            raise _error(15, "Remote service error", "isv.fake-refund-status-error", "退款状态不允许此操作")
        return refund

    def _locked(self, fields: dict[str, str]) -> FakeRefund:
        """Tmall's calls name the phase and the version."""
        refund = self._refund(fields)
        if self.phase and fields.get("refund_phase") != self.phase:
            raise _error(40, "Missing required arguments", "isv.missing-parameter", "refund_phase")
        if self.phase and fields.get("refund_version") != str(refund.version):
            raise _error(15, "Remote service error", "isv.fake-refund-version-error", "退款信息已变更")
        return refund

    def _taobao_rp_refunds_agree(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        if not self.is_sub_account:
            raise _error(15, "Remote service error", "isv.fake-only-sub-account", "只允许子账号操作")
        results: list[dict[str, Any]] = []
        for info in fields["refund_infos"].split(","):
            refund_id, fen, version, *phase = info.split("|")
            refund = self._refund({"refund_id": refund_id})
            asked = refund.fields["refund_fee"].replace(".", "")
            if int(fen) > self.sms_above * 100 and fields.get("code") != "246810":
                return {"succ": False, "msg_code": "OP_FAILURE_UE", "message": "请输入发送到卖家手机的短信验证码"}
            trouble = ""
            if version != str(refund.version):
                trouble = "退款信息已变更"
            elif refund.fields["status"] not in ("WAIT_SELLER_AGREE", "WAIT_SELLER_CONFIRM_GOODS"):
                trouble = "退款状态不允许此操作"
            elif fen != str(int(asked)) or phase != ([self.phase] if self.phase else []):
                trouble = "参数错误"
            else:
                self.change(refund_id, status="SUCCESS")
            results.append({"refund_id": refund_id, "succ": not trouble, "message": trouble or "操作成功"})
        good = sum(result["succ"] for result in results)
        msg_code = "OP_SUCC" if good == len(results) else "SOME_OP_SUCC" if good else "OP_FAILURE_UE"
        mapping = {"refund_mapping_result": results}
        return {"succ": good > 0, "msg_code": msg_code, "message": "", "results": mapping}

    def _taobao_rp_returngoods_agree(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        refund = self._in_state(self._locked(fields), "WAIT_SELLER_AGREE", "WAIT_SELLER_CONFIRM_RETURN_ADDRESS")
        needed = {"seller_address_id"} | ({"remark"} if self.phase else {"name", "address", "mobile"})
        if missing := sorted(name for name in needed if not fields.get(name)):
            raise _error(40, "Missing required arguments", "isv.missing-parameter", ", ".join(missing))
        self.change(refund.id, status="WAIT_BUYER_RETURN_GOODS")
        return {"is_success": True}

    def _taobao_refund_refuse(self, fields: dict[str, str], files: dict[str, bytes]) -> dict[str, Any]:
        refund = self._in_state(self._locked(fields), "WAIT_SELLER_AGREE", "WAIT_SELLER_CONFIRM_GOODS")
        if not 2 <= len(fields.get("refuse_message", "")) <= 200:
            raise _error(41, "Invalid arguments", "isv.invalid-parameter", "refuse_message")
        self._check_proof(files, 130_000)
        self.change(refund.id, status="SELLER_REFUSE_BUYER")
        return {"is_success": True, "refund": {"refund_id": refund.id, "status": "SELLER_REFUSE_BUYER"}}

    def _check_proof(self, files: dict[str, bytes], most: int) -> None:
        proof = files.get("refuse_proof", b"")
        if (self.phase and not proof) or len(proof) > most:
            raise _error(41, "Invalid arguments", "isv.invalid-parameter", "refuse_proof")

    def _taobao_rp_returngoods_refuse(self, fields: dict[str, str], files: dict[str, bytes]) -> dict[str, Any]:
        refund = self._in_state(self._locked(fields), "WAIT_SELLER_CONFIRM_GOODS")
        self._check_proof(files, 5 * 1024 * 1024)
        self.change(refund.id, status="SELLER_REFUSE_BUYER")
        return {"result": True}

    def _taobao_refund_refusereason_get(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        self._refund(fields)
        return {"reasons": {"reason": REASONS}, "total_results": len(REASONS), "has_next": False}

    def _tmall_exchange_refusereason_get(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        self._refund(fields, "dispute_id")
        return {"result": {"results": {"reason": REASONS[:1]}}}

    def _exchange(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        """An exchange moves from one state to the next."""
        before, after, needed = EXCHANGES[fields["method"]]
        if missing := sorted(name for name in needed.split() if not fields.get(name)):
            raise _error(40, "Missing required arguments", "isv.missing-parameter", ", ".join(missing))
        refund = self._refund(fields, "dispute_id")
        if refund.fields["status"] != before:
            return {"result": {"success": False, "msg_code": "FAKE_STATUS_ERROR", "message": "换货状态不允许此操作"}}
        self.change(refund.id, status=after)
        return {"result": {"success": True, "exchange": {"dispute_id": refund.id, "status": after}}}

    def _taobao_logistics_address_search(self, _fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        return {"addresses": {"address_result": ADDRESSES}}

    def _taobao_tmc_messages_consume(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        quantity = _number(fields, "quantity", 100)
        if not 10 <= quantity <= 200:
            raise _error(41, "Invalid arguments", "isv.invalid-parameter", "quantity")
        waiting = [message for message in self.messages if message.id not in self.confirmed][:quantity]
        rows = [
            {
                "id": int(message.id),
                "topic": message.content["topic"],
                "user_id": int(message.content.get("user_id", self.seller_id)),
                "content": json.dumps(message.content["content"]),
                "pub_time": china_time(message.at),
                "pub_app_key": self.app_key,
            }
            for message in waiting
        ]
        return {"messages": {"tmc_message": rows}} if rows else {}

    def _taobao_tmc_messages_confirm(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        ids = fields.get("s_message_ids", "").split(",")
        if not 1 <= len(ids) <= 200:
            raise _error(41, "Invalid arguments", "isv.invalid-parameter", "s_message_ids")
        self.confirmed.update(ids)
        return {"is_success": True}


def _error(code: int, msg: str, sub_code: str, sub_msg: str) -> FakeRefusal:
    said: dict[str, Any] = {"code": code, "msg": msg, "request_id": "fake"}
    if sub_code:
        said |= {"sub_code": sub_code, "sub_msg": sub_msg}
    return FakeRefusal(Reply.json({"error_response": said}))


def _number(fields: dict[str, str], name: str, default: int) -> int:
    try:
        return int(fields.get(name, default))
    except ValueError:
        raise _error(41, "Invalid arguments", "isv.invalid-parameter", name) from None
