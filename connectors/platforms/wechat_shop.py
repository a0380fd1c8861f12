"""WeChat Shop's API (微信小店): no signature but one token for the whole application, lists by pairs of update times.

What is special here: the token's life is what is left of it, and so is a deadline; a list tells ids only; `acceptapply`
without `accept_type` does whatever the state asks for, so it is always sent; there is no version to decide under, so a
refund is read right before; a closed white list answers 403 without any code.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from connectors import http
from connectors.port import (
    AddressCopy,
    Answer,
    Authorisation,
    BadPush,
    Decision,
    Hint,
    Limit,
    LimitScope,
    LineCopy,
    NotThere,
    OrderCopy,
    Platform,
    PlatformError,
    PlatformFault,
    RefundCopy,
    RefundStage,
    Refusal,
    RefusalReason,
    Row,
    Secret,
    SetupFault,
    Shop,
    Throttled,
    TokenExpired,
    Tokens,
    Unreachable,
    Unreadable,
    Verb,
    Verdict,
    VerdictOutcome,
    Windows,
    WindowTooFull,
    WrongSetup,
    register,
)
from connectors.reading import (
    address_of,
    company_called,
    fen,
    in_fen,
    json_object,
    part,
    pieces,
    rows,
    seconds,
    text,
    whole,
    without_receivers,
)

AFTERSALE = "/channels/ec/aftersale/"
TOKEN_PATH = "/cgi-bin/stable_token"
STAGES = {
    "USER_CANCELD": RefundStage.WITHDRAWN,
    "MERCHANT_PROCESSING": RefundStage.ASKED,
    "MERCHANT_REJECT_REFUND": RefundStage.REFUSED,
    "MERCHANT_REJECT_RETURN": RefundStage.REFUSED,
    "MERCHANT_REJECT_EXCHANGE": RefundStage.REFUSED,
    "MERCHANT_REJECT_RESHIP": RefundStage.REFUSED,
    "USER_WAIT_RETURN": RefundStage.AWAITING_RETURN,
    "RETURN_CLOSED": RefundStage.CLOSED,
    "MERCHANT_WAIT_RECEIPT": RefundStage.RETURNING,
    "MERCHANT_REFUND_SUCCESS": RefundStage.REFUNDED,
    "MERCHANT_RETURN_SUCCESS": RefundStage.REFUNDED,
    "PLATFORM_REFUNDING": RefundStage.AGREED,
    "PLATFORM_REFUND_FAIL": RefundStage.FAILED,
    "MERCHANT_REFUND_RETRY_FAIL": RefundStage.FAILED,
    "MERCHANT_FAIL": RefundStage.CLOSED,
    "USER_WAIT_RECEIPT": RefundStage.RESHIPPED,
    "MERCHANT_EXCHANGE_SUCCESS": RefundStage.EXCHANGED,
    # The buyer is to answer a proposal about the request, which stands as it was.
    "USER_WAIT_CONFIRM_UPDATE": RefundStage.ASKED,
}
KINDS = {"REFUND": "refund_only", "RETURN": "return_and_refund", "EXCHANGE": "exchange"}
REASONS = {
    "10000000": "changed_mind",
    "10000002": "wrong_purchase",
    "10000006": "wrong_item",
    "10000007": "not_delivered",
    "10000015": "slow_logistics",
    "10000021": "quality",
}
# Scenes that a reason to refuse is for, by the refund's kind: of the request, of what came back.
SCENES = {"REFUND": (1, 1), "RETURN": (4, 4), "EXCHANGE": (5, 6)}
AGREE_TO_RETURN, PAY_OUT = 1, 2  # accept_type
CHANGE_THE_REQUEST = 3  # merchant_update_type
NEW_TERMS, ONLY_THE_AMOUNT = 6, 10  # update_reason_type
MINUTE = 60  # seconds between two decisions about one order
TOKEN_ENDED = {40001, 40014, 42001}
OUR_TROUBLE = {-1, 9700223, 10021044}
THROTTLED = {10021059: MINUTE, 45011: MINUTE, 45009: None}
NOT_THERE = {10020000, 10021043, 10021050, 10021057}
STATE_CHANGED = {10020001, 10021041}
SETUP = {
    40013: SetupFault.WRONG_KEY,
    40125: SetupFault.WRONG_SECRET,
    40164: SetupFault.ADDRESS_NOT_ALLOWED,
    48001: SetupFault.NO_PERMISSION,
}
SOON = timedelta(minutes=10)  # a token that ends by then is renewed by asking; one that lives longer has to be forced
EVENTS = {
    "channels_ec_aftersale_update": "finder_shop_aftersale_status_update",
    "channels_ec_complaint_update": "finder_shop_complaint",
}


@register
class WechatShop(Platform):
    """Shops on WeChat."""

    name = "wechat_shop"
    label = "微信小店 WeChat Shop"
    marketplaces = frozenset({"wechat_shop"})
    base_url = "https://api.weixin.qq.com"
    authorisation = Authorisation.APPLICATION
    secrets = frozenset({Secret.APP_SECRET})
    push_secrets = frozenset({Secret.TOKEN, Secret.AES_KEY})
    windows = Windows(span=timedelta(hours=24), lag=timedelta(minutes=1), overlap=timedelta(minutes=10))
    limits = (
        Limit(LimitScope.APPLICATION, 10_000, timedelta(minutes=1)),
        Limit(LimitScope.APPLICATION, 500_000, timedelta(days=1)),
        Limit(LimitScope.APPLICATION, 1, timedelta(seconds=30), "force_refresh"),
        Limit(LimitScope.APPLICATION, 20, timedelta(days=1), "force_refresh"),
    )
    decides = frozenset(
        {
            *(Verb.AGREE_REFUND, Verb.AGREE_RETURN, Verb.AGREE_EXCHANGE, Verb.CONFIRM_RECEIPT),
            *(Verb.REFUSE, Verb.REFUSE_RECEIPT, Verb.RESHIP, Verb.CHANGE_REQUEST),
        }
    )
    back_office = "https://store.weixin.qq.com/"
    takes_pushes = True

    def refresh(self, shop: Shop, *, now: datetime) -> Tokens:
        """The application's token. One that is still good for long and yet no longer holds is replaced by force."""
        tokens = _token(shop, now, force=False)
        if tokens.access_token == shop.access_token and tokens.expires_at and tokens.expires_at - now > SOON:
            tokens = _token(shop, now, force=True)
        return tokens

    def list_changed(self, shop: Shop, *, since: datetime, until: datetime, now: datetime) -> Iterator[Sequence[Row]]:
        """The ids of the window's refunds; order and version are in the details only."""
        asked: dict[str, Any] = {
            "begin_update_time": int(since.timestamp()),
            "end_update_time": int(until.timestamp()),
        }
        while True:
            answer = _ask(shop, f"{AFTERSALE}getaftersalelist", asked)
            ids = answer.get("after_sale_order_id_list")
            if not isinstance(ids, list):
                raise Unreachable("The answer has no list of refunds.")
            yield [Row(text(each), "", 0) for each in ids]
            if not answer.get("has_more"):
                return
            if not (next_key := text(answer.get("next_key"))) or next_key == asked.get("next_key"):
                raise Unreachable("There is more, and nothing to ask for it by.")
            asked["next_key"] = next_key

    def read(self, shop: Shop, *, refund_id: str, order_number: str, now: datetime) -> RefundCopy:
        """One refund's details."""
        if not refund_id:
            raise Unreadable("Without its number a refund can't be asked for.")
        answer = _ask(shop, f"{AFTERSALE}getaftersaleorder", {"after_sale_order_id": refund_id})
        found = part(answer, "after_sale_order")
        if text(found.get("after_sale_order_id")) != refund_id:
            raise Unreadable("The answer tells nothing of this refund.")
        return _copy(found, now)

    def decide(self, shop: Shop, decision: Decision, *, now: datetime) -> Verdict:
        """Send what there is a call for, if the refund is still as the agent saw it."""
        told = _decision(shop, decision)
        if isinstance(told, Verdict):
            return told
        call, asked = told
        copy = decision.copy
        seen = self.read(shop, refund_id=copy.id, order_number=copy.order.number, now=now)
        if seen.as_decided_on != copy.as_decided_on:
            return Verdict(VerdictOutcome.MOVED_ON, text=seen.raw_status)
        try:
            _ask(shop, AFTERSALE + call, {"after_sale_order_id": copy.id, **asked})
        except Refusal as refusal:
            moved_on = whole(refusal.code) in STATE_CHANGED
            return Verdict(VerdictOutcome.MOVED_ON if moved_on else VerdictOutcome.REFUSED, refusal.code, refusal.text)
        return Verdict(VerdictOutcome.DONE)

    def refusal_reasons(self, shop: Shop, copy: RefundCopy, *, now: datetime) -> Sequence[RefusalReason]:
        """The reasons for this kind of refund as it stands; all of them where the platform tells no scene."""
        answer = _ask(shop, f"{AFTERSALE}rejectreason/get", {})
        of_request, of_receipt = SCENES.get(copy.raw_kind, (None, None))
        scene = of_receipt if copy.stage == RefundStage.RETURNING else of_request
        return [
            RefusalReason(text(each.get("reject_reason_type")), text(each.get("reject_reason_type_text")))
            for each in rows(answer.get("reason_list") or answer.get("reject_reason_list"))
            if text(each.get("reject_reason_type")) and each.get("reject_scene", scene) == scene
        ]

    def return_addresses(self, shop: Shop, *, now: datetime) -> Sequence[AddressCopy]:
        """The shop's addresses, each asked for by its id."""
        answer = _ask(shop, "/channels/ec/merchant/address/list", {"offset": 0, "limit": 50})
        ids = answer.get("address_id_list")
        return [_address(shop, text(each)) for each in ids if text(each)] if isinstance(ids, list) else []

    def read_push(
        self, shop: Shop, *, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> tuple[Sequence[Hint], Answer]:
        """The check of the address, or an encrypted event."""
        token = shop.secrets.get(Secret.TOKEN, "")
        told = [token, query.get("timestamp", ""), query.get("nonce", "")]
        if not token:
            raise BadPush("No token is kept here.")
        if method == "GET":
            _verify(query.get("signature", ""), told)
            return (), Answer(query.get("echostr", "").encode(), "text/plain")
        encrypted = text(_object(body).get("Encrypt"))
        _verify(query.get("msg_signature", ""), [*told, encrypted])
        message = _object(decrypt(encrypted, shop.secrets.get(Secret.AES_KEY, ""), shop.app_key))
        return _hints(message), Answer(b"success", "text/plain")


def signature(parts: Sequence[str]) -> str:
    """SHA1 of the sorted parts; lower hex."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def decrypt(encrypted: str, aes_key: str, app_id: str) -> bytes:
    """The message: after 16 random bytes and its length, before the id of the application. BadPush."""
    try:
        key = base64.b64decode(f"{aes_key}=", validate=True)
        cipher = base64.b64decode(encrypted, validate=True)
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        padded = decryptor.update(cipher) + decryptor.finalize()
    except (ValueError, binascii.Error):
        raise BadPush("The message can't be decrypted.") from None
    pad = padded[-1] if padded else 0
    if len(key) != 32 or not 1 <= pad <= 32 or not padded.endswith(bytes([pad]) * pad):
        raise BadPush("The message isn't padded as it should be.")
    plain = padded[:-pad]
    end = 20 + int.from_bytes(plain[16:20], "big")
    if len(plain) < 20 or end > len(plain):
        raise BadPush("The message is shorter than it says.")
    if not hmac.compare_digest(plain[end:], app_id.encode()):
        raise BadPush("The message is for another application.")
    return plain[20:end]


def _verify(given: str, parts: Sequence[str]) -> None:
    if not hmac.compare_digest(given.encode(), signature(parts).encode()):
        raise BadPush("The signature is wrong.")


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise BadPush("The message is no JSON object.")
    return value


def _hints(message: Mapping[str, Any]) -> Sequence[Hint]:
    """The refund that an event is about: without id or version, so the same status at the same second is the same."""
    told = part(message, EVENTS.get(text(message.get("Event")), ""))
    refund_id = text(told.get("after_sale_order_id"))
    if not refund_id or len(refund_id) > 64:
        return ()
    status = text(told.get("status")) or text(told.get("complaint_status"))
    key = f"{refund_id}:{status}:{text(message.get('CreateTime'))}"
    return (Hint(key[:200], refund_id, text(told.get("order_id"))[:64]),)


def _send(shop: Shop, path: str, asked: Mapping[str, Any], *, call: str, query: Mapping[str, str]) -> dict[str, Any]:
    """What was answered, whatever its code. PlatformError."""
    response = http.send(
        "POST",
        address_of(shop.base_url or WechatShop.base_url, path),
        call=call,
        query=query,
        body=json.dumps(asked, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json"},
    )
    if response.status == 403:
        raise WrongSetup(SetupFault.ADDRESS_NOT_ALLOWED, code="403")
    return json_object(response)


def _ask(shop: Shop, path: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to one call. PlatformError."""
    answer = _send(shop, path, asked, call=path.rpartition("/")[2], query={"access_token": shop.access_token})
    code = whole(answer.get("errcode"))
    if code is None:
        raise Unreachable("The answer has no code.")
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


def _token(shop: Shop, now: datetime, *, force: bool) -> Tokens:
    """The application's token and when it ends, from what is left of its life."""
    asked = {
        "grant_type": "client_credential",
        "appid": shop.app_key,
        "secret": shop.secrets.get(Secret.APP_SECRET, ""),
        "force_refresh": force,
    }
    answer = _send(shop, TOKEN_PATH, asked, call="force_refresh" if force else "stable_token", query={})
    if code := whole(answer.get("errcode")):
        error = _error(code, text(answer.get("errmsg")))
        # Of the token's own call 40001 says that the secret is wrong.
        raise WrongSetup(SetupFault.WRONG_SECRET, error.text, code=error.code) if code == 40001 else error
    token, left = text(answer.get("access_token")), whole(answer.get("expires_in"))
    if not token or left is None:
        raise Unreachable("The answer has no access token.")
    return Tokens(access_token=token, expires_at=now.astimezone(UTC) + timedelta(seconds=max(left, 0)))


def _copy(found: Mapping[str, Any], now: datetime) -> RefundCopy:
    """A refund's details in our units. Unreadable without an order, an amount or an instant."""
    number, updated_at = text(found.get("order_id")), seconds(found.get("update_time"))
    status, kind = text(found.get("status")), text(found.get("type"))
    amount = fen(part(found, "refund_info").get("amount"))
    if amount is None and kind == "EXCHANGE":
        amount = fen(0)
    if not number or amount is None or updated_at is None:
        raise Unreadable("The order, the amount or the instant of the last change is missing.")
    product, back, left = part(found, "product_info"), part(found, "return_info"), whole(found.get("deadline"))
    stage = STAGES.get(status, RefundStage.UNKNOWN)
    line = LineCopy(
        item_id=text(product.get("product_id")),
        quantity=pieces(product.get("count")),
        sku=text(product.get("sku_id")),
    )
    lines = (line,) if line.item_id else ()
    return RefundCopy(
        id=text(found["after_sale_order_id"]),
        order=OrderCopy(number=number, buyer_id=text(found.get("openid")), lines=lines),
        version=int(updated_at.timestamp()),
        updated_at=updated_at,
        created_at=seconds(found.get("create_time")),
        stage=stage,
        raw_status=status,
        kind=KINDS.get(kind, ""),
        raw_kind=kind,
        reason=REASONS.get(text(found.get("reason")), ""),
        raw_reason=text(found.get("reason_text")) or text(found.get("reason")),
        amount=amount,
        refunded_amount=amount if stage == RefundStage.REFUNDED else None,
        deadline=now.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=left) if left and left > 0 else None,
        return_carrier=text(back.get("delivery_name")) or text(back.get("delivery_id")),
        return_tracking_number=text(back.get("waybill_id")),
        lines=lines,
        # The seconds that are left differ each time one looks.
        raw={key: each for key, each in without_receivers(found).items() if key != "deadline"},
    )


def _decision(shop: Shop, decision: Decision) -> tuple[str, dict[str, Any]] | Verdict:
    """The call and what it is told beside the refund's number, or why a person has to do it."""
    by_hand = Verdict(VerdictOutcome.BY_HAND)
    is_exchange = decision.copy.raw_kind == "EXCHANGE"
    refusing = {"reject_reason_type": whole(decision.reason_code), "reject_reason": decision.text}
    if decision.evidence:
        return by_hand  # a refusal takes none
    match decision.verb:
        case Verb.AGREE_RETURN | Verb.AGREE_EXCHANGE:
            return "acceptapply", {"accept_type": AGREE_TO_RETURN, "address_id": decision.address_id}
        case Verb.AGREE_REFUND | Verb.CONFIRM_RECEIPT if not is_exchange:
            return "acceptapply", {"accept_type": PAY_OUT}
        case Verb.REFUSE | Verb.REFUSE_RECEIPT if refusing["reject_reason_type"] is not None:
            again = is_exchange and decision.verb == Verb.REFUSE_RECEIPT
            return "rejectexchangereship" if again else "rejectapply", refusing
        case Verb.RESHIP:
            company = company_called(decision.carrier, _companies(shop))
            return "acceptexchangereship", {
                "waybill_id": decision.tracking_number,
                "delivery_id": company[0] if company else "OTHER",
            }
        case Verb.CHANGE_REQUEST if decision.amount is not None and decision.kind != "exchange":
            kind = decision.kind or decision.copy.kind
            is_other_kind = kind != decision.copy.kind
            return "merchantupdateaftersale", {
                "type": 2 if kind == "return_and_refund" else 1,
                "amount": in_fen(decision.amount),
                "merchant_update_desc": decision.text,
                "update_reason_type": whole(decision.reason_code) or (NEW_TERMS if is_other_kind else ONLY_THE_AMOUNT),
                "merchant_update_type": CHANGE_THE_REQUEST,
                "media_ids": [],
            }
    return by_hand


def _companies(shop: Shop) -> list[tuple[str, str]]:
    """The carriers that the platform knows: id and name."""
    answer = _ask(shop, "/channels/ec/order/deliverycompanylist/new/get", {"ewaybill_only": False})
    known = rows(answer.get("company_list") or answer.get("delivery_company_list"))
    return [(text(each.get("delivery_id")), text(each.get("delivery_name"))) for each in known]


def _address(shop: Shop, address_id: str) -> AddressCopy:
    answer = _ask(shop, "/channels/ec/merchant/address/get", {"address_id": address_id})
    detail = part(answer, "address_detail")
    info = part(detail, "address_info")
    names = ("province_name", "city_name", "county_name", "detail_info", "user_name")
    return AddressCopy(
        id=address_id,
        text=" ".join(said for name in names if (said := text(info.get(name)))) or text(detail.get("name")),
        is_default=bool(detail.get("default_recv")),
    )
