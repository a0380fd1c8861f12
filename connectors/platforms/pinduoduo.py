"""Pinduoduo's open platform (拼多多开放平台): one gateway, MD5 over flat parameters, lists in windows of half an hour.

What is special here: the list tells yuan as text and its codes of the kinds are one more than the details', which
tell fen; deadlines are milliseconds; there is no version to decide under, so a refund is read right before; and no
call refuses anything. Messages come over a WebSocket that we would have to keep open; listing finds the same.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from common import clock
from common.sentences import sentence as _
from connectors import http
from connectors.port import (
    AddressCopy,
    Authorisation,
    Brief,
    Limit,
    LimitScope,
    LineCopy,
    OrderCopy,
    Platform,
    PlatformDecision,
    PlatformError,
    PlatformFault,
    ReauthorisationNeeded,
    RefundCopy,
    RefundStage,
    Refusal,
    RefusalReason,
    Secret,
    SetupFault,
    Shop,
    Throttled,
    TokenExpired,
    Tokens,
    Unreachable,
    UnreadableCopy,
    Verb,
    Verdict,
    VerdictOutcome,
    Windows,
    WrongSetup,
    register,
)
from connectors.reading import (
    beijing,
    call_address,
    company_called,
    fen,
    json_object,
    milliseconds,
    part,
    pieces,
    rows,
    seconds,
    text,
    whole,
    without_receivers,
)

LIST, DETAIL, ADDRESSES = "pdd.refund.list.increment.get", "pdd.refund.information.get", "pdd.refund.address.list.get"
COMPANIES = "pdd.logistics.companies.get"
PAGE_SIZE = 100
STAGES = {
    2: RefundStage.ASKED,
    3: RefundStage.ASKED,
    4: RefundStage.AGREED,
    5: RefundStage.AGREED,
    6: RefundStage.REFUSED,
    7: RefundStage.AWAITING_RETURN,
    8: RefundStage.DISPUTED,
    9: RefundStage.CLOSED,
    10: RefundStage.REFUNDED,
    11: RefundStage.WITHDRAWN,
    12: RefundStage.CLOSED,
    13: RefundStage.CLOSED,
    14: RefundStage.ASKED,
    # 15 waits for the buyer, for the goods or for an answer: that isn't said.
    16: RefundStage.EXCHANGED,
    17: RefundStage.CLOSED,
    18: RefundStage.RESHIPPED,
    21: RefundStage.ASKED,
    22: RefundStage.AWAITING_RETURN,
    24: RefundStage.CLOSED,
    25: RefundStage.CLOSED,  # repaired
    27: RefundStage.RESHIPPED,
    31: RefundStage.AWAITING_RETURN,  # the buyer is to refuse the parcel
    32: RefundStage.TO_RESHIP,
    # 33 waits for the merchant to call the parcel back, for which there is no call.
}
KINDS = {1: "refund_only", 2: "return_and_refund", 3: "exchange"}  # of the details; a list's are one more
# By what is decided and the kind there: agreeing pays out, which nobody who exchanges, sends again or repairs wants.
CALLS = {
    (Verb.AGREE_REFUND, 1): "pdd.refund.agree",
    (Verb.CONFIRM_RECEIPT, 2): "pdd.refund.agree",
    (Verb.AGREE_RETURN, 2): "pdd.refund.returngoods.agree",
    (Verb.RESHIP, 3): "pdd.refund.exchange.shipping",
    (Verb.RESHIP, 4): "pdd.refund.exchange.shipping",
}
THROTTLED = {52101, 52102, 52103, 70031}
OUR_TROUBLE = {50000, 50002, 52001, 52002, 70033}
SETUP = {
    10016: SetupFault.WRONG_KEY,
    20004: SetupFault.WRONG_SECRET,
    20005: SetupFault.ADDRESS_NOT_ALLOWED,
    20031: SetupFault.NO_PERMISSION,
    70032: SetupFault.NO_PERMISSION,
    70034: SetupFault.NO_PERMISSION,
    70035: SetupFault.NO_PERMISSION,
    70036: SetupFault.TEST_APPLICATION,
}
LONGEST_LIFE = 10 * 365 * 86400  # seconds; an official sample has an instant where a duration is meant


@register
class Pinduoduo(Platform):
    """Shops on Pinduoduo."""

    name = "pinduoduo"
    label = "拼多多 Pinduoduo"
    marketplaces = frozenset({"pinduoduo"})
    base_url = "https://gw-api.pinduoduo.com"
    authorisation = Authorisation.OAUTH
    secrets = frozenset({Secret.APP_SECRET})
    windows = Windows(span=timedelta(minutes=30), lag=timedelta(minutes=3), overlap=timedelta(minutes=2))
    limits = (
        Limit(LimitScope.SHOP, 100, timedelta(seconds=10), LIST),
        Limit(LimitScope.APPLICATION, 500, timedelta(seconds=1), LIST),
        Limit(LimitScope.SHOP, 3000, timedelta(seconds=60), ADDRESSES),
    )
    decides = frozenset(verb for verb, _kind in CALLS)
    back_office = "https://mms.pinduoduo.com/"

    def authorise_link(self, shop: Shop, *, state: str, callback: str) -> str:
        """Where the shop's main account lets us in."""
        asked = {"response_type": "code", "client_id": shop.app_key, "redirect_uri": callback, "state": state}
        return f"https://fuwu.pinduoduo.com/service-market/auth?{urlencode(asked)}"

    def redeem(self, shop: Shop, *, code: str, callback: str, now: datetime) -> Tokens:
        """The tokens for a code, which lives ten minutes."""
        answer = _ask(replace(shop, access_token=""), "pdd.pop.auth.token.create", {"code": code})
        return _tokens(part(answer, "pop_auth_token_create_response"), now)

    def refresh(self, shop: Shop, *, now: datetime) -> Tokens:
        """New tokens. Authorising anew kills the old ones at once."""
        if not shop.refresh_token:
            raise ReauthorisationNeeded(ours=_("There is no token left to renew the authorisation with."))
        asked = {"refresh_token": shop.refresh_token}
        try:
            answer = _ask(replace(shop, access_token=""), "pdd.pop.auth.token.refresh", asked)
        except (Refusal, TokenExpired) as error:
            raise ReauthorisationNeeded(error.text, code=error.code) from None
        return _tokens(part(answer, "pop_auth_token_refresh_response"), now)

    def list_changed(self, shop: Shop, *, since: datetime, until: datetime, now: datetime) -> Iterator[Sequence[Brief]]:
        """The window's refunds from the last page to the first.

        Whatever changes meanwhile leaves the window, and what comes after it moves up: to a page yet to be read.
        """
        asked = {
            "after_sales_status": "1",  # all, as in the official sample
            "after_sales_type": "1",  # all
            "start_updated_at": str(int(since.timestamp())),
            "end_updated_at": str(int(until.timestamp())),
            "page_size": str(PAGE_SIZE),
        }
        first = _list(shop, asked, 1)
        total = whole(first.get("total_count"))
        if total is None and len(_rows(first)) >= PAGE_SIZE:
            raise Unreachable(_("The answer doesn't say how many refunds there are."))
        last = -(-(total or 0) // PAGE_SIZE)
        for page in range(last, 1, -1):
            yield _rows(_list(shop, asked, page))
        yield _rows(first if last <= 1 else _list(shop, asked, 1))

    def read(self, shop: Shop, *, refund_id: str, order_number: str, now: datetime) -> RefundCopy:
        """One refund's details, which are asked for with the order's number."""
        if not refund_id or not order_number:
            raise UnreadableCopy(_("Without its number or its order's a refund can't be asked for."))
        answer = _ask(shop, DETAIL, {"after_sales_id": refund_id, "order_sn": order_number})
        found = part(answer, "refund_information_get_response") or answer  # documented without a wrapper
        if text(found.get("id")) != refund_id:
            raise UnreadableCopy(_("The answer tells nothing of this refund."))
        return _copy(found)

    def decide(self, shop: Shop, decision: PlatformDecision, *, now: datetime) -> Verdict:
        """Send what there is a call for, if the refund is still as the agent saw it."""
        copy = decision.copy
        call = CALLS.get((decision.verb, whole(copy.raw_kind) or 0))
        if call is None:
            return Verdict(VerdictOutcome.BY_HAND)
        request: dict[str, Any] = {"after_sales_id": whole(copy.id) or copy.id, "order_sn": copy.order.number}
        if decision.verb == Verb.RESHIP:
            company = company_called(decision.carrier, _companies(shop))
            if company is None:
                return Verdict(VerdictOutcome.BY_HAND, "unknown_carrier")
            request |= {"shipping_id": whole(company[0]) or company[0], "shipping_name": company[1]}
            request["tracking_number"] = decision.tracking_number
        elif decision.text or decision.verb == Verb.AGREE_RETURN:
            request["operate_desc"] = decision.text
        if decision.verb == Verb.AGREE_RETURN:
            request["return_address_id"] = decision.address_id
        seen = self.read(shop, refund_id=copy.id, order_number=copy.order.number, now=now)
        if seen.as_decided_on != copy.as_decided_on:
            return Verdict(VerdictOutcome.MOVED_ON, text=seen.raw_status)
        try:
            answer = _ask(shop, call, {"request": _json(request)})
        except Refusal as refusal:
            return Verdict(VerdictOutcome.REFUSED, refusal.code, refusal.text)
        result = part(answer, "response", "result") or part(answer, "response")
        match result.get("succ", result.get("success")):
            case True:
                return Verdict(VerdictOutcome.DONE)
            case False:
                return Verdict(VerdictOutcome.REFUSED, text=text(result.get("message")))
        raise Unreachable(_("The answer doesn't say whether it was done."))

    def refusal_reasons(self, shop: Shop, copy: RefundCopy, *, now: datetime) -> Sequence[RefusalReason]:
        """None: refusing is done in the back office."""
        return ()

    def return_addresses(self, shop: Shop, *, now: datetime) -> Sequence[AddressCopy]:
        """The shop's addresses for returns."""
        answer = part(_ask(shop, ADDRESSES, {}), "refund_address_list_get_response")
        return [
            AddressCopy(
                id=text(each.get("id")),
                text=" ".join(
                    text(each.get(name))
                    for name in ("province_name", "city_name", "district_name", "refund_address", "refund_name")
                    if text(each.get(name))
                ),
                is_default=each.get("is_default") in ("Y", True, 1),
            )
            for each in rows(answer.get("refund_address_list"))
            if text(each.get("id"))
        ]


def pdd_sign(params: Mapping[str, str], secret: str) -> str:
    """MD5 of all parameters in the order of their names, between the secret twice; upper hex."""
    told = "".join(f"{key}{params[key]}" for key in sorted(params))
    return hashlib.md5(f"{secret}{told}{secret}".encode(), usedforsecurity=False).hexdigest().upper()


def _json(value: Mapping[str, Any]) -> str:
    """An object as the text that is signed and sent alike."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _ask(shop: Shop, call: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """The answer to one call. PlatformError."""
    params = {
        **asked,
        "type": call,
        "client_id": shop.app_key,
        "timestamp": str(int(clock.now().timestamp())),
        "data_type": "JSON",
        "version": "V1",
    }
    if shop.access_token:
        params["access_token"] = shop.access_token
    params["sign"] = pdd_sign(params, shop.secrets.get(Secret.APP_SECRET, ""))
    url = call_address(shop.base_url or Pinduoduo.base_url, "/api/router")
    answer = json_object(http.send("POST", url, call=call, form=params))
    if "error_response" in answer:
        raise _error(part(answer, "error_response"))
    return answer


def _error(told: Mapping[str, Any]) -> PlatformError:
    """What the platform's error means."""
    code = whole(told.get("error_code")) or 0
    words = text(told.get("sub_msg")) or text(told.get("error_msg"))
    named = text(told.get("sub_code")) or str(code)
    if code == 10019:
        return TokenExpired(words, code=named)
    if code == 20032:
        return ReauthorisationNeeded(words, code=named)
    if code in THROTTLED:
        return Throttled(words, code=named)
    if code in OUR_TROUBLE:
        return PlatformFault(words, code=named)
    if code in SETUP:
        return WrongSetup(SETUP[code], words, code=named)
    if code == 10001 and "timestamp" in f"{words} {text(told.get('error_msg'))}".lower():
        return WrongSetup(SetupFault.CLOCK_OFF, words, code=named)
    return Refusal(words, code=named)


def _list(shop: Shop, asked: Mapping[str, str], page: int) -> dict[str, Any]:
    answer = part(_ask(shop, LIST, {**asked, "page": str(page)}), "refund_increment_get_response")
    if not isinstance(answer.get("refund_list"), list):
        raise Unreachable(_("The answer has no list of refunds."))
    return answer


def _rows(answer: Mapping[str, Any]) -> list[Brief]:
    return [
        Brief(text(each.get("id")), text(each.get("order_sn")), whole(each.get("updated_time")) or 0)
        for each in rows(answer["refund_list"])
    ]


def _copy(found: Mapping[str, Any]) -> RefundCopy:
    """A refund's details in our units. UnreadableCopy without an order, an amount or an instant."""
    number, amount = text(found.get("order_sn")), fen(found.get("refund_amount"))
    updated_at = seconds(found.get("updated_time")) or beijing(found.get("updated_time"))
    if not number or amount is None or updated_at is None:
        raise UnreadableCopy(_("The order, the amount or the instant of the last change is missing."))
    status, kind = whole(found.get("after_sales_status")), whole(found.get("after_sales_type"))
    stage = STAGES.get(status, RefundStage.UNKNOWN) if status is not None else RefundStage.UNKNOWN
    tracking_number = text(found.get("express_no"))
    if stage == RefundStage.AWAITING_RETURN and tracking_number:
        stage = RefundStage.RETURNING
    shipping = whole(found.get("shipping_status"))
    line = LineCopy(
        item_id=text(found.get("goods_id")),
        quantity=pieces(found.get("goods_number")),
        unit_price=fen(found.get("goods_price")),
        title=text(found.get("goods_name")),
        sku=text(found.get("sku_id")),
    )
    lines = (line,) if line.item_id or line.sku else ()
    return RefundCopy(
        id=text(found["id"]),
        order=OrderCopy(
            number=number,
            paid_amount=fen(found.get("order_amount")),
            is_shipped=None if shipping is None else shipping > 0,
            lines=lines,
        ),
        version=int(updated_at.timestamp()),
        updated_at=updated_at,
        created_at=milliseconds(found.get("recreated_at")),
        stage=stage,
        raw_status=text(found.get("after_sales_status")),
        kind=KINDS.get(kind, "") if kind is not None else "",
        raw_kind=text(found.get("after_sales_type")),
        raw_reason=text(found.get("after_sales_reason")) or text(found.get("after_sale_reason")),
        description=text(found.get("remark")),
        amount=amount,
        refunded_amount=amount if stage == RefundStage.REFUNDED else None,
        deadline=milliseconds(found.get("expire_time")),
        return_carrier=text(found.get("shipping_name")),
        return_tracking_number=tracking_number,
        lines=lines,
        raw=without_receivers(found),
    )


def _companies(shop: Shop) -> list[tuple[str, str]]:
    """The carriers that the platform knows: id and name."""
    answer = part(_ask(shop, COMPANIES, {}), "logistics_companies_get_response")
    return [
        (text(each.get("id")), text(each.get("logistics_company"))) for each in rows(answer.get("logistics_companies"))
    ]


def _tokens(told: Mapping[str, Any], now: datetime) -> Tokens:
    """The tokens that were given. Unreachable where there are none."""
    if not text(told.get("access_token")):
        raise Unreachable(_("The answer has no access token."))
    return Tokens(
        access_token=text(told["access_token"]),
        expires_at=_end(told, "expires", now),
        refresh_token=text(told.get("refresh_token")),
        refresh_expires_at=_end(told, "refresh_token_expires", now),
        write_expires_at=min(filter(None, (_end(told, f"w{level}_expires", now) for level in (1, 2))), default=None),
        shop_id=text(told.get("owner_id")),
        shop_name=text(told.get("owner_name")),
    )


def _end(told: Mapping[str, Any], name: str, now: datetime) -> datetime | None:
    """When something ends: the earlier of the absolute and the relative instant; None when neither is told."""
    lasts = whole(told.get(f"{name}_in"))
    absolute, relative = seconds(told.get(f"{name}_at")), None
    if lasts is not None and lasts > LONGEST_LIFE:
        relative = seconds(lasts)
    elif lasts is not None:
        relative = now + timedelta(seconds=max(lasts, 0))
    return min(filter(None, (absolute, relative)), default=None)
