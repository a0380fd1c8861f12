"""Every button of the desk is a decision.

It knows its name, who may take it, why not now, what follows, and the action behind it.

A row's page shows each decision that concerns the row, grey with the reason where it can't be taken. Most have a page
of their own that tells what will happen and asks for what is needed; those with `is_inline` stand on the row's page
with their form.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from common.actors import Actor
from common.errors import Refused
from stores.models import Store, User
from stores.permissions import can
from workbench.kit.base import attempt, by, put_on_form, show_refusal
from workbench.kit.forms import DeskForm

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
    is_read_here: ClassVar[bool] = True  # False: the page has read what the refusal rests on, and chooses it itself
    template: ClassVar[str] = "workbench/decisions/decide.html"
    preview: ClassVar[str] = ""  # the template of a look at it before it happens, for what can't be taken back
    preview_title: ClassVar[str] = ""
    answer_template: ClassVar[str] = ""  # shows, this once, the title and more that `run` answered
    leads_to: ClassVar[str] = "change"
    anchor: ClassVar[str] = ""

    def concerns(self, row: Any) -> bool:
        """Whether this decision belongs to this row at all."""
        return True

    def may(self, user: User, row: Any) -> bool:
        """Whether this user's role in the row's store allows it."""
        if self.is_merchants and user.is_superuser:
            return False
        return can(user, self.capability, row.pk if isinstance(row, Store) else getattr(row, "store_id", None))

    @abstractmethod
    def refusal(self, row: Any, now: datetime) -> Refused | None:
        """Why it isn't possible now, as the domain's `why_not_…` function says; None when it is."""

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


def store_of(row: Any) -> Store | None:
    """The store that a row belongs to; a store is its own, and what is the platform's has none."""
    return row if isinstance(row, Store) else getattr(row, "store", None)


def in_zone_of(row: Any, show: Callable[..., HttpResponse], *args: Any, **kwargs: Any) -> HttpResponse:
    """What `show` answers to the arguments, rendered in the time zone of the row's store, if it has one."""
    store = store_of(row)
    with timezone.override(store.time_zone if store else timezone.get_current_timezone()):
        response = show(*args, **kwargs)
        return response.render() if hasattr(response, "render") else response


def choose(request: HttpRequest, decision: Decision, row: Any, *, url: str, form: forms.Form | None = None) -> Choice:
    """The decision about the row for this user now; `form` stands in for a fresh one where it is inline."""
    refused = decision.refusal(row, request.now)
    if refused is not None:
        return Choice(decision, url, str(refused))
    if not decision.may(request.user, row):
        return Choice(decision, url, str(decision.not_yours))
    if decision.is_inline and form is None:
        form = decision.make_form(row, request.now)
    return Choice(decision, url, "", decision.consequence(row), form)


def take(
    request: HttpRequest, decision: Decision, row: Any, form: forms.Form, *, rehearse: bool = False
) -> list | None:
    """Let it happen: what the action answered, in a list; None when it refused, which then stands on the form.

    A rehearsal does so and takes it back: then it is known that it could happen, and the list holds a `Foreseen`. So
    does it what somebody should be sure of and hasn't said so.
    """
    answers = []

    def run() -> None:
        with transaction.atomic():
            answer = decision.run(row, form.cleaned_data, **by(request))
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


class DecisionPagesMixin:
    """An admin that takes decisions: GET shows what will happen, POST lets it happen."""

    def _named(self, view: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{view}"

    def row_key(self, row: Any) -> Any:
        """What stands for the row in addresses."""
        return row.pk

    def decide(self, request: HttpRequest, row: Any, decision: Decision) -> HttpResponse:
        """The page of a decision about a row that was found. PermissionDenied for whom the role doesn't allow it."""
        if not decision.may(request.user, row):
            raise PermissionDenied(decision.not_yours)
        is_posted = request.method == "POST"
        refused = decision.refusal(row, request.now)
        if refused is not None and (is_posted or not decision.is_inline):
            show_refusal(request, refused)
            return self.back(row)
        form, step = decision.fill(request, row), request.POST.get("step", "")
        if is_posted and step != "edit" and form.is_valid():
            rehearse = bool(decision.preview) and step != "send"
            answers = take(request, decision, row, form, rehearse=rehearse)
            if answers is not None:
                shows = self.look if isinstance(answers[0], Foreseen) else self.after
                return shows(request, row, decision, form, answers[0])
        return self.ask(request, row, decision, form)

    def ask(self, request: HttpRequest, row: Any, decision: Decision, form: forms.Form) -> HttpResponse:
        """The page that asks, also again with what is wrong."""
        return self.decision_page(request, row, decision, form, decision.template)

    def decision_page(
        self, request: HttpRequest, row: Any, decision: Decision, form: forms.Form, template: str, **more
    ) -> HttpResponse:
        """The page that asks, or the look at what will happen."""
        title = (template == decision.preview and decision.preview_title) or decision.title(row)
        shown = {"row": row, "decision": decision, "form": form, "back": self.back(row).url, "may_save": True}
        shown |= {"store": store_of(row), "consequences": decision.consequences(row)}
        shown |= {**decision.context(row), **more}
        return self.page(request, template, title, **shown)

    def look(self, request: HttpRequest, row: Any, decision: Decision, form: forms.Form, answer: Any) -> HttpResponse:
        """What would happen; `answer` is what the action gave when it was rehearsed."""
        return self.decision_page(request, row, decision, form, decision.preview, **answer)

    def after(self, request: HttpRequest, row: Any, decision: Decision, form: forms.Form, answer: Any) -> HttpResponse:
        """Where a decision that was taken leads, with a word that it is done, or what can be shown this once."""
        if decision.answer_template:
            return self.page(request, decision.answer_template, **answer)
        messages.success(request, decision.told(row, form.cleaned_data))
        return self.back(row, decision.leads_to, decision.anchor)

    def back(self, row: Any, view: str = "change", anchor: str = "") -> HttpResponseRedirect:
        """To the row's page or to the list; always to the list from what is no row, as a store to add to."""
        if not isinstance(row, self.model):
            view = "changelist"
        key = [] if view == "changelist" else [self.row_key(row)]
        return HttpResponseRedirect(reverse(f"admin:{self._named(view)}", args=key) + anchor)


class DecidingMixin(DecisionPagesMixin, ABC):
    """An admin whose rows have decisions; each gets an address below the row's, before the admin's catch-all."""

    decisions: ClassVar[Sequence[Decision]]

    def get_urls(self):
        """One address per decision."""
        view = self.admin_site.admin_view
        return [
            path(
                f"<str:object_id>/{decision.folder}{decision.code}/",
                view(partial(self.decide_view, decision=decision)),
                name=self._named(decision.code.replace("-", "_")),
            )
            for decision in self.decisions
        ] + super().get_urls()

    @abstractmethod
    def row_page(self, request: HttpRequest, row: Any, bound: Mapping[str, forms.Form] | None = None) -> HttpResponse:
        """The row's page; `bound` has the forms that were filled in, by the codes of their decisions."""

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The row's page; what changes on it is decided."""
        row = self.find(request, object_id)
        return in_zone_of(row, self.row_page, request, row)

    def decide_view(self, request: HttpRequest, object_id: str, *, decision: Decision) -> HttpResponse:
        """The page of one of the decisions."""
        row = self.find(request, object_id)
        return in_zone_of(row, self.decide, request, row, decision)

    def choices(
        self, request: HttpRequest, row: Any, bound: Mapping[str, forms.Form] | None = None
    ) -> dict[str, Choice]:
        """Code → each decision that concerns the row, for this user now. A `bound` form stands in for the fresh one."""
        concerned = [decision for decision in self.decisions if decision.is_read_here and decision.concerns(row)]
        return {decision.code.replace("-", "_"): self.choice(request, row, decision, bound) for decision in concerned}

    def choice(
        self, request: HttpRequest, row: Any, decision: Decision, bound: Mapping[str, forms.Form] | None = None
    ) -> Choice:
        """One decision about the row, for this user now."""
        url = reverse(f"admin:{self._named(decision.code.replace('-', '_'))}", args=[self.row_key(row)])
        return choose(request, decision, row, url=url, form=(bound or {}).get(decision.code))

    def ask(self, request: HttpRequest, row: Any, decision: Decision, form: forms.Form) -> HttpResponse:
        """On the row's page what is inline, on a page of its own what isn't."""
        if not decision.is_inline:
            return super().ask(request, row, decision, form)
        is_posted = request.method == "POST"
        if form.fields or not is_posted:
            return self.row_page(request, row, {decision.code: form} if is_posted else None)
        for text in form.non_field_errors():  # a button without fields has no place for it but above the page
            messages.error(request, text)
        return self.back(row)
