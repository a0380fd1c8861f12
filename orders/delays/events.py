"""What can happen to delay reports, and by them to orders and their buyers (K4)."""

from dataclasses import replace
from typing import Annotated, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, END, REFERENCE, Data, Fact, changed, hidden, said, worded


def _ship_by(fact: Fact) -> Fact:
    def word(value, data: Data) -> str:
        return _("ship by %(when)s") % {"when": fact.word(value, data)}

    return replace(fact, word=word)


SHIP_BY = _ship_by(END)
REASON = said(gettext_lazy("Reason"))


class _DelayReported(TypedDict):
    expected_at: Annotated[str, hidden(END)]
    orders: Annotated[int, hidden(COUNT)]
    reason: Annotated[str, REASON]


class _Resumed(TypedDict):
    report: Annotated[str, REFERENCE]
    ship_by: Annotated[list[str], _ship_by(changed(END))]


class _Delayed(_Resumed):
    reason: Annotated[str, REASON]


class _Notified(TypedDict):
    report: Annotated[str, REFERENCE]
    text: Annotated[dict, worded("")]


DELAY_REPORTED = EventType(
    "delay.reported",
    gettext_lazy("Delay reported"),
    "delayreport",
    _DelayReported,
    meaning=gettext_lazy("The merchant says that these orders ship later, and when."),
)
DELAY_OVERDUE = EventType(
    "delay.overdue",
    gettext_lazy("The reported date has passed with orders left to ship"),
    "delayreport",
    tone=EventTone.BAD,
    meaning=gettext_lazy("The date that the merchant named is over, and some of the report's orders are not shipped."),
)
DELAY_LIFTED = EventType(
    "delay.lifted",
    gettext_lazy("Delay lifted"),
    "delayreport",
    tone=EventTone.GOOD,
    meaning=gettext_lazy("The report is over: orders that are left have their rule's deadline again."),
)
ORDER_DELAYED = EventType(
    "order.delayed",
    gettext_lazy("Delay reported: the order ships later"),
    "order",
    _Delayed,
    EventTone.WARNING,
    meaning=gettext_lazy("The order may ship until the date that the merchant reported."),
)
ORDER_RESUMED = EventType(
    "order.resumed",
    gettext_lazy("Delay lifted: the deadline is the rule's again"),
    "order",
    _Resumed,
    EventTone.NOTE,
    meaning=gettext_lazy("The delay report doesn't hold for this order any more."),
)
BUYER_NOTIFIED = EventType(
    "buyer.notified",
    gettext_lazy("The buyer was told"),
    "delayedorder",
    _Notified,
    meaning=gettext_lazy("The buyer of a delayed order was told so, once for each report."),
)
