"""Douyin Shop's open platform (抖店): HMAC-SHA256 over canonical JSON, lists by update time, versions to decide under.

What is special here: the secret is both the key and part of what is signed; pages begin at 0 and reach 50,000 rows; how
far a refund is and how far its money is are two fields; of the codes of `afterSale/operate` few are documented, so the
rest is a person's task.
"""

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from common.sentences import sentence as _
from connectors.doudian.asking import GATEWAY, SUCCESS, ask_doudian, doudian_tokens, own_id
from connectors.doudian.copies import doudian_copy, told_of
from connectors.doudian.decisions import (
    CODES,
    IN_THE_BACK_OFFICE,
    MORE_TIME,
    MORE_TIME_WITHIN,
    STATE_CHANGED,
    doudian_operation,
)
from connectors.doudian.pushes import event_sign, hint_of
from connectors.port import (
    AddressCopy,
    Authorisation,
    BadPush,
    Brief,
    Hint,
    Platform,
    PlatformDecision,
    PushAnswer,
    ReauthorisationNeeded,
    RefundCopy,
    Refusal,
    RefusalReason,
    Secret,
    SetupFault,
    Shop,
    TokenExpired,
    Tokens,
    Unreachable,
    UnreadableCopy,
    Verb,
    Verdict,
    VerdictOutcome,
    Windows,
    WindowTooFull,
    WrongSetup,
    register,
)
from connectors.reading import part, rows, text, whole

PAGE_SIZE, REACH = 100, 50_000  # rows


@register
class Douyin(Platform):
    """Shops on Douyin."""

    name = "douyin"
    label = "抖店 Douyin Shop"
    marketplaces = frozenset({"douyin"})
    base_url = GATEWAY
    authorisation = Authorisation.APPLICATION
    secrets = frozenset({Secret.APP_SECRET})
    windows = Windows(span=timedelta(hours=24), lag=timedelta(minutes=1), overlap=timedelta(minutes=10))
    decides = frozenset(verb for verb, _kind in CODES) | {Verb.EXTEND}
    extends_within = MORE_TIME_WITHIN
    back_office = "https://fxg.jinritemai.com/"
    takes_pushes = names_shop = True

    def refresh(self, shop: Shop, *, now: datetime) -> Tokens:
        """New tokens: by the refresh token while it holds, else the ones of the shop's own application.

        Of an application with several shops the first one's are given unless the shop is named.
        """
        bare = replace(shop, access_token="")
        if shop.refresh_token:
            asked = {"grant_type": "refresh_token", "refresh_token": shop.refresh_token}
            with suppress(Refusal, TokenExpired, ReauthorisationNeeded):  # it ended: the application's own way is left
                return _of_shop(shop, doudian_tokens(ask_doudian(bare, "token.refresh", asked), now))
        asked = {"code": "", "grant_type": "authorization_self"}
        if shop_id := own_id(shop):
            asked["shop_id"] = shop_id
        try:
            tokens = doudian_tokens(ask_doudian(bare, "token.create", asked), now)
        except (Refusal, TokenExpired) as error:
            raise ReauthorisationNeeded(error.text, code=error.code) from None
        return _of_shop(shop, tokens)

    def list_changed(self, shop: Shop, *, since: datetime, until: datetime, now: datetime) -> Iterator[Sequence[Brief]]:
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
            raise WindowTooFull(ours=_("There are more changes in this window than can be paged through."))
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
            raise WindowTooFull(ours=_("There are more changes in this window than can be paged through."))
        for page in range(last - 1, -1, -1):
            yield _rows(_list(shop, asked, page))

    def read(self, shop: Shop, *, refund_id: str, order_number: str, now: datetime) -> RefundCopy:
        """One refund's details."""
        if not refund_id:
            raise UnreadableCopy(_("Without its number a refund can't be asked for."))
        answer = ask_doudian(shop, "afterSale.Detail", {"after_sale_id": refund_id, "need_operation_record": False})
        process = part(answer, "process_info")
        info = part(process, "after_sale_info") or part(process, "aftersale_info")
        if text(told_of(info, "after_sale_id")) != refund_id:
            raise UnreadableCopy(_("The answer tells nothing of this refund."))
        return doudian_copy(answer, process, info, order_number)

    def decide(self, shop: Shop, decision: PlatformDecision, *, now: datetime) -> Verdict:
        """Send what there is a documented code for, with the version that the agent saw."""
        method, told = "afterSale.operate", doudian_operation(shop, decision)
        if decision.verb == Verb.EXTEND:
            method, told = MORE_TIME, {"aftersale_id": whole(decision.copy.id)}
        if isinstance(told, Verdict):
            return told
        try:
            answer = ask_doudian(shop, method, told)
        except Refusal as refusal:
            outcome = {STATE_CHANGED: VerdictOutcome.MOVED_ON, IN_THE_BACK_OFFICE: VerdictOutcome.BY_HAND}.get(
                refusal.code, VerdictOutcome.REFUSED
            )
            return Verdict(outcome, refusal.code, refusal.text)
        for each in rows(answer.get("items")):
            if (status := whole(each.get("status_code"))) not in (0, SUCCESS, None):
                return Verdict(VerdictOutcome.REFUSED, str(status), text(each.get("status_msg")))
        return Verdict(VerdictOutcome.DONE)

    def refusal_reasons(self, shop: Shop, copy: RefundCopy, *, now: datetime) -> Sequence[RefusalReason]:
        """The reasons for this refund, with whether they demand evidence; none for goods that weren't sent."""
        answer = ask_doudian(shop, "afterSale.rejectReasonCodeList", {"aftersale_id": whole(copy.id) or copy.id})
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
            for each in rows(ask_doudian(shop, "address.list", asked).get("address_list"))
            if text(each.get("address_id"))
        ]

    def read_push(
        self, shop: Shop, *, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> tuple[Sequence[Hint], PushAnswer]:
        """The messages of one call, signed over the raw bytes, about whichever of the application's shops."""
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
        hints = [hint for each in rows(messages) if (hint := hint_of(each))]
        return hints, PushAnswer(b'{"code":0,"msg":"success"}')


def _of_shop(shop: Shop, tokens: Tokens) -> Tokens:
    """The tokens, if they are of the shop that was named. WrongSetup OTHER_SHOP."""
    shop_id = own_id(shop)
    if shop_id and tokens.shop_id and tokens.shop_id != shop_id:
        raise WrongSetup(SetupFault.OTHER_SHOP, ours=f"{tokens.shop_id} ≠ {shop_id}")
    return tokens


def _list(shop: Shop, asked: Mapping[str, Any], page: int) -> dict[str, Any]:
    answer = ask_doudian(shop, "afterSale.List", {**asked, "page": page})
    if not isinstance(answer.get("items"), list):
        raise Unreachable(_("The answer has no list of refunds."))
    return answer


def _rows(answer: Mapping[str, Any]) -> list[Brief]:
    return [
        Brief(
            text(part(each, "aftersale_info").get("aftersale_id")),
            text(part(each, "order_info").get("shop_order_id")),
            whole(part(each, "aftersale_info").get("update_time")) or 0,
        )
        for each in rows(answer["items"])
    ]
