"""People at once: one code, one link, one invitation lets in once, however many try at the same instant."""

from base64 import b32decode
from functools import partial
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.test import Client

from common import clock as wall
from common.errors import Invalid
from common.tenancy import system_scope, tenant_scope
from common.web import address_limits
from stores.actions import pass_second_factor, remove_member, set_up_second_factor, take_try
from stores.actions.second_factor import MOST_TRIES
from stores.models import DeskSession, Device, Invitation, Letter, Membership, User
from stores.people import sending
from stores.people.invitations import invite, join_store, withdraw_invitation
from stores.people.links import invitation_link, password_link, password_links
from stores.people.passwords import reset_password
from stores.people.sign_ins import note_sign_in
from stores.permissions import actor_of
from stores.states import LetterKind
from tests.concurrency.harness import overtaken, together
from tests.world import NOON, OPERATOR, make_user

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
LOGIN, STEP = "/admin/login/", "/admin/second-step/"
AT_ONCE = 4  # fewer than lock the name at its address


def code_at(instant) -> str:
    return TOTP(b32decode(SECRET), 6, SHA1(), 30).generate(int(instant.timestamp())).decode()


@pytest.fixture
def anna(shop, clock) -> User:
    """Who has a second factor; the code of this moment is used up."""
    user = make_user("anna", shop=shop, role="agent")
    with system_scope():
        user.codes = set_up_second_factor(
            user=user, secret=SECRET, code=code_at(wall.now()), actor=actor_of(user), now=wall.now()
        )
    clock.move(seconds=60)
    return user


def with_password() -> Client:
    client = Client()
    assert client.post(LOGIN, {"username": "anna", "password": "correct horse 9"}).headers["Location"] == STEP
    return client


@pytest.mark.parametrize("kind", ["code of the app", "recovery code"])
def test_of_those_who_type_the_same_code_at_once_one_goes_in(anna, monkeypatch, kind):
    monkeypatch.setattr(address_limits, "WAYS_IN", ())
    code = code_at(wall.now()) if kind == "code of the app" else anna.codes[0]
    clients = [with_password() for _ in range(AT_ONCE)]
    results = together(*((lambda each=each: each.post(STEP, {"code": code}).status_code) for each in clients))
    assert sorted(result.value for result in results) == [200] * (AT_ONCE - 1) + [302]
    inside = [each for each in clients if each.get("/admin/").status_code == 200]
    assert len(inside) == 1


def test_the_second_to_use_a_code_waits_for_the_first_and_is_refused(anna):
    code = code_at(wall.now())

    def use():
        user = User.objects.get(pk=anna.pk)
        pass_second_factor(user=user, code=code, actor=actor_of(user), now=wall.now())

    def second():
        with system_scope():
            use()

    race = overtaken(use, second, scope=system_scope())
    assert (race.first.ok, type(race.second.error), race.waited) == (True, Invalid, True)


def test_of_many_tries_at_once_ten_are_looked_at(anna):
    def one():
        with system_scope():
            return take_try(User.objects.get(pk=anna.pk), now=NOON)

    results = together(*[one] * (MOST_TRIES + 5))
    assert sum(result.value for result in results) == MOST_TRIES


def invited(shop, by=None) -> Invitation:
    with shop.scope():
        actor = actor_of(by) if by else OPERATOR
        return invite(store=shop.store, email="", role="agent", actor=actor, now=wall.now())


def joining(shop, invitation, name):
    """What joins with the account of this name, in a scope of its own."""
    user = make_user(name)

    def act():
        with tenant_scope(shop.store.pk):
            row = Invitation.objects.select_related("store", "invited_by").get(pk=invitation.pk)
            join_store(invitation=row, issue=1, user=user, actor=actor_of(user), now=wall.now())

    return act


def test_of_two_who_use_one_invitation_at_once_one_joins(shop, clock):
    invitation = invited(shop)
    first, second = joining(shop, invitation, "anna"), joining(shop, invitation, "bob")
    race = overtaken(first, second, scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    with shop.scope():
        assert [row.user.username for row in Membership.objects.select_related("user")] == ["anna"]


def test_of_newcomers_with_one_link_one_gets_an_account(shop, clock, monkeypatch):
    monkeypatch.setattr(address_limits, "WAYS_IN", ())
    page = urlsplit(invitation_link(invited(shop))).path
    password = dict.fromkeys(("password1", "password2"), "battery staple 7")

    def joins(number):
        return Client().post(page, {"username": f"new{number}", "full_name": "新人", **password}).status_code

    results = together(*((lambda n=n: joins(n)) for n in range(4)))
    assert sorted(result.value for result in results).count(302) == 1
    assert User.objects.filter(username__startswith="new").count() == 1


def test_an_invitation_that_is_being_withdrawn_lets_nobody_in(shop, clock):
    invitation = invited(shop)
    race = overtaken(
        lambda: withdraw_invitation(invitation=invitation, actor=OPERATOR, now=wall.now()),
        joining(shop, invitation, "anna"),
        scope=shop.scope(),
    )
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)


def test_whoever_invited_is_removed_meanwhile_and_the_link_with_them(shop, clock):
    owner, second = make_user("owner", shop=shop), make_user("second", shop=shop)
    invitation = invited(shop, by=owner)
    with shop.scope():
        member = Membership.objects.get(user=owner)
    race = overtaken(
        lambda: remove_member(store_id=shop.store.pk, member_id=member.pk, actor=actor_of(second), now=NOON),
        joining(shop, invitation, "anna"),
        scope=shop.scope(),
    )
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    with shop.scope():
        assert not Membership.objects.filter(user__username="anna").exists()


def test_one_account_that_uses_two_invitations_at_once_is_one_member(shop, clock):
    anna = make_user("anna")
    first, second = invited(shop), invited(shop)

    def joins(invitation):
        def act():
            with tenant_scope(shop.store.pk):
                row = Invitation.objects.select_related("store", "invited_by").get(pk=invitation.pk)
                user = User.objects.get(pk=anna.pk)
                join_store(invitation=row, issue=1, user=user, actor=actor_of(user), now=wall.now())

        return act

    race = overtaken(joins(first), joins(second), scope=shop.scope())
    assert race.codes == ("ok", "invalid_transition")


def test_a_link_for_a_password_is_used_once(shop, clock):
    anna = make_user("anna", shop=shop)
    token = password_links.make_token(User.objects.get(pk=anna.pk))

    def chooses(password):
        def act():
            with system_scope():
                user = User.objects.get(pk=anna.pk)
                reset_password(user=user, token=token, password=password, actor=actor_of(user), now=wall.now())

        return act

    race = overtaken(chooses("battery staple 7"), chooses("another staple 8"), scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    assert User.objects.get(pk=anna.pk).check_password("battery staple 7")
    assert "/admin/password/" in password_link(anna)


def test_a_session_that_began_while_the_second_factor_was_set_up_is_over(shop, clock):
    """Its row came after those that the set-up ended: what it was begun with tells."""
    anna = make_user("anna", shop=shop, role="agent")
    intruder = Client()
    intruder.post(LOGIN, {"username": "anna", "password": "correct horse 9"})
    [row] = DeskSession.objects.all()
    with system_scope():
        set_up_second_factor(user=anna, secret=SECRET, code=code_at(wall.now()), actor=actor_of(anna), now=wall.now())
    assert not DeskSession.objects.exists()
    row.save(force_insert=True)
    assert intruder.get("/admin/").status_code == 302


def test_of_two_first_devices_at_once_one_is_taken_for_granted(shop, clock):
    anna = make_user("anna", shop=shop)

    def signs_in():
        user = User.objects.get(pk=anna.pk)
        note_sign_in(user=user, browser=uuid4(), agent="x", address=None, actor=actor_of(user), now=wall.now())

    def second():
        with system_scope():
            signs_in()

    race = overtaken(signs_in, second, scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert Device.objects.exclude(confirmed_at=None).count() == 1


def test_an_e_mail_that_another_is_just_taking_up_is_not_noted_by_who_had_it(shop, clock):
    letter = Letter(kind=LetterKind.CONFIRM_ADDRESS, to="anna@example.com", language="en", created_at=NOON)
    letter.leased_by, other = uuid4(), uuid4()
    letter.save(force_insert=True)
    race = overtaken(
        lambda: Letter.objects.filter(pk=letter.pk).update(leased_by=other),
        partial(sending._note, letter, is_sent=True),
        scope=system_scope(),
    )
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    letter.refresh_from_db()
    assert (letter.leased_by, letter.sent_at) == (other, None)
