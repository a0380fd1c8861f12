"""Inviting somebody into a store, by e-mail or by a link to hand over; and joining by it, with an account or a new one.

A link is good once, for seven days, and as long as whoever invited may still give the role. Nothing is said to anybody
of accounts that there are: a user name that is taken looks like one that can't be used.
"""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from common.actions import action, bookkeeping
from common.actors import Actor
from common.changes import lock
from common.errors import Invalid, refuse_if
from common.events import EventType
from common.writes import WriteSet
from stores.actions.accounts import open_invited
from stores.events import MEMBER_ADDED
from stores.models import Invitation, Membership, Store, User
from stores.people.events import INVITATION_ACCEPTED, INVITATION_MADE, INVITATION_RENEWED, INVITATION_WITHDRAWN
from stores.people.letters import write_letter
from stores.people.why_not import (
    MOST_NAMES_TRIED,
    why_not_give_role,
    why_not_join,
    why_not_join_again,
    why_not_join_with,
    why_not_open_invitation,
    why_not_send_mail,
)
from stores.permissions import user_id_of
from stores.states import LetterKind, MemberRole

GOOD_FOR = timedelta(days=7)


@action
def invite(*, store: Store, email: str, role: str, actor: Actor, now: datetime) -> Invitation:
    """Invite somebody into the store; with an `email` the link is sent there, without one it is handed over.

    Refused `role` beyond what the actor may do there; Invalid `email` (`unique`) where one is open for this address.
    """
    invited_by = user_id_of(actor)
    if role not in MemberRole.values:
        raise Invalid("role", _("Choose one of the roles."), "invalid_choice")
    refuse_if(why_not_give_role(role, _role_of(store.pk, invited_by), actor))
    email = _address(email)
    invitation = Invitation(
        store=store, email=email, role=role, invited_by_id=invited_by, made_at=now, ends_at=now + GOOD_FOR
    )
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid(
            "email", _("This address is invited already; invite it again or withdraw that on its page."), "unique"
        ) from error
    _record(INVITATION_MADE, invitation, actor, now, ends_at=invitation.ends_at.isoformat())
    _write(invitation, actor, now)
    return invitation


@action
def renew_invitation(*, invitation: Invitation, actor: Actor, now: datetime) -> None:
    """Make a new link with a new end, and send it where the first was sent; the one before opens nothing any more."""
    lock(invitation)
    refuse_if(why_not_open_invitation(invitation))
    invited_by = user_id_of(actor)
    refuse_if(why_not_give_role(invitation.role, _role_of(invitation.store_id, invited_by), actor))
    invitation.issue, invitation.tries, invitation.ends_at = invitation.issue + 1, 0, now + GOOD_FOR
    invitation.invited_by_id = invited_by
    invitation.save(update_fields=["issue", "tries", "ends_at", "invited_by"])
    _record(INVITATION_RENEWED, invitation, actor, now, ends_at=invitation.ends_at.isoformat())
    _write(invitation, actor, now)


@action
def withdraw_invitation(*, invitation: Invitation, actor: Actor, now: datetime) -> None:
    """Let the link open nothing any more."""
    lock(invitation)
    refuse_if(why_not_open_invitation(invitation))
    invitation.withdrawn_at = now
    invitation.save(update_fields=["withdrawn_at"])
    _record(INVITATION_WITHDRAWN, invitation, actor, now)


@action
def join_store(*, invitation: Invitation, issue: int, user: User, actor: Actor, now: datetime) -> None:
    """Join with the account that one has, by the link of this `issue`."""
    _lock_open(invitation, issue, now)
    refuse_if(why_not_join_with(user, invitation))
    _accept(invitation, user, actor, now)


@action
def join_with_new_account(
    *,
    invitation: Invitation,
    issue: int,
    by_mail: bool,
    username: str,
    full_name: str,
    password: str,
    actor: Actor,
    now: datetime,
) -> User:
    """Open an account of one's own and join; what came `by_mail` shows that the address is theirs.

    Invalid `username` in the same words for one that is taken and for one that can't be; Invalid `password`.
    """
    _lock_open(invitation, issue, now)
    user = open_invited(
        username=username,
        full_name=full_name,
        password=password,
        email=invitation.email if by_mail else "",
        store=invitation.store,
        actor=actor,
        now=now,
    )
    _accept(invitation, user, actor, now)
    return user


@bookkeeping("What is tried before there is an account is nobody's act; what comes of it is.")
def take_name_try(invitation: Invitation) -> bool:
    """Count that a user name is tried with this link; False when there were ten, so that nobody looks for accounts."""
    rows = Invitation.objects.for_store(invitation.store_id).filter(pk=invitation.pk, tries__lt=MOST_NAMES_TRIED)
    return rows.update(tries=F("tries") + 1) == 1


def inviter_of(invitation: Invitation) -> Membership | None:
    """The membership, in this store, of whoever invited."""
    return Membership.objects.for_store(invitation.store_id).filter(user=invitation.invited_by_id).first()


def _lock_open(invitation: Invitation, issue: int, now: datetime) -> None:
    """The invitation, locked, and with it the membership of whoever invited, so that it isn't taken meanwhile."""
    lock(invitation)
    members = Membership.objects.for_store(invitation.store_id).filter(user=invitation.invited_by_id)
    inviter = members.select_for_update(no_key=True).first()
    refuse_if(why_not_join(invitation, issue, inviter, now))


def _accept(invitation: Invitation, user: User, actor: Actor, now: datetime) -> None:
    member, is_new = Membership.objects.get_or_create(
        store_id=invitation.store_id, user=user, defaults={"role": invitation.role, "since": now}
    )
    refuse_if(None if is_new else why_not_join_again())
    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    writes = WriteSet()
    who = {"username": user.username, "full_name": user.get_full_name(), "role": invitation.role}
    writes.event(INVITATION_ACCEPTED, invitation, topic=invitation, at=now, actor=actor, **who)
    writes.event(MEMBER_ADDED, member, topic=member, at=now, actor=actor, **who)
    writes.flush()


def _role_of(store_id: int, user_id: int | None) -> str | None:
    return Membership.objects.for_store(store_id).filter(user=user_id).values_list("role", flat=True).first()


def _address(email: str) -> str:
    email = email.strip()
    if not email:
        return ""
    refuse_if(why_not_send_mail())
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid("email", " ".join(error.messages)) from error
    return email.lower()


def _write(invitation: Invitation, actor: Actor, now: datetime) -> None:
    write_letter(
        LetterKind.INVITATION,
        to=invitation.email,
        now=now,
        about=invitation,
        issue=invitation.issue,
        by=actor.label or str(_("The platform's operator")),
    )


def _record(event: EventType, invitation: Invitation, actor: Actor, now: datetime, **data) -> None:
    writes = WriteSet()
    named = {"email": invitation.email, "role": invitation.role}
    writes.event(event, invitation, topic=invitation, at=now, actor=actor, **named, **data)
    writes.flush()
