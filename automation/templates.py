"""The ten usual rules, to begin with: each is drafted as it stands and changed as the store likes."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from automation.states import RuleAct
from orders.states import GoodsStatus
from refunds.states import RefundKind, RefundReason
from stores.marketplaces import MarketplaceRules


@dataclass(frozen=True)
class RuleTemplate:
    """A rule that many stores want; `says` are fields of the schema."""

    code: str
    name: str | Promise
    purpose: str | Promise
    says: dict[str, Any]

    @property
    def fields(self) -> dict[str, Any]:
        """What the form begins with, in the reader's language."""
        says = {name: str(value) if name == "text" else value for name, value in self.says.items()}
        return {"name": str(self.name), **says}

    def fits(self, rules: MarketplaceRules) -> bool:
        """Whether the marketplace has what it does."""
        method = self.says.get("method")
        return method is None or method in rules.offer_methods


def _offer(method: str, reasons: list[str], **terms: Any) -> dict[str, Any]:
    return {"act": RuleAct.OFFER, "method": method, "reasons": reasons, **terms}


TEMPLATES = (
    RuleTemplate(
        "not_shipped",
        _("Not shipped yet: approve"),
        _("The goods are still here: the money goes back at once, and nobody has to look."),
        {"act": RuleAct.APPROVE, "kinds": [RefundKind.REFUND_ONLY], "goods": [GoodsStatus.NOT_SHIPPED]},
    ),
    RuleTemplate(
        "small",
        _("Small sums: approve"),
        _("Looking at it costs more than the sum."),
        {"act": RuleAct.APPROVE, "kinds": [RefundKind.REFUND_ONLY], "amount_to": "10.00", "refunds_to": 1},
    ),
    RuleTemplate(
        "seven_days",
        _("Seven days without a reason: approve the return"),
        _("The buyer has a right to it; sooner approved is sooner back in stock."),
        {
            "act": RuleAct.APPROVE,
            "kinds": [RefundKind.RETURN_AND_REFUND],
            "reasons": [RefundReason.NO_REASON_7D],
        },
    ),
    RuleTemplate(
        "trusted",
        _("Trusted buyers: approve"),
        _("Buyers with a good score who have asked for nothing in 90 days don't wait."),
        {"act": RuleAct.APPROVE, "credit_from": 700, "refunds_to": 0, "amount_to": "100.00"},
    ),
    RuleTemplate(
        "slow",
        _("Slow parcel: red packet"),
        _("Who waits for a parcel is often content with a small present."),
        _offer("red_packet", [RefundReason.SLOW_LOGISTICS, RefundReason.SELLER_DELAY], percent=5),
    ),
    RuleTemplate(
        "flaw",
        _("Minor flaw: a part of the price back"),
        _("The buyer keeps the goods and is compensated for the flaw."),
        _offer("partial_refund", [RefundReason.MINOR_FLAW, RefundReason.PACKAGING_DAMAGED], percent=15),
    ),
    RuleTemplate(
        "changed_mind",
        _("Changed mind: coupon"),
        _("A coupon on the next order may keep this one."),
        _offer("coupon", [RefundReason.CHANGED_MIND]),
    ),
    RuleTemplate(
        "on_its_way",
        _("On its way: reassurance"),
        _("The parcel is moving: a kind word may be all that is needed."),
        _offer("reassurance", [RefundReason.SLOW_LOGISTICS], goods=[GoodsStatus.IN_TRANSIT]),
    ),
    RuleTemplate(
        "evidence",
        _("Quality complaint: ask for a photograph"),
        _("A photograph decides most of them; the buyer is asked at once."),
        {
            "act": RuleAct.ASK_EVIDENCE,
            "reasons": [RefundReason.QUALITY, RefundReason.NOT_AS_DESCRIBED, RefundReason.WRONG_ITEM],
            "text": _("Please send us a photograph of the goods and of the label on the parcel."),
        },
    ),
    RuleTemplate(
        "often",
        _("Many refunds before: refuse, with a reason"),
        _("Who asks for refunds without return again and again is asked to send the goods back."),
        {
            "act": RuleAct.REFUSE,
            "kinds": [RefundKind.REFUND_ONLY],
            "goods": [GoodsStatus.RECEIVED],
            "refunds_from": 5,
            "text": _("Please ask for a return: we refund you as soon as the goods are back."),
        },
    ),
)
