"""What can happen to a store's enrolment in refund without return (R2–R8)."""

from dataclasses import replace
from typing import Annotated, NotRequired, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, FLAG, INSTANT, TEXT, YUAN, Data, Fact, changed, hidden, named, optional
from common.money import yuan
from common.words import labelled
from stores.events import EventArea

MOST_NAMED = 5


def _threshold(threshold: str, data: Data) -> str:
    return _("below %(threshold)s") % {"threshold": yuan(threshold)} if data["on"] else _("off")


def _covered(covered: bool, data: Data) -> str:
    return _("under refund without return") if covered else _("not under refund without return")


def _items(sign: str) -> Fact:
    """The first few of the products, each a phrase of its own."""
    return Fact(
        "item ids",
        lambda item_ids, data: [f"{sign} {item_id}" for item_id in item_ids[:MOST_NAMED]],
        example=["620013"],
    )


def _before(before: list, data: Data) -> str:
    on, amount, threshold = before
    return labelled(_("It was"), f"{yuan(amount)} {_threshold(threshold, {'on': on})}" if on else _("off"))


BEFORE = Fact("[on, amount, threshold] as they were, shaped alike", _before, example=[True, "50.00", "10.00"])


class _AgreementAccepted(TypedDict):
    version: Annotated[str, TEXT]


class _BudgetPlanned(TypedDict):
    amount: Annotated[str, YUAN]
    was: NotRequired[Annotated[str | None, named(gettext_lazy("It was"), optional(YUAN, "–"))]]


class _AutoTopUp(TypedDict):
    on: Annotated[bool, FLAG]
    amount: Annotated[str, YUAN]
    threshold: Annotated[str, replace(YUAN, word=_threshold)]
    was: NotRequired[Annotated[list, BEFORE]]


class _Chosen(TypedDict):
    added: Annotated[list[str], _items("+")]
    removed: Annotated[list[str], _items("−")]


class _Session(TypedDict):
    live_session: Annotated[str, Fact("the live session's name", lambda name, data: name)]
    products: Annotated[int, hidden(COUNT)]


class _Told(TypedDict):
    session: Annotated[str, Fact("the live session's name", lambda name, data: name)]
    started_at: Annotated[str, INSTANT]
    covered: Annotated[bool, replace(FLAG, word=_covered)]


class _Upgraded(TypedDict):
    version: Annotated[list[str], changed(TEXT)]


RETURNLESS_AGREEMENT_ACCEPTED = EventType(
    "returnless.agreement_accepted",
    gettext_lazy("Agreement accepted"),
    "enrolment",
    _AgreementAccepted,
    area=EventArea.PROGRAMME,
    meaning=gettext_lazy("The store has accepted this version of the programme's agreement: the first step of five."),
)
RETURNLESS_BUDGET_PLANNED = EventType(
    "returnless.budget_planned",
    gettext_lazy("Service budget planned"),
    "enrolment",
    _BudgetPlanned,
    area=EventArea.PROGRAMME,
    meaning=gettext_lazy("The store has said how much its budget shall be; nothing moves before it joins."),
)
RETURNLESS_AUTO_TOP_UP_SET = EventType(
    "returnless.auto_top_up_set",
    gettext_lazy("Automatic top-up set"),
    "enrolment",
    _AutoTopUp,
    area=EventArea.PROGRAMME,
    meaning=gettext_lazy("Below the threshold the budget gets this amount by itself, or nothing when it is off."),
)
RETURNLESS_PRODUCTS_CHOSEN = EventType(
    "returnless.products_chosen",
    gettext_lazy("Products chosen"),
    "enrolment",
    _Chosen,
    area=EventArea.PROGRAMME,
    meaning=gettext_lazy("Other products than before are under the programme."),
)
RETURNLESS_CONFIRMED = EventType(
    "returnless.confirmed",
    gettext_lazy("Joined: in force from the next live session"),
    "enrolment",
    area=EventArea.PROGRAMME,
    meaning=gettext_lazy(
        "The store has joined; the planned budget was moved, and promises begin with the next live session."
    ),
)
RETURNLESS_CAME_INTO_FORCE = EventType(
    "returnless.came_into_force",
    gettext_lazy("In force since a live session started"),
    "enrolment",
    _Session,
    EventTone.GOOD,
    meaning=gettext_lazy(
        "The first live session since the store joined has begun: new orders are promised a refund without return."
    ),
)
RETURNLESS_SESSION_STARTED = EventType(
    "returnless.session_started",
    gettext_lazy("Live session started"),
    "enrolment",
    _Session,
    meaning=gettext_lazy(
        "A live session began while the programme is in force: orders placed in it carry the promise."
    ),
)
RETURNLESS_UPGRADED = EventType(
    "returnless.upgraded",
    gettext_lazy("Switched to the new version"),
    "enrolment",
    _Upgraded,
    area=EventArea.PROGRAMME,
    meaning=gettext_lazy("The store went over to this version in one step, with its budget and products."),
)
RETURNLESS_REGISTERED = EventType(
    "returnless.registered",
    gettext_lazy("Brought in on an earlier version"),
    "enrolment",
    _AgreementAccepted,
    area=EventArea.PROGRAMME,
    meaning=gettext_lazy("The platform noted that the store took part in an earlier version of the programme."),
)
RETURNLESS_LEFT = EventType(
    "returnless.left",
    gettext_lazy("Left the programme"),
    "enrolment",
    tone=EventTone.BAD,
    area=EventArea.PROGRAMME,
    meaning=gettext_lazy("The store promises nothing new; what was promised with earlier orders is kept."),
)

LIVE_SESSION_STARTED = EventType(
    "live_session.started",
    gettext_lazy("Live session started"),
    "livesession",
    _Told,
    meaning=gettext_lazy("The marketplace says that a live session of the store has begun."),
)
