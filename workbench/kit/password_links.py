"""Choosing a password by a link: asked for by e-mail, or made by somebody who may, to hand over."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.views import (
    INTERNAL_RESET_SESSION_TOKEN,
    PasswordResetConfirmView,
    PasswordResetDoneView,
    PasswordResetView,
)
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.tenancy import system_scope
from stores.models import Membership
from stores.people.links import password_links
from stores.people.passwords import ask_for_reset, make_password_link, reset_password, why_no_link
from stores.permissions import MANAGE_STORE, OPERATE, actor_of, can
from workbench.kit.decisions import Decision, take
from workbench.kit.forms import DeskLooks
from workbench.kit.own import OwnDecision


class AskForm(DeskLooks, PasswordResetForm):
    """The address of an account, if there is one with it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")

    def clean(self):
        """Nothing is promised where no e-mail is sent."""
        if not settings.MAIL_IS_SET_UP:
            raise ValidationError(_("This installation sends no e-mail."))
        return super().clean()

    def save(self, *, request, **_of_mails) -> None:
        """Owe an e-mail; a worker looks up whose account it is."""
        with system_scope():
            ask_for_reset(email=self.cleaned_data["email"], now=request.now)


class ChooseForm(DeskLooks, SetPasswordForm):
    """The new password, twice."""


class ChooseByLink(OwnDecision):
    """Choose a password by a link."""

    def run(self, user, data, *, actor, now):
        reset_password(user=user, token=data["token"], password=data["new_password1"], actor=actor, now=now)


class _Outside:
    """A page for whoever isn't signed in."""

    def get_context_data(self, **kwargs):
        """With what the theme shows on every page."""
        from django.contrib.admin import site

        return {
            **site.each_context(self.request),
            "sends_mail": settings.MAIL_IS_SET_UP,
            **super().get_context_data(**kwargs),
        }


class AskForLink(_Outside, PasswordResetView):
    """Asks for the address; the answer is the same whether there is an account with it."""

    form_class, template_name = AskForm, "workbench/ask_for_link.html"
    success_url, title = reverse_lazy("admin:password_reset_done"), gettext_lazy("Forgotten password")


class LinkAsked(_Outside, PasswordResetDoneView):
    """What happens now."""

    template_name, title = "workbench/link_asked.html", gettext_lazy("Look into your mail")


class UseLink(_Outside, PasswordResetConfirmView):
    """Choose a password by a link, then sign in with it; whoever has a second factor is still asked for it."""

    form_class, template_name = ChooseForm, "workbench/choose_password.html"
    token_generator, success_url = password_links, reverse_lazy("admin:login")

    def form_valid(self, form):
        """Choose it."""
        form.cleaned_data["token"] = self.request.session.get(INTERNAL_RESET_SESSION_TOKEN, "")
        with system_scope():
            answers = take(self.request, ChooseByLink(), self.user, form, actor=actor_of(self.user))
        if answers is None:
            return self.form_invalid(form)
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]
        told = _("Your password is chosen, %(user)s. Sign in with it.") % {"user": self.user.username}
        messages.success(self.request, told)
        return HttpResponseRedirect(self.get_success_url())


class MakeLink(Decision):
    """Make a link for whoever forgot their password; `row` is an account, or a member of a store."""

    code, label, icon, tone = "password-link", gettext_lazy("Make a link for a new password"), "link", "plain"
    is_inline, answer_template = True, "workbench/password_link.html"

    def may(self, user, row):
        """The operator; an owner for members."""
        if isinstance(row, Membership):
            return can(user, MANAGE_STORE, row.store_id)
        return can(user, OPERATE, None)

    capability = MANAGE_STORE

    def refusal(self, row, now):
        """It depends on who makes it."""
        return None

    def refusal_to(self, user, row, now):
        return why_no_link(row.user if isinstance(row, Membership) else row, actor_of(user))

    def consequence(self, row):
        """What it is for."""
        return _("To hand over, good once and for a day. A second factor is still asked for.")

    def run(self, row, data, *, actor, now):
        """The link, which is kept nowhere."""
        is_member = isinstance(row, Membership)
        user = row.user if is_member else row
        link = make_password_link(user=user, members=[row] if is_member else [], actor=actor, now=now)
        return {"title": user.username, "username": user.username, "link": link}
