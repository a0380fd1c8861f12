"""A refresh token holds once: of who dies with the answer to a renewal word is left, and a person is told why."""

from contextlib import suppress
from functools import partial

import pytest
from django.db import Error
from django.db import connection as database
from django.db.models.functions import Now

from common import clock
from common.models import Event
from common.sealing import unseal
from common.tenancy import system_scope
from connectors.mending import disconnect_shop
from connectors.models import Connection
from connectors.models.connection import RENEWAL_LOST
from connectors.port import Tokens
from connectors.shops import shop_for, with_tokens
from connectors.states import ConnectionStatus
from connectors.talking import keep_tokens
from connectors.waking import wake_shops
from connectors.working import work_on_shops
from tests.concurrency.crash import crash_at
from tests.connectors.toy import Toy
from tests.world import MERCHANT, wait


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


class TestALateAnswer:
    """A worker that lost the shop while its renewal was answered: its tokens may be the only ones that still hold."""

    pytestmark = pytest.mark.usefixtures("transactional_db")

    def test_is_kept_although_another_works_on_the_shop(self, ending):
        other = ending.shop.address.pk
        ending.server.faults["token"] = [answered_after(ending, partial(lose_lease, ending, leased_by=other))]
        ending.turn(most=1)
        kept = ending.connection
        assert unseal(kept.sealed_tokens)["refresh_token"] == ending.server.refresh_token
        assert (kept.renewal_asked_at, kept.leased_by) == (None, other)

    def test_has_the_shop_followed_on_that_another_gave_up_meanwhile(self, ending):
        def given_up():
            lose_lease(ending)
            work_on_shops(ids=[ending.connection.pk])

        ending.server.faults["token"] = [answered_after(ending, given_up)]
        ending.turn(most=1)
        assert (ending.connection.status, ending.connection.words) == ("connected", "")
        assert ending.connection.next_attempt_at is not None
        assert told_of(ending)[-2:] == ["connection.stopped", "connection.resumed"]
        ending.turn()
        assert ending.connection.status == ConnectionStatus.CONNECTED
        assert unseal(ending.connection.sealed_tokens)["access_token"] == ending.server.token

    def test_is_used_by_who_was_refused_with_the_old_tokens_meanwhile(self, ending):
        late = Tokens("token-9", None, "refresh-9")

        def kept_elsewhere():
            ending.server.token, ending.server.refresh_token = late.access_token, late.refresh_token
            with ending.shop.scope():
                kept = ending.connection
                told = {"connection": kept, "platform": Toy(), "shop": with_tokens(shop_for(kept), late)}
                keep_tokens(**told, tokens=late)

        ending.server.faults["token"] = [
            answered_after(ending, kept_elsewhere, answer=lambda body: {"error": "revoked"})
        ]
        ending.turn()
        assert ending.connection.status == ConnectionStatus.CONNECTED
        assert unseal(ending.connection.sealed_tokens)["access_token"] == "token-9"
        assert "connection.stopped" not in told_of(ending)

    @pytest.mark.parametrize("meanwhile", ["authorised anew", "disconnected"])
    def test_is_dropped_after_a_person_has_acted(self, ending, meanwhile):
        def acted():
            lose_lease(ending)
            if meanwhile == "disconnected":
                with ending.shop.scope():
                    disconnect_shop(store_id=ending.shop.store.pk, actor=MERCHANT, now=clock.now())
            else:
                ending.server.token, ending.server.refresh_token = "token-8", "refresh-8"
                ending.connect()

        ending.server.faults["token"] = [answered_after(ending, acted)]
        ending.turn(most=1)
        kept = ending.connection
        assert kept.renewal_asked_at is None
        if meanwhile == "disconnected":
            assert (kept.status, kept.sealed_tokens) == ("disconnected", "")
        else:
            assert unseal(kept.sealed_tokens)["access_token"] == "token-8"


def answered_after(ending, meanwhile, answer=None):
    """As a fault of the toy server: the tokens are renewed, and before the worker hears of it something happens."""

    def fault(body):
        told = (answer or ending.server._token)(body)
        try:
            meanwhile()
        finally:
            database.close()
        return told

    return fault


def lose_lease(ending, leased_by=None) -> None:
    """The worker was too slow: its shop is another's, or anybody's."""
    with system_scope():
        Connection.objects.update(leased_by=leased_by, leased_until=Now(), next_attempt_at=Now())


def told_of(ending) -> list[str]:
    """The events of the shop's connection, in order."""
    with ending.shop.scope():
        events = Event.objects.for_store(ending.shop.store.pk).filter(name__startswith="connection.")
        return list(events.order_by("id").values_list("name", flat=True))


def take_a_turn(connected) -> None:
    """One turn of the shop."""
    wait(minutes=10)
    with system_scope():
        wake_shops()
    work_on_shops(ids=[connected.connection.pk])
