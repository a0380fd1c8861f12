"""What happens to accounts by their own people, to invitations and to saved views."""

from collections.abc import Mapping
from typing import Annotated, NotRequired, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, END, FLAG, TEXT, Fact, changed, choice, named, optional
from common.words import joined
from stores.people.browsers import BROWSER
from stores.states import EventArea, LetterKind, MemberRole


class _AccountNamed(TypedDict):
    username: Annotated[str, TEXT]


class _OnDevice(TypedDict):
    username: Annotated[str, TEXT]
    agent: Annotated[str, BROWSER]
    address: Annotated[str | None, optional(TEXT, "")]


class _SessionsEnded(TypedDict):
    username: Annotated[str, TEXT]
    sessions: Annotated[int, named(gettext_lazy("Sessions"), COUNT)]


class _AddressChanged(TypedDict):
    username: Annotated[str, TEXT]
    email: Annotated[list[str], changed(TEXT)]


class _Invited(TypedDict):
    email: Annotated[str, TEXT]
    role: Annotated[str, choice(MemberRole)]
    ends_at: Annotated[str, named(gettext_lazy("Ends"), END)]


class _NoMoreInvited(TypedDict):
    email: Annotated[str, TEXT]
    role: Annotated[str, choice(MemberRole)]


class _Joined(TypedDict):
    username: Annotated[str, TEXT]
    full_name: Annotated[str, TEXT]
    role: Annotated[str, choice(MemberRole)]


class _LetterNamed(TypedDict):
    kind: Annotated[str, choice(LetterKind)]
    to: Annotated[str, TEXT]


class _LinkOfMember(TypedDict):
    username: Annotated[str, TEXT]
    full_name: Annotated[str, TEXT]


SIGNED_IN_ON_NEW_DEVICE = EventType(
    "account.signed_in_on_new_device",
    gettext_lazy("Signed in on a new device"),
    "user",
    _OnDevice,
    tone=EventTone.NOTE,
    area=EventArea.ACCOUNTS,
    meaning=gettext_lazy("A person has signed in with a browser that this account hadn't been used in."),
)
DEVICES_CONFIRMED = EventType(
    "account.devices_confirmed",
    gettext_lazy("New devices confirmed"),
    "user",
    _AccountNamed,
    area=EventArea.ACCOUNTS,
    meaning=gettext_lazy("A person says that the sign-ins on new devices were their own."),
)
SESSIONS_ENDED = EventType(
    "account.sessions_ended",
    gettext_lazy("Sessions ended"),
    "user",
    _SessionsEnded,
    tone=EventTone.NOTE,
    area=EventArea.ACCOUNTS,
    meaning=gettext_lazy("A person has signed out one or more of the browsers that the account was signed in with."),
)
PASSWORD_LINK_MADE = EventType(
    "account.password_link_made",
    gettext_lazy("Link for a new password made"),
    "user",
    _AccountNamed,
    tone=EventTone.WARNING,
    area=EventArea.ACCOUNTS,
    meaning=gettext_lazy("Whoever gets the link may choose a password for this account within a day, once."),
)
PASSWORD_RESET = EventType(
    "account.password_reset",
    gettext_lazy("Password chosen by a link"),
    "user",
    _AccountNamed,
    tone=EventTone.WARNING,
    area=EventArea.ACCOUNTS,
    meaning=gettext_lazy("A person has chosen a password by a link; every session of the account is over."),
)
ADDRESS_CONFIRMED = EventType(
    "account.address_confirmed",
    gettext_lazy("E-mail address confirmed"),
    "user",
    _AddressChanged,
    area=EventArea.ACCOUNTS,
    meaning=gettext_lazy("E-mails about this account, also those that reset its password, go to this address."),
)
MEMBER_LINK_MADE = EventType(
    "member.password_link_made",
    gettext_lazy("Link for a member's new password made"),
    "membership",
    _LinkOfMember,
    tone=EventTone.WARNING,
    area=EventArea.MEMBERS,
    meaning=gettext_lazy("Whoever gets the link may choose a password for this member within a day, once."),
)
INVITATION_MADE = EventType(
    "invitation.made",
    gettext_lazy("Invited"),
    "invitation",
    _Invited,
    tone=EventTone.GOOD,
    area=EventArea.MEMBERS,
    meaning=gettext_lazy("Whoever has the link may join the store in this role until it ends, once."),
)
INVITATION_RENEWED = EventType(
    "invitation.renewed",
    gettext_lazy("Invited again"),
    "invitation",
    _Invited,
    tone=EventTone.NOTE,
    area=EventArea.MEMBERS,
    meaning=gettext_lazy("There is a new link with a new end; the one before opens nothing any more."),
)
INVITATION_WITHDRAWN = EventType(
    "invitation.withdrawn",
    gettext_lazy("Invitation withdrawn"),
    "invitation",
    _NoMoreInvited,
    tone=EventTone.NOTE,
    area=EventArea.MEMBERS,
    meaning=gettext_lazy("The link opens nothing any more."),
)
INVITATION_ACCEPTED = EventType(
    "invitation.accepted",
    gettext_lazy("Invitation accepted"),
    "invitation",
    _Joined,
    tone=EventTone.GOOD,
    area=EventArea.MEMBERS,
    meaning=gettext_lazy("The invited person works in the store from now on, in this role."),
)
LETTER_RESUMED = EventType(
    "letter.resumed",
    gettext_lazy("E-mail sent again"),
    "letter",
    _LetterNamed,
    area=EventArea.WORK,
    meaning=gettext_lazy("An e-mail that couldn't be sent is tried again, since an operator wants it."),
)


# --- what somebody takes, and what they look at


def _several(values: list, data: Mapping) -> str:
    return joined(values) if values else _("all")


_KIND = Fact("list of kinds of refunds; none stands for all", _several, example=["exchange"])
_CATEGORY = Fact("list of categories; none stands for all", _several, example=["50010850"])


class _SkillsChanged(TypedDict):
    username: Annotated[str, TEXT]
    full_name: Annotated[str, TEXT]
    kinds: NotRequired[Annotated[list[list[str]], named(gettext_lazy("Kinds"), changed(_KIND))]]
    categories: NotRequired[Annotated[list[list[str]], named(gettext_lazy("Categories"), changed(_CATEGORY))]]


MEMBER_SKILLS_CHANGED = EventType(
    "member.skills_changed",
    gettext_lazy("Skills changed"),
    "membership",
    _SkillsChanged,
    area=EventArea.MEMBERS,
    meaning=gettext_lazy("A person takes other refunds than before when new ones are shared out in turn."),
)


_LIST = Fact("which list of the desk: its model", example="refunds.refund")


class _View(TypedDict):
    view: Annotated[str, TEXT]
    list: Annotated[str, _LIST]
    shared: Annotated[bool, FLAG]


class _ViewChanged(TypedDict):
    view: Annotated[list[str], changed(TEXT)]
    list: Annotated[str, _LIST]
    shared: Annotated[bool, FLAG]


VIEW_SAVED = EventType(
    "view.saved",
    gettext_lazy("View saved"),
    "savedview",
    _View,
    meaning=gettext_lazy("Somebody keeps a list with its filters under a name, for themselves or for their store."),
)
VIEW_CHANGED = EventType(
    "view.changed",
    gettext_lazy("View changed"),
    "savedview",
    _ViewChanged,
    meaning=gettext_lazy("A saved view has another name, or is seen by others than before."),
)
VIEW_DELETED = EventType(
    "view.deleted",
    gettext_lazy("View deleted"),
    "savedview",
    _View,
    meaning=gettext_lazy("A saved view is gone; what it showed is not."),
)
