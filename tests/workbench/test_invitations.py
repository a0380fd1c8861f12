"""Invitations: who may invite whom, what a link is good for, and that it tells nobody of accounts or foreign stores."""

import re
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client

from common import clock as wall
from common.errors import Invalid, Refused
from common.models import Event
from common.tenancy import system_scope
from common.web import address_limits
from stores.actions import change_member, update_store
from stores.models import Invitation, Letter, Membership, User
from stores.people.invitations import invite, join_store, renew_invitation, withdraw_invitation
from stores.people.links import invitation_link
from stores.people.sending import send_letters
from stores.people.why_not import MOST_NAMES_TRIED
from stores.permissions import actor_of
from stores.states import MemberRole
from tests.cases import for_each
from tests.world import MERCHANT, NOON, OPERATOR, make_user

pytestmark = pytest.mark.django_db

NEW = {
    "username": "newcomer",
    "full_name": "新人",
    "password1": "battery staple 7",
    "password2": "battery staple 7",
}


@pytest.fixture
def owner(taote, clock) -> User:
    """The store's owner."""
    return make_user("owner", shop=taote)


def invited(shop, owner, role="agent", email="") -> Invitation:
    with shop.scope():
        return invite(store=shop.store, email=email, role=role, actor=actor_of(owner), now=wall.now())


def path_of(invitation: Invitation, **how) -> str:
    """The link without the address of the site."""
    return urlsplit(invitation_link(invitation, **how)).path


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, "stores.permissions.RoleBackend")
    return client


def members(shop) -> dict[str, str]:
    with shop.scope():
        return dict(Membership.objects.for_store(shop.store.pk).values_list("user__username", "role"))


def events(prefix: str) -> list[str]:
    with system_scope():
        return list(Event.objects.filter(name__startswith=prefix).order_by("id").values_list("name", flat=True))


def error_of(answer) -> str:
    return " ".join(text for texts in answer.context["form"].errors.values() for text in texts)


@for_each("role", [MemberRole.AGENT, MemberRole.FINANCE, MemberRole.WAREHOUSE, MemberRole.VIEWER, None])
def test_only_owners_and_the_operator_invite(taote, owner, role):
    somebody = make_user("somebody", shop=taote, role=role) if role else make_user("somebody")
    with taote.scope():
        for actor in (actor_of(somebody), MERCHANT):
            with pytest.raises(Refused):
                invite(store=taote.store, email="", role="viewer", actor=actor, now=NOON)
        assert not Invitation.objects.exists()
        assert invite(store=taote.store, email="", role="owner", actor=OPERATOR, now=NOON).role == "owner"
        with pytest.raises(Invalid):
            invite(store=taote.store, email="", role="king", actor=OPERATOR, now=NOON)


def test_a_newcomer_joins_with_a_name_and_a_password_of_their_own(taote, owner):
    client = Client()
    page = path_of(invited(taote, owner))
    shown = client.get(page)
    assert (shown.status_code, shown.headers["Referrer-Policy"]) == (200, "same-origin")
    assert taote.store.name in shown.content.decode()
    answer = client.post(page, NEW)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200
    newcomer = User.objects.get(username="newcomer")
    assert (newcomer.first_name, newcomer.email, newcomer.must_change_password) == ("新人", "", False)
    assert newcomer.check_password("battery staple 7")
    assert members(taote) == {"owner": "owner", "newcomer": "agent"}
    assert events("invitation.") == ["invitation.made", "invitation.accepted"]
    assert Client().get(page).status_code == 409, "the link is used"


def test_whoever_has_an_account_elsewhere_joins_with_it_and_sees_both_stores(taote, other, owner):
    anna = make_user("anna", shop=other, role="agent")
    page = path_of(invited(taote, owner, "finance"))
    client = Client()
    assert f"/admin/login/?next={quote(page)}" in client.get(page).content.decode()
    client.post("/admin/login/", {"username": "anna", "password": "correct horse 9", "next": page})
    shown = client.get(page).content.decode()
    assert "Join as anna" in shown
    assert client.post(page).headers["Location"] == "/admin/"
    assert members(taote)["anna"] == "finance"
    assert members(other) == {"anna": "agent"}
    assert User.objects.get(pk=anna.pk).check_password("correct horse 9")


def test_who_works_there_already_and_operators_leave_the_link_to_others(taote, owner):
    invitation = invited(taote, owner)
    make_user("olga", operator=True)
    for name in ("owner", "olga"):
        client = Client()
        client.post("/admin/login/", {"username": name, "password": "correct horse 9"})
        assert client.post(path_of(invitation)).status_code == 409
    assert members(taote) == {"owner": "owner"}
    assert Client().post(path_of(invitation), NEW).status_code == 302


@for_each("form", [{"username": "owner"}, {"username": "b ö b!"}, {"username": "stranger"}])
def test_a_name_that_is_taken_looks_like_one_that_cannot_be(taote, other, owner, form):
    make_user("stranger", shop=other)
    answer = Client().post(path_of(invited(taote, owner)), NEW | form)
    assert answer.status_code == 200
    assert error_of(answer).startswith("This user name can't be used")
    assert members(taote) == {"owner": "owner"}


def test_nobody_looks_for_accounts_with_a_link(taote, owner, monkeypatch):
    monkeypatch.setattr(address_limits, "WAYS_IN", ())
    invitation = invited(taote, owner)
    for _ in range(MOST_NAMES_TRIED):
        Client().post(path_of(invitation), NEW | {"username": "owner"})
    answer = Client().post(path_of(invitation), NEW)
    assert "Too many user names" in error_of(answer)
    assert not User.objects.filter(username="newcomer").exists()
    with taote.scope():
        renew_invitation(invitation=invitation, actor=actor_of(owner), now=wall.now())
    assert Client().post(path_of(invitation), NEW).status_code == 302


@for_each(
    ("form", "field"),
    [
        ({"password1": "short", "password2": "short"}, "password2"),
        ({"password2": "battery staple 8"}, "password2"),
        ({"password1": "password123", "password2": "password123"}, "password2"),
        ({"full_name": ""}, "full_name"),
        ({"username": "\0"}, "username"),
        ({"username": "x" * 151}, "username"),
    ],
)
def test_what_is_wrong_is_said_on_the_field_and_nothing_is_left_behind(taote, owner, form, field):
    answer = Client().post(path_of(invited(taote, owner)), NEW | form)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert set(User.objects.values_list("username", flat=True)) == {"owner"}
    assert members(taote) == {"owner": "owner"}


def test_a_link_ends_after_seven_days_by_withdrawal_and_by_a_newer_one(taote, owner, clock):
    ended, withdrawn, renewed = (invited(taote, owner) for _ in range(3))
    old = path_of(renewed)
    with taote.scope():
        withdraw_invitation(invitation=withdrawn, actor=actor_of(owner), now=wall.now())
    clock.move(days=6, hours=23)
    with taote.scope():
        renew_invitation(invitation=renewed, actor=actor_of(owner), now=wall.now())
    assert Client().get(path_of(ended)).status_code == 200
    clock.move(hours=1)
    for page in (path_of(ended), path_of(withdrawn), old):
        assert Client().get(page).status_code == 409
        assert Client().post(page, NEW).status_code == 409
    assert members(taote) == {"owner": "owner"}
    assert Client().post(path_of(renewed), NEW).status_code == 302


def test_a_link_is_as_good_as_whoever_made_it(taote, owner):
    second = make_user("second", shop=taote)
    invitation = invited(taote, second)
    with system_scope():
        member = Membership.objects.get(user=second)
        change_member(store_id=taote.store.pk, member_id=member.pk, role="agent", actor=actor_of(owner), now=NOON)
    answer = Client().post(path_of(invitation), NEW)
    assert (answer.status_code, "may no longer" in answer.content.decode()) == (409, True)
    assert "newcomer" not in members(taote)


@for_each("token", ["", "x", "x:y:z", "WzEsICJhIl0:abc:def"])
def test_a_link_that_was_tampered_with_is_a_missing_page(taote, owner, token):
    page = path_of(invited(taote, owner))
    good = page.split("/")[3]
    wrong = f"/admin/join/{token or good[:-1] + ('A' if good[-1] != 'A' else 'B')}/"
    assert Client().get(wrong).status_code == 404
    assert Client().post(wrong, NEW).status_code == 404


def test_the_letter_leads_to_the_public_address_whatever_the_host_is_called(taote, owner, mailbox):
    client = Client(headers={"Host": "localhost"})
    client.post("/admin/login/", {"username": "owner", "password": "correct horse 9"})
    answer = client.post("/admin/stores/invitation/add/", {"email": "Anna@Example.com", "role": "agent"})
    assert answer.status_code == 302
    assert "https://desk.example.com/admin/join/" in client.get(answer.headers["Location"]).content.decode()
    assert send_letters() == 1
    [(to, subject, text)] = mailbox.texts()
    assert (to, taote.store.name in subject, "localhost" in text) == ("anna@example.com", True, False)
    link = re.search(r"https://desk\.example\.com(/admin/join/\S+)", text)[1]
    assert Client().post(link, NEW).status_code == 302
    assert User.objects.get(username="newcomer").email == "anna@example.com", "it came there"


def test_what_was_handed_over_shows_nobodys_address(taote, owner, mailbox):
    invitation = invited(taote, owner, email="anna@example.com")
    assert Client().post(path_of(invitation), NEW).status_code == 302
    assert User.objects.get(username="newcomer").email == ""
    assert send_letters() == 1
    assert mailbox.arrived == [], "nobody is invited any more"


def test_an_address_is_invited_once_and_anew_after_a_withdrawal(taote, other, owner, mailbox):
    first = invited(taote, owner, email="anna@example.com")
    with taote.scope(), pytest.raises(Invalid) as caught:
        invite(store=taote.store, email=" ANNA@example.com", role="viewer", actor=actor_of(owner), now=NOON)
    assert (caught.value.attr, caught.value.code) == ("email", "unique")
    with other.scope():
        invite(store=other.store, email="anna@example.com", role="viewer", actor=OPERATOR, now=NOON)
    with taote.scope():
        withdraw_invitation(invitation=first, actor=actor_of(owner), now=NOON)
    assert invited(taote, owner, email="anna@example.com").pk != first.pk
    for act in (withdraw_invitation, renew_invitation):
        with taote.scope(), pytest.raises(Refused):
            act(invitation=first, actor=actor_of(owner), now=NOON)
    with taote.scope(), pytest.raises(Invalid):
        invite(store=taote.store, email="no address", role="viewer", actor=actor_of(owner), now=NOON)


def test_without_a_mail_server_an_address_is_refused_and_the_page_says_so(taote, owner):
    with taote.scope(), pytest.raises(Refused) as caught:
        invite(store=taote.store, email="anna@example.com", role="viewer", actor=actor_of(owner), now=NOON)
    assert caught.value.attr == "email"
    assert "hand the link over yourself" in signed_in(owner).get("/admin/stores/invitation/add/").content.decode()


def test_invitations_are_their_owners_alone(taote, other, owner):
    make_user("other-owner", shop=other)
    agent = make_user("agent", shop=taote, role="agent")
    foreign = invited(other, User.objects.get(username="other-owner"), email="")
    own = invited(taote, owner)
    desk = signed_in(owner)
    listed = desk.get("/admin/stores/invitation/").content.decode()
    assert (str(own.pk) in listed, str(foreign.pk) in listed) == (True, False)
    for action in ("change", "renew", "withdraw"):
        assert desk.post(f"/admin/stores/invitation/{foreign.pk}/{action}/").status_code == 404
    assert signed_in(agent).get(f"/admin/stores/invitation/{own.pk}/change/").status_code in (403, 404)
    assert desk.post(f"/admin/stores/invitation/{own.pk}/withdraw/").status_code == 302
    with system_scope():
        assert Invitation.objects.get(pk=foreign.pk).is_open
        assert not Invitation.objects.get(pk=own.pk).is_open


def test_a_store_that_wants_a_second_factor_wants_it_of_the_invited(taote, owner):
    with system_scope():
        update_store(store=taote.store, second_factor_required=True, actor=OPERATOR, now=NOON)
    client = Client()
    client.post(path_of(invited(taote, owner)), NEW)
    assert client.get("/admin/").headers["Location"] == "/admin/second-factor/"


def test_a_newer_letter_takes_the_place_of_one_that_was_not_sent(taote, owner, mailbox):
    invitation = invited(taote, owner, email="anna@example.com")
    with taote.scope():
        renew_invitation(invitation=invitation, actor=actor_of(owner), now=wall.now() + timedelta(hours=1))
    assert send_letters() == 2
    assert len(mailbox.arrived) == 1
    assert Letter.objects.exclude(sent_at=None).count() == 1


def test_the_action_itself_refuses_an_ended_link(taote, owner, clock):
    invitation = invited(taote, owner)
    anna = make_user("anna")
    clock.move(days=7)
    with taote.scope(), pytest.raises(Refused, match="ended"):
        join_store(invitation=invitation, issue=1, user=anna, actor=actor_of(anna), now=wall.now())
