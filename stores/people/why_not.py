"""Why somebody can't be invited or join, why a link doesn't open, why a device or a session isn't decided about."""

from datetime import datetime

from django.conf import settings

from common.actors import Actor, ActorKind
from common.errors import Refused
from common.sentences import sentence as _
from stores.models import Invitation, Letter, Membership, User
from stores.permissions import GRANTS, MANAGE_STORE, roles_of, user_id_of

MOST_NAMES_TRIED = 10


def why_not_give_role(role: str, own_role: str | None, actor: Actor) -> Refused | None:
    """Why this actor, who has the `own_role` in the store, can't bring somebody into it in this role.

    Only who manages the store invites, and into nothing beyond what they may do themselves.
    """
    if actor.kind == ActorKind.OPERATOR:
        return None
    own = GRANTS.get(own_role or "", frozenset())
    if MANAGE_STORE not in own or not GRANTS[role] <= own:
        return Refused("invalid_transition", _("You can't give this role: it may do more than you may here."), "role")
    return None


def why_not_open_invitation(invitation: Invitation) -> Refused | None:
    """Why nothing can be done about an invitation any more: somebody has joined by it, or it is withdrawn."""
    if invitation.accepted_at is not None:
        return Refused("invalid_transition", _("Somebody has joined with this invitation already."))
    if invitation.withdrawn_at is not None:
        return Refused("invalid_transition", _("This invitation was withdrawn."))
    return None


def why_not_join(invitation: Invitation, issue: int, inviter: Membership | None, now: datetime) -> Refused | None:
    """Why nobody can join by the link of this `issue` now. `inviter` is the membership of whoever invited, if any."""
    if (refused := why_not_open_invitation(invitation)) is not None:
        return refused
    if issue != invitation.issue:
        return Refused("invalid_transition", _("There is a newer link than this one; use that."))
    if invitation.ends_at <= now:
        return Refused("invalid_transition", _("This invitation has ended; ask for a new link."))
    by = invitation.invited_by
    if by is None or (by.is_superuser and by.is_active):
        return None
    own = GRANTS.get(inviter.role if inviter else "", frozenset()) if by.is_active else frozenset()
    if MANAGE_STORE not in own or not GRANTS[invitation.role] <= own:
        return Refused("invalid_transition", _("Who invited you may no longer do so; ask the store's owner anew."))
    return None


def why_not_join_with(user: User, invitation: Invitation) -> Refused | None:
    """Why this account can't join: it works in the store, or sees every store anyway."""
    if user.is_superuser:
        return Refused("invalid_transition", _("An operator sees every store; join with an account of your own."))
    return why_not_join_again() if invitation.store_id in roles_of(user) else None


def why_not_join_again() -> Refused | None:
    """Why somebody who works in the store doesn't join it; the invitation stays open."""
    return Refused(
        "invalid_transition", _("You work in this store already. Whoever the invitation is for can still use it.")
    )


def why_not_make_password_link(user: User, actor: Actor, own_stores: set[int], stores: set[int]) -> Refused | None:
    """Why this actor can't make a link for a new password of this person, who works in `stores`.

    An owner may for whoever works in stores of their own only: the link opens everything that the account does.
    """
    if not user.is_active:
        return Refused("invalid_transition", _("This account is deactivated."))
    if user.pk == user_id_of(actor):
        return Refused("invalid_transition", _("Change your own password instead."))
    if actor.kind == ActorKind.OPERATOR:
        return None
    if user.is_superuser or not stores or not stores <= own_stores:
        return Refused("invalid_transition", _("Only the platform's operator can do this for this account."))
    return None


def why_not_use_link(is_good: bool) -> Refused | None:
    """Why no password can be chosen by a link."""
    if is_good:
        return None
    return Refused("invalid_transition", _("This link is over: it works once, and for one day. Ask for a new one."))


def why_not_confirm_devices(is_known_here: bool) -> Refused | None:
    """Why new devices can't be confirmed here: a new one doesn't speak for itself."""
    if is_known_here:
        return None
    return Refused("invalid_transition", _("Only a device that you have used before can say whose the new ones are."))


def why_not_send_mail() -> Refused | None:
    """Why no e-mail can be sent to anybody."""
    if settings.MAIL_IS_SET_UP:
        return None
    return Refused("invalid_transition", _("No e-mail is set up on this installation."), "email")


def why_not_resume_letter(letter: Letter) -> Refused | None:
    """Why an e-mail isn't sent once more."""
    if letter.needs_attention:
        return None
    return Refused("invalid_transition", _("This e-mail waits for nobody: it was sent, or is tried by itself."))
