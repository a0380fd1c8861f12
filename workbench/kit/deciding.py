"""The pages of decisions: each asks, looks at what would happen, and lets it happen; a row's page offers them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from stores.models import Store
from workbench.kit.base import show_refusal
from workbench.kit.decisions import Choice, Decision, Foreseen, choose, take
from workbench.kit.fresh import as_of, refund_of, why_out_of_date


def store_of(row: Any) -> Store | None:
    """The store that a row belongs to; a store is its own, and what is the platform's has none."""
    return row if isinstance(row, Store) else getattr(row, "store", None)


def in_zone_of(row: Any, show: Callable[..., HttpResponse], *args: Any, **kwargs: Any) -> HttpResponse:
    """What `show` answers to the arguments, rendered in the time zone of the row's store, if it has one."""
    store = store_of(row)
    with timezone.override(store.time_zone if store else timezone.get_current_timezone()):
        response = show(*args, **kwargs)
        return response.render() if hasattr(response, "render") else response


class DecisionPagesMixin:
    """An admin that takes decisions: GET shows what will happen, POST lets it happen."""

    def _named(self, view: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{view}"

    def _name_of(self, decision: Decision) -> str:
        return self._named(decision.code.replace("-", "_"))

    def row_key(self, row: Any) -> Any:
        """What stands for the row in addresses."""
        return row.pk

    def decide(self, request: HttpRequest, row: Any, decision: Decision) -> HttpResponse:
        """The page of a decision about a row that was found. PermissionDenied for whom the role doesn't allow it."""
        if not decision.may(request.user, row):
            raise PermissionDenied(decision.not_yours)
        is_posted = request.method == "POST"
        refused = decision.refusal_to(request.user, row, request.now)
        if is_posted and refused is not None and decision.heeds_news:
            refused = why_out_of_date(request, row) or refused
        if refused is not None and (is_posted or not (decision.is_inline or decision.says_why)):
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
        if (refund := refund_of(row)) is not None:
            more.setdefault("as_of", as_of(request, refund))  # before the rest of what is shown is read
        is_look = template in (decision.preview, decision.doubted)
        title = str(decision.preview_title) if is_look else decision.title(row)
        shown = {"row": row, "decision": decision, "form": form, "back": self.back(row).url, "may_save": True}
        shown |= {"store": store_of(row), "consequences": decision.consequences(row)}
        shown |= {**decision.context(row), **more}
        return self.page(request, template, title, **shown)

    def look(self, request: HttpRequest, row: Any, decision: Decision, form: forms.Form, answer: Any) -> HttpResponse:
        """What would happen; `answer` is what the action gave when it was rehearsed."""
        return self.decision_page(request, row, decision, form, decision.preview or decision.doubted, **answer)

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
                name=self._name_of(decision),
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
        url = reverse(f"admin:{self._name_of(decision)}", args=[self.row_key(row)])
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
