"""The second step of signing in, and the page on which everybody sets up their own second factor.

Whoever has one isn't signed in by the password: the session only remembers for ten minutes whose it was.
"""

from urllib.parse import quote, urlencode

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_lockout_response
from django import forms
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from common.errors import Refused
from common.sealing import seal, unseal
from common.tenancy import system_scope
from stores import actions
from stores.models import User
from stores.permissions import OPERATE, actor_of, needs_second_factor
from workbench.kit.decisions import Decision, DecisionForm, take
from workbench.kit.own import OwnDecision
from workbench.kit.own_password import OPEN_TO_ALL
from workbench.kit.qr import qr_svg

PENDING, OFFERED = "second_step", "second_factor_offered"
PENDING_S = 600
ISSUER = "Wanliu"


class CodeInput(forms.TextInput):
    """A line that never shows again what was typed: a code that was refused is of no use."""

    def format_value(self, value):
        """Nothing."""


class OneTimeCodeForm(DecisionForm):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("One-time code"),
        max_length=30,
        widget=CodeInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class _Own(OwnDecision):
    """What somebody decides about their own second factor."""

    form = OneTimeCodeForm


class PassSecondStep(_Own):
    """Show the code while signing in."""

    def run(self, user, data, *, actor, now):
        actions.pass_second_factor(user=user, code=data["code"], actor=actor, now=now)


class SetUpSecondFactor(_Own):
    """Have a code of an app be asked for from now on."""

    def run(self, user, data, *, actor, now):
        """The recovery codes."""
        proof = {"secret": data["secret"], "code": data["code"]}
        return actions.set_up_second_factor(user=user, **proof, session=data["session"], actor=actor, now=now)


class RemoveSecondFactor(_Own):
    """Have the password be enough again."""

    def run(self, user, data, *, actor, now):
        actions.remove_second_factor(user=user, code=data["code"], session=data["session"], actor=actor, now=now)


class ResetSecondFactor(Decision):
    """Take it from somebody who lost phone and recovery codes."""

    code, label, icon = "reset-second-factor", gettext_lazy("Remove the second factor"), "phonelink_erase"
    tone, capability = "danger", OPERATE
    done = gettext_lazy("The second factor is removed.")

    def concerns(self, user):
        """Only where there is one."""
        return user.has_second_factor

    def refusal(self, user, now):
        """It may always be taken from an account that has one."""
        return None

    def consequence(self, user):
        """What protects the account then."""
        return _("For who lost phone and recovery codes: be sure who asks. The password alone lets them in then.")

    def run(self, user, data, *, actor, now):
        actions.reset_second_factor(user=user, actor=actor, now=now)


class PasswordStep(LoginView):
    """Asks for the password; whoever has a second factor is led on instead of in."""

    def form_valid(self, form):
        """In, or on to the code."""
        user = form.get_user()
        if not user.has_second_factor:
            return super().form_valid(form)
        self.request.session.cycle_key()
        self.request.session[PENDING] = {
            "user": user.pk,
            "hash": user.get_session_auth_hash(),
            "backend": user.backend,
            "at": self.request.now.timestamp(),
            "next": self.get_success_url(),
        }
        return HttpResponseRedirect(reverse("admin:second_step"))


@never_cache
def code_step(request: HttpRequest) -> HttpResponse:
    """Ask whose password was right for the code. Wrong ones count as wrong passwords do, and for the account."""
    pending = request.session.get(PENDING)
    user = _who_is_pending(request, pending)
    if user is None:
        request.session.pop(PENDING, None)
        return HttpResponseRedirect(f"{reverse('admin:login')}?{urlencode({'next': reverse('admin:index')})}")
    form = OneTimeCodeForm(request.POST or None, row=user, now=request.now)
    if request.method == "POST" and form.is_valid():
        credentials = {"username": user.username}
        if not AxesProxyHandler.is_allowed(request, credentials):
            return get_lockout_response(request, credentials)
        with system_scope():  # nobody is signed in yet
            answers = _tried(request, PassSecondStep(), user, form)
        if answers is not None:
            login(request, user, backend=pending["backend"])
            request.session.pop(PENDING, None)
            return HttpResponseRedirect(pending["next"])
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
    return render(request, "workbench/second_step.html", {"form": form, "title": _("Second step"), "who": user})


def _who_is_pending(request: HttpRequest, pending: dict | None) -> User | None:
    if pending is None or not 0 <= request.now.timestamp() - pending["at"] < PENDING_S:
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).exclude(sealed_totp="").first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), pending["hash"]):
        return None
    return user


def _tried(request: HttpRequest, decision: Decision, user: User, form: OneTimeCodeForm) -> list | None:
    """What the decision answered to the code; None when it was wrong, or one of too many."""
    if not actions.take_try(user, now=request.now):
        form.add_error("code", _("Too many codes were tried for this account; wait a quarter of an hour."))
        return None
    form.cleaned_data["session"] = request.session.session_key
    return take(request, decision, user, form, actor=actor_of(user))


@never_cache
def own_second_factor(request: HttpRequest) -> HttpResponse:
    """Set up one's own second factor, or look at it and remove it."""
    from django.contrib.admin import site

    request.now = request.came_at  # a phone's clock is everybody's, whichever sandbox's desk this is
    user, context = request.user, {**site.each_context(request), "title": _("Second factor")}
    form = OneTimeCodeForm(request.POST or None, row=user, now=request.now)
    form.fields["code"].widget.attrs.pop("autofocus")
    if user.has_second_factor:
        if request.method == "POST" and form.is_valid() and _tried(request, RemoveSecondFactor(), user, form):
            update_session_auth_hash(request, user)
            messages.success(request, _("The second factor is removed: the password alone lets you in."))
            return HttpResponseRedirect(request.path)
        context |= {"form": form, "codes_left": len(user.recovery_digests)}
        return render(request, "workbench/second_factor.html", context)
    try:
        secret = _offered(request)
    except Refused as refused:  # nothing can be sealed here: the operator's to mend
        return render(request, "workbench/second_factor.html", {**context, "refused": refused})
    if request.method == "POST" and form.is_valid():
        form.cleaned_data["secret"] = secret
        answers = _tried(request, SetUpSecondFactor(), user, form)
        if answers is not None:
            request.session.pop(OFFERED, None)
            update_session_auth_hash(request, user)
            return render(request, "workbench/recovery_codes.html", {**context, "codes": answers[0]})
    uri = f"otpauth://totp/{ISSUER}:{quote(user.username)}?{urlencode({'secret': secret, 'issuer': ISSUER})}"
    context |= {
        "form": form,
        "qr": qr_svg(uri, _("QR code for your app")),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }
    return render(request, "workbench/second_factor.html", context)


def _offered(request: HttpRequest) -> str:
    """The secret that this session is shown until a code of it arrives: typing the code wrong changes no picture."""
    if OFFERED not in request.session:
        request.session[OFFERED] = seal({"totp": actions.new_secret()})
    return unseal(request.session[OFFERED])["totp"]


def sent_to_set_up(request: HttpRequest) -> HttpResponseRedirect | None:
    """Where somebody goes first who lacks the second factor that a store or the platform wants; None for all others."""
    if request.resolver_match.url_name in {*OPEN_TO_ALL, "second_factor"} or not needs_second_factor(request.user):
        return None
    messages.info(request, _("Set up a second factor first: a store you work in, or the platform, asks for one."))
    return HttpResponseRedirect(reverse("admin:second_factor"))
