"""Which code of `afterSale/operate` carries a decision out; of these few are documented."""

from datetime import timedelta
from typing import Any

from connectors.doudian.asking import doudian_answer
from connectors.port import PlatformDecision, Shop, Verb, Verdict, VerdictOutcome
from connectors.reading import company_called, rows, text, whole

# The codes of `operate` that are documented, by what is decided and the kind there.
CODES = {
    (Verb.AGREE_RETURN, 0): 101,
    (Verb.AGREE_REFUND, 1): 201,
    (Verb.REFUSE, 1): 202,
    (Verb.AGREE_EXCHANGE, 3): 301,
    (Verb.RESHIP, 3): 311,
}
STATE_CHANGED, IN_THE_BACK_OFFICE = "isv.business-failed:20309541", "isv.business-failed:11001"

# More time to look at what came back: asked for in the last two days, and given seven more (api-docs/17/770).
MORE_TIME, MORE_TIME_WITHIN = "afterSale.timeExtend", timedelta(days=2)


def doudian_operation(shop: Shop, decision: PlatformDecision) -> dict[str, Any] | Verdict:
    """What `operate` is told, with the version that the agent saw; or why a person has to do it."""
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
    return {"type": code, "items": [item]}


def _companies(shop: Shop) -> list[tuple[str, str]]:
    """The carriers that the platform knows: code and name."""
    answer = doudian_answer(shop, "order.logisticsCompanyList", {})
    return [(text(each.get("code")), text(each.get("name"))) for each in rows(answer.get("data"))]
