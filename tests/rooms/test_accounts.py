"""Accounts: opened by the operator, by command or in the desk; their passwords chosen by their people."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError

from common.errors import Invalid, Refused
from common.tenancy import system_scope
from stores.actions import change_password, give_new_password, open_account
from stores.models import Membership, Store, User
from stores.permissions import actor_of
from tests.cases import for_each
from tests.world import MERCHANT, NOON, OPERATOR, make_user

pytestmark = pytest.mark.django_db


def run(*args, **kwargs) -> str:
    """What the command prints."""
    out = StringIO()
    call_command(*args, stdout=out, **kwargs)
    return out.getvalue().strip()


def everybody() -> set[str]:
    """Every user name."""
    return set(User.objects.values_list("username", flat=True))


def test_only_operators_open_accounts_and_give_passwords():
    with system_scope():
        for act in (
            lambda: open_account(username="a", full_name="", password="x" * 20, actor=MERCHANT, now=NOON),
            lambda: give_new_password(user=make_user("anna"), password="x" * 20, actor=MERCHANT, now=NOON),
        ):
            with pytest.raises(Refused):
                act()
    assert everybody() == {"anna"}
    assert User.objects.get().check_password("correct horse 9")


@for_each(
    ("username", "password", "field"),
    [
        ("anna", "correct horse 9", "username"),
        ("bob", "short", "password"),
        ("bob the builder", "correct horse 9", "username"),
    ],
)
def test_a_taken_name_or_a_weak_password_is_refused(username, password, field):
    make_user("anna")
    with system_scope(), pytest.raises((Invalid, ValidationError)) as caught:
        open_account(username=username, full_name="", password=password, actor=OPERATOR, now=NOON)
    fields = [caught.value.attr] if isinstance(caught.value, Invalid) else list(caught.value.message_dict)
    assert fields == [field]
    assert everybody() == {"anna"}


def test_somebody_changes_the_own_one_time_password():
    with system_scope():
        anna = open_account(username="anna", full_name="安娜", password="correct horse 9", actor=OPERATOR, now=NOON)
        assert anna.must_change_password
        for password in ("correct horse 9", "short"):
            with pytest.raises(Invalid):
                change_password(user=anna, password=password, actor=actor_of(anna), now=NOON)
        assert User.objects.get(pk=anna.pk).must_change_password
        change_password(user=anna, password="battery staple 7", actor=actor_of(anna), now=NOON)
    now = User.objects.get(pk=anna.pk)
    assert (now.must_change_password, now.check_password("battery staple 7")) == (False, True)


def test_create_user_opens_an_account_in_a_store(taote):
    printed = run("create_user", "anna", "--store", taote.store.code, "--role", "agent")
    anna = User.objects.get(username="anna")
    assert anna.check_password(printed.rsplit(" ", 1)[-1])
    assert (anna.is_superuser, anna.must_change_password, anna.opened_for_id) == (False, True, taote.store.pk)
    with taote.scope():
        assert Membership.objects.get(user=anna).role == "agent"


@for_each(
    ("more", "said"),
    [
        (["--store", "nowhere"], "There is no store “nowhere”"),
        (["--role", "agent"], "name the --store"),
        (["--store", "nowhere", "--role", "agent"], "There is no store"),
    ],
)
def test_create_user_says_what_is_wrong_and_makes_nothing(more, said):
    with pytest.raises(CommandError, match=said):
        run("create_user", "anna", *more)
    assert everybody() == set()


def test_create_store_with_an_unknown_owner_says_which_command_to_call():
    new = ("create_store", "shoes", "--marketplace", "taote", "--owner", "anna")
    with pytest.raises(CommandError, match="create_user anna"):
        run(*new)
    with system_scope():
        assert not Store.objects.exists()
    run("create_user", "anna")
    run(*new)
    with system_scope():
        assert Membership.objects.get(store__code="shoes").role == "owner"
