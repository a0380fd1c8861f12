"""Which call carries a decision out at Kuaishou."""

from typing import Any, NamedTuple

from connectors.kwai.asking import number_or_text
from connectors.port import PlatformDecision, RefundCopy, Verb
from connectors.reading import company_called, in_fen, part, whole
from refunds.states import RefundKind

PROPOSED = {"return_and_refund": 1, "refund_only": 10}
# expressCode of the carriers that the desk knows; the platform turns down what doesn't fit the number.
COMPANIES = (
    ("4", "顺丰速运"),
    ("9", "中通快递"),
    ("6", "圆通速递"),
    ("3", "申通快递"),
    ("11", "韵达快递"),
    ("109", "极兔速递"),
    ("14", "京东"),
    ("2", "EMS"),
    ("8", "邮政快递包裹"),
    ("53", "德邦快递"),
    ("113", "菜鸟速递"),
    ("81", "苏宁物流"),
    ("25", "跨越速运"),
    ("77", "联邦快递"),
    ("90", "UPS"),
)


class KuaishouCall(NamedTuple):
    """A call's name, and what it says."""

    method: str
    param: dict[str, Any]


def kuaishou_call(decision: PlatformDecision) -> KuaishouCall | None:
    """The call that carries a decision out; None where a person has to do it at the back office.

    How pictures are to be sent isn't documented, so a refusal with pictures is a person's.
    """
    copy, refund_id = decision.copy, number_or_text(decision.copy.id)
    amount = in_fen(copy.amount if decision.amount is None else decision.amount)
    seen = {"refundVersion": copy.version}
    match decision.verb, copy.kind:
        case Verb.AGREE_REFUND, RefundKind.EXCHANGE:
            return KuaishouCall("open.refund.direct.refund", {"refundId": refund_id, **seen})
        case Verb.AGREE_REFUND, kind if kind:  # a reshipment or a repair has none, and pays nothing
            param = {
                "refundId": refund_id,
                "refundAmount": amount,
                **_state(copy),
                "refundHandingWay": number_or_text(copy.raw_kind),
            }
            if decision.text:
                param["desc"] = decision.text
            return KuaishouCall("open.seller.order.refund.approve", param)
        case (Verb.AGREE_RETURN, _) | (Verb.AGREE_EXCHANGE, _):
            param = {"refundId": refund_id, "refundAmount": 0 if decision.verb == Verb.AGREE_EXCHANGE else amount}
            if decision.address_id:
                param["addressId"] = number_or_text(decision.address_id)
            return KuaishouCall("open.seller.order.refund.returngoods.approve", param)
        case Verb.CONFIRM_RECEIPT, "return_and_refund":
            param = {"refundId": refund_id, "status": number_or_text(copy.raw_status)}
            # Without that object the call fails when these are sent; with it, when they aren't.
            if freight := part(copy.raw, "returnFreightInfo"):
                param |= {"returnFreightHandlingAdvice": 1, "returnFreightAmount": freight.get("returnFreightAmount")}
            return KuaishouCall("open.seller.order.refund.confirm.receipt", param)
        case Verb.RESHIP, RefundKind.EXCHANGE:
            company = company_called(decision.carrier, COMPANIES)
            if company is None:
                return None
            parcel = {"expressNo": decision.tracking_number, "expressCode": int(company[0])}
            return KuaishouCall("open.refund.confirm.and.send", {"refundId": refund_id, **parcel})
        case (Verb.REFUSE, _) | (Verb.REFUSE_RECEIPT, _) | (Verb.CHANGE_REQUEST, _):
            return _rejection(decision)
    return None


def _state(copy: RefundCopy) -> dict[str, Any]:
    """The status that the agent saw, and how far it was negotiated."""
    negotiated = whole(copy.raw.get("negotiateStatus"))
    return {"status": number_or_text(copy.raw_status)} | ({"negotiateStatus": negotiated} if negotiated else {})


def _rejection(decision: PlatformDecision) -> KuaishouCall | None:
    """One call refuses the request, refuses what came back, and proposes another kind."""
    param: dict[str, Any] = {"refundId": number_or_text(decision.copy.id), "refundVersion": decision.copy.version}
    if decision.verb == Verb.CHANGE_REQUEST:
        if decision.kind not in PROPOSED:
            return None
        param["editHandlingWay"] = PROPOSED[decision.kind]
        if decision.address_id:
            param["editReturnAddressId"] = number_or_text(decision.address_id)
    if decision.evidence:
        return None
    if decision.reason_code:
        param["reasonCode"] = number_or_text(decision.reason_code)
    if decision.text:
        param["rejectDesc"] = decision.text
    return KuaishouCall("open.refund.reject", param)
