"""Wrong passwords: who is locked, from where, and whose word about the address counts."""

import pytest
from axes.models import AccessAttempt
from django.test import Client

from common.web import address_limits
from stores.sign_in import MOST_FROM_AN_ADDRESS
from tests.world import make_user

pytestmark = pytest.mark.django_db

RIGHT, WRONG = "correct horse 9", "wrong"


@pytest.fixture(autouse=True)
def _any_number_of_tries(monkeypatch):
    monkeypatch.setattr(address_limits, "WAYS_IN", ())


def sign_in(name: str, password: str, address: str = "127.0.0.1", **headers) -> int:
    """The status of one try from a new browser."""
    client = Client(REMOTE_ADDR=address, headers=headers)
    return client.post("/admin/login/", {"username": name, "password": password}).status_code


def test_wrong_passwords_lock_the_name_at_that_address_only(taote):
    make_user("anna", shop=taote, role="agent")
    assert [sign_in("anna", WRONG, "192.0.2.1") for _ in range(5)][-1] == 429
    assert sign_in("anna", RIGHT, "192.0.2.1") == 429
    assert sign_in("anna", RIGHT, "192.0.2.2") == 302


def test_behind_a_named_proxy_nobody_locks_a_person_for_all(taote, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    make_user("anna", shop=taote, role="agent")
    for _ in range(5):
        sign_in("anna", WRONG, "10.0.0.1", **{"X-Forwarded-For": "192.0.2.1"})
    assert sign_in("anna", RIGHT, "10.0.0.1", **{"X-Forwarded-For": "192.0.2.1"}) == 429
    assert sign_in("anna", RIGHT, "10.0.0.1", **{"X-Forwarded-For": "192.0.2.2"}) == 302


def test_a_header_that_anybody_sets_neither_escapes_the_lock_nor_gets_into_the_record(taote):
    make_user("anna", shop=taote, role="agent")
    codes = [sign_in("anna", WRONG, **{"X-Forwarded-For": f"192.0.2.{n}"}) for n in range(5)]
    assert codes[-1] == 429
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {"127.0.0.1"}


def test_an_address_that_tries_many_names_is_locked_with_all_of_them(taote):
    make_user("anna", shop=taote, role="agent")
    codes = [sign_in(f"name{number % 12}", WRONG, "192.0.2.1") for number in range(MOST_FROM_AN_ADDRESS)]
    assert codes[:-1] == [200] * (MOST_FROM_AN_ADDRESS - 1)
    assert sign_in("anna", RIGHT, "192.0.2.1") == 429
    assert sign_in("anna", RIGHT, "192.0.2.2") == 302


def test_the_log_of_wrong_passwords_names_nobody(taote, caplog):
    make_user("anna", shop=taote, role="agent")
    for _ in range(6):
        sign_in("anna", WRONG, "192.0.2.1")
    assert [word for word in ("anna", "192.0.2.1") if word in caplog.text] == []
