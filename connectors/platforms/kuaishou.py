"""Kuaishou's shops (open.kwaixiaodian.com).

Money is in fen, instants are in milliseconds, and `updateTime` is the version of a refund. The application has two
secrets and a key: for authorising, for signing, for decrypting messages. How it is asked and read: connectors/kwai.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings

from common.sentences import sentence as _
from connectors.http import send
from connectors.kwai.asking import (
    ADDRESSES,
    DETAIL,
    GATEWAY,
    LIST,
    MOVED_ON,
    REASONS,
    address_at,
    ask_kuaishou,
    kuaishou_error,
    milliseconds_of,
    number_or_text,
)
from connectors.kwai.copies import kuaishou_copy
from connectors.kwai.decisions import PROPOSED, kuaishou_call
from connectors.kwai.pushes import decrypted, is_test
from connectors.port import (
    AddressCopy,
    Authorisation,
    BadPush,
    Brief,
    Hint,
    Limit,
    LimitScope,
    NotThere,
    Platform,
    PlatformDecision,
    PlatformError,
    PushAnswer,
    ReauthorisationNeeded,
    RefundCopy,
    Refusal,
    RefusalReason,
    Secret,
    Shop,
    TokenExpired,
    Tokens,
    Verb,
    Verdict,
    VerdictOutcome,
    Windows,
    WindowTooFull,
    register,
)
from connectors.reading import json_object, part, rows, text, the_asked, whole

AUTHORISE = "https://open.kwaixiaodian.com"
PAGE, MOST_PAGES = 100, 200
LAST_PAGE = "nomore"
REFRESH_LASTS = timedelta(days=180)
RECEIVED = PushAnswer(b'{"result":1}')


def windows_of(minutes: int) -> Windows:
    """A day at most, of the last ninety, kept a day inside. A window that is too long all the same is WindowTooFull."""
    span = timedelta(minutes=min(max(minutes, 15), 1440))
    # What appears late is found in the next window's overlap; how late that may be isn't documented.
    return Windows(span=span, lag=timedelta(seconds=2), overlap=timedelta(minutes=5), reach=timedelta(days=89))


@register
class Kuaishou(Platform):
    """Signs as the platform recommends."""

    name = "kuaishou"
    label = "快手小店 Kuaishou Shop"
    marketplaces = frozenset({"kuaishou"})
    base_url = GATEWAY
    authorisation = Authorisation.OAUTH
    secrets = frozenset({Secret.APP_SECRET, Secret.SIGN_SECRET})
    push_secrets = frozenset({Secret.MESSAGE_KEY})
    windows = windows_of(settings.KUAISHOU_WINDOW_MINUTES)
    limits = (Limit(LimitScope.APPLICATION, 100, timedelta(seconds=1)),)
    decides = frozenset(
        {
            Verb.AGREE_REFUND,
            Verb.AGREE_RETURN,
            Verb.AGREE_EXCHANGE,
            Verb.CONFIRM_RECEIPT,
            Verb.REFUSE,
            Verb.REFUSE_RECEIPT,
            Verb.RESHIP,
            Verb.CHANGE_REQUEST,
        }
    )
    back_office = "https://s.kwaixiaodian.com/"
    proposes = frozenset(PROPOSED)
    takes_pushes = True
    reships_at_receipt = True
    sign_method: ClassVar[str] = "HMAC_SHA256"
    scopes: ClassVar[str] = "merchant_refund,merchant_logistics"  # the second for return addresses

    def authorise_link(self, shop: Shop, *, state: str, callback: str) -> str:
        """Where the merchant lets us in; what comes back is good for two minutes."""
        asked = {
            "app_id": shop.app_key,
            "redirect_uri": callback,
            "scope": self.scopes,
            "response_type": "code",
            "state": state,
        }
        return f"{shop.base_url.rstrip('/') or AUTHORISE}/oauth/authorize?{urlencode(asked)}"

    def redeem(self, shop: Shop, *, code: str, callback: str, now: datetime) -> Tokens:
        """Refusal for a code that is spent or too old."""
        asked = {"grant_type": "code", "code": code, **self._application(shop)}
        tokens = self._tokens(send("GET", address_at(shop, "oauth2.access_token"), call="oauth2", query=asked), now)
        # Told only when it is refreshed; then the new refresh token ends when the first one would have.
        ends = tokens.refresh_expires_at or now + REFRESH_LASTS
        return Tokens(tokens.access_token, tokens.expires_at, tokens.refresh_token, ends, None, tokens.shop_id)

    def refresh(self, shop: Shop, *, now: datetime) -> Tokens:
        """The refresh token is spent with it, and its successor lives no longer than it would have."""
        if not shop.refresh_token:
            raise ReauthorisationNeeded(ours=_("There is no token left to renew the authorisation with."))
        asked = {"grant_type": "refresh_token", "refresh_token": shop.refresh_token, **self._application(shop)}
        try:
            return self._tokens(send("POST", address_at(shop, "oauth2.refresh_token"), call="oauth2", form=asked), now)
        except (TokenExpired, Refusal) as error:
            raise ReauthorisationNeeded(error.text, code=error.code) from None

    def list_changed(self, shop: Shop, *, since: datetime, until: datetime, now: datetime) -> Iterator[Sequence[Brief]]:
        """Oldest change first; each further page begins where the last one ended.

        So no refund that changes meanwhile moves another over the edge of a page. Only where a whole page has changed
        in one millisecond, or isn't in order, the platform's own cursor is followed.
        """
        begin, end = milliseconds_of(since), milliseconds_of(until)
        told: set[Brief] = set()
        cursor, number = "", 1
        for _count in range(MOST_PAGES):
            page, cursor = self._page(shop, begin, end, cursor, number, now)
            yield [row for row in dict.fromkeys(page) if row not in told]
            told.update(row for row in page if row.id)
            if cursor == LAST_PAGE or not page:
                return
            versions = [row.version for row in page]
            if number == 1 and versions == sorted(versions) and versions[-1] - 1 > begin:
                begin, cursor = versions[-1] - 1, ""
            else:
                number += 1
        raise WindowTooFull(ours=_("There are more changes in this window than can be paged through."))

    def read(self, shop: Shop, *, refund_id: str, order_number: str, now: datetime) -> RefundCopy:
        """One refund, with the freight of its return where there is any."""
        data = self._ask(shop, DETAIL, {"refundId": number_or_text(refund_id)}, now)
        if not isinstance(data, dict) or not data:
            raise NotThere(ours=_("The marketplace has no such refund for this shop."))
        inner = [value for value in data.values() if isinstance(value, dict) and "refundId" in value]
        # How the details are told isn't documented in full: with a wrapper they are read as well.
        return the_asked(refund_id, kuaishou_copy(data if "refundId" in data or len(inner) != 1 else inner[0]))

    def decide(self, shop: Shop, decision: PlatformDecision, *, now: datetime) -> Verdict:
        """One call. When it is refused the refund is read, to tell whether it has moved on meanwhile."""
        call = kuaishou_call(decision)
        if call is None:
            return Verdict(VerdictOutcome.BY_HAND)
        copy = decision.copy
        try:
            self._ask(shop, call.method, call.param, now)
        except (Refusal, NotThere) as error:
            if error.code in MOVED_ON:
                return Verdict(VerdictOutcome.MOVED_ON, error.code, error.text)
            refused = Verdict(VerdictOutcome.REFUSED, error.code, error.text)
            try:
                current = self.read(shop, refund_id=copy.id, order_number=copy.order.number, now=now)
            except PlatformError:
                return refused
            has_moved = current.as_decided_on != copy.as_decided_on
            return Verdict(VerdictOutcome.MOVED_ON, error.code, error.text) if has_moved else refused
        return Verdict(VerdictOutcome.DONE)

    def refusal_reasons(self, shop: Shop, copy: RefundCopy, *, now: datetime) -> Sequence[RefusalReason]:
        """Each says whether it wants words and pictures."""
        data = self._ask(shop, REASONS, {"refundId": number_or_text(copy.id)}, now)
        return [
            RefusalReason(
                text(row.get("reasonCode")) or text(row.get("code")),
                next((text(row[name]) for name in ("reasonDesc", "reason", "desc") if text(row.get(name))), ""),
                row.get("requiredRejectDesc") is True,
                row.get("requiredRejectImage") is True,
            )
            for row in _listed(data)
            if text(row.get("reasonCode")) or text(row.get("code"))
        ]

    def return_addresses(self, shop: Shop, *, now: datetime) -> Sequence[AddressCopy]:
        """The shop's addresses; how they are told in full isn't documented, so their texts are shown as they come."""
        return [
            AddressCopy(
                text(row.get("addressId")) or text(row.get("id")),
                " ".join(dict.fromkeys(_texts(row))),
                row.get("defaultAddress") is True,
            )
            for row in _listed(self._ask(shop, ADDRESSES, {}, now))
            if text(row.get("addressId")) or text(row.get("id"))
        ]

    def read_push(
        self, shop: Shop, *, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> tuple[Sequence[Hint], PushAnswer]:
        """There is no signature: it is theirs when our key decrypts it and it names our application."""
        if is_test(body):
            return (), RECEIVED
        message = decrypted(body, shop.secrets.get(Secret.MESSAGE_KEY, ""))
        if message.get("test") is True:
            return (), RECEIVED
        if text(message.get("appKey")) != shop.app_key:
            raise BadPush("The message is for another application.")
        if not text(message.get("event")).startswith("kwaishop_aftersales_"):
            return (), RECEIVED
        try:
            info = json.loads(text(message.get("info")) or "{}")
        except ValueError:
            raise BadPush("The message's info is no JSON.") from None
        refund_id = text(part({"info": info}, "info").get("refundId"))
        if not refund_id:
            return (), RECEIVED
        key = text(message.get("eventId")) or f"{message.get('event')}:{refund_id}:{message.get('createTime')}"
        return (Hint(key, refund_id, text(info.get("orderId")), shop_id=text(message.get("openId"))),), RECEIVED

    def _application(self, shop: Shop) -> dict[str, str]:
        return {"app_id": shop.app_key, "app_secret": shop.secrets[Secret.APP_SECRET]}

    def _tokens(self, response: Any, now: datetime) -> Tokens:
        answer = json_object(response)
        if whole(answer.get("result")) != 1 or not text(answer.get("access_token")):
            raise kuaishou_error(answer)
        refresh_lasts = whole(answer.get("refresh_token_expires_in"))
        return Tokens(
            access_token=text(answer["access_token"]),
            expires_at=now + timedelta(seconds=whole(answer.get("expires_in")) or 172_800),
            refresh_token=text(answer.get("refresh_token")),
            refresh_expires_at=now + timedelta(seconds=refresh_lasts) if refresh_lasts else None,
            shop_id=text(answer.get("open_id")),
        )

    def _page(
        self, shop: Shop, begin: int, end: int, cursor: str, number: int, now: datetime
    ) -> tuple[list[Brief], str]:
        param = {
            "beginTime": begin,
            "endTime": end,
            "type": 9,
            "queryType": 2,
            "sort": 2,
            "pageSize": PAGE,
            "currentPage": number,
            "pcursor": cursor,
            "option": {"needExchange": True},
        }
        data = part({"data": self._ask(shop, LIST, param, now)}, "data")
        found = rows(data.get("refundOrderInfoList")) or rows(data.get("dataList"))
        page = [
            Brief(text(row.get("refundId")), text(row.get("oid")), whole(row.get("updateTime")) or 0) for row in found
        ]
        return page, text(data.get("pcursor")) or LAST_PAGE

    def _ask(self, shop: Shop, method: str, param: Mapping[str, Any], now: datetime) -> Any:
        return ask_kuaishou(shop, method, param, now=now, sign_method=self.sign_method)


def _listed(data: Any) -> list[dict[str, Any]]:
    """The rows of an answer that is a list, or has one somewhere in it: where isn't documented."""
    if isinstance(data, Mapping):
        data = next((value for value in data.values() if isinstance(value, list)), [])
    return rows(data)


def _texts(value: Any) -> Iterator[str]:
    """Every text within."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, str) and value:
        yield value
