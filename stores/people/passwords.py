"""Choosing a password by a link: one that was mailed to whoever forgot theirs, or one to hand over."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from common.actions import action, bookkeeping
from common.actors import Actor
from common.changes import lock
from common.errors import Invalid, Refused, refuse_if
from common.rates import over_rate
from common.tenancy import system_scope
from common.writes import WriteSet
from stores.actions.accounts import record_account, set_password
from stores.models import Membership, User
from stores.people.events import MEMBER_LINK_MADE, PASSWORD_LINK_MADE, PASSWORD_RESET
from stores.people.letters import write_letter
from stores.people.links import password_link, password_links
from stores.people.why_not import why_not_make_password_link, why_not_use_link
from stores.permissions import GRANTS, MANAGE_STORE, user_id_of
from stores.sessions import end_sessions
from stores.states import LetterKind

MOST_ASKED, ASKED_WITHIN_S = 3, 3600


@bookkeeping("Somebody who isn't signed in asks; what comes of it is an act.")
def ask_for_reset(*, email: str, now: datetime) -> None:
    """Owe an e-mail to this address, whoever has it: whether there is an account with it is looked up when it is sent.

    So nothing, not even time, tells the two apart. More than three an hour to one address are dropped in silence.
    """
    if not over_rate(f"reset:{email.lower()}", most=MOST_ASKED, window_s=ASKED_WITHIN_S):
        write_letter(LetterKind.PASSWORD_RESET, to=email, now=now)


@action
def make_password_link(*, user: User, actor: Actor, now: datetime, members: Iterable[Membership] = ()) -> str:
    """A link to hand over, by which this person chooses a password within a day, once. The second factor stays.

    Refused where the account opens more than the actor may see. Each of the `members` has it on record in its store.
    """
    refuse_if(why_no_link(user, actor))
    record_account(PASSWORD_LINK_MADE, user, actor, now)
    writes = WriteSet()
    named = {"username": user.username, "full_name": user.get_full_name()}
    for member in members:
        writes.event(MEMBER_LINK_MADE, member, topic=member, at=now, actor=actor, **named)
    writes.flush()
    return password_link(user)


@action
def reset_password(*, user: User, token: str, password: str, actor: Actor, now: datetime) -> None:
    """Choose a password by a link's `token`, which is over then; every session of the account ends.

    Refused when it is over already. Invalid `password` for one that is too weak.
    """
    lock(user)
    user.__dict__.pop("_memberships", None)  # as they are under the lock
    refuse_if(why_not_use_link(password_links.check_token(user, token)))
    if user.check_password(password):
        raise Invalid("new_password2", _("This is your password already; choose another."))
    set_password(user, password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    end_sessions(user)
    record_account(PASSWORD_RESET, user, actor, now)


def why_no_link(user: User, actor: Actor) -> Refused | None:
    """Why this actor can't make such a link for this person."""
    return why_not_make_password_link(user, actor, _managed_by(actor), _works_in(user))


def _managed_by(actor: Actor) -> set[int]:
    with system_scope():
        own = Membership.objects.filter(user=user_id_of(actor)).values_list("store", "role")
        return {store for store, role in own if MANAGE_STORE in GRANTS[role]}


def _works_in(user: User) -> set[int]:
    with system_scope():  # also where this desk doesn't reach: what the link opens depends on it
        return set(Membership.objects.filter(user=user).values_list("store", flat=True))
