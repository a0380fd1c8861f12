"""WeChat Pay, API v3.

Small payments and presents go as transfers to the buyer's balance, refunds back the way they were paid.

Requests and answers are signed with RSA (`WECHATPAY2-SHA256-RSA2048`), notices are encrypted besides
(AEAD_AES_256_GCM). The library `wechatpayv3` does the cryptography; the HTTP is ours: its own client follows redirects,
takes signatures of any age and reads the wall clock. A payment's bill number is its id without hyphens, which WeChat
Pay pays once.
"""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit
from uuid import UUID

import requests
from wechatpayv3.utils import aes_decrypt, build_authorization, load_private_key, load_public_key, rsa_verify

from common import clock
from common.errors import kind_of
from common.money import CENT
from payments.gateway_errors import not_asked
from payments.gateways.base import (
    READING_FAILS,
    BadNotice,
    Gateway,
    GatewayAnswer,
    GatewayOutcome,
    Instruction,
    NoStatement,
    Notice,
    StatementLine,
    UnreadableNotice,
    register,
)

TIMEOUTS_S = (3.05, 15)  # to connect, to answer
SIGNATURE_LIVES = timedelta(minutes=5)
SIGNATURE_TYPE = "WECHATPAY2-SHA256-RSA2048"
SCHEME = "AEAD_AES_256_GCM"
TRANSFERS = "/v3/fund-app/mch-transfer/transfer-bills"
REFUNDS = "/v3/refund/domestic/refunds"
FUND_FLOW = "/v3/bill/fundflowbill"

# Where a transfer or a refund is; what isn't here is still on its way. That goes for a refund's ABNORMAL too: the
# buyer's account refused it, but the merchant can have it sent elsewhere, so it is asked again, and then a person is.
STATES = {
    "SUCCESS": GatewayOutcome.PAID,
    "FAIL": GatewayOutcome.DECLINED,
    "CANCELLED": GatewayOutcome.DECLINED,
    "CLOSED": GatewayOutcome.DECLINED,
}
# Errors with which WeChat Pay says that this bill will never be paid as it is; all others leave it open.
FINAL_ERRORS = {"PARAM_ERROR", "INVALID_REQUEST", "NO_AUTH", "RESOURCE_NOT_EXISTS", "USER_ACCOUNT_ABNORMAL"}
# Words of the fund flow bill.
INCOME, SPENDING = "收入", "支出"


class Unverified(Exception):
    """An answer whose signature is not WeChat Pay's: as good as none."""


@dataclass(frozen=True)
class Config:
    """How the merchant signs, and how WeChat Pay is known."""

    mchid: str
    appid: str
    cert_serial: str
    private_key: str
    public_key_id: str
    public_key: str
    api_v3_key: str
    notify_url: str
    scene_id: str
    scene_info: str
    base_url: str


@register
class WeChatPayGateway(Gateway):
    """Pays and refunds through WeChat Pay. Keys are PEM texts, in the environment with real line breaks."""

    name = "wechatpay"
    calls_at_once = 8
    needs = {
        "MCHID": None,
        "APPID": None,
        "CERT_SERIAL": None,
        "PRIVATE_KEY": None,
        "PUBLIC_KEY_ID": None,
        "PUBLIC_KEY": None,
        "API_V3_KEY": None,
        "NOTIFY_URL": None,
        # The scene under which transfers are approved, and what it wants to be told: compensation, and why.
        "SCENE_ID": "1011",
        "SCENE_INFO": "赔付原因",
        "BASE_URL": "https://api.mch.weixin.qq.com",
    }

    def __init__(self, **config: str):
        self.config = Config(**config)
        self.private_key = load_private_key(self.config.private_key)
        self.public_key = load_public_key(self.config.public_key)

    def pay(self, instruction: Instruction) -> list[GatewayAnswer]:
        """Create the bill; the same number again only tells what became of it."""
        if instruction.is_refund:
            path, body = REFUNDS, self._refund(instruction)
        else:
            path, body = TRANSFERS, self._transfer(instruction)
        try:
            status, told = self._call("POST", path, body)
        except (requests.RequestException, Unverified, ValueError) as error:
            return [_unknown(instruction.key, not_asked(error))]
        if status == 200:
            return [_answer(instruction.key, told)]
        answer = _error_answer(instruction.key, status, told)
        if answer.outcome == GatewayOutcome.DECLINED or told.get("code") == "ALREADY_EXISTS":
            return [self.look_up(instruction.key) or answer]  # a bill that is there after all tells the truth
        return [answer]

    def look_up(self, key: str) -> GatewayAnswer | None:
        """What became of the bill: a transfer, else a refund. None when WeChat Pay knows neither."""
        number = UUID(key).hex
        for path in (f"{TRANSFERS}/out-bill-no/{number}", f"{REFUNDS}/{number}"):
            try:
                status, told = self._call("GET", path)
            except (requests.RequestException, Unverified, ValueError) as error:
                return _unknown(key, not_asked(error))
            if status == 200:
                return _answer(key, told)
            if status != 404:
                return _unknown(key, f"{status} {told.get('code', '')}")
        return None

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice | None:
        """A notice about a transfer's or a refund's end, verified and decrypted."""
        if not self._is_signed(headers, body):
            raise BadNotice("The signature is wrong or too old.")
        try:
            told = json.loads(body)
            resource = self._decrypt(told["resource"])
            number = resource.get("out_bill_no") or resource.get("out_refund_no")
            if number is None:
                return None
            outcome = STATES.get(_state(resource))
            if outcome is None:
                return None
            return Notice(
                event_id=told["id"],
                key=_key(number),
                outcome=outcome,
                amount=_amount(resource),
                reference=_reference(resource),
                error=resource.get("fail_reason", ""),
            )
        except READING_FAILS as error:
            raise UnreadableNotice(f"The body can't be read: {type(error).__name__}.") from error

    def statement(self, day: date) -> Iterable[StatementLine]:
        """The fund flow bill of a day.

        What left the account for a bill of ours is paid; what came in for one is returned.
        """
        try:
            status, told = self._call("GET", f"{FUND_FLOW}?bill_date={day:%Y-%m-%d}&account_type=BASIC")
            if status != 200:
                raise NoStatement(f"{status} {told.get('code', '')}: {told.get('message', '')}")
            content = self._download(told["download_url"])
        except (requests.RequestException, Unverified, ValueError, KeyError) as error:
            raise NoStatement(kind_of(error)) from error
        if hashlib.sha1(content, usedforsecurity=False).hexdigest() != str(told.get("hash_value", "")).lower():
            raise NoStatement("The file isn't the one that was announced.")
        return list(_read_fund_flow(content))

    def _transfer(self, instruction: Instruction) -> dict:
        return {
            "appid": self.config.appid,
            "out_bill_no": UUID(instruction.key).hex,
            "transfer_scene_id": self.config.scene_id,
            "openid": instruction.buyer_id,
            "transfer_amount": _fen(instruction.amount),
            "transfer_remark": f"订单{instruction.order_number}"[:32],
            "transfer_scene_report_infos": [
                {"info_type": self.config.scene_info, "info_content": f"订单{instruction.order_number}售后"[:32]}
            ],
            "notify_url": self.config.notify_url,
        }

    def _refund(self, instruction: Instruction) -> dict:
        return {
            "out_trade_no": instruction.order_number,
            "out_refund_no": UUID(instruction.key).hex,
            "notify_url": self.config.notify_url,
            "amount": {
                "refund": _fen(instruction.amount),
                "total": _fen(instruction.order_amount),
                "currency": "CNY",
            },
        }

    def _call(self, method: str, path: str, body: dict | None = None) -> tuple[int, dict]:
        """(HTTP status, JSON). Success must be signed by WeChat Pay: Unverified otherwise."""
        text = json.dumps(body) if body is not None else ""
        response = self._send(method, self.config.base_url + path, path, text)
        if response.status_code in range(300, 400):
            raise Unverified("WeChat Pay doesn't redirect.")
        if response.status_code == 200 and not self._is_signed(response.headers, response.content):
            raise Unverified("The answer isn't signed by WeChat Pay.")
        told = json.loads(response.content) if response.content else {}
        if not isinstance(told, dict):
            raise ValueError("not an object")
        return response.status_code, told

    def _download(self, url: str) -> bytes:
        """A bill's file, from WeChat Pay's own host only; it isn't signed, its hash was."""
        there, ours = urlsplit(url), urlsplit(self.config.base_url)
        if (there.scheme, there.netloc) != (ours.scheme, ours.netloc):
            raise Unverified("The file is elsewhere.")
        response = self._send("GET", url, f"{there.path}?{there.query}" if there.query else there.path)
        if response.status_code != 200:
            raise ValueError(f"HTTP {response.status_code}")
        content = response.content
        return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content

    def _send(self, method: str, url: str, path: str, text: str = "") -> requests.Response:
        authorization = build_authorization(
            path, method, self.config.mchid, self.config.cert_serial, self.private_key, data=text
        )
        headers = {
            "Authorization": authorization,
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "wanliu",
            "Wechatpay-Serial": self.config.public_key_id,
        }
        with requests.Session() as session:
            session.trust_env = False  # no proxy, no .netrc: only what is configured
            return session.request(
                method, url, data=text or None, headers=headers, timeout=TIMEOUTS_S, allow_redirects=False
            )

    def _is_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether this comes from WeChat Pay, now."""
        timestamp = headers.get("Wechatpay-Timestamp", "")
        if headers.get("Wechatpay-Serial") != self.config.public_key_id or not timestamp.isdigit():
            return False
        if headers.get("Wechatpay-Signature-Type", SIGNATURE_TYPE) != SIGNATURE_TYPE or len(timestamp) > 12:
            return False
        if abs(clock.now() - datetime.fromtimestamp(int(timestamp), UTC)) > SIGNATURE_LIVES:
            return False
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return False
        nonce, signature = headers.get("Wechatpay-Nonce", ""), headers.get("Wechatpay-Signature", "")
        return rsa_verify(timestamp, nonce, text, signature, self.public_key)

    def _decrypt(self, resource: dict) -> dict:
        if resource["algorithm"] != SCHEME:
            raise UnreadableNotice("The notice is encrypted in an unknown way.")
        text = aes_decrypt(
            nonce=resource["nonce"],
            ciphertext=resource["ciphertext"],
            associated_data=resource.get("associated_data") or "",
            apiv3_key=self.config.api_v3_key,
        )
        if text is None:
            raise UnreadableNotice("The notice can't be decrypted.")
        return json.loads(text)


def _fen(amount: Decimal) -> int:
    """Yuan as whole fen, exactly."""
    return int(amount.scaleb(2).to_integral_exact())


def _key(number: str) -> str:
    """A bill number as the payment's key; a number that isn't ours stays as it is."""
    try:
        return str(UUID(hex=number))
    except ValueError:
        return number


def _state(told: dict) -> str:
    return str(told.get("state") or told.get("refund_status") or told.get("status") or "")


def _reference(told: dict) -> str:
    return str(told.get("transfer_bill_no") or told.get("refund_id") or "")


def _amount(told: dict) -> Decimal | None:
    fen = told["transfer_amount"] if "transfer_amount" in told else told.get("amount", {}).get("refund")
    if fen is None:
        return None
    if not isinstance(fen, int):
        raise ValueError("fen are whole numbers")
    return (Decimal(fen) / 100).quantize(CENT)


def _answer(key: str, told: dict) -> GatewayAnswer:
    state = _state(told)
    outcome = STATES.get(state, GatewayOutcome.UNKNOWN)
    error = "" if outcome == GatewayOutcome.PAID else f"{state} {told.get('fail_reason', '')}".strip()
    return GatewayAnswer(key, outcome, reference=_reference(told), error=error)


def _error_answer(key: str, status: int, told: dict) -> GatewayAnswer:
    """An error answer: final only where WeChat Pay says that it will never pay this bill."""
    text = f"{told.get('code', status)}: {told.get('message', '')}"
    final = 400 <= status < 500 and told.get("code") in FINAL_ERRORS
    return GatewayAnswer(key, GatewayOutcome.DECLINED if final else GatewayOutcome.UNKNOWN, error=text)


def _unknown(key: str, error: str) -> GatewayAnswer:
    return GatewayAnswer(key, GatewayOutcome.UNKNOWN, error=error)


def _read_fund_flow(content: bytes) -> Iterable[StatementLine]:
    """The lines of the file that are about a bill of ours; every cell is written with a backtick before it."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    for row in rows:
        cells = {name.strip(): (value or "").strip().lstrip("`") for name, value in row.items() if name}
        key, direction = _key(cells.get("业务凭证号", "")), cells.get("收支类型")
        if len(key) != 36 or direction not in (INCOME, SPENDING):
            continue
        try:
            amount = Decimal(cells["收支金额(元)"]).quantize(CENT)
        except (KeyError, InvalidOperation) as error:
            raise NoStatement("The file isn't a fund flow bill.") from error
        outcome = GatewayOutcome.PAID if direction == SPENDING else GatewayOutcome.RETURNED
        yield StatementLine(key, outcome, amount, cells.get("微信支付业务单号", ""))
