"""The views of the programme: its page, the guided form, and the few things that are done with it."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from common.errors import Refused
from common.tenancy import current_scope
from refunds.returnless import enrolment as actions
from refunds.returnless import programme
from refunds.returnless.agreements import CURRENT, agreement_text
from refunds.states import EnrolmentStatus, EnrolmentStep
from stores.marketplaces import labels_where
from stores.models import Store
from stores.permissions import MANAGE_STORE, PAY, can, require
from workbench.kit.base import DeskAdmin, attempt, by, put_on_form, show_refusal
from workbench.kit.desk import desk_of, find_store
from workbench.kit.forms import posted
from workbench.returnless.forms import SureForm, TopUpForm
from workbench.returnless.page import build_returnless_page, covered_products
from workbench.returnless.steps import FORMS, SHOWN_AT, milestones, step_asked_for


class EnrolmentAdmin(DeskAdmin):
    """Refund without return of the stores at this desk. The store is named in the address when there are several."""

    class Media:
        css = {"all": ["workbench/work.css", "workbench/returnless.css"]}

    def get_urls(self):
        """Addresses without a row: a store that hasn't begun has none."""
        view = self.admin_site.admin_view
        return [
            path("enrol/", view(self.enrol_view), name="refunds_enrolment_enrol"),
            path("top-up/", view(self.top_up_view), name="refunds_enrolment_top_up"),
            path("upgrade/", view(self.upgrade_view), name="refunds_enrolment_upgrade"),
            path("leave/", view(self.leave_view), name="refunds_enrolment_leave"),
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
        may = {"may_manage": can(request.user, MANAGE_STORE, store.pk), "may_pay": can(request.user, PAY, store.pk)}
        if enrolment is None or enrolment.status == EnrolmentStatus.NOT_ENROLLED:
            return self._page(request, "begin", store, enrolment=enrolment, **may)
        return self._page(request, "page", store, enrolment=enrolment, **may, **build_returnless_page(store, enrolment))

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

    def _to(self, store: Store, view: str = "changelist", **query) -> HttpResponseRedirect:
        pairs = "".join(f"&{name}={value}" for name, value in query.items())
        return HttpResponseRedirect(reverse(f"admin:refunds_enrolment_{view}") + f"?store={store.pk}{pairs}")

    def enrol_view(self, request):
        """One step: GET shows it, POST does it and goes on to the next.

        Afterwards the same forms change what was set.
        """
        store = self._store(request)
        require(request.user, MANAGE_STORE, store.pk)
        enrolment = actions.enrolment_of(store.pk)
        step = step_asked_for(enrolment, request.POST.get("step") or request.GET.get("step", ""))
        if step is None:
            show_refusal(request, Refused("enrolment_incomplete", _("This step can't be opened now.")))
            return self._to(store)
        was_joined = enrolment is not None and enrolment.is_joined
        form = FORMS[step](posted(request), store=store, enrolment=enrolment)
        if request.method == "POST" and form.is_valid():
            refusal = attempt(partial(self._do_step, request, store, step, form))
            if refusal is None:
                if was_joined or step == EnrolmentStep.CONFIRM:
                    messages.success(
                        request, _("Saved.") if was_joined else _("Joined. It holds from the next live session.")
                    )
                    return self._to(store)
                return self._to(store, "enrol")
            if getattr(refusal, "attr", None) in SHOWN_AT:
                refusal.attr = SHOWN_AT[refusal.attr]
            put_on_form(form, refusal)
        return self._page(
            request,
            "enrol",
            store,
            enrolment=enrolment,
            budget=enrolment.budget if enrolment else None,
            step=EnrolmentStep(step),
            steps=[] if was_joined else milestones(enrolment, step),
            form=form,
            agreement=agreement_text(CURRENT),
            version=CURRENT,
            products=covered_products(store) if step == EnrolmentStep.CONFIRM else [],
            budget_to_be=enrolment.budget_to_be() if enrolment else None,
        )

    def _do_step(self, request, store: Store, step: str, form) -> None:
        who = {"store": store, **by(request)}
        if step == EnrolmentStep.CONFIRM:
            actions.confirm_enrolment(**who)
        else:
            actions.change_settings(settings=form.settings(), **who)

    def top_up_view(self, request):
        """Add to the budget: finance may."""
        words = (_("Top up the service budget"), _("The budget is topped up."))
        return self._decide(request, PAY, TopUpForm, actions.top_up_budget, words, [])

    def upgrade_view(self, request):
        """From 2.0 in one step (R8)."""
        words = (_("Switch to 3.0"), _("Switched. It holds from the next live session."))
        consequences = [
            _("Budget and products stay as they are."),
            _("You accept agreement %(version)s, shown below.") % {"version": CURRENT},
            _("It is in force from your next live session on."),
        ]
        return self._decide(
            request, MANAGE_STORE, SureForm, programme.upgrade_enrolment, words, consequences, agreement_text(CURRENT)
        )

    def leave_view(self, request):
        """The owner ends it (R3)."""
        words = (_("Leave the programme"), _("You have left the programme."))
        consequences = [
            _("New orders are promised nothing, and the badges and the certified mark are gone at once."),
            _("Orders that were promised before stay promised; what you approve of them is still paid."),
            _("Joining again begins with the agreement."),
        ]
        return self._decide(request, MANAGE_STORE, SureForm, programme.leave_programme, words, consequences)

    def _decide(
        self, request, capability: str, form_class, action: Callable, words, consequences: list[str], text: str = ""
    ):
        """GET shows what will happen, POST lets it happen."""
        store = self._store(request)
        require(request.user, capability, store.pk)
        form = form_class(posted(request))
        label, done = words
        if request.method == "POST" and form.is_valid():
            who = {"store": store, **by(request)}
            refusal = attempt(partial(action, **form.cleaned_data, **who))
            if refusal is None:
                messages.success(request, done)
                return self._to(store)
            put_on_form(form, refusal)
        enrolment = actions.enrolment_of(store.pk)
        return self._page(
            request,
            "decide",
            store,
            label=label,
            form=form,
            consequences=consequences,
            agreement=text,
            enrolment=enrolment,
            budget=enrolment.budget if enrolment else None,
        )
