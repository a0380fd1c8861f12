"""The e-mail address of an account: one's own only once a link that was sent there has been opened."""

from datetime import datetime

from django.utils.translation import gettext as _

from common.actions import action, bookkeeping
from common.actors import Actor
from common.changes import changes_of, lock
from common.errors import Invalid, refuse_if
from common.rates import over_rate
from stores.actions.accounts import record_account
from stores.models import User
from stores.people.events import ADDRESS_CONFIRMED
from stores.people.letters import write_letter
from stores.people.links import read_address_link
from stores.people.why_not import why_not_send_mail
from stores.states import LetterKind

MOST_ASKED, ASKED_WITHIN_S = 5, 3600


@bookkeeping("Nothing is changed before the address is confirmed; that is the act.")
def propose_address(*, user: User, email: str, now: datetime) -> None:
    """Send a link to this address, by which its owner confirms it. Refused where no e-mail is set up."""
    refuse_if(why_not_send_mail())
    if over_rate(f"address:{user.pk}", most=MOST_ASKED, window_s=ASKED_WITHIN_S):
        raise Invalid("email", _("Too many addresses were tried for this account; wait an hour."))
    write_letter(LetterKind.CONFIRM_ADDRESS, to=email, user=user, now=now)


@action
def confirm_address(*, user: User, token: str, actor: Actor, now: datetime) -> None:
    """Make the address of a link the account's own. Invalid `token` when it is over or somebody else's."""
    lock(user)
    email = read_address_link(token, user)
    if email is None:
        raise Invalid("token", _("This link is over, or for another account than the one you are signed in with."))
    changed = changes_of(user, {"email": email})
    user.save(update_fields=["email"])
    record_account(ADDRESS_CONFIRMED, user, actor, now, **changed)
