"""Links that let somebody in who can't sign in yet: signed, with an end, and good for one use.

They begin with PUBLIC_URL, whatever a request calls us, and nothing of them is kept: a row tells what its link is.
"""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from stores.models import Invitation, User
from stores.permissions import roles_of

_INVITATION, _ADDRESS = "wanliu.invitation", "wanliu.address"


class PasswordLinks(PasswordResetTokenGenerator):
    """Tokens by which somebody chooses a password; one ends by its use, the next sign-in, or after a day.

    It also ends when they join another store: whoever made it may have known nothing of that one.
    """

    key_salt = "wanliu.password-link"

    def _make_hash_value(self, user, timestamp):
        stores = ",".join(map(str, sorted(roles_of(user))))
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}{user.is_superuser}{stores}"


password_links = PasswordLinks()


def password_link(user: User) -> str:
    """Where this person chooses a password."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return _public("admin:password_link", key, password_links.make_token(user))


@dataclass(frozen=True)
class InvitationLink:
    """Which invitation a link opens, the how manieth it is of it, and whether it came by e-mail."""

    store_id: int
    invitation_id: UUID
    issue: int
    by_mail: bool


def invitation_link(invitation: Invitation, *, by_mail: bool = False) -> str:
    """Where the invited joins. What came `by_mail` shows that the address is theirs."""
    named = [invitation.store_id, invitation.pk.hex, invitation.issue, by_mail]
    return _public("admin:join", signing.dumps(named, salt=_INVITATION))


def read_invitation_link(token: str) -> InvitationLink | None:
    """What a link says; None when it was tampered with or signed for something else. Its end stands in the row."""
    try:
        store_id, invitation_hex, issue, by_mail = signing.loads(token, salt=_INVITATION)
    except signing.BadSignature:
        return None
    return InvitationLink(store_id, UUID(invitation_hex), issue, by_mail)


def address_link(user: User, email: str) -> str:
    """Where this person, signed in, confirms that the address is theirs. It ends after a day, and with another one."""
    return _public("admin:confirm_address", signing.dumps([user.pk, user.email, email], salt=_ADDRESS))


def read_address_link(token: str, user: User) -> str | None:
    """The address that this user confirms with it; None when it is over, somebody else's, or no such link."""
    try:
        user_id, before, email = signing.loads(token, salt=_ADDRESS, max_age=settings.PASSWORD_RESET_TIMEOUT)
    except signing.BadSignature:
        return None
    return email if (user_id, before) == (user.pk, user.email) else None


def _public(name: str, *args: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=args)}"
