"""The site: every page is shown in the scope of the stores that the user works in."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from unfold.forms import AdminOwnPasswordChangeForm, AuthenticationForm
from unfold.sites import UnfoldAdminSite

from common import time_limits
from stores.instants import on_clock_of
from workbench import dashboard
from workbench.insights.page import insights_view
from workbench.insights.rates import rates_view
from workbench.integrate.guide import guide_view
from workbench.integrate.page import integrate_view
from workbench.kit.changelist import choose_page_size, next_page
from workbench.kit.desk import SESSION_KEY, desk_of, find_store
from workbench.kit.joining import join
from workbench.kit.own_account import confirm_own_address, new_device_alert, own_account
from workbench.kit.own_password import OwnPasswordView, sent_to_change_password
from workbench.kit.password_links import AskForLink, LinkAsked, UseLink
from workbench.kit.queue import QueueMixin
from workbench.kit.saved_views import change_view_page, save_view_page
from workbench.kit.second_step import PasswordStep, code_step, own_second_factor, sent_to_set_up
from workbench.kit.undo import undo_of
from workbench.notices.bell import bell_count_view, bell_view, notice_open_view, read_all_view
from workbench.platform.attention import attention_view
from workbench.platform.retention import retention_view
from workbench.shipping.urges import urge_alert
from workbench.store.changes import changes_view
from workbench.store.looks import looks_view


class WorkbenchSite(UnfoldAdminSite):
    """Operators see every store; merchants the stores in which they have a role; both may pick one."""

    index_title = gettext_lazy("Overview")
    index_template = "workbench/dashboard.html"
    enable_nav_sidebar = True
    empty_value_display = "–"

    def admin_view(self, view, cacheable=False):
        """Open the user's scope and time zone around the view and its template."""
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def scoped(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return inner(request, *args, **kwargs)
            if (first := sent_elsewhere(request)) is not None:
                return first
            if request.user.is_superuser:
                time_limits.allow(time_limits.OPERATOR_MS)
            desk = desk_of(request)
            with desk.scope(), timezone.override(desk.zone), on_clock_of(desk.only_store, request):
                response = inner(request, *args, **kwargs)
                if hasattr(response, "render") and not response.is_rendered:
                    response.render()
                return response

        return scoped

    def asking_view(self, view):
        """A page that asks the network: signed in as everywhere, and in no transaction.

        What it reads of stores it reads in a scope that it opens itself.
        """
        inner = super().admin_view(view)

        @transaction.non_atomic_requests
        @wraps(view)
        def unscoped(request, *args, **kwargs):
            first = sent_elsewhere(request) if request.user.is_authenticated else None
            return first or inner(request, *args, **kwargs)

        return unscoped

    def get_urls(self):
        """The admin's addresses and the desk's own."""
        # These know the lists, which are registered on this site.
        from workbench.refunds.customers import customers_view
        from workbench.station.page import put_aside_view, station_decision_view, station_view

        return [
            path("switch-store/", self.admin_view(switch_store), name="switch_store"),
            path("second-step/", code_step, name="second_step"),
            path("account/", self.admin_view(own_account), name="own_account"),
            path("account/address/<str:token>/", self.admin_view(confirm_own_address), name="confirm_address"),
            path("join/<str:token>/", join, name="join"),
            path("password-reset/", AskForLink.as_view(), name="admin_password_reset"),
            path("password-reset/asked/", LinkAsked.as_view(), name="password_reset_done"),
            path("password/<uidb64>/<token>/", UseLink.as_view(), name="password_link"),
            path("second-factor/", self.admin_view(own_second_factor), name="second_factor"),
            path("page-size/", self.admin_view(choose_page_size), name="page_size"),
            path("save-view/", self.admin_view(save_view_page), name="save_view"),
            path("views/<uuid:view_id>/", self.admin_view(change_view_page), name="change_view"),
            path("customers/", self.admin_view(customers_view), name="customers"),
            path("station/", self.admin_view(station_view), name="station"),
            path("station/aside/", self.admin_view(put_aside_view), name="station_aside"),
            path(
                "station/<uuid:refund_id>/<slug:code>/", self.admin_view(station_decision_view), name="station_decide"
            ),
            path("insights/", self.admin_view(insights_view), name="insights"),
            path("attention/", self.admin_view(attention_view), name="attention"),
            path("changes/", self.admin_view(changes_view), name="changes"),
            path("looks/", self.admin_view(looks_view), name="looks"),
            path("notices/", self.admin_view(bell_view), name="notices"),
            path("notices/count/", self.admin_view(bell_count_view), name="notices_count"),
            path("notices/read/", self.admin_view(read_all_view), name="notices_read_all"),
            path("notices/<int:notice_id>/", self.admin_view(notice_open_view), name="notice_open"),
            path("retention/", self.admin_view(retention_view), name="retention"),
            path("integrate/", self.admin_view(integrate_view), name="integrate"),
            path("integrate/guide/<slug:name>/", self.admin_view(guide_view), name="integrate_guide"),
            path("insights/rates/", self.admin_view(rates_view), name="insights_rates"),
            # Nothing of ours has a page elsewhere, and Django's way there answers an odd id with an error.
            *(address for address in super().get_urls() if getattr(address, "name", "") != "view_on_site"),
        ]

    def get_app_list(self, request, app_label=None):
        """Django's own menu, made where it is shown: the desk has another, and it took 1.5 ms of each page."""
        whole = super().get_app_list
        return SimpleLazyObject(lambda: whole(request)) if app_label is None else whole(request, app_label)

    def each_context(self, request):
        """What every page shows: the desk and what interrupts it, beside the theme's own."""
        context = super().each_context(request)
        if self.has_permission(request):
            context["desk"] = desk_of(request)
            context["urge_alert"] = urge_alert(request)
            context["new_device_alert"] = new_device_alert(request)
            context["undo"] = undo_of(request)
        return context

    @method_decorator(never_cache)
    def login(self, request, extra_context=None):
        """Ask for the password, and let in or lead on to the second step."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        context = {
            **self.each_context(request),
            "title": _("Log in"),
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            **(extra_context or {}),
        }
        if REDIRECT_FIELD_NAME not in request.GET and REDIRECT_FIELD_NAME not in request.POST:
            context[REDIRECT_FIELD_NAME] = reverse("admin:index")
        view = PasswordStep.as_view(
            extra_context=context, authentication_form=AuthenticationForm, template_name="admin/login.html"
        )
        request.current_app = self.name
        return view(request)

    def password_change(self, request, extra_context=None):
        """Choose a password of one's own."""
        view = OwnPasswordView.as_view(
            form_class=AdminOwnPasswordChangeForm,
            success_url=reverse("admin:index"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        request.current_app = self.name
        return view(request)

    def search(self, request, extra_context=None):
        """Orders, refunds, buyers and pages, in place of the theme's models by their names."""
        from workbench.find import find_view  # it knows the lists, which are registered on this site

        return find_view(request)

    def index(self, request, extra_context=None):
        """The desk: what waits, and until when."""
        lists = [each for each in self._registry.values() if isinstance(each, QueueMixin)]
        return super().index(request, {**dashboard.build(request, lists), **(extra_context or {})})


def sent_elsewhere(request: HttpRequest) -> HttpResponseRedirect | None:
    """Where the user has to go before any page: to a password of their own, to a second factor; None for most."""
    return sent_to_change_password(request) or sent_to_set_up(request)


@require_POST
def switch_store(request: HttpRequest) -> HttpResponseRedirect:
    """Pick one store, or all of them again; kept in the session. 404 for a store that the user doesn't work in."""
    picked = request.POST.get("store", "")
    if picked:
        store = find_store(request.user, picked)
        if store is None:
            raise Http404
        request.session[SESSION_KEY] = store.pk
        messages.success(request, _("You now work in %(store)s.") % {"store": store.name})
    else:
        request.session.pop(SESSION_KEY, None)
        messages.success(request, _("You now see all stores."))
    return HttpResponseRedirect(next_page(request))
