"""The password of one's own: everybody chooses it, first of all who signed in with a one-time password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from stores import actions
from workbench.kit.decisions import take
from workbench.kit.own import OwnDecision

# What somebody with a one-time password may still open.
OPEN_TO_ALL = {"login", "logout", "password_change"}


class ChooseOwnPassword(OwnDecision):
    """Change the password that one signs in with; Django's own page asks for it."""

    def run(self, user, data, *, actor, now):
        actions.change_password(
            user=user, password=data["new_password1"], session=data["session"], actor=actor, now=now
        )


class OwnPasswordView(PasswordChangeView):
    """Choose a password of one's own; the other sessions with the old one end."""

    def form_valid(self, form):
        """Change it, and keep this session."""
        form.cleaned_data["session"] = self.request.session.session_key
        if take(self.request, ChooseOwnPassword(), self.request.user, form) is None:
            return self.form_invalid(form)
        update_session_auth_hash(self.request, self.request.user)
        messages.success(
            self.request, _("Your password is changed. Wherever else you were signed in, you no longer are.")
        )
        return HttpResponseRedirect(self.get_success_url())


def sent_to_change_password(request: HttpRequest) -> HttpResponseRedirect | None:
    """Where somebody with a one-time password goes first; None for everybody else."""
    if not request.user.must_change_password or request.resolver_match.url_name in OPEN_TO_ALL:
        return None
    messages.info(request, _("Choose a password of your own first: the one you signed in with is for one time."))
    return HttpResponseRedirect(reverse("admin:password_change"))
