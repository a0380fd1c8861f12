"""Accounts of people: the operator opens them, their owners choose the password."""

import secrets
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Invalid, refuse_if
from common.events import EventType
from common.tenancy import system_scope
from common.writes import WriteSet
from stores.actions.members import add_member
from stores.events import ACCOUNT_OPENED, PASSWORD_CHANGED, PASSWORD_GIVEN
from stores.models import Store, User
from stores.sessions import end_sessions
from stores.states import MemberRole
from stores.why_not import why_not_open_accounts


def new_password() -> str:
    """A password that nobody has used: 16 characters of 64."""
    return secrets.token_urlsafe(12)


@action
def open_account(
    *,
    username: str,
    full_name: str,
    password: str | None,
    actor: Actor,
    now: datetime,
    is_operator: bool = False,
    is_one_time: bool = True,
    store: Store | None = None,
    role: str = MemberRole.VIEWER,
) -> User:
    """Open an account of an operator, or of a merchant's person, who gets the `role` in the `store`. Operators only.

    A one-time password has to be changed at the first sign-in; without a password (None) it is chosen by a link.
    Invalid names the field; ValidationError for a password that is too weak.
    """
    refuse_if(why_not_open_accounts(actor))
    if User.objects.filter(username=username).exists():
        raise Invalid("username", _("Somebody has this user name already; choose another."), "unique")
    user = User(
        username=username,
        first_name=full_name,
        is_staff=True,
        is_superuser=is_operator,
        must_change_password=is_one_time and password is not None,
        opened_for=store,
        date_joined=now,
    )
    if password is None:
        user.set_unusable_password()
    else:
        set_password(user, password)
    user.full_clean(exclude=["opened_for"])
    user.save(force_insert=True)
    record_account(ACCOUNT_OPENED, user, actor, now, full_name=full_name, is_operator=is_operator)
    if store is not None:
        add_member(store=store, username=username, role=role, actor=actor, now=now)
    return user


@action
def open_invited(
    *, username: str, full_name: str, password: str, email: str, store: Store, actor: Actor, now: datetime
) -> User:
    """Open an account for whoever an invitation into the store lets in; the caller makes them a member.

    Invalid `username` in the same words for one that somebody has and for one that can't be; Invalid `password`.
    """
    user = User(username=username, first_name=full_name, email=email, is_staff=True, opened_for=store, date_joined=now)
    set_password(user, password)
    try:
        user.full_clean(exclude=["opened_for"])
        with transaction.atomic():
            user.save(force_insert=True)
    except (ValidationError, IntegrityError) as error:
        if set(getattr(error, "error_dict", {"username": ""})) != {"username"}:
            raise
        raise Invalid(
            "username", _("This user name can't be used; choose another, of letters, digits and @ . + - _ only.")
        ) from error
    record_account(ACCOUNT_OPENED, user, actor, now, full_name=full_name, is_operator=False)
    return user


@action
def give_new_password(*, user: User, password: str, actor: Actor, now: datetime) -> None:
    """Give somebody who lost it a one-time password; their sessions end. Operators only."""
    refuse_if(why_not_open_accounts(actor))
    set_password(user, password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    end_sessions(user)
    record_account(PASSWORD_GIVEN, user, actor, now)


@action
def change_password(*, user: User, password: str, actor: Actor, now: datetime, session: str = "") -> None:
    """Somebody chooses a password of their own; their sessions end, but for the one with the key `session`.

    Invalid for one that is too weak.
    """
    if user.check_password(password):
        raise Invalid("new_password2", _("This is your password already; choose another."))
    set_password(user, password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    end_sessions(user, but=session)
    record_account(PASSWORD_CHANGED, user, actor, now)


def record_account(event: EventType, user: User, actor: Actor, now: datetime, **data) -> None:
    """Accounts are the platform's, whichever stores their people work in. Passwords are never part of an event."""
    writes = WriteSet()
    writes.event(event, user, topic=user, at=now, actor=actor, username=user.username, **data)
    with system_scope():
        writes.flush()


def set_password(user: User, password: str) -> None:
    """Set it on the object. Invalid `password` for one that is too weak."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid("password", " ".join(error.messages), "password_too_weak") from error
    user.set_password(password)
