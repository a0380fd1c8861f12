"""Refunds of a full page are read side by side; who holds the lease renews tokens and writes, alone and in order."""

import threading

import pytest

from connectors.ahead import AT_ONCE
from connectors.models import RefundHint
from tests.connectors import toy
from tests.connectors.conftest import ago

COUNT = 20
EVERYBODY = {f"R{number:02}": (1, "asked") for number in range(COUNT)}


@pytest.fixture
def full(connected, monkeypatch):
    """A shop with one page of many refunds."""
    monkeypatch.setattr(toy, "PAGE", COUNT + 5)
    for refund_id in EVERYBODY:
        connected.server.put(refund_id, ago(minutes=20))
    return connected


def test_as_many_are_asked_at_once_as_are_said(full):
    together = threading.Barrier(AT_ONCE)
    full.server.faults["read"] = [lambda body: together.wait(60) and None] * AT_ONCE
    full.turn()
    assert full.mirror() == EVERYBODY
    assert not together.broken
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("read")]


def test_a_token_that_ends_in_the_middle_is_renewed_once(full):
    def end(body):
        full.server.token = "another"

    full.server.faults["read"] = [None] * 6 + [end]
    full.turn()
    assert full.mirror() == EVERYBODY
    assert full.server.refreshes == 1


def test_what_was_read_before_the_platform_went_away_is_kept_and_the_rest_comes_later(full):
    full.server.faults["read"] = [None] * 10 + [{"hang_up": True}] * COUNT
    full.turn(most=1)
    known = full.mirror()
    assert 0 < len(known) <= 10
    full.server.faults["read"].clear()
    full.turn()
    assert full.mirror() == EVERYBODY
    assert len(full.server.calls("read")) < 2 * COUNT + 10


def test_one_that_is_refused_waits_for_a_person_and_one_that_is_gone_is_asked_for_again(full):
    real = full.server._read

    def read(body):
        return {"R03": {"error": "refused"}, "R04": {"error": "not there"}}.get(body["id"]) or real(body)

    full.server._read = read
    counts = full.turn(most=1)
    assert set(EVERYBODY) - set(full.mirror()) == {"R04"}
    assert full.row("R03").needs_look
    assert (counts["read"], counts["put aside"], counts["changed"]) == (COUNT, 1, COUNT - 2)
    with full.shop.scope():
        [hint] = RefundHint.objects.all()
        assert hint.platform_id == "R04"
