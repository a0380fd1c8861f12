"""Douyin Shop's open platform (抖店): HMAC-SHA256 over canonical JSON, lists by update time, versions to decide under.

What is special here: the secret is both the key and part of what is signed; pages begin at 0 and reach 50,000 rows; how
far a refund is and how far its money is are two fields; of the codes of `afterSale/operate` few are documented, so the
rest is a person's task.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from common import clock
from connectors import http
from connectors.port import (
    AddressCopy,
    Answer,
    Authorisation,
    BadPush,
    Decision,
    Hint,
    LineCopy,
    OrderCopy,
    Platform,
    PlatformError,
    PlatformFault,
    ReauthorisationNeeded,
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
    json_object,
    part,
    pieces,
    rows,
    seconds,
    text,
    whole,
    without_receivers,
)

PAGE_SIZE, REACH = 100, 50_000  # rows
SUCCESS = 10000
# Where the goods are; 12 and 53 leave it to the money.
STAGES = {
    3: RefundStage.RESHIPPED,
    6: RefundStage.ASKED,
    7: RefundStage.AWAITING_RETURN,
    8: RefundStage.TO_RESHIP,
    11: RefundStage.RETURNING,
    13: RefundStage.RESHIPPED,
    14: RefundStage.EXCHANGED,
    27: RefundStage.REFUSED,
    28: RefundStage.CLOSED,
    29: RefundStage.REFUSED,
    51: RefundStage.WITHDRAWN,
}
ENDED_WITH_MONEY = {12, 53}
MONEY = {1: RefundStage.AGREED, 2: RefundStage.AGREED, 3: RefundStage.REFUNDED, 4: RefundStage.FAILED}
UNDER_ARBITRATION = {1, 4, 5}  # being decided, evidence wanted, time to agree
KINDS = {0: "return_and_refund", 1: "refund_only", 2: "refund_only", 3: "exchange"}
# The codes of `operate` that are documented, by what is decided and the kind there.
CODES = {
    (Verb.AGREE_RETURN, 0): 101,
    (Verb.AGREE_REFUND, 1): 201,
    (Verb.REFUSE, 1): 202,
    (Verb.AGREE_EXCHANGE, 3): 301,
    (Verb.RESHIP, 3): 311,
}
STATE_CHANGED, IN_THE_BACK_OFFICE = "isv.business-failed:20309541", "isv.business-failed:11001"
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
TEST_TAG = "0"
# Created, agreed, sent back, refused, refunded, closed, modified, deadline, exchange, arbitration, rights, reship.
TAGS = {*(str(tag) for tag in range(200, 210)), "211", "212", "214", "215", "216", "217", "224", "225", "226", "227"}


@register
class Douyin(Platform):
    """Shops on Douyin."""

    name = "douyin"
    label = "抖店 Douyin Shop"
    marketplaces = frozenset({"douyin"})
    base_url = "https://openapi-fxg.jinritemai.com"
    authorisation = Authorisation.APPLICATION
    secrets = frozenset({Secret.APP_SECRET})
    windows = Windows(span=timedelta(hours=24), lag=timedelta(minutes=1), overlap=timedelta(minutes=10))
    decides = frozenset(verb for verb, _kind in CODES)
    back_office = "https://fxg.jinritemai.com/"
    takes_pushes = True

    def refresh(self, shop: Shop, *, now: datetime) -> Tokens:
        """New tokens: by the refresh token while it holds, else the ones of the shop's own application.

        Of an application with several shops the first one's are given unless the shop is named.
        """
        bare = replace(shop, access_token="")
        if shop.refresh_token:
            asked = {"grant_type": "refresh_token", "refresh_token": shop.refresh_token}
            with suppress(Refusal, TokenExpired, ReauthorisationNeeded):  # it ended: the application's own way is left
                return _tokens(_ask(bare, "token.refresh", asked), now)
        asked = {"code": "", "grant_type": "authorization_self"}
        if shop_id := _own_id(shop):
            asked["shop_id"] = shop_id
        try:
            tokens = _tokens(_ask(bare, "token.create", asked), now)
        except (Refusal, TokenExpired) as error:
            raise ReauthorisationNeeded(error.text, code=error.code) from None
        if shop_id and tokens.shop_id and tokens.shop_id != shop_id:
            raise WrongSetup(SetupFault.OTHER_SHOP, f"{tokens.shop_id} ≠ {shop_id}")
        return tokens

    def list_changed(self, shop: Shop, *, since: datetime, until: datetime, now: datetime) -> Iterator[Sequence[Row]]:
        """The window's refunds from the last page to the first; its end is not part of it.

        Whatever changes meanwhile leaves the window, and what comes after it moves up: to a page yet to be read.
        """
        asked = {
            "update_start_time": int(since.timestamp()),
            "update_end_time": int(until.timestamp()),
            "order_by": ["update_time asc"],
            "size": PAGE_SIZE,
        }
        first = _list(shop, asked, 0)
        if (total := whole(first.get("total")) or 0) > REACH:
            raise WindowTooFull(f"{total} rows")
        if not first.get("has_more"):
            yield _rows(first)
            return
        page = max(-(-total // PAGE_SIZE) - 1, 1)
        last = page
        while page < REACH // PAGE_SIZE:
            answer = _list(shop, asked, page)
            yield _rows(answer)
            page += 1
            if not answer.get("has_more"):
                break
        else:
            raise WindowTooFull(f"more than {REACH} rows")
        for page in range(last - 1, -1, -1):
            yield _rows(_list(shop, asked, page))

    def read(self, shop: Shop, *, refund_id: str, order_number: str, now: datetime) -> RefundCopy:
        """One refund's details."""
        if not refund_id:
            raise Unreadable("Without its number a refund can't be asked for.")
        answer = _ask(shop, "afterSale.Detail", {"after_sale_id": refund_id, "need_operation_record": False})
        process = part(answer, "process_info")
        info = part(process, "after_sale_info") or part(process, "aftersale_info")
        if text(_of(info, "after_sale_id")) != refund_id:
            raise Unreadable("The answer tells nothing of this refund.")
        return _copy(answer, process, info, order_number)

    def decide(self, shop: Shop, decision: Decision, *, now: datetime) -> Verdict:
        """Send what there is a documented code for, with the version that the agent saw."""
        copy = decision.copy
        code = CODES.get((decision.verb, whole(copy.raw_kind)))  # type: ignore[arg-type]
        if code is None or decision.evidence:  # evidence lies at an address that no call is documented for
            return Verdict(VerdictOutcome.BY_HAND)
        item: dict[str, Any] = {"aftersale_id": copy.id, "update_time": copy.version}
        if decision.verb in (Verb.AGREE_RETURN, Verb.AGREE_EXCHANGE):
            item["logistics"] = {"receiver_address_id": whole(decision.address_id)}
        if decision.verb == Verb.RESHIP:
            company = company_called(decision.carrier, _companies(shop))
            if company is None:
                return Verdict(VerdictOutcome.BY_HAND, "unknown_carrier")
            item["logistics"] = {"company_code": company[0], "logistics_code": decision.tracking_number}
        if decision.text or decision.verb == Verb.REFUSE:
            item |= {"reason": decision.text, "remark": decision.text}
        if decision.verb == Verb.REFUSE:
            item["reject_reason_code"] = whole(decision.reason_code)
        try:
            answer = _ask(shop, "afterSale.operate", {"type": code, "items": [item]})
        except Refusal as refusal:
            outcome = {
                STATE_CHANGED: VerdictOutcome.MOVED_ON,
                IN_THE_BACK_OFFICE: VerdictOutcome.BY_HAND,
            }.get(refusal.code, VerdictOutcome.REFUSED)
            return Verdict(outcome, refusal.code, refusal.text)
        for each in rows(answer.get("items")):
            if (status := whole(each.get("status_code"))) not in (0, SUCCESS, None):
                return Verdict(VerdictOutcome.REFUSED, str(status), text(each.get("status_msg")))
        return Verdict(VerdictOutcome.DONE)

    def refusal_reasons(self, shop: Shop, copy: RefundCopy, *, now: datetime) -> Sequence[RefusalReason]:
        """The reasons for this refund, with whether they demand evidence; none for goods that weren't sent."""
        answer = _ask(shop, "afterSale.rejectReasonCodeList", {"aftersale_id": whole(copy.id) or copy.id})
        return [
            RefusalReason(
                text(each.get("reject_reason_code")),
                text(each.get("reason")),
                needs_text=True,
                needs_evidence=each.get("evidence_need") == "Y",
            )
            for each in rows(answer.get("items"))
            if text(each.get("reject_reason_code"))
        ]

    def return_addresses(self, shop: Shop, *, now: datetime) -> Sequence[AddressCopy]:
        """The shop's addresses."""
        asked = {"page_size": PAGE_SIZE, "page_no": 1, "order_by": "desc", "order_field": "create_time"}
        names = ("receiver_provinc", "receiver_city", "receiver_district", "receiver_street", "receiver_detail")
        return [
            AddressCopy(
                id=text(each.get("address_id")),
                text=" ".join(said for name in (*names, "reciever_name") if (said := text(each.get(name)))),
                is_default=each.get("is_default") in (1, True),
            )
            for each in rows(_ask(shop, "address.list", asked).get("address_list"))
            if text(each.get("address_id"))
        ]

    def read_push(
        self, shop: Shop, *, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> tuple[Sequence[Hint], Answer]:
        """The messages of one call, signed over the raw bytes; those about the application's other shops are left."""
        given = {name.lower(): value for name, value in headers.items()}
        if not hmac.compare_digest(given.get("event-sign", "").lower().encode(), event_sign(shop, body).encode()):
            raise BadPush("The signature is wrong.")
        if given.get("app-id", shop.app_key) != shop.app_key:
            raise BadPush("The message is for another application.")
        try:
            messages = json.loads(body)
        except (ValueError, RecursionError):
            messages = None
        if not isinstance(messages, list):
            raise BadPush("The message is no JSON list.")
        hints = [hint for each in rows(messages) if (hint := _hint(shop, each))]
        return hints, Answer(b'{"code":0,"msg":"success"}')


def canonical(asked: Mapping[str, Any]) -> str:
    """The JSON that is signed and sent: keys sorted at every depth, compact, nothing escaped, 1.0 written as 1."""
    return json.dumps(_plain(asked), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sign(secret: str, *, app_key: str, method: str, param_json: str, timestamp: str) -> str:
    """HMAC-SHA256 with the secret over the fields between the secret twice; lower hex."""
    told = f"app_key{app_key}method{method}param_json{param_json}timestamp{timestamp}v2"
    return hmac.new(secret.encode(), f"{secret}{told}{secret}".encode(), hashlib.sha256).hexdigest()


def event_sign(shop: Shop, body: bytes) -> str:
    """MD5 of the application's key, the raw body and the secret; lower hex."""
    told = shop.app_key.encode() + body + shop.secrets.get(Secret.APP_SECRET, "").encode()
    return hashlib.md5(told, usedforsecurity=False).hexdigest()


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case float() if value.is_integer():
            return int(value)
    return value


def _ask(shop: Shop, method: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The data that one call answers, where it is an object. PlatformError."""
    return part(_answer(shop, method, asked), "data")


def _answer(shop: Shop, method: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What one call answers. PlatformError."""
    param_json, timestamp = canonical(asked), str(int(clock.now().timestamp()))
    query = {"app_key": shop.app_key, "method": method, "timestamp": timestamp, "v": "2"}
    if shop.access_token:
        query["access_token"] = shop.access_token
    query["sign"] = sign(
        shop.secrets.get(Secret.APP_SECRET, ""),
        app_key=shop.app_key,
        method=method,
        param_json=param_json,
        timestamp=timestamp,
    )
    query["sign_method"] = "hmac-sha256"
    response = http.send(
        "POST",
        address_of(shop.base_url or Douyin.base_url, f"/{method.replace('.', '/')}"),
        call=method,
        query=query,
        body=param_json.encode(),
        headers={"Content-Type": "application/json"},
    )
    answer = json_object(response)
    code = whole(answer.get("code"))
    if code is None:
        raise Unreachable("The answer has no code.")
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


def _list(shop: Shop, asked: Mapping[str, Any], page: int) -> dict[str, Any]:
    answer = _ask(shop, "afterSale.List", {**asked, "page": page})
    if not isinstance(answer.get("items"), list):
        raise Unreachable("The answer has no list of refunds.")
    return answer


def _rows(answer: Mapping[str, Any]) -> list[Row]:
    return [
        Row(
            text(part(each, "aftersale_info").get("aftersale_id")),
            text(part(each, "order_info").get("shop_order_id")),
            whole(part(each, "aftersale_info").get("update_time")) or 0,
        )
        for each in rows(answer["items"])
    ]


def _of(info: Mapping[str, Any], name: str) -> Any:
    """A field of the details; lists write the same names without a stroke in `aftersale`."""
    return info.get(name, info.get(name.replace("after_sale", "aftersale")))


def _stage(status: int | None, money: int | None, arbitration: int | None) -> RefundStage:
    """How far it is, from where the goods and where the money are; what no document tells is unknown."""
    if status is None:
        return RefundStage.UNKNOWN
    if arbitration in UNDER_ARBITRATION and status not in ENDED_WITH_MONEY:
        return RefundStage.DISPUTED
    if status in ENDED_WITH_MONEY:
        return MONEY.get(money, RefundStage.UNKNOWN) if money is not None else RefundStage.UNKNOWN
    return STAGES.get(status, RefundStage.UNKNOWN)


def _copy(
    answer: Mapping[str, Any], process: Mapping[str, Any], info: Mapping[str, Any], order_number: str
) -> RefundCopy:
    """A refund's details in our units. Unreadable without an order, an amount or an instant."""
    order = part(answer, "order_info")
    number = text(order.get("shop_order_id") or info.get("related_id") or order_number)
    amount = fen(info.get("refund_total_amount", info.get("refund_amount")))
    updated_at = seconds(info.get("update_time"))
    if not number or amount is None or updated_at is None:
        raise Unreadable("The order, the amount or the instant of the last change is missing.")
    status, kind = whole(_of(info, "after_sale_status")), whole(_of(info, "after_sale_type"))
    money = whole(info.get("refund_status"))
    arbitration = whole(info.get("arbitrate_status", part(process, "arbitrate_info").get("arbitrate_status")))
    back = part(process, "logistics_info", "return")
    stage = _stage(status, money, arbitration)
    goods = rows(order.get("sku_order_infos", order.get("related_order_info")))
    lines = tuple(_line(each) for each in goods if text(each.get("product_id")))
    return RefundCopy(
        id=text(_of(info, "after_sale_id")),
        order=OrderCopy(number=number, is_shipped=False if kind == 2 else None, lines=lines),
        version=int(updated_at.timestamp()),
        updated_at=updated_at,
        created_at=seconds(info.get("apply_time")),
        stage=stage,
        raw_status="/".join("" if each is None else str(each) for each in (status, money, arbitration)),
        kind=KINDS.get(kind, "") if kind is not None else "",
        raw_kind="" if kind is None else str(kind),
        raw_reason=text(info.get("reason")) or text(part(answer, "text_part").get("reason_text")),
        description=text(info.get("reason_remark")),
        amount=amount,
        refunded_amount=fen(info.get("real_refund_amount")) if stage == RefundStage.REFUNDED else None,
        deadline=seconds(info.get("status_deadline")),
        return_carrier=text(back.get("company_name")) or text(info.get("return_logistics_company_name")),
        return_tracking_number=text(back.get("tracking_no")) or text(info.get("return_logistics_code")),
        lines=lines,
        raw=without_receivers(answer),
    )


def _line(goods: Mapping[str, Any]) -> LineCopy:
    """One of the order's goods, with the price of a piece where what was paid for them is a multiple of it."""
    quantity = pieces(goods.get("item_quantity", goods.get("item_num")))
    paid = whole(goods.get("pay_amount"))
    return LineCopy(
        item_id=text(goods.get("product_id")),
        quantity=quantity,
        unit_price=None if paid is None or paid % quantity else fen(paid // quantity),
        title=text(goods.get("product_name")),
        sku=text(goods.get("sku_id")),
    )


def _own_id(shop: Shop) -> str:
    """The shop's own id; empty where the application's key stands in for one that nobody told."""
    return "" if shop.shop_id == shop.app_key else shop.shop_id


def _hint(shop: Shop, message: Mapping[str, Any]) -> Hint | None:
    """The refund that a message is about; None for tests, for other news, and for another shop's. BadPush."""
    tag, data = text(message.get("tag")), message.get("data")
    if tag == TEST_TAG or tag not in TAGS:
        return None
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except (ValueError, RecursionError):
            data = None
    refund_id = text(part({"data": data}, "data").get("aftersale_id"))
    if not isinstance(data, dict) or not 0 < len(refund_id) <= 64:
        raise BadPush("The message names no refund.")
    if _own_id(shop) and text(data.get("shop_id")) not in ("", shop.shop_id):
        return None
    told = (tag, refund_id, text(data.get("update_time")), text(data.get("aftersale_status")))
    return Hint(":".join(told)[:200], refund_id, text(data.get("p_id"))[:64])


def _companies(shop: Shop) -> list[tuple[str, str]]:
    """The carriers that the platform knows: code and name."""
    answer = _answer(shop, "order.logisticsCompanyList", {})
    return [(text(each.get("code")), text(each.get("name"))) for each in rows(answer.get("data"))]


def _tokens(told: Mapping[str, Any], now: datetime) -> Tokens:
    """The tokens that were given. Unreachable where there are none."""
    token, lasts = text(told.get("access_token")), whole(told.get("expires_in"))
    if not token:
        raise Unreachable("The answer has no access token.")
    return Tokens(
        access_token=token,
        expires_at=None if lasts is None else now.astimezone(UTC) + timedelta(seconds=max(lasts, 0)),
        refresh_token=text(told.get("refresh_token")),
        shop_id=text(told.get("shop_id")),
        shop_name=text(told.get("shop_name")),
    )
