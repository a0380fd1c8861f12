"""`connect_store` and `sync_store`, as somebody at a command line gives them."""

import io

import pytest
from django.core.management import CommandError, call_command

from common.obligations import MAX_ATTEMPTS
from common.tenancy import system_scope
from connectors.models import Connection
from tests.connectors.conftest import ago
from tests.connectors.deciding import Followed


def connect(connected, *more) -> str:
    out = io.StringIO()
    told = ["--app-key", "app", "--app-secret", "s3cret", "--base-url", connected.server.url]
    call_command("connect_store", connected.shop.store.code, *told, *more, stdout=out)
    return out.getvalue()


def sync(connected, *more) -> str:
    out = io.StringIO()
    call_command("sync_store", connected.shop.store.code, *more, stdout=out)
    return out.getvalue()


def test_a_store_is_connected_and_pulled_in_two_lines(unconnected):
    unconnected.server.put("R1", ago(hours=2))
    said = connect(unconnected, "--access-token", "token-1", "--message-key", "push-key")
    assert "is connected to Toy" in said
    assert f"/connect/toy/{unconnected.connection.push_token}/" in said
    assert sync(unconnected).startswith("listed: 1, read: 1, changed: 1, put aside: 0, hints: 0, sent: 0\n")
    assert unconnected.mirror() == {"R1": (1, "asked")}


def test_without_a_token_it_waits_for_the_merchant(unconnected):
    assert "wants the merchant to authorise it" in connect(unconnected)
    with pytest.raises(CommandError, match="Waiting to be authorised"):
        sync(unconnected)


def test_what_is_wrong_is_said_and_nothing_is_stored(unconnected):
    for more, said in (
        (["--access-token", "x", "--app-secret", "wrong"], "check the secret"),
        (["--access-token", "x"], "authorise the shop anew"),
        (["--base-url", "nonsense"], "base_url: Give an address"),
    ):
        with pytest.raises(CommandError, match=said):
            connect(unconnected, *more)
    with pytest.raises(CommandError, match="There is no store"):
        call_command("connect_store", "nobody", "--app-key", "1", "--app-secret", "2")
    with system_scope():
        assert not Connection.objects.exists()
    with pytest.raises(CommandError, match="isn't connected"):
        sync(unconnected)


def test_the_past_is_fetched_from_a_date(connected):
    connected.server.put("old", ago(days=10))
    sync(connected)
    assert connected.mirror() == {}
    for wrong in ("yesterday", "2026-13-01", "2027-01-01"):
        with pytest.raises(CommandError, match="since"):
            sync(connected, "--since", wrong)
    sync(connected, "--since", "2026-11-01")
    assert connected.mirror() == {"old": (1, "asked")}
    assert connected.connection.look_back == ""


def test_what_waits_is_sent_and_a_lost_answer_looked_into(connected):
    followed = Followed(connected)
    followed.server.faults["decide"] = [lambda body: followed.server._decide(body) and {"hang_up": True}]
    followed.decide()
    said = sync(connected)
    assert "sent: 1" in said
    assert "decisions under way: 0" in said
    assert len(followed.server.decided) == 1
    assert followed.refund.status == "refunding"


def test_a_shop_whose_workers_have_died_goes_on_once_somebody_gives_the_command(connected):
    connected.server.put("R1", ago(hours=2))
    with system_scope():
        Connection.objects.update(needs_attention=True, attempts=MAX_ATTEMPTS, next_attempt_at=None)
    assert sync(connected).startswith("listed: 1")
    assert (connected.mirror(), connected.connection.needs_attention) == ({"R1": (1, "asked")}, False)


def test_once_tries_each_thing_once(connected):
    connected.server.put("R1", ago(hours=2))
    connected.server.faults["list"] = [{"status_code": 500}]
    with pytest.raises(CommandError, match="Not finished: The marketplace said: 500"):
        sync(connected, "--once")
    connected.server.faults["list"] = [{"status_code": 500}]
    sync(connected)
    assert connected.mirror() == {"R1": (1, "asked")}


def test_what_is_done_is_not_done_again(connected):
    connected.server.put("R1", ago(hours=2))
    connected.server.messages = [{"id": "m1", "refund": "R1"}]
    sync(connected)
    before = len(connected.server.calls("read"))
    sync(connected)
    assert (len(connected.server.calls("read")), before) == (before, 1)


def test_an_authorisation_that_was_taken_back_is_said(connected):
    connected.server.token = connected.server.refresh_token = "other"
    with pytest.raises(CommandError, match="authorise the shop anew"):
        sync(connected)
