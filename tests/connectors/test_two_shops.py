"""Two shops of one application: each has its tokens, its refunds and its troubles, whichever a message comes to.

At Taobao, Kuaishou and Pinduoduo; Douyin names its shops, see test_one_application.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from common import clock as wall
from common.errors import Refused
from common.tenancy import system_scope
from connectors import limits
from connectors.fakes.base import Mischief
from connectors.messages import push_address
from connectors.platforms import platform_of
from connectors.shops import platform_for, shop_for
from connectors.waking import wake_shops
from connectors.working import work_on_shops
from tests.connectors.shops import AGREE, FAKES, LIST
from tests.connectors.way import Way
from tests.world import make_shop

OTHER = "2200000002"
CODES = {"taobao": "code-1", "kuaishou": "code-1", "pinduoduo": "one-time-code"}
FIRST = {"taobao": "2200000001", "kuaishou": "f1234567890", "pinduoduo": "410104"}
MARKETPLACES = ["tmall", "kuaishou", "pinduoduo"]


@pytest.fixture(params=MARKETPLACES)
def fake(request, db, clock, broker_tasks):
    """The platform's fake, where a second shop lets the same application in."""
    made, shop_at = FAKES[request.param]
    with made() as fake:
        fake.ways = [
            Way(make_shop(request.param), fake, clock, shop_at),
            Way(make_shop(request.param), fake, clock, shop_at, OTHER),
        ]
        fake.other_code = fake.open_shop(OTHER)
        yield fake


@pytest.fixture
def ways(fake):
    """Both shops, connected by their links, with two refunds each that have been read."""
    for way, code in zip(fake.ways, (CODES[fake.name], fake.other_code), strict=True):
        way.connect_by_link(code)
        way.add(2)
    together(fake)
    return fake.ways


def together(fake, **later):
    """Time passes, and both shops get their turns, as one worker gives them."""
    fake.ways[0].clock.move(**(later or {"minutes": 10}))
    with system_scope():
        wake_shops()
    ids = [way.connection.pk for way in fake.ways if way.connections()]
    for _ in range(80):
        if not work_on_shops(ids=ids):
            return


def asked_by(fake, call) -> list[str]:
    """Whose calls of this name came."""
    return [fake.shop_of(request) for request in fake.calls(call)]


def test_each_has_its_tokens_and_its_refunds(fake, ways):
    ours, theirs = ways
    assert [way.connection.shop_id for way in ways] == [FIRST[fake.name], OTHER]
    tokens = [shop_for(way.connection).access_token for way in ways]
    assert len({*tokens, ""}) == 3
    assert set(ours.mirror()) & set(theirs.mirror()) == set()
    for way in ways:
        assert len(way.mirror()) == 2
        way.assert_all_is_well()


def test_what_each_decides_is_done_at_its_own_shop(fake, ways):
    decisions = [way.decide(min(way.mirror())) for way in ways]
    together(fake, minutes=1)
    together(fake)
    assert [way.state_of(decision) for way, decision in zip(ways, decisions, strict=True)] == ["confirmed"] * 2
    assert sorted(asked_by(fake, AGREE[fake.name])) == sorted([FIRST[fake.name], OTHER])
    for way in ways:
        way.assert_all_is_well()


@pytest.mark.parametrize("troubled", [0, 1])
def test_ones_ban_delays_the_other_by_nothing(fake, ways, troubled, monkeypatch):
    banned, free = ways[troubled], ways[1 - troubled]
    ban = limits.Pace.ban
    monkeypatch.setattr(limits.Pace, "ban", lambda pace, seconds: ban(pace, 1))  # Valkey's clock can't be moved
    fake.misbehave(Mischief.THROTTLED, shop=banned.connection.shop_id, times=10**9, seconds=1)
    for way in ways:
        way.add(2)
    decision = free.decide(min(free.mirror()))
    together(fake)
    together(fake)
    assert (len(banned.mirror()), len(free.mirror())) == (2, 4)
    assert free.state_of(decision) == "confirmed"
    assert banned.connection.status == "connected"
    free.assert_all_is_well()
    throttled = [each for each in fake.calls() if each.mischief]
    assert {fake.shop_of(each) for each in throttled} == {banned.connection.shop_id}


@pytest.mark.parametrize("troubled", [0, 1])
def test_ones_authorisation_ends_alone_and_comes_back_by_a_link(fake, ways, troubled):
    gone, stays = ways[troubled], ways[1 - troubled]
    fake.misbehave(Mischief.REVOKED, shop=gone.connection.shop_id, times=10**9)
    for way in ways:
        way.add(1)
    together(fake)
    assert [way.connection.status for way in (gone, stays)] == ["needs_authorisation", "connected"]
    assert (len(gone.mirror()), len(stays.mirror())) == (2, 3)
    fake.misbehaviours.clear()
    gone.connect_by_link(new_code(fake, gone))
    together(fake)
    for way in ways:
        assert len(way.mirror()) == 3
        way.assert_all_is_well()


def new_code(fake, way: Way) -> str:
    """The code with which a shop comes back once more."""
    if way.at:
        return fake.open_shop(way.at)
    code = CODES[fake.name]
    if fake.name == "pinduoduo":
        fake.code = code
    else:
        fake.codes.add(code)
    return code


def test_each_renews_its_own_tokens_ahead_of_their_end(fake, ways):
    before = [shop_for(way.connection) for way in ways]
    ends = [way.connection.expires_at for way in ways]
    together(fake, seconds=(min(ends) - wall.now() - timedelta(minutes=5)).total_seconds())
    after = [shop_for(way.connection) for way in ways]
    for was, now in zip(before, after, strict=True):
        assert now.access_token != was.access_token
        assert now.shop_id == was.shop_id
    assert len({shop.access_token for shop in after}) == 2
    together(fake)
    for way in ways:
        way.assert_all_is_well()


def test_a_message_is_kept_with_the_shop_that_it_is_about(fake, ways):
    ours, theirs = ways
    platform = platform_for(ours.connection)
    if not platform.takes_pushes and not platform.fetches_messages:
        pytest.skip("it has no messages")
    together(fake)
    before = len(fake.messages)
    fresh = [ours.fake.add(at=fake.now()).id, theirs.fake.add(at=fake.now(), shop=OTHER).id]
    if platform.takes_pushes:
        for message in fake.messages[before:]:  # all of the application's come to the first one's address
            push = fake.push(message)
            answer = Client().post(push_address(ours.connection), push.body, content_type="text/plain")
            assert answer.status_code == 200
    fake.misbehave(Mischief.FAULT, LIST[fake.name], times=10**9)  # only the messages tell of them
    together(fake)
    assert (fresh[0] in ours.mirror(), fresh[1] in theirs.mirror()) == (True, True)
    assert (fresh[1] in ours.mirror(), fresh[0] in theirs.mirror()) == (False, False)
    fake.misbehaviours.clear()
    together(fake)
    for way in ways:
        way.assert_all_is_well()


def test_the_same_shop_lets_in_one_store_only(fake, ways):
    ours, _theirs = ways
    third = Way(make_shop(ours.shop.store.marketplace), fake, ours.clock, ours.shop_at)
    with pytest.raises(Refused) as refused:
        third.connect_by_link(fake.open_shop(OTHER))
    assert refused.value.code == "shop_connected_twice"
    assert (third.connection.status, shop_for(third.connection).access_token) == ("authorising", "")


def test_while_nobody_knows_whose_pasted_tokens_are_a_message_is_left_to_the_lists(fake):
    """Which of the two it is about nobody can tell: it isn't kept with the wrong one, and what it says is listed."""
    ours, theirs = fake.ways
    there = ours.shop_at(fake)
    tokens = platform_of(ours.shop.store.marketplace).redeem(
        there, code=fake.other_code, callback="http://testserver/", now=wall.now()
    )
    theirs.shop_at = lambda fake: replace(there, access_token=tokens.access_token, refresh_token=tokens.refresh_token)
    ours.connect()
    theirs.connect()
    together(fake)
    refund = fake.add(shop=OTHER, at=fake.now())
    if platform_for(ours.connection).takes_pushes:
        push = fake.push(fake.messages[-1])
        assert Client().post(push_address(ours.connection), push.body, content_type="text/plain").status_code == 200
    together(fake, seconds=1)
    assert ours.mirror() == {}
    together(fake)
    assert (set(ours.mirror()), set(theirs.mirror())) == (set(), {refund.id})
