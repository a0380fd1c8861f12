"""How the open platform of Taobao and Tmall ("TOP") is asked: signed fields to one address, errors with HTTP 200.

The classes of errors are those of its documents: codes under 100 are the platform's, `isp.*` is its own trouble,
`isv.*` is about what we said. What refunds add to `isv.*` isn't documented.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from common.sentences import sentence as _
from connectors.http import send
from connectors.port import (
    PlatformError,
    PlatformFault,
    Refusal,
    Secret,
    SetupFault,
    Shop,
    Throttled,
    TokenExpired,
    Tokens,
    Unreachable,
    WriteAuthorisationEnded,
    WrongSetup,
)
from connectors.reading import BEIJING, call_address, json_object, text, whole

GATEWAY, OAUTH = "https://eco.taobao.com", "https://oauth.taobao.com"
PATH = "/router/rest"
_SETUP = {
    "11": SetupFault.NO_PERMISSION,
    "12": SetupFault.NO_PERMISSION,
    "13": SetupFault.NO_PERMISSION,
    "25": SetupFault.WRONG_SECRET,
    "28": SetupFault.WRONG_KEY,
    "29": SetupFault.WRONG_KEY,
    "31": SetupFault.CLOCK_OFF,
}
_BAN = re.compile(r"(\d{1,7}) more seconds?", re.IGNORECASE)
# The seller's phone got a code: no document gives this refusal's own code, so its words are looked at.
_CODE_WANTED = re.compile(r"验证码|短信|\bsms\b|(verif\w*|check|sms|need)[ _-]?code", re.IGNORECASE)


def top_sign(fields: Mapping[str, str], secret: str, method: str) -> str:
    """The signature of the fields (files apart), in upper-case hex; `method` is their own `sign_method`."""
    joined = "".join(f"{key}{fields[key]}" for key in sorted(fields) if key != "sign" and fields[key])
    if method == "md5":
        return hashlib.md5(f"{secret}{joined}{secret}".encode()).hexdigest().upper()
    digest = {"hmac": "md5", "hmac-sha256": "sha256"}[method]
    return hmac.new(secret.encode(), joined.encode(), digest).hexdigest().upper()


def ask_top(
    shop: Shop,
    method: str,
    fields: Mapping[str, str],
    *,
    now: datetime,
    sign_method: str,
    files: Mapping[str, tuple[str, bytes]] | None = None,
) -> dict[str, Any]:
    """Sign and send one call; what stands under its key in the answer. `PlatformError`."""
    signed = {
        "method": method,
        "app_key": shop.app_key,
        "session": shop.access_token,
        "timestamp": beijing_text(now),
        "v": "2.0",
        "format": "json",
        "sign_method": sign_method,
        **fields,
    }
    signed = {key: value for key, value in signed.items() if value}
    signed["sign"] = top_sign(signed, shop.secrets[Secret.APP_SECRET], sign_method)
    address = call_address(shop.base_url or GATEWAY, PATH)
    answer = json_object(send("POST", address, call=method, form=signed, files=files))
    if "error_response" in answer:
        raise top_error(answer["error_response"])
    said = answer.get(f"{method.removeprefix('taobao.').replace('.', '_')}_response")
    if not isinstance(said, dict):
        raise Unreachable(_("The answer is of another call."))
    return said


def beijing_text(at: datetime) -> str:
    """`2016-01-01 12:00:00`, as a clock in China shows the instant."""
    return datetime.fromtimestamp(at.timestamp(), BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def oauth_host(shop: Shop) -> str:
    """Where merchants let applications in; under the shop's own address where it has one."""
    return shop.base_url.rstrip("/").removesuffix(PATH) or OAUTH


def redeem_code(shop: Shop, *, code: str, callback: str, now: datetime) -> Tokens:
    """The tokens for a code. Refusal for one that is spent, too old or not ours."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback,
        "client_id": shop.app_key,
        "client_secret": shop.secrets[Secret.APP_SECRET],
        "view": "web",
    }
    response = send("POST", f"{oauth_host(shop)}/token", call="token", form=form)
    answer = json_object(replace(response, status=200) if response.status in (400, 401) else response)
    if not text(answer.get("access_token")):
        said, words = text(answer.get("error")), text(answer.get("error_description"))
        if said in ("invalid_client", "unauthorized_client"):
            raise WrongSetup(SetupFault.WRONG_SECRET, words, code=said)
        raise Refusal(words, code=said)
    return tokens_of(answer, now)


def tokens_of(answer: Mapping[str, Any], now: datetime) -> Tokens:
    """Tokens with the instants at which they end. A refresh token that lives for no second can't be used at all."""

    def after(name: str) -> datetime | None:
        lasts = whole(answer.get(name))
        return now + timedelta(seconds=lasts) if lasts and lasts > 0 else None

    can_refresh = whole(answer.get("re_expires_in")) != 0
    return Tokens(
        access_token=text(answer.get("access_token")),
        expires_at=after("expires_in"),
        refresh_token=text(answer.get("refresh_token")) if can_refresh else "",
        refresh_expires_at=after("re_expires_in"),
        write_expires_at=after("w2_expires_in"),
        shop_id=text(answer.get("taobao_user_id")),
        shop_name=unquote(text(answer.get("taobao_user_nick"))),
    )


def top_error(said: Any) -> PlatformError:
    """The class of an `error_response`; its code is the platform's own, the detailed one where there is one."""
    if not isinstance(said, Mapping):
        return Unreachable(_("The error can't be read."))
    main, sub = text(said.get("code")), text(said.get("sub_code"))
    words = text(said.get("sub_msg")) or text(said.get("msg"))
    code = f"{main} {sub}".strip()
    if main == "7" or sub.startswith("accesscontrol.limited-by") or sub == "isp.call-limited":
        ban = _BAN.search(words)
        return Throttled(words, code=code, seconds=int(ban[1]) if ban else None)
    if "w2-security-authorize" in sub:
        return WriteAuthorisationEnded(words, code=code)
    if "ip-whitelist" in sub:
        return WrongSetup(SetupFault.ADDRESS_NOT_ALLOWED, words, code=code)
    if main in ("26", "27"):
        return TokenExpired(words, code=code)
    if main in _SETUP:
        return WrongSetup(_SETUP[main], words, code=code)
    if sub.startswith("isp.") or (main in ("10", "15") and not sub.startswith("isv.")):
        return PlatformFault(words, code=code)
    return Refusal(words, code=code)


def wants_code(code: str, words: str) -> bool:
    """Whether a refusal to agree says that the seller's phone got a code which is to come with the decision."""
    return bool(_CODE_WANTED.search(f"{code} {words}"))
