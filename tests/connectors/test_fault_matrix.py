"""Every platform × every fault, from the wire to the books: trouble costs delay; nothing is lost, doubled or guessed.

A shop of each marketplace is followed at its fake. Whatever is done to it, in the end the mirror is what the fake says,
what an agent decided was done once or refused to the agent, no other shop noticed, and the books are right. A new
platform joins with its line in `tests.connectors.shops`.
"""

from datetime import timedelta
from importlib import import_module
from random import Random

import pytest
from django.test import Client

from common.hint_server import client
from common.models import Event
from connectors.fakes.base import Mischief
from connectors.mending import resume_shop
from connectors.messages import push_address
from connectors.port import RefundStage
from connectors.shops import platform_for
from tests.connectors.shops import AGREE, DETAIL, FAKES, LIST
from tests.connectors.way import Way
from tests.world import MERCHANT, NOON, make_shop

# Where each reads how many rows a page has; WeChat Shop's pages are the platform's own.
PAGES = {
    "taobao": ("connectors.top.lists", "PAGE"),
    "kuaishou": ("connectors.platforms.kuaishou", "PAGE"),
    "pinduoduo": ("connectors.platforms.pinduoduo", "PAGE_SIZE"),
    "douyin": ("connectors.platforms.douyin", "PAGE_SIZE"),
}
SMALL, DAY = 5, 24


# Tmall and Taote are one platform: the same calls at the same fake.
PLATFORMS = sorted(FAKES.keys() - {"taote"})


@pytest.fixture(params=PLATFORMS)
def way(request, db, clock, broker_tasks, monkeypatch):
    """A connected shop of this marketplace whose first refund has been read."""
    made, shop_at = FAKES[request.param]
    with made() as fake:
        if fake.name in PAGES:
            module, name = PAGES[fake.name]
            monkeypatch.setattr(import_module(module), name, SMALL)
        else:
            fake.page_size = SMALL
        way = Way(make_shop(request.param), fake, clock, shop_at)
        way.add()
        way.connect()
        way.turns()
        assert len(way.mirror()) == 1
        yield way


def test_a_platform_that_is_down_for_a_day_costs_delay_only(way):
    [known] = way.fake.refunds
    way.fake.misbehave(Mischief.FAULT, times=10**9)
    decision = way.decide(known)
    for hour in range(DAY):
        way.add(hour % 2)
        way.turns(most=3, hours=1)
    assert len(way.mirror()) == 1
    assert way.connection.status == "connected"
    way.fake.misbehaviours.clear()
    way.turns(hours=1)
    way.turns()
    assert (way.state_of(decision), way.done(known)) == ("confirmed", 1)
    way.assert_all_is_well()


@pytest.mark.parametrize("before", [True, False])
def test_rows_that_move_while_they_are_paged_lose_none(way, before):
    ids = way.add(3 * SMALL + 2)
    for skip, refund_id in enumerate(ids[:4]):
        how = {"act": "withdraw", "refund": refund_id, "done": not before}
        way.fake.misbehave(Mischief.MOVES, LIST[way.name], skip=skip, **how)
    way.turns()
    assert set(way.mirror()) >= set(way.fake.refunds) - set(ids[:4])
    way.fake.misbehaviours.clear()
    way.turns()
    way.assert_all_is_well()


def test_a_token_that_ends_between_two_pages_is_renewed_and_the_window_listed_anew(way):
    way.add(3 * SMALL)
    way.fake.misbehave(Mischief.TOKEN_EXPIRED, LIST[way.name], skip=1)
    before = way.connection.sealed_tokens
    way.turns()
    assert way.connection.sealed_tokens != before
    way.assert_all_is_well()


def test_a_decision_that_meets_a_token_that_has_ended_is_sent_once(way):
    [known] = way.fake.refunds
    decision = way.decide(known)
    way.fake.misbehave(Mischief.TOKEN_EXPIRED, AGREE[way.name])
    way.turns(minutes=1)
    way.turns()
    assert (way.state_of(decision), way.done(known)) == ("confirmed", 1)
    way.assert_all_is_well()


@pytest.mark.parametrize("done", [True, False])
def test_a_decision_whose_answer_is_lost_is_done_once(way, done, subtests):
    """With a 500, a closed connection (as after a time-out) or half an answer, after the work or before it."""
    kinds = (Mischief.FAULT, Mischief.CLOSED, Mischief.HALF, Mischief.BROKEN, Mischief.GARBAGE, Mischief.EMPTY)
    way.add(len(kinds) - 1)
    way.turns()
    for refund_id, kind in zip(list(way.fake.refunds), kinds, strict=True):
        with subtests.test(kind=kind):
            decision = way.decide(refund_id)
            way.fake.misbehave(kind, AGREE[way.name], done=done)
            way.turns(minutes=1)
            way.turns()
            way.turns()
            assert (way.state_of(decision), way.done(refund_id)) == ("confirmed", 1)
            assert way.refusals() == 0
    way.assert_all_is_well()


def end_bans() -> None:
    """As if their time were over: Valkey's clock can't be moved, and test_limits.py proves for how long they are."""
    for key in client().scan_iter("connectors:ban:*"):
        client().delete(key)


@pytest.mark.parametrize("call", [LIST, DETAIL, AGREE], ids=["list", "detail", "decision"])
def test_within_a_ban_nobody_asks_again_and_after_it_all_is_done(way, call):
    [known] = way.fake.refunds
    way.add(3)
    decision = way.decide(known)
    way.fake.misbehave(Mischief.THROTTLED, call[way.name], seconds=3600)
    way.turns()
    way.turns()
    banned = [each for each in way.fake.calls(call[way.name]) if each.mischief]
    assert len(banned) == 1
    assert way.fake.calls(call[way.name])[-1] is banned[0], "it waits, although the turns were due"
    end_bans()
    way.turns(hours=1)
    way.turns()
    assert (way.state_of(decision), way.done(known)) == ("confirmed", 1)
    way.assert_all_is_well()


def test_messages_that_are_late_repeated_and_shuffled_change_nothing_more(way):
    ids = [*way.fake.refunds, *way.add(4)]
    way.turns()
    for refund_id in ids[:3]:
        way.fake.act("withdraw", refund_id)
    way.turns()
    with way.shop.scope():
        events = Event.objects.count()
    platform, client = platform_for(way.connection), Client()
    if platform.takes_pushes:
        pushes = [way.fake.push(message) for message in way.fake.messages * 2]
        Random(way.name).shuffle(pushes)
        for push in pushes:
            kind = push.headers.get("Content-Type", "application/json")
            headers = {name: value for name, value in push.headers.items() if name != "Content-Type"}
            address = f"{push_address(way.connection)}?{push.query}"
            assert client.post(address, push.body, content_type=kind, headers=headers).status_code == 200
    elif platform.fetches_messages:
        way.fake.confirmed.clear()
        Random(way.name).shuffle(way.fake.messages)
    before = len(way.fake.calls(DETAIL[way.name]))
    way.turns(minutes=1)
    reads = len(way.fake.calls(DETAIL[way.name])) - before
    # WeChat Shop's list tells no versions: what it names is read besides.
    assert reads <= len(ids) * (2 if way.name == "wechat_shop" else 1)
    with way.shop.scope():
        assert Event.objects.count() == events
    way.assert_all_is_well()


@pytest.mark.parametrize("minutes", [4, -4])
def test_a_clock_that_is_off_by_minutes_loses_nothing(way, minutes):
    way.fake.clock_offset = timedelta(minutes=minutes)
    for _ in range(3):
        way.fake.act("withdraw", way.add(2)[0])
        way.turns(minutes=2)
    way.turns(minutes=10)
    way.assert_all_is_well()


@pytest.mark.parametrize("minutes", [11, -11])
def test_a_clock_that_is_off_by_more_stops_the_shop_until_it_is_set(way, minutes):
    way.fake.clock_offset = timedelta(minutes=minutes)
    way.turns()
    if way.name == "wechat_shop":
        assert way.connection.status == "connected", "nothing is signed there"
    else:
        assert (way.connection.status, way.connection.fault) == ("needs_setup", "clock_off")
    way.fake.clock_offset = timedelta(0)
    way.add(2)
    if way.connection.status == "needs_setup":
        with way.shop.scope():
            resume_shop(store_id=way.shop.store.pk, actor=MERCHANT, now=NOON)
    way.turns()
    way.assert_all_is_well()


@pytest.mark.parametrize("moment", ["before it is sent", "as it is sent"])
def test_a_state_that_changes_under_a_decision_is_told_and_nothing_is_done(way, moment):
    [known] = way.fake.refunds
    decision = way.decide(known)
    if moment == "as it is sent":
        way.fake.misbehave(Mischief.MOVES, AGREE[way.name], act="withdraw", refund=known)
    else:
        way.clock.move(seconds=2)
        way.fake.act("withdraw", known)
    way.turns()
    way.turns()
    assert way.state_of(decision) in ("moved_on", "refused")
    assert (way.done(known), way.refusals()) == (0, 1)
    assert way.mirror()[known].stage in (RefundStage.WITHDRAWN, RefundStage.CLOSED)
    way.assert_all_is_well()


def test_an_authorisation_that_was_taken_back_keeps_its_place(way):
    way.fake.misbehave(Mischief.REVOKED, times=10**9)
    way.turns()
    assert way.connection.status in ("needs_authorisation", "needs_setup")
    way.fake.misbehaviours.clear()
    way.add(2)
    way.clock.move(hours=20)
    way.connect()
    way.turns()
    way.assert_all_is_well()
