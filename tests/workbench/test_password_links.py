"""Choosing a password by a link: asked for by e-mail or handed over; who may make one, and what ends."""

import re
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from common import clock as wall
from common.errors import Refused
from common.models import Event
from common.tenancy import system_scope
from stores.actions import set_up_second_factor
from stores.models import Letter, Membership, User
from stores.people.links import password_link
from stores.people.passwords import MOST_ASKED, make_password_link
from stores.people.sending import send_letters
from stores.permissions import actor_of
from tests.cases import for_each
from tests.workbench.test_second_factor import SECRET, code_at
from tests.world import NOON, OPERATOR, make_user

pytestmark = pytest.mark.django_db

ASK, LOGIN, NEW = "/admin/password-reset/", "/admin/login/", "battery staple 7"


@pytest.fixture
def anna(taote, clock) -> User:
    """An agent with an address."""
    user = make_user("anna", shop=taote, role="agent")
    user.email = "anna@example.com"
    user.save()
    return user


def ask(email: str, **headers):
    return Client(headers=headers).post(ASK, {"email": email})


def link_in(text: str) -> str:
    return re.search(r"https://desk\.example\.com(/admin/password/\S+)", text)[1]


def use(link: str, password: str = NEW, client: Client | None = None):
    """Open the link and choose; the answer to that."""
    client = client or Client()
    opened = client.get(link)
    if opened.status_code != 302:
        return opened
    form = {"new_password1": password, "new_password2": password}
    return client.post(opened.headers["Location"], form)


def signs_in(name: str, password: str) -> bool:
    return Client().post(LOGIN, {"username": name, "password": password}).status_code == 302


def events(name: str) -> int:
    with system_scope():
        return Event.objects.filter(name=name).count()


def path(user: User) -> str:
    return urlsplit(password_link(User.objects.get(pk=user.pk))).path


def test_by_a_letter_a_password_is_chosen_once_and_every_session_ends(anna, mailbox):
    elsewhere = Client()
    elsewhere.post(LOGIN, {"username": "anna", "password": "correct horse 9"})
    assert elsewhere.get("/admin/").status_code == 200
    assert ask("Anna@Example.com", Host="localhost").status_code == 302
    assert send_letters() == 1
    [(to, _subject, text)] = mailbox.texts()
    assert (to, "anna: https://desk.example.com/" in text, "localhost" in text) == ("Anna@Example.com", True, False)
    link = link_in(text)
    assert use(link).headers["Location"] == LOGIN
    assert elsewhere.get("/admin/").status_code == 302
    assert (signs_in("anna", "correct horse 9"), signs_in("anna", NEW)) == (False, True)
    assert "This link is over" in use(link).content.decode()
    assert events("account.password_reset") == 1


def test_the_answer_is_the_same_for_everybody(anna, mailbox, django_assert_num_queries):
    answers = []
    for email in ("anna@example.com", "nobody@example.com"):
        client = Client()
        with django_assert_num_queries(4):
            answer = client.post(ASK, {"email": email})
        page = client.get(answer.headers["Location"])
        answers.append((answer.status_code, answer.headers["Location"], page.content))
    assert answers[0][:2] == answers[1][:2]
    assert re.sub(rb'value="\w{64}"', b"", answers[0][2]) == re.sub(rb'value="\w{64}"', b"", answers[1][2])
    assert send_letters() == 2
    assert [to for to, _subject, _text in mailbox.texts()] == ["anna@example.com"]


def test_who_is_deactivated_gets_no_link(anna, mailbox):
    anna.is_active = False
    anna.save()
    ask("anna@example.com")
    send_letters()
    assert mailbox.arrived == []


def test_one_address_is_written_to_three_times_an_hour(anna, mailbox):
    for _ in range(MOST_ASKED + 3):
        assert ask("anna@example.com").status_code == 302
    assert Letter.objects.count() == MOST_ASKED


def test_an_address_that_asks_all_the_time_is_sent_away(anna, mailbox):
    codes = [ask(f"anna{number}@example.com").status_code for number in range(21)]
    assert (set(codes[:20]), codes[20]) == ({302}, 429)


def test_without_a_mail_server_the_page_says_who_can_help(anna):
    assert "An owner of your store can make you a link" in Client().get(ASK).content.decode()
    answer = ask("anna@example.com")
    assert (answer.status_code, Letter.objects.count()) == (200, 0)
    assert ASK in Client().get(LOGIN).content.decode(), "the sign-in page leads there"


def test_the_second_factor_is_still_asked_for(anna, mailbox):
    with system_scope():
        set_up_second_factor(user=anna, secret=SECRET, code=code_at(wall.now()), actor=actor_of(anna), now=wall.now())
    client = Client()
    assert use(path(anna), client=client).headers["Location"] == LOGIN
    assert client.get("/admin/").status_code == 302
    answer = client.post(LOGIN, {"username": "anna", "password": NEW})
    assert answer.headers["Location"] == "/admin/second-step/"


@for_each("password", ["short", "password123", "anna@example.com", "correct horse 9"])
def test_a_password_that_is_weak_or_the_old_one_is_refused_and_the_link_stays_good(anna, password):
    link, client = path(anna), Client()
    answer = use(link, password, client)
    assert (answer.status_code, bool(answer.context["form"].errors)) == (200, True)
    assert User.objects.get(pk=anna.pk).check_password("correct horse 9")
    assert use(link).status_code == 302


def test_a_link_ends_after_a_day_and_with_the_next_sign_in(anna, clock):
    late, signed_in = path(anna), path(anna)
    clock.move(seconds=60)
    signs_in("anna", "correct horse 9")
    assert "This link is over" in use(signed_in).content.decode()
    late = path(anna)
    clock.move(days=1, seconds=1)
    assert "This link is over" in use(late).content.decode()


@for_each("wrong", ["x/y", "MQ/set-password", "MQ/abc-def", "%00/a-b", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA/a-b"])
def test_a_link_that_is_none_says_that_it_is_over(anna, wrong):
    answer = Client().get(f"/admin/password/{wrong}/")
    assert (answer.status_code, "This link is over" in answer.content.decode()) == (200, True)


def test_owners_make_links_for_members_of_their_own_stores_only(taote, other, anna):
    owner, stranger = make_user("owner", shop=taote), make_user("stranger", shop=other)
    root, agent = make_user("root", operator=True), make_user("agent", shop=taote, role="agent")
    with system_scope():
        both = make_user("both", shop=taote, role="agent")
        Membership.objects.create(store=other.store, user=both, role="viewer")
        for who, whose in ((owner, both), (owner, stranger), (owner, root), (owner, owner), (agent, anna)):
            with pytest.raises(Refused):
                make_password_link(user=whose, actor=actor_of(who), now=NOON)
        assert "/admin/password/" in make_password_link(user=anna, actor=actor_of(owner), now=NOON)
        assert "/admin/password/" in make_password_link(user=both, actor=OPERATOR, now=NOON)
    assert events("account.password_link_made") == 2


def test_a_link_that_an_owner_made_does_not_open_a_store_that_was_joined_since(taote, other, anna):
    owner = make_user("owner", shop=taote)
    with system_scope():
        link = urlsplit(make_password_link(user=anna, actor=actor_of(owner), now=NOON)).path
        Membership.objects.create(store=other.store, user=anna, role="viewer")
    assert "This link is over" in use(link).content.decode()


def test_a_link_opens_no_account_that_has_become_an_operators(taote, anna):
    link = path(anna)
    User.objects.filter(pk=anna.pk).update(is_superuser=True)
    assert "This link is over" in use(link).content.decode()


def test_an_owner_makes_a_link_on_the_members_page(taote, anna):
    owner = make_user("owner", shop=taote)
    client = Client()
    client.force_login(owner, "stores.permissions.RoleBackend")
    with taote.scope():
        rows = dict(Membership.objects.values_list("user__username", "pk"))
    page = f"/admin/stores/membership/{rows['anna']}"
    assert "Make a link for a new password" in client.get(f"{page}/change/").content.decode()
    answer = client.post(f"{page}/password-link/")
    assert re.search(r"/admin/password/\w+/\w+-\w+/", answer.content.decode())
    assert events("member.password_link_made") == 1
    own = client.post(f"/admin/stores/membership/{rows['owner']}/password-link/")
    assert own.status_code == 302
    assert events("member.password_link_made") == 1


def run(*args) -> str:
    from io import StringIO

    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue().strip()


def test_the_first_operator_chooses_a_password_by_a_link_that_a_command_prints(clock):
    printed = run("create_operator", "root", "--full-name", "平台")
    root = User.objects.get(username="root")
    assert (root.is_superuser, root.is_staff, root.has_usable_password()) == (True, True, False)
    link = urlsplit(printed.rsplit(" ", 1)[-1]).path
    assert use(link).headers["Location"] == LOGIN
    assert signs_in("root", NEW)
    with pytest.raises(CommandError, match="username: Somebody has this user name already"):
        run("create_operator", "root")
    again = urlsplit(run("password_link", "root").rsplit(" ", 1)[-1]).path
    assert use(again, "another staple 8").status_code == 302
    with pytest.raises(CommandError, match="there is no account “nobody”"):
        run("password_link", "nobody")
