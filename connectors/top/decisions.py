"""Which call carries a decision out at TOP, and what its answer says became of it.

Refunds and exchanges have calls of their own. Agreeing to money tells the amount, in fen. Tmall's calls take the phase
and the version that the agent saw, so that they fail when the refund has changed.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from common.sentences import sentence as _
from common.words import for_buyers
from connectors.port import PlatformDecision, RefundCopy, Unreachable, Verb
from connectors.reading import in_fen, part, rows, text
from orders.waybills import carrier_label
from refunds.states import RefundKind

ANSWERED = "dispute_id,bizorder_id,modified,status"
EXPRESS = "200"
DECIDED = {"REFUND", "REFUND_AND_RETURN", "TMALL_EXCHANGE", ""}  # "": of an answer that doesn't tell the kind


class TopCall(NamedTuple):
    """A call's name, its fields, and its files (name of the field → file name, content)."""

    method: str
    fields: dict[str, str]
    files: dict[str, tuple[str, bytes]] | None = None


def top_call(decision: PlatformDecision) -> TopCall | None:
    """The call for a decision; None where there is none and a person has to do it at the back office.

    So it is with what isn't a refund, a return or an exchange of Tmall's, and with what only the list of all disputes
    tells of: no call is documented to decide about those.
    """
    copy = decision.copy
    if copy.raw_kind not in DECIDED or copy.raw.get("operation_contraint") == "refund_onweb":
        return None
    build = (_OF_EXCHANGES if copy.kind == RefundKind.EXCHANGE else _OF_REFUNDS).get(decision.verb)
    return build(decision) if build else None


def has_phase(copy: RefundCopy) -> bool:
    """Whether this is a refund as Tmall has them."""
    return bool(text(copy.raw.get("refund_phase")))


def objection(said: Mapping[str, Any], refund_id: str) -> tuple[str, str] | None:
    """Why the call that answered so did not do it: code and words. None when it did.

    Agreeing answers for each refund apart: a success of the whole says nothing. Unreachable when neither is told.
    """
    each = rows(part(said, "results").get("refund_mapping_result")) or rows(said.get("results"))
    mine = next((row for row in each if text(row.get("refund_id")) == refund_id), None)
    result = part(said, "result")
    told = mine or result or said
    flags = [told[name] for name in ("succ", "is_success", "success", "result") if name in told]
    if not flags or (each and mine is None):
        raise Unreachable(_("The answer doesn't say what became of the decision."))
    if is_true(flags[0]):
        return None
    words = [text(place.get("message")) for place in (mine or {}, result, said)]
    return text(told.get("msg_code")) or text(said.get("msg_code")), next((each for each in words if each), "")


def is_true(value: Any) -> bool:
    """Whether TOP says yes, as a boolean or as its text."""
    return value is True or text(value).lower() == "true"


def _lock(copy: RefundCopy) -> dict[str, str]:
    """The phase and the version that the agent saw, where the refund has a phase."""
    if not has_phase(copy):
        return {}
    return {"refund_phase": text(copy.raw["refund_phase"]), "refund_version": text(copy.raw.get("refund_version"))}


def _proof(decision: PlatformDecision, name: str) -> dict[str, tuple[str, bytes]] | None:
    return {name: decision.evidence[0]} if decision.evidence else None


def _agree(decision: PlatformDecision) -> TopCall:
    copy = decision.copy
    amount = copy.amount if decision.amount is None else decision.amount
    parts = [copy.id, str(in_fen(amount)), text(copy.raw.get("refund_version")) or str(copy.version)]
    if has_phase(copy):
        parts.append(text(copy.raw["refund_phase"]))
    return TopCall("taobao.rp.refunds.agree", {"refund_infos": "|".join(parts), "code": decision.code})


def _agree_to_return(decision: PlatformDecision) -> TopCall:
    with for_buyers():
        remark = decision.text or _("Please send the goods to this address.")
    fields = {"refund_id": decision.copy.id, "seller_address_id": decision.address_id, "remark": remark}
    return TopCall("taobao.rp.returngoods.agree", {**fields, **_lock(decision.copy)})


def _refuse(decision: PlatformDecision) -> TopCall:
    fields = {
        "refund_id": decision.copy.id,
        "refuse_message": decision.text,
        "refuse_reason_id": decision.reason_code,
        **_lock(decision.copy),
    }
    return TopCall("taobao.refund.refuse", fields, _proof(decision, "refuse_proof"))


def _refuse_goods(decision: PlatformDecision) -> TopCall | None:
    """Only Tmall has a call for it."""
    if not has_phase(decision.copy):
        return None
    fields = {"refund_id": decision.copy.id, "refuse_reason_id": decision.reason_code, **_lock(decision.copy)}
    return TopCall("taobao.rp.returngoods.refuse", fields, _proof(decision, "refuse_proof"))


def _agree_to_exchange(decision: PlatformDecision) -> TopCall:
    fields = {"dispute_id": decision.copy.id, "address_id": decision.address_id, "leave_message": decision.text}
    return TopCall("tmall.exchange.agree", {**fields, "fields": ANSWERED})


def _goods_came_back(decision: PlatformDecision) -> TopCall:
    return TopCall("tmall.exchange.returngoods.agree", {"dispute_id": decision.copy.id, "fields": ANSWERED})


def _refuse_exchange(decision: PlatformDecision) -> TopCall:
    call = _refuse_exchanged_goods(decision)
    return TopCall("tmall.exchange.refuse", {**call.fields, "fields": ANSWERED}, call.files)


def _refuse_exchanged_goods(decision: PlatformDecision) -> TopCall:
    fields = {
        "dispute_id": decision.copy.id,
        "seller_refuse_reason_id": decision.reason_code,
        "leave_message": decision.text,
    }
    return TopCall("tmall.exchange.returngoods.refuse", fields, _proof(decision, "leave_message_pics"))


def _send_new_goods(decision: PlatformDecision) -> TopCall:
    with for_buyers():
        carrier = carrier_label(decision.carrier)
    fields = {
        "dispute_id": decision.copy.id,
        "logistics_no": decision.tracking_number,
        "logistics_type": EXPRESS,
        "logistics_company_name": carrier,
        "fields": ANSWERED,
    }
    return TopCall("tmall.exchange.consigngoods", fields)


_Build = Callable[[PlatformDecision], TopCall | None]
# The call that agrees also pays out after the goods came back: there is none for their receipt.
_OF_REFUNDS: Mapping[Verb, _Build] = {
    Verb.AGREE_REFUND: _agree,
    Verb.CONFIRM_RECEIPT: _agree,
    Verb.AGREE_RETURN: _agree_to_return,
    Verb.REFUSE: _refuse,
    Verb.REFUSE_RECEIPT: _refuse_goods,
}
_OF_EXCHANGES: Mapping[Verb, _Build] = {
    Verb.AGREE_EXCHANGE: _agree_to_exchange,
    Verb.CONFIRM_RECEIPT: _goods_came_back,
    Verb.REFUSE: _refuse_exchange,
    Verb.REFUSE_RECEIPT: _refuse_exchanged_goods,
    Verb.RESHIP: _send_new_goods,
}
