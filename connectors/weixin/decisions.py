"""Which call of WeChat Shop carries a decision out; `accept_type` is always told, for without it a state decides."""

from typing import Any

from connectors.port import PlatformDecision, Shop, Verb, Verdict, VerdictOutcome
from connectors.reading import company_called, in_fen, rows, text, whole
from connectors.weixin.asking import ask_weixin
from refunds.states import RefundKind

AGREE_TO_RETURN, PAY_OUT = 1, 2  # accept_type
CHANGE_THE_REQUEST = 3  # merchant_update_type
NEW_TERMS, ONLY_THE_AMOUNT = 6, 10  # update_reason_type
STATE_CHANGED = {10020001, 10021041}


def weixin_call(shop: Shop, decision: PlatformDecision) -> tuple[str, dict[str, Any]] | Verdict:
    """The call and what it is told beside the refund's number, or why a person has to do it."""
    by_hand = Verdict(VerdictOutcome.BY_HAND)
    is_exchange = decision.copy.raw_kind == "EXCHANGE"
    refusing = {"reject_reason_type": whole(decision.reason_code), "reject_reason": decision.text}
    if decision.evidence:
        return by_hand  # a refusal takes none
    match decision.verb:
        case Verb.AGREE_RETURN | Verb.AGREE_EXCHANGE:
            return "acceptapply", {"accept_type": AGREE_TO_RETURN, "address_id": decision.address_id}
        case Verb.AGREE_REFUND | Verb.CONFIRM_RECEIPT if decision.copy.kind and not is_exchange:
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
        case Verb.CHANGE_REQUEST if decision.amount is not None and decision.kind != RefundKind.EXCHANGE:
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
    answer = ask_weixin(shop, "/channels/ec/order/deliverycompanylist/new/get", {"ewaybill_only": False})
    known = rows(answer.get("company_list") or answer.get("delivery_company_list"))
    return [(text(each.get("delivery_id")), text(each.get("delivery_name"))) for each in known]
