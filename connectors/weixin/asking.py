"""How WeChat Shop is asked: JSON without a signature, under the one token of an application."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from common.sentences import sentence as _
from connectors import http
from connectors.port import (
    NotThere,
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
    WindowTooFull,
    WrongSetup,
)
from connectors.reading import call_address, json_object, text, whole

GATEWAY = "https://api.weixin.qq.com"
AFTERSALE = "/channels/ec/aftersale/"
TOKEN_PATH = "/cgi-bin/stable_token"
MINUTE = 60  # seconds between two decisions about one order
TOKEN_ENDED = {40001, 40014, 42001}
OUR_TROUBLE = {-1, 9700223, 10021044}
THROTTLED = {10021059: MINUTE, 45011: MINUTE, 45009: None}
NOT_THERE = {10020000, 10021043, 10021050, 10021057}
SETUP = {
    40013: SetupFault.WRONG_KEY,
    40125: SetupFault.WRONG_SECRET,
    40164: SetupFault.ADDRESS_NOT_ALLOWED,
    48001: SetupFault.NO_PERMISSION,
}


def send_weixin(
    shop: Shop, path: str, asked: Mapping[str, Any], *, call: str, query: Mapping[str, str]
) -> dict[str, Any]:
    """What was answered, whatever its code. PlatformError."""
    response = http.send(
        "POST",
        call_address(shop.base_url or GATEWAY, path),
        call=call,
        query=query,
        body=json.dumps(asked, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json"},
    )
    if response.status == 403:
        raise WrongSetup(SetupFault.ADDRESS_NOT_ALLOWED, code="403")
    return json_object(response)


def ask_weixin(shop: Shop, path: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to one call. PlatformError."""
    answer = send_weixin(shop, path, asked, call=path.rpartition("/")[2], query={"access_token": shop.access_token})
    code = whole(answer.get("errcode"))
    if code is None:
        raise Unreachable(_("The answer has no code."))
    if code:
        raise _error(code, text(answer.get("errmsg")))
    return answer


def _error(code: int, words: str) -> PlatformError:
    """What the platform's error means."""
    named = str(code)
    if code in TOKEN_ENDED:
        return TokenExpired(words, code=named)
    if code in THROTTLED:
        return Throttled(words, seconds=THROTTLED[code], code=named)
    if code in OUR_TROUBLE:
        return PlatformFault(words, code=named)
    if code in NOT_THERE:
        return NotThere(words, code=named)
    if code in SETUP:
        return WrongSetup(SETUP[code], words, code=named)
    if code == 10020004:
        return WindowTooFull(words, code=named)
    return Refusal(words, code=named)


def token_of(shop: Shop, now: datetime, *, force: bool) -> Tokens:
    """The application's token and when it ends, from what is left of its life."""
    asked = {
        "grant_type": "client_credential",
        "appid": shop.app_key,
        "secret": shop.secrets.get(Secret.APP_SECRET, ""),
        "force_refresh": force,
    }
    answer = send_weixin(shop, TOKEN_PATH, asked, call="force_refresh" if force else "stable_token", query={})
    if code := whole(answer.get("errcode")):
        error = _error(code, text(answer.get("errmsg")))
        # Of the token's own call 40001 says that the secret is wrong.
        raise WrongSetup(SetupFault.WRONG_SECRET, error.text, code=error.code) if code == 40001 else error
    token, left = text(answer.get("access_token")), whole(answer.get("expires_in"))
    if not token or left is None:
        raise Unreachable(_("The answer has no access token."))
    return Tokens(access_token=token, expires_at=now + timedelta(seconds=max(left, 0)))
