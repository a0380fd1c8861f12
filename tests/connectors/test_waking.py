"""What makes a shop's work due: news for it, its connection anew; and what keeps its own time all the same."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from common.tenancy import system_scope
from connectors.hinting import keep_hints, read_later
from connectors.models import Connection, RefundHint, SentDecision
from connectors.port import Hint
from connectors.states import SendingStatus
from connectors.waking import wake_shops
from tests.connectors.deciding import Followed
from tests.world import NOON


def planned(connected, **fields) -> None:
    """The shop is due at another time than now."""
    with system_scope():
        Connection.objects.filter(store=connected.shop.store).update(**fields)


@pytest.mark.parametrize(
    ("fields", "woken"),
    [
        ({"next_attempt_at": Now() + timedelta(hours=1)}, 1),
        ({"next_attempt_at": Now() + timedelta(hours=1), "last_error": "no answer"}, 0),
        ({"next_attempt_at": Now() - timedelta(hours=1)}, 0),
    ],
    ids=["asleep", "put off", "due"],
)
def test_news_wake_a_shop_that_sleeps_and_neither_one_that_was_put_off_nor_one_that_is_due(connected, fields, woken):
    with connected.shop.scope():
        keep_hints(connection=connected.connection, hints=[Hint("m1", "R1")], now=NOON)
    planned(connected, **fields)
    before = connected.connection.next_attempt_at
    with system_scope():
        assert wake_shops() == woken
    assert (connected.connection.next_attempt_at != before) == bool(woken)


@pytest.mark.parametrize(
    ("fields", "goes_on"),
    [
        ({"status": SendingStatus.WAITING}, True),
        ({"status": SendingStatus.WAITING, "needs_attention": True}, False),
        ({"status": SendingStatus.CODE_WANTED}, False),
    ],
    ids=["waits", "waits for a person", "waits for a code"],
)
def test_connected_anew_a_shop_goes_on_with_what_waited_for_that_alone(connected, fields, goes_on):
    decision = Followed(connected).decide()
    with connected.shop.scope():
        SentDecision.objects.filter(pk=decision.pk).update(next_attempt_at=None, **fields)
    connected.connect()
    assert (connected.shop.reload(decision).next_attempt_at is not None) == goes_on


def test_a_refund_that_is_to_be_read_later_twice_at_one_instant_is_noted_once(connected):
    for _ in range(2):
        read_later(connected.connection, platform_id="R1", order_number="O1", now=NOON)
    with system_scope():
        assert RefundHint.objects.count() == 1
