"""How Douyin is asked: canonical JSON, signed with HMAC-SHA256, whose secret is both the key and around the text."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from common import clock
from common.sentences import sentence as _
from connectors import http
from connectors.port import (
    PlatformError,
    PlatformFault,
    ReauthorisationNeeded,
    Refusal,
    Secret,
    SetupFault,
    Shop,
    Throttled,
    TokenExpired,
    Tokens,
    Unreachable,
    WrongSetup,
)
from connectors.reading import call_address, json_object, part, text, whole

GATEWAY = "https://openapi-fxg.jinritemai.com"
SUCCESS = 10000
ERRORS: dict[str, type[PlatformError] | SetupFault] = {
    "isv.access-token-expired": TokenExpired,
    "isv.access-token-no-existed": TokenExpired,
    "isv.access-token-missing": TokenExpired,
    "isv.access-token-invalid": ReauthorisationNeeded,
    "isv.authorization-type-invalid": ReauthorisationNeeded,
    "dop.authorization-no-existed": ReauthorisationNeeded,
    "dop.authorization-closed": ReauthorisationNeeded,
    "dop.app-forbidden": SetupFault.WRONG_KEY,
    "dop.token-generate-failed:app-forbidden": SetupFault.WRONG_KEY,
    "isv.app-id-missing": SetupFault.WRONG_KEY,
    "isv.app-id-invalid": SetupFault.WRONG_KEY,
    "isv.app-id-expired": SetupFault.WRONG_KEY,
    "dop.token-generate-failed:app-secret-invalid": SetupFault.WRONG_SECRET,
    "isv.signature-invalid": SetupFault.WRONG_SECRET,
    "isv.timestamp-invalid": SetupFault.CLOCK_OFF,
    "isv.timestamp-format-error": SetupFault.CLOCK_OFF,
    "isv.app-permissions-insufficient": SetupFault.NO_PERMISSION,
}
BY_CODE: dict[int, type[PlatformError] | SetupFault] = {
    20000: PlatformFault,
    20001: PlatformFault,
    30001: SetupFault.NO_PERMISSION,
    30002: SetupFault.ADDRESS_NOT_ALLOWED,
    50001: ReauthorisationNeeded,  # of the calls for tokens
    60000: Throttled,
}


def canonical(asked: Mapping[str, Any]) -> str:
    """The JSON that is signed and sent: keys sorted at every depth, compact, nothing escaped, 1.0 written as 1."""
    return json.dumps(_plain(asked), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def doudian_sign(secret: str, *, app_key: str, method: str, param_json: str, timestamp: str) -> str:
    """HMAC-SHA256 with the secret over the fields between the secret twice; lower hex."""
    told = f"app_key{app_key}method{method}param_json{param_json}timestamp{timestamp}v2"
    return hmac.new(secret.encode(), f"{secret}{told}{secret}".encode(), hashlib.sha256).hexdigest()


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case float() if value.is_integer():
            return int(value)
    return value


def ask_doudian(shop: Shop, method: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The data that one call answers, where it is an object. PlatformError."""
    return part(doudian_answer(shop, method, asked), "data")


def doudian_answer(shop: Shop, method: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What one call answers. PlatformError."""
    param_json, timestamp = canonical(asked), str(int(clock.now().timestamp()))
    query = {"app_key": shop.app_key, "method": method, "timestamp": timestamp, "v": "2"}
    if shop.access_token:
        query["access_token"] = shop.access_token
    query["sign"] = doudian_sign(
        shop.secrets.get(Secret.APP_SECRET, ""),
        app_key=shop.app_key,
        method=method,
        param_json=param_json,
        timestamp=timestamp,
    )
    query["sign_method"] = "hmac-sha256"
    response = http.send(
        "POST",
        call_address(shop.base_url or GATEWAY, f"/{method.replace('.', '/')}"),
        call=method,
        query=query,
        body=param_json.encode(),
        headers={"Content-Type": "application/json"},
    )
    answer = json_object(response)
    code = whole(answer.get("code"))
    if code is None:
        raise Unreachable(_("The answer has no code."))
    if code != SUCCESS:
        raise _error(code, answer)
    return answer


def _error(code: int, answer: Mapping[str, Any]) -> PlatformError:
    """What the platform's error means: its finer code tells more than the coarse one."""
    sub_code = text(answer.get("sub_code")).replace(" ", "")
    words = text(answer.get("sub_msg")) or text(answer.get("msg"))
    named = sub_code or str(code)
    kind = ERRORS.get(sub_code) or BY_CODE.get(code) or (PlatformFault if sub_code.startswith("isp.") else Refusal)
    return WrongSetup(kind, words, code=named) if isinstance(kind, SetupFault) else kind(words, code=named)


def own_id(shop: Shop) -> str:
    """The shop's own id; empty where the application's key stands in for one that nobody told."""
    return "" if shop.shop_id == shop.app_key else shop.shop_id


def doudian_tokens(told: Mapping[str, Any], now: datetime) -> Tokens:
    """The tokens that were given. Unreachable where there are none."""
    token, lasts = text(told.get("access_token")), whole(told.get("expires_in"))
    if not token:
        raise Unreachable(_("The answer has no access token."))
    return Tokens(
        access_token=token,
        expires_at=None if lasts is None else now + timedelta(seconds=max(lasts, 0)),
        refresh_token=text(told.get("refresh_token")),
        shop_id=text(told.get("shop_id")),
        shop_name=text(told.get("shop_name")),
    )
