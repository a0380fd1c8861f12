"""What stands in an e-mail: worded when it is sent, in the language in which it was asked for."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from common.calendar import PLATFORM_ZONE, clock_face, end_face
from stores.models import Invitation, Letter, Membership, User
from stores.people.browsers import browser_in_words
from stores.people.links import address_link, invitation_link, password_link
from stores.states import LetterKind

RESETS_FOR = timedelta(days=1)
NEWS_FOR = timedelta(days=1)


class Worded(NamedTuple):
    """An e-mail as it is read."""

    subject: str
    paragraphs: list[str]

    @property
    def text(self) -> str:
        """The whole of it."""
        return "\n\n".join([_("Hello,"), *self.paragraphs, _("Wanliu, the after-sales workbench")]) + "\n"


def letter_words(letter: Letter, now: datetime) -> Worded | None:
    """What it says; None when it is no longer to be sent, since what it was about is over."""
    return _KINDS[LetterKind(letter.kind)](letter, now)


def _invitation(letter: Letter, now: datetime) -> Worded | None:
    invitation = Invitation.objects.select_related("store").get(pk=letter.about)
    if not invitation.is_open or invitation.ends_at <= now or invitation.issue != letter.data["issue"]:
        return None
    store = invitation.store
    facts = {
        "store": store.name,
        "role": invitation.get_role_display(),
        "by": letter.data["by"],
        "end": end_face(invitation.ends_at, store.time_zone),
    }
    return Worded(
        _("Invitation to %(store)s") % facts,
        [
            _("%(by)s invites you to work in %(store)s, as: %(role)s. Open this link to join:") % facts,
            invitation_link(invitation, by_mail=True),
            _("It works once, until %(end)s. If you expect no invitation, do nothing.") % facts,
        ],
    )


def _password_reset(letter: Letter, now: datetime) -> Worded | None:
    users = User.objects.filter(email__iexact=letter.to, is_active=True).order_by("pk")
    links = [f"{user.username}: {password_link(user)}" for user in users]
    if not links or now - letter.created_at > RESETS_FOR:
        return None
    return Worded(
        _("Choose a new password"),
        [
            _("Somebody asked for a new password of the account with this address. Choose it here:"),
            "\n".join(links),
            _("The link works once, for one day. If it wasn't you, do nothing: your password stays as it is."),
        ],
    )


def _confirm_address(letter: Letter, now: datetime) -> Worded | None:
    facts = {"user": letter.user.username}
    return Worded(
        _("Confirm your e-mail address"),
        [
            _("You want e-mails about the account %(user)s to come here. Open this link, signed in with it:") % facts,
            address_link(letter.user, letter.to),
            _("It works for one day. If it wasn't you, do nothing."),
        ],
    )


def _new_device(letter: Letter, now: datetime) -> Worded:
    facts = {
        "user": letter.user.username,
        "browser": browser_in_words(letter.data["agent"]),
        "address": letter.data["address"] or "–",
        "at": clock_face(datetime.fromisoformat(letter.data["at"]), PLATFORM_ZONE),
    }
    return Worded(
        _("Your account was used on a new device"),
        [
            _("%(user)s signed in with %(browser)s, from %(address)s, at %(at)s (Beijing time).") % facts,
            _("If it wasn't you: change your password and look at “Sign-ins and e-mail” in the desk."),
        ],
    )


def _notices(letter: Letter, now: datetime) -> Worded | None:
    """What a room above has worded already; a day later it is no news.

    Nor for somebody who has left, works under a role that isn't told of all of it, or has another address by now.
    """
    members = Membership.objects.filter(user=letter.user, user__is_active=True, user__email__iexact=letter.to)
    if "store" in letter.data:  # releases before said neither this nor the roles
        members = members.filter(store=letter.data["store"])
    if "roles" in letter.data:
        members = members.filter(role__in=letter.data["roles"])
    if now - letter.created_at > NEWS_FOR or not members.exists():
        return None
    why = _("You get this since your store tells your role by e-mail; its owners choose that under “Notices”.")
    return Worded(letter.data["subject"], [*letter.data["lines"], why])


_KINDS: dict[LetterKind, Callable[[Letter, datetime], Worded | None]] = {
    LetterKind.INVITATION: _invitation,
    LetterKind.PASSWORD_RESET: _password_reset,
    LetterKind.CONFIRM_ADDRESS: _confirm_address,
    LetterKind.NEW_DEVICE: _new_device,
    LetterKind.NOTICES: _notices,
}
