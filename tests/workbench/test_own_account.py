"""Where one is signed in, which devices are new, and the e-mail address: everybody about themselves."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common import clock as wall
from common.models import Event
from common.tenancy import system_scope
from stores.actions import give_new_password, reset_second_factor, set_up_second_factor
from stores.models import DeskSession, Device, Letter, User
from stores.people.browsers import browser_in_words
from stores.people.sending import send_letters
from stores.people.sign_ins import DEVICES, forget_devices
from stores.permissions import actor_of
from stores.sessions import forget_sessions
from tests.workbench.test_second_factor import SECRET, code_at
from tests.world import NOON, OPERATOR, make_user

pytestmark = pytest.mark.django_db

LOGIN, PAGE, STRIP = "/admin/login/", "/admin/account/", "Your account was signed in on a new device."
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1"


@pytest.fixture
def anna(taote, clock) -> User:
    return make_user("anna", shop=taote, role="agent")


def signed_in(agent: str = CHROME, address: str = "192.0.2.1", name: str = "anna", client=None) -> Client:
    client = client or Client(REMOTE_ADDR=address, headers={"User-Agent": agent})
    assert client.post(LOGIN, {"username": name, "password": "correct horse 9"}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def shown(client: Client) -> list[tuple[str, str, bool]]:
    """(browser, address, is this one) of each session on the page."""
    rows = client.get(PAGE).context["sessions"]
    return [(browser, session.address, is_this) for session, browser, is_this in rows]


def events(name: str) -> list[dict]:
    with system_scope():
        return list(Event.objects.filter(name=name).order_by("id").values_list("data", flat=True))


def test_sessions_are_listed_with_where_from_and_one_is_ended(anna, clock):
    desk = signed_in()
    clock.move(minutes=5)
    phone = signed_in(SAFARI, "2001:db8::7")
    assert shown(desk) == [
        ("Safari on iPhone", "2001:db8::7", False),
        ("Chrome on Windows", "192.0.2.1", True),
    ]
    page = desk.get(PAGE).content.decode()
    assert [row.session_key for row in DeskSession.objects.all() if row.session_key in page] == []
    [handle] = re.findall(r'name="handle" value="(\w+)"', page)
    assert desk.post(PAGE, {"do": "end", "handle": handle}).status_code == 302
    assert (is_in(desk), is_in(phone)) == (True, False)
    assert events("account.sessions_ended") == [{"username": "anna", "sessions": 1}]
    assert desk.post(PAGE, {"do": "end", "handle": handle}).status_code == 404


def test_all_others_are_ended_at_once_and_nobody_elses(anna, taote):
    make_user("bob", shop=taote, role="agent")
    desk, *others, bob = signed_in(), signed_in(), signed_in(), signed_in(name="bob")
    assert desk.post(PAGE, {"do": "end-others"}).status_code == 302
    assert [is_in(each) for each in (desk, *others, bob)] == [True, False, False, True]
    assert events("account.sessions_ended") == [{"username": "anna", "sessions": 2}]
    [(_browser, _address, is_this)] = shown(desk)
    assert is_this


def test_more_sessions_take_no_more_statements(anna):
    desk, _other = signed_in(), signed_in()
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(PAGE).status_code == 200
        counts.append(len(captured))
        for _more in range(3):
            signed_in()
    assert counts[0] == counts[1]


def test_a_foreign_session_is_like_a_missing_one(anna, taote):
    make_user("bob", shop=taote, role="agent")
    desk, bob = signed_in(), signed_in(name="bob")
    handle = DeskSession.objects.exclude(user=anna).get().handle
    assert desk.post(PAGE, {"do": "end", "handle": handle}).status_code == 404
    assert desk.post(PAGE, {"do": "end", "handle": "x" * 65}).status_code == 200
    assert desk.post(PAGE, {"do": "delete-everything"}).status_code == 404
    assert is_in(bob)


def test_a_session_says_where_it_was_seen_last(anna, clock):
    desk = signed_in()
    clock.move(minutes=11)
    desk.get("/admin/", REMOTE_ADDR="192.0.2.99")
    [row] = DeskSession.objects.all()
    assert (row.address, row.seen_at, row.began_at < row.seen_at) == ("192.0.2.99", wall.now(), True)


def test_another_password_ends_the_other_sessions(anna):
    desk, other = signed_in(), signed_in()
    form = {"old_password": "correct horse 9"} | dict.fromkeys(("new_password1", "new_password2"), "battery staple 7")
    assert desk.post("/admin/password_change/", form).status_code == 302
    assert DeskSession.objects.filter(user=anna).count() == 1, "the row is gone before anybody comes with it"
    assert (is_in(desk), is_in(other)) == (True, False)
    with system_scope():
        give_new_password(user=anna, password="another staple 8", actor=OPERATOR, now=NOON)
    assert not is_in(desk)


def test_a_second_factor_ends_the_other_sessions_when_it_comes_and_when_it_goes(anna, clock):
    desk, other = signed_in(), signed_in()
    secret = desk.get("/admin/second-factor/").context["secret"].replace(" ", "")
    assert desk.post("/admin/second-factor/", {"code": code_at(wall.now(), secret)}).context["codes"]
    assert DeskSession.objects.filter(user=anna).count() == 1
    assert (is_in(desk), is_in(other)) == (True, False)
    clock.move(seconds=60)
    other = signed_in()
    assert other.post("/admin/second-step/", {"code": code_at(wall.now(), secret)}).status_code == 302
    clock.move(seconds=60)
    assert desk.post("/admin/second-factor/", {"code": code_at(wall.now(), secret)}).status_code == 302
    assert (is_in(desk), is_in(other)) == (True, False)


def test_the_operator_who_takes_a_second_factor_ends_the_sessions(anna, clock):
    with system_scope():
        set_up_second_factor(user=anna, secret=SECRET, code=code_at(wall.now()), actor=actor_of(anna), now=wall.now())
    clock.move(seconds=60)
    desk = signed_in()
    desk.post("/admin/second-step/", {"code": code_at(wall.now())})
    assert is_in(desk)
    with system_scope():
        reset_second_factor(user=User.objects.get(pk=anna.pk), actor=OPERATOR, now=NOON)
    assert not is_in(desk)


def test_the_first_device_is_ones_own_and_a_later_one_is_told_of(anna, clock, mailbox):
    anna.email = "anna@example.com"
    anna.save()
    desk = signed_in()
    clock.move(minutes=1)
    signed_in(client=desk)
    assert events("account.signed_in_on_new_device") == []
    assert STRIP not in desk.get("/admin/").content.decode()
    clock.move(minutes=1)
    phone = signed_in(SAFARI, "192.0.2.7")
    assert events("account.signed_in_on_new_device") == [{"username": "anna", "agent": SAFARI, "address": "192.0.2.7"}]
    assert STRIP in desk.get("/admin/").content.decode()
    assert STRIP not in phone.get("/admin/").content.decode(), "a new device isn't told of itself"
    send_letters()
    [(to, subject, text)] = mailbox.texts()
    assert (to, subject) == ("anna@example.com", "Your account was used on a new device")
    assert "Safari on iPhone, from 192.0.2.7, at 2026-11-20 12:02 (Beijing time)" in text


def test_only_a_known_device_says_whose_the_new_ones_are(anna, clock, taote):
    make_user("bob", shop=taote, role="agent")
    desk, _bob = signed_in(), signed_in(name="bob")
    clock.move(minutes=1)
    phone, _bobs = signed_in(SAFARI), signed_in(SAFARI, name="bob")
    until = wall.now().isoformat()
    answer = phone.post(PAGE, {"do": "devices", "until": until})
    assert "Only a device that you have used before" in answer.content.decode()
    assert STRIP in desk.get("/admin/").content.decode()
    clock.move(minutes=1)
    signed_in("curl/8")
    assert desk.post(PAGE, {"do": "devices", "until": until}).status_code == 302
    page = desk.get(PAGE)
    assert [browser for _device, browser in page.context["devices"]] == ["unknown browser"], "one came meanwhile"
    desk.post(PAGE, {"do": "devices", "until": wall.now().isoformat()})
    assert STRIP not in desk.get("/admin/").content.decode()
    assert len(events("account.devices_confirmed")) == 2
    assert User.objects.get(username="anna").new_device_at is None
    assert Device.objects.get(confirmed_at=None).user.username == "bob", "nobody speaks for another's device"


def test_it_is_told_for_two_weeks_and_a_page_asks_nothing_where_there_is_none(
    anna, clock, django_assert_max_num_queries
):
    desk = signed_in()
    clock.move(minutes=1)
    signed_in(SAFARI)
    clock.move(days=14)
    assert STRIP not in desk.get("/admin/").content.decode()
    with CaptureQueriesContext(connection) as captured:
        desk.get("/admin/changes/")
    assert [query["sql"] for query in captured if "stores_device" in query["sql"]] == []


def test_a_cookie_that_somebody_made_up_makes_no_device_known(anna, clock):
    desk = signed_in()
    browser = Device.objects.get().browser
    forged = Client()
    forged.cookies["browser"] = f"{browser.hex}:forged"
    signed_in(client=forged)
    assert (Device.objects.count(), STRIP in desk.get("/admin/").content.decode()) == (2, True)


def test_one_browser_of_two_people_is_known_to_both(anna, taote):
    make_user("bob", shop=taote, role="agent")
    client = signed_in()
    client.post("/admin/logout/")
    signed_in(name="bob", client=client)
    assert Device.objects.values("browser").distinct().count() == 1
    assert Device.objects.exclude(confirmed_at=None).count() == 2


def test_an_address_is_ones_own_once_its_link_was_opened(anna, mailbox, taote):
    desk = signed_in()
    assert desk.post(PAGE, {"do": "email", "email": "no address"}).context["forms"]["email"].errors
    assert desk.post(PAGE, {"do": "email", "email": "Anna@Example.com"}).status_code == 302
    assert User.objects.get(pk=anna.pk).email == ""
    send_letters()
    [(to, _subject, text)] = mailbox.texts()
    link = re.search(r"https://desk\.example\.com(/admin/account/address/\S+)", text)[1]
    make_user("bob", shop=taote, role="agent")
    foreign = signed_in(name="bob")
    assert "This link is over" in foreign.get(link).content.decode()
    assert "This link is over" in foreign.post(link).content.decode()
    assert Client().get(link).status_code == 302
    assert "go to anna@example.com" in desk.get(link).content.decode()
    assert User.objects.get(pk=anna.pk).email == "", "looking changes nothing"
    assert desk.post(link).headers["Location"] == PAGE
    assert (to, User.objects.get(pk=anna.pk).email) == ("anna@example.com", "anna@example.com")
    assert events("account.address_confirmed") == [{"username": "anna", "email": ["", "anna@example.com"]}]
    assert "This link is over" in desk.post(link).content.decode()


def test_a_link_to_an_address_ends_after_a_day(anna, mailbox, clock):
    desk = signed_in()
    desk.post(PAGE, {"do": "email", "email": "anna@example.com"})
    send_letters()
    link = re.search(r"https://desk\.example\.com(/admin/account/address/\S+)", mailbox.texts()[0][2])[1]
    clock.move(days=1, seconds=1)
    assert "This link is over" in desk.post(link).content.decode()


def test_without_a_mail_server_the_page_says_so(anna):
    desk = signed_in()
    assert "This installation sends no e-mail" in desk.get(PAGE).content.decode()
    assert desk.post(PAGE, {"do": "email", "email": "a@example.com"}).context["forms"]["email"].errors
    assert not Letter.objects.exists()


def test_what_is_over_is_forgotten(anna, clock, settings):
    signed_in()
    assert (forget_sessions(), forget_devices()) == (0, 0)
    clock.move(seconds=settings.SESSION_COOKIE_AGE + 1)
    assert (forget_sessions(), DeskSession.objects.count()) == (1, 0)
    clock.move(seconds=DEVICES.kept_for.total_seconds())
    assert (forget_devices(), Device.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome on Windows"),
        (SAFARI, "Safari on iPhone"),
        (f"{CHROME} Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537.36 MicroMessenger/8.0", "WeChat on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Mac"),
        ("curl/8.5", "unknown browser"),
        ("", "unknown browser"),
    ],
)
def test_browsers_in_words(agent, words):
    assert browser_in_words(agent) == words
