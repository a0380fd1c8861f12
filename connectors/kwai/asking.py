"""How Kuaishou is asked: one JSON text of what is meant, signed together with who asks, to a path named like the call.

Reading calls go by GET with everything in the address, the others by POST with `param` in the body. Many of its
refusals are documented by their words alone, so those are looked at.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.sentences import sentence as _
from connectors.http import send
from connectors.port import (
    NotThere,
    PlatformError,
    PlatformFault,
    ReauthorisationNeeded,
    Refusal,
    Secret,
    SetupFault,
    Shop,
    Throttled,
    TokenExpired,
    Unreachable,
    WindowTooFull,
    WrongSetup,
)
from connectors.reading import json_object, text, whole

GATEWAY = "https://openapi.kwaixiaodian.com"
LIST = "open.seller.order.refund.pcursor.list"
DETAIL = "open.seller.order.refund.detail"
REASONS = "open.refund.reject.reason"
ADDRESSES = "open.address.seller.list"
READING = {LIST, DETAIL, REASONS, ADDRESSES}  # by GET, all others by POST

MOVED_ON = {"300013", "300014", "300017"}  # the buyer cancelled; the refund, or what is negotiated, has changed
NOT_THERE = {"21", "300011", "300012"}  # there is none, or it is another shop's
WINDOW_TOO_LONG = {"300004", "300019"}  # which may shrink to hours or minutes on busy days
FAULTS = {
    "100200101": SetupFault.WRONG_KEY,
    "100200106": SetupFault.NO_PERMISSION,
}
# Of these the documents give the words and no codes.
SAID = (
    (re.compile(r"exceed (quota|qps) limit", re.I), Throttled),
    (re.compile(r"AUTHORIZATION_REVOKED|revokedAuthorization", re.I), ReauthorisationNeeded),
    (
        re.compile(r"验签失败|签名校验失败|\bsign\b.*(error|fail|invalid)|invalid.*\bsign\b", re.I),
        SetupFault.WRONG_SECRET,
    ),
    (re.compile(r"无\s*scope\s*权限|no scope", re.I), SetupFault.NO_PERMISSION),
    (re.compile(r"timestamp|时间戳", re.I), SetupFault.CLOCK_OFF),
    (re.compile(r"鉴权失败|token\s*(已)?(过期|失效|无效)|token.*(expired|invalid)|invalid.*token", re.I), TokenExpired),
    (re.compile(r"系统繁忙|服务(器)?(内部)?(繁忙|异常|错误)|server_error|system (busy|error)", re.I), PlatformFault),
)


def kuaishou_sign(fields: Mapping[str, str], secret: str, method: str) -> str:
    """Lower-case hex for `MD5`, Base64 for `HMAC_SHA256`; the secret is part of what is signed."""
    signed = ("access_token", "appkey", "method", "param", "signMethod", "timestamp", "version")
    joined = "&".join(f"{name}={fields[name]}" for name in signed if name in fields)
    base = f"{joined}&signSecret={secret}".encode()
    if method == "MD5":
        return hashlib.md5(base).hexdigest()
    return base64.b64encode(hmac.new(secret.encode(), base, hashlib.sha256).digest()).decode()


def address_at(shop: Shop, method: str) -> str:
    """Where a call goes: its name with slashes."""
    return f"{(shop.base_url or GATEWAY).rstrip('/')}/{method.replace('.', '/')}"


def milliseconds_of(at: datetime) -> int:
    """Of the Unix epoch."""
    return int(at.timestamp() * 1000)


def number_or_text(value: str) -> int | str:
    """Ids are numbers there; one that isn't goes out as it is."""
    number = whole(value)
    return value if number is None else number


def ask_kuaishou(shop: Shop, method: str, param: Mapping[str, Any], *, now: datetime, sign_method: str) -> Any:
    """Sign and send one call; its `data`. `PlatformError`."""
    fields = {
        "access_token": shop.access_token,
        "appkey": shop.app_key,
        "method": method,
        "param": json.dumps(param, ensure_ascii=False, separators=(",", ":")),
        "signMethod": sign_method,
        "timestamp": str(milliseconds_of(now)),
        "version": "1",
    }
    fields["sign"] = kuaishou_sign(fields, shop.secrets[Secret.SIGN_SECRET], sign_method)
    address = address_at(shop, method)
    if method in READING:
        answer = json_object(send("GET", address, call=method, query=fields))
    else:
        form = {"param": fields.pop("param")}
        answer = json_object(send("POST", address, call=method, query=fields, form=form))
    if whole(answer.get("result")) != 1:
        raise kuaishou_error(answer)
    return answer.get("data")


def kuaishou_error(answer: Mapping[str, Any]) -> PlatformError:
    """The class of an answer that is no success; Unreachable when it doesn't say how it went."""
    code = text(answer.get("result"))
    words = " ".join(text(answer[name]) for name in ("error", "error_msg") if text(answer.get(name)))
    if not code:
        return Unreachable(_("The answer doesn't say how it went."))
    if code in NOT_THERE:
        return NotThere(words, code=code)
    if code in WINDOW_TOO_LONG:
        return WindowTooFull(words, code=code)
    if code in FAULTS:
        return WrongSetup(FAULTS[code], words, code=code)
    for pattern, kind in SAID:
        if pattern.search(words):
            return WrongSetup(kind, words, code=code) if isinstance(kind, SetupFault) else kind(words, code=code)
    if code == "24":
        return ReauthorisationNeeded(words, code=code)
    if code == "100200102":
        return TokenExpired(words, code=code)
    if code == "100200500":
        return PlatformFault(words, code=code)
    return Refusal(words, code=code)
