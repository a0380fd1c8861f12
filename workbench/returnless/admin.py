"""The views of the programme: its page, the guided form, and the few things that are decided about it."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from common.tenancy import current_scope
from refunds.models import Enrolment
from refunds.returnless import enrolment as actions
from refunds.states import EnrolmentStatus
from stores.marketplaces import labels_where
from stores.models import Store
from stores.permissions import MANAGE_STORE, can
from workbench.kit.base import DeskAdmin
from workbench.kit.deciding import DecisionPagesMixin
from workbench.kit.decisions import Choice, choose
from workbench.kit.desk import desk_of, find_store
from workbench.returnless.decisions import Leave, TakeStep, TopUp, Upgrade
from workbench.returnless.page import build_returnless_page
from workbench.returnless.steps import following_step, step_asked_for

PROGRAMME = (TopUp(), Upgrade(), Leave())


class EnrolmentAdmin(DecisionPagesMixin, DeskAdmin):
    """Refund without return of the stores at this desk. The store is named in the address when there are several."""

    class Media:
        css = {"all": ["workbench/work.css", "workbench/steps.css", "workbench/returnless.css"]}

    def get_urls(self):
        """Addresses without a row: a store that hasn't begun has none."""
        view = self.admin_site.admin_view
        return [
            path("enrol/", view(self.enrol_view), name=self._named("enrol")),
            *(
                path(
                    f"{each.code}/",
                    view(partial(self.decide_view, decision=each)),
                    name=self._name_of(each),
                )
                for each in PROGRAMME
            ),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """An enrolment is shown on the page of its store's programme."""
        return self._to(self.find(request, object_id).store)

    def changelist_view(self, request, extra_context=None):
        """The programme of the store, or the stores to choose from."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        stores = desk_of(request).returnless
        if "store" not in request.GET and len(stores) != 1:
            found = [(store, actions.enrolment_of(store.pk)) for store in stores]
            offered = labels_where(lambda rules: rules.returnless_version)
            return self._page(request, "list", None, found=found, marketplaces=offered)
        store = self._store(request)
        enrolment = actions.enrolment_of(store.pk)
        shown = {"enrolment": enrolment, "decide": self._choices(request, store, enrolment)}
        if enrolment is None or enrolment.status == EnrolmentStatus.NOT_ENROLLED:
            return self._page(request, "begin", store, **shown)
        shown["may_manage"] = can(request.user, MANAGE_STORE, store.pk)
        return self._page(request, "page", store, **shown, **build_returnless_page(store, enrolment))

    def _choices(self, request: HttpRequest, store: Store, enrolment: Enrolment | None) -> dict[str, Choice]:
        """What can be decided about the store's programme, by code; joining goes on with the step that is next."""
        decisions = [*PROGRAMME, TakeStep(enrolment, following_step(enrolment))]
        return {
            each.code.replace("-", "_"): choose(
                request, each, store, url=f"{reverse(f'admin:{self._name_of(each)}')}?store={store.pk}"
            )
            for each in decisions
            if each.concerns(store)
        }

    def _store(self, request: HttpRequest) -> Store:
        """The store that the call names, or the only one.

        Http404 for one that isn't at this desk or has no programme.
        """
        named = request.POST.get("store") or request.GET.get("store")
        if not named:
            stores = desk_of(request).returnless
            if len(stores) != 1:
                raise Http404
            return stores[0]
        store = find_store(request.user, named)
        seen = current_scope().store_ids
        if store is None or not (seen is None or store.pk in seen) or not store.rules.returnless_version:
            raise Http404
        return store

    def _page(self, request, template: str, store: Store | None, **context):
        title = store.name if store else _("Refund without return")
        return self.page(request, f"workbench/returnless/{template}.html", title, store=store, **context)

    def _to(self, store: Store, view: str = "changelist") -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(f"admin:{self._named(view)}") + f"?store={store.pk}")

    def back(self, row, view="change", anchor=""):
        """To the page of the store's programme."""
        return self._to(row)

    def after(self, request, row, decision, form, answer):
        """A step leads to the next, until the store has joined."""
        if isinstance(decision, TakeStep) and not decision.ends:
            return self._to(row, "enrol")
        return super().after(request, row, decision, form, answer)

    def enrol_view(self, request):
        """One step of joining, or of what may be changed afterwards."""
        store = self._store(request)
        enrolment = actions.enrolment_of(store.pk)
        step = step_asked_for(enrolment, request.POST.get("step") or request.GET.get("step", ""))
        return self.decide(request, store, TakeStep(enrolment, step))

    def decide_view(self, request, *, decision):
        """What is decided about the programme of the store that the call names."""
        return self.decide(request, self._store(request), decision)
