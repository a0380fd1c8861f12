"""One's own account: the e-mail address, the devices that are new, and where one is signed in."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from stores.models import User
from stores.people.browsers import browser_in_words
from stores.people.email import confirm_address, propose_address
from stores.people.links import read_address_link
from stores.people.sign_ins import (
    confirm_devices,
    end_other_sessions,
    end_session,
    new_devices,
    own_sessions,
)
from stores.people.why_not import why_not_send_mail
from stores.receivers import DEVICE
from workbench.kit.decisions import DecisionForm, take
from workbench.kit.forms import posted
from workbench.kit.own import OwnDecision


class EmailForm(DecisionForm):
    """Where e-mails about the account go."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_email(self) -> str:
        """In small letters: one address, however it is typed."""
        return self.cleaned_data["email"].lower()


class SessionForm(DecisionForm):
    """Which session."""

    handle = forms.CharField(max_length=64, widget=forms.HiddenInput)


class UntilForm(DecisionForm):
    """Up to which sign-in the page told of new devices."""

    until = forms.DateTimeField(widget=forms.HiddenInput)


class ProposeAddress(OwnDecision):
    """Have a link sent to another address."""

    code, label, form = "email", gettext_lazy("Send a link to confirm it"), EmailForm

    def refusal(self, user, now):
        return why_not_send_mail()

    def told(self, user, data):
        """What to do next."""
        return _("A link is on its way to %(email)s. Open it to confirm the address.") % {"email": data["email"]}

    def run(self, user, data, *, actor, now):
        propose_address(user=user, email=data["email"], now=now)


class ConfirmAddress(OwnDecision):
    """Have e-mails about the account go to the address of a link."""

    def run(self, user, data, *, actor, now):
        confirm_address(user=user, token=data["token"], actor=actor, now=now)


class ConfirmDevices(OwnDecision):
    """Say that the sign-ins on new devices were one's own."""

    code, label, form = "devices", gettext_lazy("It was me"), UntilForm
    done = gettext_lazy("Good. These devices are known from now on.")

    def run(self, user, data, *, actor, now):
        confirm_devices(user=user, here=data["here"], until=data["until"], actor=actor, now=now)


class EndSession(OwnDecision):
    """Sign out one browser."""

    code, label, form = "end", gettext_lazy("Sign out"), SessionForm
    done = gettext_lazy("It is signed out there.")

    def run(self, user, data, *, actor, now):
        end_session(user=user, handle=data["handle"], actor=actor, now=now)


class EndOtherSessions(OwnDecision):
    """Sign out every browser but this one."""

    code, label = "end-others", gettext_lazy("Sign out everywhere else")
    done = gettext_lazy("You are signed in here only.")

    def run(self, user, data, *, actor, now):
        end_other_sessions(user=user, session=data["session"], actor=actor, now=now)


DECISIONS = {each.code: each for each in (ProposeAddress(), ConfirmDevices(), EndSession(), EndOtherSessions())}


@never_cache
def own_account(request: HttpRequest) -> HttpResponse:
    """The page, and what is decided on it."""
    request.now = request.came_at  # sessions go by everybody's clock, whichever sandbox's desk this is
    user, here = request.user, request.session.get(DEVICE, "")
    forms_by_code = {"email": ProposeAddress().make_form(user, request.now)}
    if request.method == "POST":
        decision = DECISIONS.get(request.POST.get("do", ""))
        if decision is None:
            raise Http404
        form = decision.fill(request, user)
        if form.is_valid():
            form.cleaned_data |= {"session": request.session.session_key, "here": here}
            if take(request, decision, user, form) is not None:
                messages.success(request, decision.told(user, form.cleaned_data))
                return HttpResponseRedirect(request.path)
        forms_by_code[decision.code] = form
    return render(request, "workbench/own_account.html", _shown(request, user, here, forms_by_code))


def _shown(request: HttpRequest, user: User, here: str, forms_by_code: dict) -> dict:
    from django.contrib.admin import site

    sessions, devices = own_sessions(user, request.now), new_devices(user, here, request.now)
    return {
        **site.each_context(request),
        "title": _("Sign-ins and e-mail"),
        "forms": forms_by_code,
        "refused": [error for form in forms_by_code.values() for error in form.non_field_errors()],
        "sends_mail": settings.MAIL_IS_SET_UP,
        "devices": [(device, browser_in_words(device.agent)) for device in devices],
        "sessions": [
            (each, browser_in_words(each.agent), each.session_key == request.session.session_key) for each in sessions
        ],
    }


@never_cache
def confirm_own_address(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link in the e-mail leads: asks once more, for programs look into links, too."""
    from django.contrib.admin import site

    email = read_address_link(token, request.user)
    form = DecisionForm(posted(request), row=request.user, now=request.now)
    if request.method == "POST" and form.is_valid():
        form.cleaned_data["token"] = token
        if take(request, ConfirmAddress(), request.user, form) is not None:
            messages.success(request, _("E-mails about your account go to %(email)s now.") % {"email": email})
            return HttpResponseRedirect(reverse("admin:own_account"))
    context = {**site.each_context(request), "title": _("Confirm your e-mail address"), "email": email, "form": form}
    return render(request, "workbench/confirm_address.html", context)


def new_device_alert(request: HttpRequest) -> bool:
    """Whether this page tells of a device that is new; costs nothing where there was none."""
    return bool(new_devices(request.user, request.session.get(DEVICE, ""), request.came_at))
