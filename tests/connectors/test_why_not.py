"""What can't be done now with a shop's connection, its link or a decision on its way, asked without a database."""

from datetime import timedelta

import pytest

from common.errors import Invalid
from connectors.answering import why_not_give_code, why_not_resume_decision
from connectors.connecting import _filled, known_address, why_not_connect, why_not_follow
from connectors.linking import LINK_HOLDS, why_not_keep, why_not_make_link, why_not_open_link
from connectors.mending import why_not_disconnect, why_not_resume_shop
from connectors.models import Connection, SentDecision
from connectors.platforms import PLATFORMS
from connectors.port import Authorisation, Shop, Tokens
from connectors.states import ConnectionStatus, SendingStatus
from tests.cases import for_each
from tests.connectors.toy import Toy
from tests.rules.things import a_store, code_of
from tests.world import NOON


@pytest.fixture
def toy(monkeypatch):
    """The only platform that there is."""
    monkeypatch.setattr(PLATFORMS, "_entries", {"toy": Toy})
    return Toy


def a_connection(**fields) -> Connection:
    return Connection(**{"store_id": 1, "platform": "toy", "app_key": "app", "shop_id": "shop-1", **fields})


def a_decision(**fields) -> SentDecision:
    return SentDecision(store_id=1, **fields)


def test_a_code_is_given_where_one_is_wanted():
    for status in SendingStatus:
        refused = why_not_give_code(a_decision(status=status))
        assert code_of(refused) == (None if status == SendingStatus.CODE_WANTED else "invalid_transition"), status


@for_each(
    ("fields", "code"),
    [
        ({"needs_attention": True}, None),
        ({"needs_attention": False}, "invalid_transition"),
        ({"needs_attention": True, "closed_at": NOON}, "invalid_transition"),
    ],
)
def test_what_waits_for_nobody_is_not_looked_at_again(fields, code):
    assert code_of(why_not_resume_decision(a_decision(**fields))) == code


@for_each("status", ConnectionStatus)
def test_a_shop_goes_on_that_waits_for_a_person_and_ends_once(toy, status):
    waits = status == ConnectionStatus.NEEDS_SETUP
    assert (why_not_resume_shop(a_connection(status=status)) is None) == waits
    assert why_not_resume_shop(a_connection(status=status, needs_attention=True)) is None
    is_over = status == ConnectionStatus.DISCONNECTED
    assert (why_not_disconnect(a_connection(status=status)) is None) == (not is_over)


def test_a_link_is_made_where_the_platform_has_one_and_keys_are_there(toy, monkeypatch):
    monkeypatch.setattr(toy, "authorisation", Authorisation.OAUTH)
    assert why_not_make_link(a_connection(status=ConnectionStatus.CONNECTED)) is None
    over = why_not_make_link(a_connection(status=ConnectionStatus.DISCONNECTED))
    assert code_of(over) == "invalid_transition"
    monkeypatch.setattr(toy, "authorisation", Authorisation.APPLICATION)
    assert code_of(why_not_make_link(a_connection(status=ConnectionStatus.CONNECTED))) == "no_link"


@for_each(
    ("user", "nonce", "age", "code"),
    [
        ("anna", "n", LINK_HOLDS, None),
        ("bob", "n", timedelta(), "link_over"),
        ("anna", "", timedelta(), "link_over"),
        ("anna", "n", LINK_HOLDS + timedelta(seconds=1), "link_over"),
    ],
)
def test_a_link_is_opened_by_whom_it_was_made_for_within_an_hour(user, nonce, age, code):
    refused = why_not_open_link("anna", nonce, NOON.timestamp(), user=user, now=NOON + age)
    assert code_of(refused) == code


@for_each(
    ("nonce", "known", "brought", "code"),
    [
        ("n", "shop-1", "shop-1", None),
        ("n", "", "shop-2", None),
        ("n", "shop-1", "", None),
        ("n", "shop-1", "shop-2", "other_shop"),
        ("m", "shop-1", "shop-1", "link_over"),
    ],
)
def test_a_link_brings_the_same_shop_once(nonce, known, brought, code):
    connection = a_connection(link_nonce="n", shop_id=known)
    assert code_of(why_not_keep(connection, nonce, Tokens("t", None, shop_id=brought))) == code


def test_a_sandbox_is_connected_to_nothing_and_others_where_there_is_a_platform(toy, monkeypatch):
    monkeypatch.setattr(
        "connectors.connecting.platform_of", lambda marketplace: toy() if marketplace == "taote" else None
    )
    assert why_not_connect(a_store()) is None
    assert code_of(why_not_connect(a_store(is_sandbox=True))) == "sandbox"
    assert code_of(why_not_connect(a_store("pinduoduo"))) == "no_platform"


@for_each(("known", "named"), [(None, "2"), ("shop-1", ""), ("", "2"), ("shop-1", "shop-1"), ("app", "2")])
def test_a_store_follows_the_shop_that_it_has_followed(known, named):
    """Whether anything was read of another one is a question to the database, which isn't asked here."""
    kept = None if known is None else a_connection(shop_id=known)
    assert why_not_follow(kept, Shop("app", {}, "", "", "", named)) is None


@for_each(
    "address",
    [
        "ftp://a/",
        "a",
        "http:///x",
        "http://a:0/",
        "http://a:x/",
        "http://b@a/",
        "http://a/?b",
        "http://a/#b",
        f"http://a/{'x' * 200}",
    ],
)
def test_an_address_has_a_host_and_nothing_secret(address):
    assert known_address("") == ""
    assert known_address("https://a:9/b/") == "https://a:9/b"
    with pytest.raises(Invalid):
        known_address(address)


@for_each("value", [" ", "a\nb", "x" * 501])
def test_a_key_is_one_line_that_fits(value):
    assert _filled("app_key", f" {'x' * 500} ") == "x" * 500
    with pytest.raises(Invalid):
        _filled("app_key", value)
