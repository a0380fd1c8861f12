"""A refresh token holds once: of who dies with the answer to a renewal word is left, and a person is told why."""

from contextlib import suppress

import pytest
from django.db import Error

from common.sealing import unseal
from common.tenancy import system_scope
from connectors.models.connection import RENEWAL_LOST
from connectors.states import ConnectionStatus
from connectors.waking import wake_shops
from connectors.working import work_on_shops
from tests.concurrency.crash import crash_at
from tests.world import wait


@pytest.fixture
def ending(connected):
    """A shop whose access token has just ended."""
    connected.turn()
    connected.server.token = "ended"
    return connected


def spent_and_lost(server):
    """As a fault: the tokens are renewed, and the answer says nothing."""

    def fault(body):
        server._token(body)
        return {"error": "fault"}

    return fault


def test_an_answer_that_is_lost_is_told_as_such_and_authorising_anew_goes_on(ending):
    ending.server.faults["token"] = [spent_and_lost(ending.server)]
    ending.turn()
    assert (ending.connection.status, ending.connection.renewal_asked_at is None) == ("connected", False)
    ending.turn()
    stopped = ending.connection
    assert (stopped.status, stopped.words) == (ConnectionStatus.NEEDS_AUTHORISATION, str(RENEWAL_LOST))
    ending.connect()
    ending.turn()
    assert (ending.connection.status, ending.connection.renewal_asked_at) == ("connected", None)
    assert unseal(ending.connection.sealed_tokens)["access_token"] == ending.server.token


def test_an_answer_that_is_lost_before_anything_was_done_costs_nothing(ending):
    ending.server.faults["token"] = [{"error": "fault"}]
    ending.turn()
    ending.turn()
    assert (ending.connection.status, ending.connection.renewal_asked_at) == ("connected", None)


@pytest.mark.parametrize("said", ["revoked", "throttled", "secret"])
def test_a_clear_no_is_no_lost_answer(ending, said):
    ending.server.faults["token"] = [{"error": said}]
    ending.turn(most=1)
    assert ending.server.calls("token")
    assert ending.connection.renewal_asked_at is None
    assert ending.connection.words != str(RENEWAL_LOST)


@pytest.mark.usefixtures("transactional_db")
def test_whenever_a_renewal_dies_the_shop_goes_on_or_says_what_was_lost(ending):
    with crash_at(None) as steps:
        take_a_turn(ending)
    ends = set()
    for step in steps.commits():
        ending.server.token = "ended"
        with suppress(Error), crash_at(step):
            take_a_turn(ending)
        ending.turn()
        ends.add((ending.connection.status, ending.connection.words))
        if ending.connection.status == ConnectionStatus.NEEDS_AUTHORISATION:
            ending.connect()
            ending.turn()
        assert unseal(ending.connection.sealed_tokens)["refresh_token"] == ending.server.refresh_token
    assert ends == {("connected", ""), ("needs_authorisation", str(RENEWAL_LOST))}


def take_a_turn(connected) -> None:
    """One turn of the shop."""
    wait(minutes=10)
    with system_scope():
        wake_shops()
    work_on_shops(ids=[connected.connection.pk])
