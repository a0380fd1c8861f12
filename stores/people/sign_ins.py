"""Devices and sessions: a sign-in with a browser that the account wasn't used in is told to its person."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy

from common.actions import action
from common.actors import Actor
from common.changes import lock
from common.errors import NotFound, refuse_if
from common.retention import Retention
from common.tenancy import system_scope
from stores.actions.accounts import record_account
from stores.models import DeskSession, Device, User
from stores.people.events import DEVICES_CONFIRMED, SESSIONS_ENDED, SIGNED_IN_ON_NEW_DEVICE
from stores.people.letters import write_letter
from stores.people.why_not import why_not_confirm_devices
from stores.sessions import end_sessions
from stores.states import LetterKind

TOLD_FOR = timedelta(days=14)  # on the desk, unless somebody on a known device confirms it before


@action
def note_sign_in(*, user: User, browser: UUID, agent: str, address: str | None, actor: Actor, now: datetime) -> Device:
    """Note that the account was signed in with this browser.

    The first one is taken for its person's own; of every later one they are told, by e-mail and at the desk.
    """
    lock(user)
    devices = Device.objects.filter(user=user)
    known = devices.filter(browser=browser).first()
    if known is not None:
        known.agent, known.address, known.seen_at = agent, address, now
        known.save(update_fields=["agent", "address", "seen_at"])
        return known
    is_first = not devices.exists()
    device = Device.objects.create(
        user=user,
        browser=browser,
        agent=agent,
        address=address,
        first_at=now,
        seen_at=now,
        confirmed_at=now if is_first else None,
    )
    if not is_first:
        user.new_device_at = now
        user.save(update_fields=["new_device_at"])
        record_account(SIGNED_IN_ON_NEW_DEVICE, user, actor, now, agent=agent, address=address)
        write_letter(
            LetterKind.NEW_DEVICE,
            to=user.email,
            user=user,
            now=now,
            agent=agent,
            address=address,
            at=now.isoformat(),
        )
    return device


def new_devices(user: User, here: str, now: datetime) -> list[Device]:
    """Devices that signed in lately and that nobody has confirmed, for whoever is on another one; newest first.

    `here` is the device of this session; one that is new itself is told of none.
    """
    if user.new_device_at is None or now - user.new_device_at >= TOLD_FOR:
        return []
    devices = Device.objects.filter(user=user, confirmed_at=None, first_at__gt=now - TOLD_FOR)
    return list(devices.order_by("-first_at")) if is_known(user, here) else []


def is_known(user: User, here: str) -> bool:
    """Whether this session's device is one that was confirmed."""
    return bool(here) and Device.objects.filter(pk=here, user=user).exclude(confirmed_at=None).exists()


@action
def confirm_devices(*, user: User, here: str, until: datetime, actor: Actor, now: datetime) -> None:
    """Say that the sign-ins on new devices up to `until` were one's own. Refused on a new device."""
    lock(user)
    refuse_if(why_not_confirm_devices(is_known(user, here)))
    new = Device.objects.filter(user=user, confirmed_at=None)
    new.filter(first_at__lte=until).update(confirmed_at=now)
    user.new_device_at = new.order_by("-first_at").values_list("first_at", flat=True).first()
    user.save(update_fields=["new_device_at"])
    record_account(DEVICES_CONFIRMED, user, actor, now)


@action
def end_session(*, user: User, handle: str, actor: Actor, now: datetime) -> None:
    """Sign out one browser. NotFound when there is no such session of this person."""
    session = next((each for each in DeskSession.objects.filter(user=user) if each.handle == handle), None)
    if session is None:
        raise NotFound
    session.delete()
    record_account(SESSIONS_ENDED, user, actor, now, sessions=1)


@action
def end_other_sessions(*, user: User, session: str, actor: Actor, now: datetime) -> int:
    """Sign out every browser but the one with the key `session`; returns how many sessions ended."""
    ended = end_sessions(user, but=session)
    record_account(SESSIONS_ENDED, user, actor, now, sessions=ended)
    return ended


DEVICES = Retention(
    "unused devices forgotten",
    gettext_lazy("Browsers in which nobody was signed in for long"),
    Device,
    "seen_at",
    "KEEP_DEVICES_DAYS",
)


def forget_devices() -> int:
    """Delete a batch of devices that weren't used for as long as they are kept; returns how many."""
    return DEVICES.step()


def own_sessions(user: User, now: datetime) -> list[DeskSession]:
    """Where the account is signed in, the one seen last first."""
    rows = DeskSession.objects.filter(user=user, expire_date__gt=now).order_by("-seen_at")
    with system_scope():
        return list(rows)
