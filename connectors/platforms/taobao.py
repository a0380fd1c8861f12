"""Tmall and Taote, which are ruled by the open platform of Taobao (open.taobao.com), "TOP".

Times are text in GMT+8; money is text in yuan, but fen in the call that agrees. A refund of Tmall has a phase, which
its calls want together with the version; a refund of Taobao has none. How it is asked and read: connectors/top.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlencode

from common.sentences import sentence as _
from connectors.port import (
    AddressCopy,
    Authorisation,
    Brief,
    Hint,
    NotThere,
    Platform,
    PlatformDecision,
    PlatformError,
    ReauthorisationNeeded,
    RefundCopy,
    Refusal,
    RefusalReason,
    Secret,
    Shop,
    TokenExpired,
    Tokens,
    Unreachable,
    Verb,
    Verdict,
    VerdictOutcome,
    Windows,
    WindowTooFull,
    register,
)
from connectors.reading import part, rows, text, the_asked
from connectors.top.asking import GATEWAY, ask_top, oauth_host, redeem_code, tokens_of, wants_code
from connectors.top.copies import DISPUTE_FIELDS, EXCHANGE_FIELDS, FIELDS, dispute_copy, exchange_copy, top_copy
from connectors.top.decisions import has_phase, is_true, objection, top_call
from connectors.top.lists import DISPUTES, LISTINGS, Listing
from refunds.states import RefundKind

MOST_PAGES, MOST_MESSAGES = 200, 200
MOST_IDLE_BATCHES = 10  # of messages that are about no refund, in a row
WITH_DISPUTES = {"tmall"}  # the marketplaces whose shops may ask for exchanges and for all disputes


@register
class Taobao(Platform):
    """Signs with md5: of the three methods the one whose worked example the platform has published."""

    name = "taobao"
    label = "淘宝开放平台 Taobao Open Platform"
    marketplaces = frozenset({"tmall", "taote"})
    base_url = GATEWAY
    authorisation = Authorisation.OAUTH
    secrets = frozenset({Secret.APP_SECRET})
    # For refunds no longest window is documented; a day is that of the call for orders. No delay is documented either:
    # the second that is being written is left out, and what appears late is found in the next window's overlap.
    windows = Windows(span=timedelta(days=1), lag=timedelta(seconds=2), overlap=timedelta(minutes=5))
    decides = frozenset(
        {
            Verb.AGREE_REFUND,
            Verb.AGREE_RETURN,
            Verb.AGREE_EXCHANGE,
            Verb.CONFIRM_RECEIPT,
            Verb.REFUSE,
            Verb.REFUSE_RECEIPT,
            Verb.RESHIP,
        }
    )
    back_office = "https://myseller.taobao.com/"
    fetches_messages = True
    sign_method: ClassVar[str] = "md5"

    def authorise_link(self, shop: Shop, *, state: str, callback: str) -> str:
        """Where the merchant lets us in: signed in as a sub-account, since only such may agree to refunds."""
        asked = {"response_type": "code", "client_id": shop.app_key, "redirect_uri": callback, "state": state}
        return f"{oauth_host(shop)}/authorize?{urlencode({**asked, 'view': 'web'})}"

    def redeem(self, shop: Shop, *, code: str, callback: str, now: datetime) -> Tokens:
        """Refusal for a code that is spent or too old."""
        return redeem_code(shop, code=code, callback=callback, now=now)

    def refresh(self, shop: Shop, *, now: datetime) -> Tokens:
        """Only applications of the service market can; a merchant's own has a token that simply ends."""
        if not shop.refresh_token:
            raise ReauthorisationNeeded(ours=_("This application's authorisation can only be renewed by a person."))
        asked = {"refresh_token": shop.refresh_token}
        try:
            said = self._ask(replace(shop, access_token=""), "taobao.top.auth.token.refresh", asked, now)
        except (Refusal, TokenExpired) as error:
            raise ReauthorisationNeeded(error.text, code=error.code) from None
        result = said.get("token_result")
        try:
            answer = json.loads(result) if isinstance(result, str) else result
        except ValueError:
            raise Unreachable(_("The tokens are no JSON.")) from None
        if not isinstance(answer, dict) or not answer.get("access_token"):
            raise ReauthorisationNeeded(ours=_("The marketplace gave no new token."))
        return tokens_of(answer, now)

    def list_changed(self, shop: Shop, *, since: datetime, until: datetime, now: datetime) -> Iterator[Sequence[Brief]]:
        """Forward to the end, and where there were several pages back again; of Tmall one list after the other.

        A refund that changes leaves the window, and those behind it move to an earlier page, maybe one that was read.
        On the way back nothing slips past the reader; what was told before is left out.
        """
        told: set[Brief] = set()
        for listing in LISTINGS if shop.marketplace in WITH_DISPUTES else LISTINGS[:1]:
            page_at = partial(self._page, shop, listing, listing.asked(since, until), now)
            last = 0
            has_next = True
            while has_next:
                last += 1
                if last > MOST_PAGES:
                    raise WindowTooFull(ours=_("There are more changes in this window than can be paged through."))
                page, has_next = page_at(last)
                yield _untold(page, told)
            for number in range(last - 1, 0, -1):
                yield _untold(page_at(number)[0], told)

    def read(self, shop: Shop, *, refund_id: str, order_number: str, now: datetime) -> RefundCopy:
        """With the deadline, which the list doesn't tell. At Tmall it may be an exchange, or about postage alone."""
        refusal: PlatformError = NotThere(ours=_("The marketplace has no such refund for this shop."))
        try:
            said = self._ask(shop, "taobao.refund.get", {"fields": FIELDS, "refund_id": refund_id}, now)
            if refund := part(said, "refund"):
                return the_asked(refund_id, top_copy(refund))
        except Refusal as error:
            refusal = error
        found = self._dispute(shop, refund_id, now) if shop.marketplace in WITH_DISPUTES else None
        if found is None:
            raise refusal
        return the_asked(refund_id, found)

    def _dispute(self, shop: Shop, refund_id: str, now: datetime) -> RefundCopy | None:
        """What the calls beside those for refunds say of it, if anything."""
        try:
            asked = {"dispute_id": refund_id, "fields": EXCHANGE_FIELDS}
            told = part(self._ask(shop, "tmall.exchange.get", asked, now), "result", "exchange")
            if told:
                return exchange_copy(told)
            asked = {"refund_id": refund_id, "fields": DISPUTE_FIELDS, "page_no": "1"}
            disputes = self._ask(shop, "tmall.dispute.receive.get", asked, now)
        except Refusal:
            return None
        mine = [row for row in DISPUTES.rows(disputes) if text(row.get("refund_id")) == refund_id]
        return dispute_copy(mine[0]) if mine else None

    def decide(self, shop: Shop, decision: PlatformDecision, *, now: datetime) -> Verdict:
        """One call. When it is refused the refund is read, to tell whether it has moved on meanwhile.

        The calls for exchanges take no version, so that those are read before.
        """
        copy, call = decision.copy, top_call(decision)
        if call is None:
            return Verdict(VerdictOutcome.BY_HAND)
        if copy.kind == RefundKind.EXCHANGE:
            seen = self.read(shop, refund_id=copy.id, order_number=copy.order.number, now=now)
            if seen.as_decided_on != copy.as_decided_on:
                return Verdict(VerdictOutcome.MOVED_ON, text=seen.raw_status)
        if call.method == "taobao.rp.returngoods.agree" and not has_phase(copy):
            call.fields.update(self._address_in_words(shop, decision.address_id, now))
        try:
            objects = objection(self._ask(shop, call.method, call.fields, now, call.files), copy.id)
        except Refusal as error:
            objects = error.code, error.text
        return self._refused(shop, copy, *objects, now) if objects else Verdict(VerdictOutcome.DONE)

    def refusal_reasons(self, shop: Shop, copy: RefundCopy, *, now: datetime) -> Sequence[RefusalReason]:
        """Tmall has reasons, and wants a proof beside them; Taobao has none to ask for and takes any words."""
        if copy.kind == RefundKind.EXCHANGE:
            asked = {"dispute_id": copy.id, "dispute_type": "0", "fields": "reason_id,reason_text"}
            said = self._ask(shop, "tmall.exchange.refusereason.get", asked, now)
            found = rows(part(said, "result", "results").get("reason"))
        elif has_phase(copy):
            asked = {"refund_id": copy.id, "fields": "reason_id,reason_text,reason_tips"}
            asked["refund_phase"] = copy.raw["refund_phase"]
            said = self._ask(shop, "taobao.refund.refusereason.get", asked, now)
            found = rows(part(said, "reasons").get("reason"))
        else:
            return ()
        needs_proof = copy.kind != RefundKind.EXCHANGE
        return [
            RefusalReason(text(row["reason_id"]), text(row.get("reason_text")), needs_proof, needs_proof)
            for row in found
            if text(row.get("reason_id"))
        ]

    def return_addresses(self, shop: Shop, *, now: datetime) -> Sequence[AddressCopy]:
        """The shop's address book, which says by `cancel_def` where returns go by default."""
        words = ("contact_name", "mobile_phone", "phone", "province", "city", "country", "addr")
        return [
            AddressCopy(
                text(row["contact_id"]),
                " ".join(text(row[key]) for key in words if text(row.get(key))),
                is_true(row.get("cancel_def")),
            )
            for row in self._address_book(shop, now)
        ]

    def fetch_messages(self, shop: Shop, *, now: datetime) -> Sequence[Hint]:
        """What the application's queue has about its shops' refunds; what else it has of this shop is done with."""
        for _batch in range(MOST_IDLE_BATCHES):
            hints, idle = self._batch_of_messages(shop, now)
            if hints or not idle:
                return hints
        return []

    def _batch_of_messages(self, shop: Shop, now: datetime) -> tuple[list[Hint], list[str]]:
        said = self._ask(shop, "taobao.tmc.messages.consume", {"quantity": "100"}, now)
        hints, idle = [], []
        for message in rows(part(said, "messages").get("tmc_message")):
            hint = _hint(message)
            is_own = not shop.shop_id or hint.shop_id in ("", shop.shop_id)
            if hint.refund_id:
                hints.append(hint)
            elif hint.message_id and is_own:
                idle.append(hint.message_id)
        self.confirm_messages(shop, idle, now=now)
        return hints, idle

    def confirm_messages(self, shop: Shop, message_ids: Sequence[str], *, now: datetime) -> None:
        """In calls of at most 200."""
        for start in range(0, len(message_ids), MOST_MESSAGES):
            ids = ",".join(message_ids[start : start + MOST_MESSAGES])
            self._ask(shop, "taobao.tmc.messages.confirm", {"s_message_ids": ids}, now)

    def _ask(
        self,
        shop: Shop,
        method: str,
        fields: Mapping[str, str],
        now: datetime,
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> dict[str, Any]:
        return ask_top(shop, method, fields, now=now, sign_method=self.sign_method, files=files)

    def _page(
        self, shop: Shop, listing: Listing, asked: Mapping[str, str], now: datetime, number: int
    ) -> tuple[list[Brief], bool]:
        return listing.page(self._ask(shop, listing.method, {**asked, "page_no": str(number)}, now))

    def _refused(self, shop: Shop, copy: RefundCopy, code: str, words: str, now: datetime) -> Verdict:
        """Why a decision wasn't done. What TOP's codes mean for refunds isn't documented, so the refund is asked."""
        if wants_code(code, words):
            return Verdict(VerdictOutcome.CODE_WANTED, code, words)
        try:
            current = self.read(shop, refund_id=copy.id, order_number=copy.order.number, now=now)
        except PlatformError:
            return Verdict(VerdictOutcome.REFUSED, code, words)
        has_moved = current.as_decided_on != copy.as_decided_on
        return Verdict(VerdictOutcome.MOVED_ON if has_moved else VerdictOutcome.REFUSED, code, words)

    def _address_book(self, shop: Shop, now: datetime) -> list[dict[str, Any]]:
        said = self._ask(shop, "taobao.logistics.address.search", {}, now)
        return [row for row in rows(part(said, "addresses").get("address_result")) if text(row.get("contact_id"))]

    def _address_in_words(self, shop: Shop, address_id: str, now: datetime) -> dict[str, str]:
        """A return address as Taobao wants it beside its id; nothing where the book can't be read."""
        try:
            book = self._address_book(shop, now)
        except Refusal:
            return {}
        row = next((row for row in book if text(row["contact_id"]) == address_id), {})
        names = {"name": "contact_name", "post": "zip_code", "tel": "phone", "mobile": "mobile_phone"}
        words = {ours: text(row.get(theirs)) for ours, theirs in names.items()}
        return {**words, "address": "".join(text(row.get(key)) for key in ("province", "city", "country", "addr"))}


def _untold(page: Sequence[Brief], told: set[Brief]) -> list[Brief]:
    """What of a page wasn't told before; a row that can't be read is told each time."""
    fresh = [row for row in dict.fromkeys(page) if row not in told]
    told.update(row for row in fresh if row.id)
    return fresh


def _hint(message: Mapping[str, Any]) -> Hint:
    """What a message is about: the refund, or the exchange; no refund where it is about neither."""
    try:
        content = json.loads(text(message.get("content")) or "{}")
    except ValueError:
        content = {}
    content = content if isinstance(content, dict) else {}
    refund_id = text(content.get("refund_id")) or text(content.get("dispute_id"))
    is_ours = text(message.get("topic")).startswith(("taobao_refund_", "taobao_dispute_"))
    message_id = text(message.get("id"))
    user_id = text(message.get("user_id"))
    return Hint(message_id, refund_id if is_ours else "", text(content.get("tid")), message_id, user_id)
