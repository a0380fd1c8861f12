"""Token buckets and bans, in the real Valkey of the tests and without it."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from common import hint_server
from connectors import limits
from connectors.limits import Pace, bucket_of, pacing, wait_for_room
from connectors.platforms import PLATFORMS
from connectors.port import Limit, LimitScope, Shop, Throttled

PER_SHOP = Limit(LimitScope.SHOP, 10, timedelta(minutes=10), "list")
ONE_FOR_ALL = Limit(LimitScope.APPLICATION, 4, timedelta(minutes=10))
SHOP = Shop("app", {}, shop_id="1")


@pytest.fixture(autouse=True)
def paced(unpaced, monkeypatch):
    """As at work: a bucket holds a small share of its limit."""
    monkeypatch.setattr(limits, "bucket_of", bucket_of)


@pytest.fixture(params=["with Valkey", "without"])
def counted(request, monkeypatch):
    """Both counters must do the same."""
    monkeypatch.setattr(limits, "_here", limits._InProcess())
    if request.param == "without":
        monkeypatch.setattr(hint_server.hint_server, "_may_be_asked", lambda: False)


def pace(*of, shop=SHOP) -> Pace:
    return Pace(SimpleNamespace(name="toy", limits=of), shop)


def calls(pace: Pace, call: str, *, most: int = 50) -> int:
    """How many are let through at once."""
    for number in range(most):
        try:
            pace.wait_for_room(call)
        except Throttled:
            return number
    return most


@pytest.mark.usefixtures("counted")
class TestBuckets:
    """A share of what a limit allows at once, the others over its time."""

    def test_half_goes_at_once_and_the_rest_waits(self):
        assert calls(pace(PER_SHOP), "list") == 5

    def test_another_call_and_another_shop_are_not_counted(self):
        assert calls(pace(PER_SHOP), "list") == 5
        assert calls(pace(PER_SHOP), "read") == 50
        assert calls(pace(PER_SHOP, shop=replace(SHOP, shop_id="2")), "list") == 5

    def test_an_applications_limit_counts_its_shops_together(self):
        assert calls(pace(ONE_FOR_ALL), "list") == 2
        assert calls(pace(ONE_FOR_ALL, shop=replace(SHOP, shop_id="2")), "read") == 0
        assert calls(pace(ONE_FOR_ALL, shop=replace(SHOP, app_key="other")), "read") == 2

    def test_what_is_left_is_told_and_asking_takes_nothing(self):
        mine = pace(PER_SHOP)
        mine.wait_for_room("list")
        assert [mine.calls_left() for _ in range(2)] == [[(PER_SHOP, 9)]] * 2

    def test_a_short_wait_is_waited_for(self, monkeypatch):
        slept, real = [], limits.sleep
        monkeypatch.setattr(limits, "sleep", lambda seconds: slept.append(seconds) or real(seconds))
        fast = pace(Limit(LimitScope.SHOP, 20, timedelta(seconds=0.2), "list"))
        assert calls(fast, "list", most=15) == 15
        assert 0 < sum(slept) < limits.LONGEST_WAIT_S


@pytest.mark.parametrize("limit", [each for known in PLATFORMS.values() for each in known.limits], ids=str)
def test_a_limit_is_used_and_never_exceeded_in_any_stretch_of_its_time(limit):
    """Whatever begins when: at most what the bucket holds and what comes in meanwhile."""
    held, per_ms = bucket_of(limit)
    comes_in = per_ms * limit.per.total_seconds() * 1000
    assert held + comes_in <= max(limit.calls, 2), "of one call the next comes when its time is over"
    if limit.calls >= 100:
        assert comes_in >= 0.89 * limit.calls


@pytest.mark.usefixtures("counted")
class TestBans:
    """A ban holds for the shop and the call that met it."""

    def test_it_holds_for_as_long_as_was_said_and_for_nobody_else(self):
        mine = pace()
        mine.wait_for_room("list")
        assert mine.ban(77) == 77
        with pytest.raises(Throttled) as refusal:
            pace().wait_for_room("list")
        assert 75 <= refusal.value.seconds <= 77
        pace().wait_for_room("read")
        pace(shop=replace(SHOP, shop_id="2")).wait_for_room("list")

    def test_who_does_not_say_how_long_is_left_alone_for_a_while(self):
        mine = pace()
        mine.wait_for_room("list")
        assert mine.ban(None) == limits.BAN_S
        assert calls(pace(), "list") == 0


def test_only_what_is_asked_for_a_shop_is_counted():
    one = Limit(LimitScope.SHOP, 1, timedelta(hours=1))
    with pacing(SimpleNamespace(name="toy", limits=(one,)), SHOP):
        wait_for_room("a")
        with pytest.raises(Throttled):
            wait_for_room("b")
    wait_for_room("b")


def test_no_name_in_valkey_holds_a_token():
    secret = Shop("app", {}, access_token="a-token-that-nobody-may-read")
    pace(PER_SHOP, shop=secret).wait_for_room("list")
    keys = b" ".join(hint_server.client().keys("connectors:*"))
    assert keys
    assert b"nobody-may-read" not in keys
