"""WeChat Shop's API (微信小店): no signature but one token for the whole application, lists by pairs of update times.

What is special here: the token's life is what is left of it, and so is a deadline; a list tells ids only; `acceptapply`
without `accept_type` does whatever the state asks for, so it is always sent; there is no version to decide under, so a
refund is read right before; a closed white list answers 403 without any code.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from common.sentences import sentence as _
from connectors.port import (
    AddressCopy,
    Authorisation,
    BadPush,
    Brief,
    Hint,
    Limit,
    LimitScope,
    Platform,
    PlatformDecision,
    PushAnswer,
    RefundCopy,
    RefundStage,
    Refusal,
    RefusalReason,
    Secret,
    Shop,
    Tokens,
    Unreachable,
    UnreadableCopy,
    Verb,
    Verdict,
    VerdictOutcome,
    Windows,
    WindowTooFull,
    register,
)
from connectors.reading import part, rows, text, whole
from connectors.weixin.asking import AFTERSALE, GATEWAY, ask_weixin, token_of
from connectors.weixin.copies import weixin_copy
from connectors.weixin.decisions import STATE_CHANGED, weixin_call
from connectors.weixin.pushes import decrypt, hints_of, message_object, verify

# Scenes that a reason to refuse is for, by the refund's kind: of the request, of what came back.
SCENES = {"REFUND": (1, 1), "RETURN": (4, 4), "EXCHANGE": (5, 6)}
MOST_PAGES = 1000  # of 20 or more
SOON = timedelta(minutes=10)  # a token that ends by then is renewed by asking; one that lives longer has to be forced


@register
class WechatShop(Platform):
    """Shops on WeChat."""

    name = "wechat_shop"
    label = "微信小店 WeChat Shop"
    marketplaces = frozenset({"wechat_shop"})
    base_url = GATEWAY
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
    reships_at_receipt = True
    proposes, proposes_amount = frozenset({"refund_only", "return_and_refund"}), True

    def refresh(self, shop: Shop, *, now: datetime) -> Tokens:
        """The application's token. One that is still good for long and yet no longer holds is replaced by force."""
        tokens = token_of(shop, now, force=False)
        if tokens.access_token == shop.access_token and tokens.expires_at and tokens.expires_at - now > SOON:
            tokens = token_of(shop, now, force=True)
        return tokens

    def list_changed(self, shop: Shop, *, since: datetime, until: datetime, now: datetime) -> Iterator[Sequence[Brief]]:
        """The ids of the window's refunds; order and version are in the details only."""
        asked: dict[str, Any] = {"begin_update_time": int(since.timestamp()), "end_update_time": int(until.timestamp())}
        for _count in range(MOST_PAGES):
            answer = ask_weixin(shop, f"{AFTERSALE}getaftersalelist", asked)
            ids = answer.get("after_sale_order_id_list")
            if not isinstance(ids, list):
                raise Unreachable(_("The answer has no list of refunds."))
            yield [Brief(text(each), "", 0) for each in ids]
            if not answer.get("has_more"):
                return
            if not (next_key := text(answer.get("next_key"))) or next_key == asked.get("next_key"):
                raise Unreachable(_("There is more, and nothing to ask for it by."))
            asked["next_key"] = next_key
        raise WindowTooFull(ours=_("There are more changes in this window than can be paged through."))

    def read(self, shop: Shop, *, refund_id: str, order_number: str, now: datetime) -> RefundCopy:
        """One refund's details."""
        if not refund_id:
            raise UnreadableCopy(_("Without its number a refund can't be asked for."))
        answer = ask_weixin(shop, f"{AFTERSALE}getaftersaleorder", {"after_sale_order_id": refund_id})
        found = part(answer, "after_sale_order")
        if text(found.get("after_sale_order_id")) != refund_id:
            raise UnreadableCopy(_("The answer tells nothing of this refund."))
        return weixin_copy(found, now)

    def decide(self, shop: Shop, decision: PlatformDecision, *, now: datetime) -> Verdict:
        """Send what there is a call for, if the refund is still as the agent saw it."""
        told = weixin_call(shop, decision)
        if isinstance(told, Verdict):
            return told
        call, asked = told
        copy = decision.copy
        seen = self.read(shop, refund_id=copy.id, order_number=copy.order.number, now=now)
        if seen.as_decided_on != copy.as_decided_on:
            return Verdict(VerdictOutcome.MOVED_ON, text=seen.raw_status)
        try:
            ask_weixin(shop, AFTERSALE + call, {"after_sale_order_id": copy.id, **asked})
        except Refusal as refusal:
            moved_on = whole(refusal.code) in STATE_CHANGED
            return Verdict(VerdictOutcome.MOVED_ON if moved_on else VerdictOutcome.REFUSED, refusal.code, refusal.text)
        return Verdict(VerdictOutcome.DONE)

    def refusal_reasons(self, shop: Shop, copy: RefundCopy, *, now: datetime) -> Sequence[RefusalReason]:
        """The reasons for this kind of refund as it stands; all of them where the platform tells no scene."""
        answer = ask_weixin(shop, f"{AFTERSALE}rejectreason/get", {})
        of_request, of_receipt = SCENES.get(copy.raw_kind, (None, None))
        scene = of_receipt if copy.stage == RefundStage.RETURNING else of_request
        return [
            RefusalReason(text(each.get("reject_reason_type")), text(each.get("reject_reason_type_text")))
            for each in rows(answer.get("reason_list") or answer.get("reject_reason_list"))
            if text(each.get("reject_reason_type")) and each.get("reject_scene", scene) == scene
        ]

    def return_addresses(self, shop: Shop, *, now: datetime) -> Sequence[AddressCopy]:
        """The shop's addresses, each asked for by its id."""
        answer = ask_weixin(shop, "/channels/ec/merchant/address/list", {"offset": 0, "limit": 50})
        ids = answer.get("address_id_list")
        return [_address(shop, text(each)) for each in ids if text(each)] if isinstance(ids, list) else []

    def read_push(
        self, shop: Shop, *, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> tuple[Sequence[Hint], PushAnswer]:
        """The check of the address, or an encrypted event."""
        token = shop.secrets.get(Secret.TOKEN, "")
        told = [token, query.get("timestamp", ""), query.get("nonce", "")]
        if not token:
            raise BadPush("No token is kept here.")
        if method == "GET":
            verify(query.get("signature", ""), told)
            return (), PushAnswer(query.get("echostr", "").encode(), "text/plain")
        encrypted = text(message_object(body).get("Encrypt"))
        verify(query.get("msg_signature", ""), [*told, encrypted])
        message = message_object(decrypt(encrypted, shop.secrets.get(Secret.AES_KEY, ""), shop.app_key))
        return hints_of(message), PushAnswer(b"success", "text/plain")


def _address(shop: Shop, address_id: str) -> AddressCopy:
    answer = ask_weixin(shop, "/channels/ec/merchant/address/get", {"address_id": address_id})
    detail = part(answer, "address_detail")
    info = part(detail, "address_info")
    names = ("province_name", "city_name", "county_name", "detail_info", "user_name")
    return AddressCopy(
        id=address_id,
        text=" ".join(said for name in names if (said := text(info.get(name)))) or text(detail.get("name")),
        is_default=bool(detail.get("default_recv")),
    )
