"""How long somebody stays signed in, and what the browser is told about the cookies."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.world import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(taote, clock, settings):
    """A browser that has just signed in."""
    settings.SESSION_IDLE, settings.SESSION_LONGEST = timedelta(hours=12), timedelta(days=7)
    make_user("anna", shop=taote, role="agent")
    client = Client()
    assert client.post("/admin/login/", {"username": "anna", "password": "correct horse 9"}).status_code == 302
    return client


def is_in(client) -> bool:
    answer = client.get("/admin/")
    assert answer.status_code == 200 or answer.headers["Location"] == "/admin/login/?next=/admin/"
    return answer.status_code == 200


def test_a_session_that_rests_ends(client, clock):
    for hours in (12, 12, 11):
        clock.move(hours=hours)
        assert is_in(client)
    clock.move(hours=12, seconds=1)
    assert not is_in(client)
    assert not is_in(client), "for good"


def test_a_session_ends_however_busy_it_is(client, clock):
    for _ in range(14):
        clock.move(hours=12)
        assert is_in(client)
    clock.move(seconds=1)
    assert not is_in(client)


def test_a_session_that_does_not_say_when_it_began_is_over(client):
    session = client.session
    del session["began_at"]
    session.save()
    assert not is_in(client)


@pytest.mark.parametrize(("scheme", "secure"), [("https", True), ("http", "")])
def test_cookies_that_came_by_tls_go_by_tls_only(taote, settings, scheme, secure):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    make_user("anna", shop=taote, role="agent")
    client = Client(headers={"X-Forwarded-Proto": scheme})
    client.get("/admin/login/")
    client.post("/admin/login/", {"username": "anna", "password": "correct horse 9"})
    client.post("/i18n/setlang/", {"language": "zh-hans"})
    assert {"sessionid", "csrftoken", "django_language", "browser"} == client.cookies.keys()
    for cookie in client.cookies.values():
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (secure, True, "Lax"), cookie.key
