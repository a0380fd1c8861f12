"""What can happen to buyers' data."""

from typing import Annotated, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, INSTANT, Data, Fact, named
from stores.states import EventArea


def _orders(count: int, data: Data) -> str:
    return _("%(count)d orders") % {"count": count}


class _Whose(TypedDict):
    buyer: Annotated[str, Fact("the pseudonym of the buyer", lambda name, data: name, example="erased-" + "9f" * 16)]
    orders: Annotated[int, Fact(COUNT.shape, _orders, example=2)]


def _type(name: str, title, tone: EventTone, *, meaning) -> EventType:
    return EventType(f"buyer_data.{name}", title, "buyerrequest", _Whose, tone, EventArea.PRIVACY, meaning=meaning)


EXPORT_ASKED = _type(
    "export_asked",
    gettext_lazy("Export of a buyer's data asked for"),
    EventTone.NOTE,
    meaning=gettext_lazy("Everything that is kept of a buyer is written into a file, for the buyer."),
)
EXPORT_MADE = _type(
    "exported",
    gettext_lazy("Buyer's data exported"),
    EventTone.NOTE,
    meaning=gettext_lazy("The file is there, and its link holds for some days."),
)
EXPORT_TAKEN = _type(
    "taken",
    gettext_lazy("Export of a buyer's data taken"),
    EventTone.NOTE,
    meaning=gettext_lazy("Somebody has downloaded the file."),
)
ERASURE_ASKED = _type(
    "erasure_asked",
    gettext_lazy("Erasure of a buyer's data asked for"),
    EventTone.WARNING,
    meaning=gettext_lazy("Nothing new begins about the buyer's orders, and what is personal in them is being erased."),
)
ERASED = _type(
    "erased",
    gettext_lazy("Buyer's data erased"),
    EventTone.WARNING,
    meaning=gettext_lazy("Nothing personal of the buyer is kept any more. Programs that keep copies erase theirs."),
)
REQUEST_RESUMED = _type(
    "resumed",
    gettext_lazy("Work on a buyer's data goes on"),
    EventTone.NOTE,
    meaning=gettext_lazy("A person lets a worker go on where it had failed again and again."),
)
ORDER_ERASED = EventType(
    "order.erased",
    gettext_lazy("Buyer's data erased"),
    "order",
    tone=EventTone.WARNING,
    meaning=gettext_lazy("What was personal in the order and its refunds has given way to a mark, for good."),
)


class _Ended(TypedDict):
    orders: Annotated[int, Fact(COUNT.shape, _orders, example=2)]
    paid_until: Annotated[str, named(gettext_lazy("Paid until"), INSTANT)]


ENDED_ORDERS_ERASED = EventType(
    "store.ended_orders_erased",
    gettext_lazy("Buyers' data of ended orders erased"),
    "store",
    _Ended,
    EventTone.NOTE,
    EventArea.PRIVACY,
    meaning=gettext_lazy("What is personal in orders that ended long ago is kept no longer (KEEP_BUYERS_DAYS)."),
)
