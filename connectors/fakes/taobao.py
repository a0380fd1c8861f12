"""A fake of Taobao's open platform: one shop of Tmall (or of Taobao, with `phase` empty).

What its documents leave open is decided here in the hardest way: the newest change stands first in the list, so that a
refund that changes moves all others; a message that isn't confirmed comes again at once. The codes under `isv.fake-…`
are made up, since those of refunds aren't documented.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Set
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from connectors.fakes.base import FakeRefund, FakeRequest, Mischief, Reply
from connectors.fakes.exchanges import (
    ASKED,
    BACK,
    EXCHANGES,
    ON_THE_WAY,
    REASONS,
    REFUSED,
    WITH_PLATFORM,
    TmallDisputes,
    is_exchange,
)
from connectors.fakes.sessions import TopSessions
from connectors.fakes.top import CHINA, china_time, number_in, page_of, top_refusal

GOING_BACK = "WAIT_BUYER_RETURN_GOODS"
OPEN = {ASKED, GOING_BACK, BACK, REFUSED, "WAIT_SELLER_CONFIRM_RETURN_ADDRESS", "WAIT_FOR_THE_MOON"}
WAITING = (ASKED, BACK, GOING_BACK)
PAID = {"REFUND", "REFUND_AND_RETURN", "POST_FEE"}  # dispute_type
EXCHANGED = {"TMALL_EXCHANGE", "TAOBAO_EXCHANGE"}
SENT_BACK = {"REFUND_AND_RETURN", *EXCHANGED}
BOOK = "contact_id contact_name mobile_phone province city country addr zip_code cancel_def"
WAREHOUSES = (
    (71, "李仓", "13800000000", "浙江省", "杭州市", "余杭区", "仓前路1号", "310000", True),
    (72, "王库", "", "", "", "", "二号库", "", False),
)
ADDRESSES = [dict(zip(BOOK.split(), row, strict=True)) for row in WAREHOUSES]


class FakeTaobao(TopSessions, TmallDisputes):
    """`sms_above`: agreeing to more yuan wants the code 246810."""

    name = "taobao"
    acts: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "withdraw": {"status": "CLOSED"},
        "close": {"status": "CLOSED"},
        "send_back": {"status": BACK, "company_name": "顺丰速运", "sid": "SF1000001"},
        "ask_again": {"status": "WAIT_SELLER_AGREE"},
        "complain": {"cs_status": 2},
        "pay_out": {"status": "SUCCESS"},
        "allow_return": {"status": "WAIT_BUYER_RETURN_GOODS"},
        "receive_exchange": {"status": "SUCCESS"},
        "go_strange": {"status": "WAIT_FOR_THE_MOON"},
    }
    begins: ClassVar[Mapping[str, Mapping[str, Set[Any]]]] = {
        "withdraw": {"status": OPEN},
        "close": {"status": OPEN},
        "send_back": {"status": {GOING_BACK}},
        "ask_again": {"status": {REFUSED}},
        "complain": {"status": OPEN},
        "pay_out": {"status": OPEN, "dispute_type": PAID},
        "allow_return": {"status": {ASKED}, "dispute_type": SENT_BACK},
        "receive_exchange": {"status": {ON_THE_WAY}},
        "go_strange": {"status": OPEN},
    }
    settings = ("push_to", "phase", "sms_above", "can_refresh", "is_sub_account", "is_listed")

    def __init__(self, port: int = 0, **kwargs: Any) -> None:
        super().__init__(port, **kwargs)
        self.phase = "aftersale"
        self.sms_above = 10_000
        self.is_sub_account = True
        self.is_listed = True  # our address, on the white list
        self.exchanges_apart = True
        self.confirmed = set[str]()

    def call_of(self, request: FakeRequest) -> str:
        """The `method` of a call; the path of what isn't one."""
        if request.path == "/router/rest":
            return self._fields(request)[0].get("method", "")
        return request.path.strip("/")

    def shop_of(self, request: FakeRequest) -> str:
        """Of its session."""
        if request.path != "/router/rest":
            return ""
        fields = self._fields(request)[0]
        return self.owners.get(fields.get("session") or fields.get("refresh_token", ""), self.seller_id)

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
        timeout = china_time(refund.since("status") + timedelta(hours=48))
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
        acts = {ASKED: "allow_return" if fields["dispute_type"] in SENT_BACK else "pay_out", GOING_BACK: "close"}
        if fields["dispute_type"] in PAID:
            acts[BACK] = "pay_out"
        ends = refund.since("status") + timedelta(hours=48)
        return (ends, acts[fields["status"]]) if fields["status"] in acts else None

    def content(self, refund: FakeRefund) -> dict[str, Any]:
        """A message of TMC."""
        fields = refund.fields
        topic = {ASKED: "RefundCreated", "CLOSED": "RefundClosed", "SUCCESS": "RefundSuccess"}
        told = {"tid": fields["tid"], "oid": fields["oid"], "modified": fields["modified"]}
        whose = {"user_id": refund.shop or self.seller_id}
        if is_exchange(refund):
            return {
                "topic": "taobao_dispute_ExchangeChanged",
                "content": {"dispute_id": int(refund.id), **told},
                **whose,
            }
        topic = f"taobao_refund_{topic.get(fields['status'], 'RefundBuyerModifyAgreement')}"
        return {"topic": topic, "content": {"refund_id": int(refund.id), **told}, **whose}

    def excuse(self, kind: Mischief, seconds: int) -> Reply:
        """Trouble as TOP puts it."""
        ban = "accesscontrol.limited-by-app-access-count", f"This ban will last for {seconds} more seconds"
        return {
            Mischief.THROTTLED: top_refusal(7, "App Call Limited", *ban),
            Mischief.BUSY: top_refusal(15, "Remote service error", "isp.top-remote-connection-timeout", "超时"),
            Mischief.TOKEN_EXPIRED: top_refusal(27, "Invalid session", "sessionkey-not-exist", "session已过期"),
            Mischief.REVOKED: top_refusal(53, "Security", "isv.w2-security-authorize-invalid", "写授权已失效"),
            Mischief.NO_PERMISSION: top_refusal(
                11, "Insufficient permissions", "isv.permission-api-package-limit", "无权"
            ),
        }[kind].reply

    def answer(self, request: FakeRequest) -> Reply:
        """The gateway, the page that asks the merchant, and the token."""
        if request.path == "/authorize":
            asked = request.query
            self.codes.add(f"code-{len(self.codes) + 1}")
            code = {"code": f"code-{len(self.codes)}", "state": asked["state"]}
            return Reply(b"", 302, headers=(("Location", f"{asked['redirect_uri']}?{urlencode(code)}"),))
        if request.path == "/token":
            return self.token_for(request.form)
        fields, files = self._fields(request)
        self._check(fields)
        moves = fields["method"] in EXCHANGES
        call = self.move_exchange if moves else getattr(self, "_" + fields["method"].replace(".", "_"), None)
        if call is None:
            raise top_refusal(22, "Invalid method", "", "")
        if not fields["method"].startswith("taobao.top."):
            self.check_session(fields)
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
            raise top_refusal(29, "Invalid app Key", "", "")
        if fields.get("v") != "2.0" or fields.get("format") != "json":
            raise top_refusal(41, "Invalid arguments", "isv.invalid-parameter", "v, format")
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
            raise top_refusal(25, "Invalid signature", "", "")
        try:
            at = datetime.strptime(fields["timestamp"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
        except (KeyError, ValueError):
            raise top_refusal(31, "Invalid timestamp", "isv.invalid-timestamp", "") from None
        if abs(at - self.now()) > timedelta(minutes=10):
            raise top_refusal(31, "Invalid timestamp", "isv.invalid-timestamp", "非法的时间戳")
        if not self.is_listed:
            raise top_refusal(11, "Insufficient isv permissions", "isv.permission-ip-whitelist-limit", "IP不在白名单内")

    def _taobao_refunds_receive_get(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        since, until = fields.get("start_modified", ""), fields.get("end_modified", "9")
        changed = [refund for refund in self.theirs() if since <= refund.fields["modified"] <= until]
        found = [refund for refund in changed if not self.is_apart(refund)]
        page, has_next = page_of(found, fields, 40)
        rows = [self._shown(refund, fields["fields"]) for refund in page]
        said: dict[str, Any] = {"refunds": {"refund": rows}} if rows else {}
        if fields.get("use_has_next") == "true":
            return {**said, "has_next": has_next}
        return {**said, "total_results": len(found)}

    def _shown(self, refund: FakeRefund, fields: str) -> dict[str, Any]:
        return {name: refund.fields[name] for name in fields.split(",") if name in refund.fields}

    def _taobao_refund_get(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        refund = self.refund_in(fields)
        if self.is_apart(refund):
            raise top_refusal(15, "Remote service error", "isv.fake-refund-not-exist", "退款不存在")
        return {"refund": self._shown(refund, fields.get("fields", ""))}

    def refund_in(self, fields: dict[str, str], name: str = "refund_id") -> FakeRefund:
        """The asking shop's refund of this number. FakeRefusal."""
        refund = self.refunds.get(fields.get(name, ""))
        if refund is None or refund.shop != self.asked:
            raise top_refusal(15, "Remote service error", "isv.fake-refund-not-exist", "退款不存在")
        return refund

    def _is_open(self, refund: FakeRefund, *states: str) -> bool:
        """Whether the seller may decide here: not while the platform does, not where only the back office takes it.

        Exchanges have calls of their own.
        """
        fields = refund.fields
        is_theirs = fields["cs_status"] in WITH_PLATFORM or fields["operation_contraint"] == "refund_onweb"
        return fields["status"] in states and not is_theirs and fields["dispute_type"] not in EXCHANGED

    def _in_state(self, refund: FakeRefund, *states: str) -> FakeRefund:
        if not self._is_open(refund, *states):
            raise top_refusal(15, "Remote service error", "isv.fake-refund-status-error", "退款状态不允许此操作")
        return refund

    def _locked(self, fields: dict[str, str]) -> FakeRefund:
        """Tmall's calls name the phase and the version."""
        refund = self.refund_in(fields)
        if self.phase and fields.get("refund_phase") != self.phase:
            raise top_refusal(40, "Missing required arguments", "isv.missing-parameter", "refund_phase")
        if self.phase and fields.get("refund_version") != str(refund.version):
            raise top_refusal(15, "Remote service error", "isv.fake-refund-version-error", "退款信息已变更")
        return refund

    def _taobao_rp_refunds_agree(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        if not self.is_sub_account:
            raise top_refusal(15, "Remote service error", "isv.fake-only-sub-account", "只允许子账号操作")
        results: list[dict[str, Any]] = []
        for info in fields["refund_infos"].split(","):
            refund_id, fen, version, *phase = info.split("|")
            refund = self.refund_in({"refund_id": refund_id})
            asked = refund.fields["refund_fee"].replace(".", "")
            if int(fen) > self.sms_above * 100 and fields.get("code") != "246810":
                return {"succ": False, "msg_code": "OP_FAILURE_UE", "message": "请输入发送到卖家手机的短信验证码"}
            trouble = ""
            if version != str(refund.version):
                trouble = "退款信息已变更"
            elif not self._is_open(refund, ASKED, BACK):
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
        refund = self._in_state(self._locked(fields), ASKED, "WAIT_SELLER_CONFIRM_RETURN_ADDRESS")
        if refund.fields["dispute_type"] != "REFUND_AND_RETURN":
            raise top_refusal(15, "Remote service error", "isv.fake-refund-no-return", "该退款无需退货")
        needed = {"seller_address_id"} | ({"remark"} if self.phase else {"name", "address", "mobile"})
        if missing := sorted(name for name in needed if not fields.get(name)):
            raise top_refusal(40, "Missing required arguments", "isv.missing-parameter", ", ".join(missing))
        self.change(refund.id, status=GOING_BACK)
        return {"is_success": True}

    def _taobao_refund_refuse(self, fields: dict[str, str], files: dict[str, bytes]) -> dict[str, Any]:
        refund = self._in_state(self._locked(fields), ASKED, BACK)
        self._check_refusable(refund)
        if not 2 <= len(fields.get("refuse_message", "")) <= 200:
            raise top_refusal(41, "Invalid arguments", "isv.invalid-parameter", "refuse_message")
        self._check_proof(files, 130_000)
        self.change(refund.id, status=REFUSED)
        return {"is_success": True, "refund": {"refund_id": refund.id, "status": REFUSED}}

    def _check_refusable(self, refund: FakeRefund) -> None:
        if refund.fields["operation_contraint"] == "cannot_refuse":
            raise top_refusal(15, "Remote service error", "isv.fake-cannot-refuse", "该退款不能拒绝")

    def _check_proof(self, files: dict[str, bytes], most: int) -> None:
        proof = files.get("refuse_proof", b"")
        if (self.phase and not proof) or len(proof) > most:
            raise top_refusal(41, "Invalid arguments", "isv.invalid-parameter", "refuse_proof")

    def _taobao_rp_returngoods_refuse(self, fields: dict[str, str], files: dict[str, bytes]) -> dict[str, Any]:
        refund = self._in_state(self._locked(fields), BACK)
        self._check_refusable(refund)
        self._check_proof(files, 5 * 1024 * 1024)
        self.change(refund.id, status=REFUSED)
        return {"result": True}

    def _taobao_refund_refusereason_get(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        self.refund_in(fields)
        return {"reasons": {"reason": REASONS}, "total_results": len(REASONS), "has_next": False}

    def _taobao_logistics_address_search(self, _fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        return {"addresses": {"address_result": ADDRESSES}}

    def _taobao_tmc_messages_consume(self, fields: dict[str, str], _files: dict[str, bytes]) -> dict[str, Any]:
        quantity = number_in(fields, "quantity", 100)
        if not 10 <= quantity <= 200:
            raise top_refusal(41, "Invalid arguments", "isv.invalid-parameter", "quantity")
        waiting = [message for message in self.messages if message.id not in self.confirmed][:quantity]
        rows = [
            {
                "id": int(message.id),
                "topic": message.content["topic"],
                "user_id": int(message.content["user_id"]),
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
            raise top_refusal(41, "Invalid arguments", "isv.invalid-parameter", "s_message_ids")
        self.confirmed.update(ids)
        return {"is_success": True}
