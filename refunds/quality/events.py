"""What can happen to a store's quality: refunds that count, and restrictions (P6, P7)."""

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventType
from common.facts import SHARE, Data, Fact, choice, hidden
from refunds.states import (
    QualityPolicy,
    QualityStep,
    RefundReason,
)


class _Counted(TypedDict):
    policy: Annotated[str, hidden(choice(QualityPolicy))]
    reason: Annotated[str, choice(RefundReason)]


REFUND_COUNTED = EventType(
    "refund.counted",
    gettext_lazy("Counted as a quality refund"),
    "refund",
    _Counted,
    meaning=gettext_lazy("The refund counts against the store's quality, from that day on."),
)


def _quality_rate(rate: str, data: Data) -> str:
    told = {"rate": f"{Decimal(rate) * 100:.2f}", "count": data["count"], "orders": data["orders"]}
    return _("quality refund rate %(rate)s %%: %(count)d of %(orders)d orders") % told


class _Restricted(TypedDict):
    step: Annotated[str, choice(QualityStep)]
    rate: Annotated[str, replace(SHARE, word=_quality_rate)]
    count: Annotated[int, Fact("quality refunds in the window", example=3)]
    orders: Annotated[int, Fact("orders in the window", example=120)]


QUALITY_RESTRICTED = EventType(
    "quality.restricted",
    gettext_lazy("The store is restricted"),
    "qualityrestriction",
    _Restricted,
    meaning=gettext_lazy("The store's quality refund rate is above a threshold: this step is taken against it."),
)
QUALITY_LIFTED = EventType(
    "quality.lifted",
    gettext_lazy("The restriction is lifted"),
    "qualityrestriction",
    _Restricted,
    meaning=gettext_lazy("The store's quality refund rate is low enough again: this step against it is over."),
)
