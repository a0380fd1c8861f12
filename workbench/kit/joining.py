"""The page of an invitation's link: join the store with the account that one has, or with one opened here."""

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.forms import SetPasswordMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from common.actors import Actor, ActorKind
from common.tenancy import tenant_scope
from stores.instants import on_clock_of
from stores.models import Invitation, User
from stores.people.invitations import inviter_of, join_store, join_with_new_account, take_name_try
from stores.people.links import InvitationLink, read_invitation_link
from stores.people.why_not import why_not_join, why_not_join_with
from stores.permissions import ROLE_MEANS
from workbench.kit.decisions import Decision, DecisionForm, take
from workbench.kit.desk import SESSION_KEY
from workbench.kit.forms import posted

BACKEND = "stores.permissions.RoleBackend"


class NewAccountForm(SetPasswordMixin, DecisionForm):
    """Who one is, and the password that one will sign in with."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        help_text=gettext_lazy("To sign in with; it stays as it is."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    full_name = forms.CharField(
        label=gettext_lazy("Full name"),
        max_length=150,
        help_text=gettext_lazy("As colleagues and events show it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password1, password2 = SetPasswordMixin.create_password_fields()

    def clean(self):
        """The two are alike and good enough."""
        self.validate_passwords()
        username, full_name = (self.cleaned_data.get(name, "") for name in ("username", "full_name"))
        self.validate_password_for_user(User(username=username, first_name=full_name))
        return super().clean()


class _Joining(Decision):
    """What whoever has the link decides; `link` is what it says."""

    def __init__(self, link: InvitationLink):
        self.link = link

    def may(self, user, row):
        """Whoever has the link."""
        return True

    def refusal(self, invitation, now):
        return why_not_join(invitation, self.link.issue, inviter_of(invitation), now)


class JoinWithAccount(_Joining):
    """Join with the account that one is signed in with."""

    def refusal_to(self, user, invitation, now):
        return self.refusal(invitation, now) or why_not_join_with(user, invitation)

    def run(self, invitation, data, *, actor, now):
        join_store(invitation=invitation, issue=self.link.issue, user=data["user"], actor=actor, now=now)


class JoinAnew(_Joining):
    """Open an account and join."""

    form = NewAccountForm

    def run(self, invitation, data, *, actor, now):
        """The account."""
        return join_with_new_account(
            invitation=invitation,
            issue=self.link.issue,
            by_mail=self.link.by_mail,
            username=data["username"],
            full_name=data["full_name"],
            password=data["password1"],
            actor=actor,
            now=now,
        )


@sensitive_post_parameters()
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The page; a link that was tampered with looks like any missing page."""
    link = read_invitation_link(token)
    if link is None:
        raise Http404
    with tenant_scope(link.store_id):
        rows = Invitation.objects.for_store(link.store_id).select_related("store", "invited_by")
        invitation = rows.filter(pk=link.invitation_id).first()
        if invitation is None:
            raise Http404
        by = _with_account if request.user.is_authenticated else _anew
        with timezone.override(invitation.store.time_zone), on_clock_of(invitation.store, request):
            outcome = by(request, invitation, link)
        response = _begin_in(request, invitation, outcome) if isinstance(outcome, User) else outcome
    response["Referrer-Policy"] = "same-origin"
    return response


def _with_account(request: HttpRequest, invitation: Invitation, link: InvitationLink) -> User | HttpResponse:
    """Who has joined, or the page that asks."""
    decision, user = JoinWithAccount(link), request.user
    refused = decision.refusal_to(user, invitation, request.now)
    form = DecisionForm(posted(request), row=invitation, now=request.now)
    if request.method == "POST" and refused is None and form.is_valid():
        form.cleaned_data["user"] = user
        if take(request, decision, invitation, form) is not None:
            return user
    return _page(request, invitation, refused, form)


def _anew(request: HttpRequest, invitation: Invitation, link: InvitationLink) -> User | HttpResponse:
    """Who has joined, or the page that asks."""
    decision = JoinAnew(link)
    refused = decision.refusal(invitation, request.now)
    form = decision.fill(request, invitation)
    if request.method == "POST" and refused is None and form.is_valid():
        if not take_name_try(invitation):
            form.add_error(None, _("Too many user names were tried with this link; ask for a new one."))
            return _page(request, invitation, refused, form)
        name = form.cleaned_data["full_name"]
        invited = Actor(ActorKind.MERCHANT, f"invitation:{invitation.pk}", name)
        answers = take(request, decision, invitation, form, actor=invited)
        if answers is not None:
            return answers[0]
    return _page(request, invitation, refused, form)


def _begin_in(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    """At the desk of the store that was joined; by everybody's clock, as sessions go."""
    if not request.user.is_authenticated:
        login(request, user, backend=BACKEND)
    request.session[SESSION_KEY] = invitation.store_id
    messages.success(request, _("Welcome to %(store)s.") % {"store": invitation.store.name})
    return HttpResponseRedirect(reverse("admin:index"))


def _page(request: HttpRequest, invitation: Invitation, refused, form: forms.Form) -> HttpResponse:
    from django.contrib.admin import site

    by = invitation.invited_by
    context = {
        **site.each_context(request),
        "title": _("Join %(store)s") % {"store": invitation.store.name},
        "invitation": invitation,
        "means": ROLE_MEANS[invitation.role],
        "by": (by.get_full_name() or by.username) if by else _("The platform's operator"),
        "refused": refused,
        "form": form,
    }
    return render(request, "workbench/join.html", context, status=409 if refused else 200)
