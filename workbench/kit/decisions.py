"""Every button of the desk is a decision.

It knows its name, who may take it, why not now, what follows, and the action behind it.

A row's page shows each decision that concerns the row, grey with the reason where it can't be taken. Most have a page
of their own that tells what will happen and asks for what is needed; those with `is_inline` stand on the row's page
with their form.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from common.actors import Actor
from common.errors import Invalid, NotFound, Refused, refuse_if
from stores.models import Store, User
from stores.permissions import can
from workbench.kit.base import By, attempt, by, put_on_form
from workbench.kit.forms import DeskForm
from workbench.kit.fresh import lock_as_shown

SURE = "sure"  # the tick below the words of caution


class DecisionForm(DeskForm):
    """What a decision about `row` asks for; without fields it is only to be sure of."""

    def __init__(self, *args, row: Any, now: datetime, **kwargs):
        self.row, self.now = row, now
        super().__init__(*args, **kwargs)


class Decision(ABC):
    """One thing to decide about a row.

    The action rechecks everything under its lock; this is what people are told before.
    """

    code: ClassVar[str]
    folder: ClassVar[str] = ""  # stands before the code in the address
    label: ClassVar[str]
    done: ClassVar[str] = ""
    icon: ClassVar[str] = "check"
    tone: ClassVar[str] = "primary"
    capability: ClassVar[str]
    is_merchants: ClassVar[bool] = False  # the platform's own people take no side
    not_yours: ClassVar[str] = gettext_lazy("Your role in this store doesn't allow this.")
    form: ClassVar[type[forms.Form]] = DecisionForm
    auto_id: ClassVar[str] = "id_%s"
    is_inline: ClassVar[bool] = False
    says_why: ClassVar[bool] = False  # True: its own page is shown with the reason, instead of leading back
    is_read_here: ClassVar[bool] = True  # False: the page has read what the refusal rests on, and chooses it itself
    template: ClassVar[str] = "workbench/decisions/decide.html"
    preview: ClassVar[str] = ""  # the template of a look at it before it happens, for what can't be taken back
    doubted: ClassVar[str] = "workbench/decisions/doubted.html"  # asks again where there are cautions and no preview
    preview_title: ClassVar[str] = gettext_lazy("Look twice")
    answer_template: ClassVar[str] = ""  # shows, this once, the title and more that `run` answered
    heeds_news: ClassVar[bool] = True  # False: it decides nothing, so nothing that happened meanwhile speaks against it
    leads_on: ClassVar[bool] = False  # True: what was to be decided of the row is, and the next one of the list comes
    may_be_undone: ClassVar[bool] = False  # True: the page that comes offers to take it back
    leads_to: ClassVar[str] = "change"
    anchor: ClassVar[str] = ""
    key: ClassVar[str] = ""  # on the keyboard, for what many take all day; it leads to the page that asks

    def concerns(self, row: Any) -> bool:
        """Whether this decision belongs to this row at all."""
        return True

    def may(self, user: User, row: Any) -> bool:
        """Whether this user's role in the row's store allows it."""
        if self.is_merchants and user.is_superuser:
            return False
        return can(user, self.capability, row.pk if isinstance(row, Store) else getattr(row, "store_id", None))

    @abstractmethod
    def refusal(self, row: Any, now: datetime) -> Refused | Invalid | None:
        """Why it isn't possible now, as the domain's `why_not_…` function says; None when it is."""

    def refusal_to(self, user: User, row: Any, now: datetime) -> Refused | Invalid | None:
        """Why it isn't possible for this user now, where that depends on who decides."""
        return self.refusal(row, now)

    def title(self, row: Any) -> str:
        """What stands above the page that asks."""
        return str(self.label)

    def consequence(self, row: Any) -> str:
        """What follows, in a sentence; empty where the page says it."""
        return ""

    def consequences(self, row: Any) -> list[str]:
        """What follows, for the page that asks."""
        return [self.consequence(row)]

    def fill(self, request: HttpRequest, row: Any) -> forms.Form:
        """The form with what was posted, or as it begins."""
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        return self.make_form(row, request.now, *posted)

    def make_form(self, row: Any, now: datetime, *posted: Any) -> forms.Form:
        """The form, as it begins unless something was posted."""
        return self.form(*posted, row=row, now=now, auto_id=self.auto_id, initial=self.initial(row))

    def initial(self, row: Any) -> dict[str, Any]:
        """What the form proposes."""
        return {}

    def context(self, row: Any) -> dict[str, Any]:
        """What the page that asks shows of the row besides."""
        return {}

    @abstractmethod
    def run(self, row: Any, data: dict[str, Any], *, actor: Actor, now: datetime) -> Any:
        """Call the action."""

    def foresee(self, row: Any, data: dict[str, Any], answer: Any) -> dict[str, Any]:
        """What the preview shows of the action's answer, read before it is taken back."""
        return {}

    def cautions(self, row: Any, data: dict[str, Any], answer: Any) -> list[str]:
        """What speaks against it, read from the action's answer; where there is any, the preview asks for a tick."""
        return []

    def told(self, row: Any, data: dict[str, Any]) -> str:
        """What is said once it is done."""
        return str(self.done)


@dataclass(frozen=True)
class Choice:
    """A decision as a row's page shows it. `refusal` is empty when this user can take it now."""

    decision: Decision
    url: str
    refusal: str
    consequence: str = ""
    form: forms.Form | None = None


class Foreseen(dict):
    """What the preview shows of what would happen."""


def choose(request: HttpRequest, decision: Decision, row: Any, *, url: str, form: forms.Form | None = None) -> Choice:
    """The decision about the row for this user now; `form` stands in for a fresh one where it is inline."""
    refused = decision.refusal_to(request.user, row, request.now)
    if refused is not None:
        return Choice(decision, url, str(refused))
    if not decision.may(request.user, row):
        return Choice(decision, url, str(decision.not_yours))
    if decision.is_inline and form is None:
        form = decision.make_form(row, request.now)
    return Choice(decision, url, "", decision.consequence(row), form)


def take(
    request: HttpRequest,
    decision: Decision,
    row: Any,
    form: forms.Form,
    *,
    rehearse: bool = False,
    actor: Actor | None = None,
) -> list | None:
    """Let it happen: what the action answered, in a list; None when it refused, which then stands on the form.

    The `actor` is named where nobody is signed in.

    What happened to a refund since its page was shown speaks against it, under the refund's lock.

    A rehearsal does so and takes it back: then it is known that it could happen, and the list holds a `Foreseen`. So
    does it what somebody should be sure of and hasn't said so.
    """
    answers: list = []
    told = by(request) if actor is None else By(actor=actor, now=request.now)

    def run() -> None:
        with transaction.atomic():
            if decision.heeds_news:
                refuse_if(lock_as_shown(request, row))
            answer = decision.run(row, form.cleaned_data, **told)
            cautions = decision.cautions(row, form.cleaned_data, answer)
            must_tick = bool(cautions) and not rehearse and SURE not in request.POST
            if rehearse or must_tick:
                foreseen = decision.foresee(row, form.cleaned_data, answer)
                answers.append(Foreseen({**foreseen, "cautions": cautions, "must_tick": must_tick}))
                transaction.set_rollback(True)
            else:
                answers.append(answer)

    refused = attempt(run)
    if refused is None:
        return answers
    put_on_form(form, refused)
    return None


def take_outside(request: HttpRequest, decision: Decision, row: Any, form: forms.Form) -> list | None:
    """Let happen what asks the network, in no transaction: what it answered, in a list; None when it refused.

    The action sees to it itself that nothing is left behind where it says no.
    """
    try:
        return [decision.run(row, form.cleaned_data, **by(request))]
    except (Refused, Invalid, NotFound) as refusal:
        put_on_form(form, refusal)
        return None
