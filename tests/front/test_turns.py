"""One caller's many calls keep no other from being served: each has its turn, whoever came first."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from config.front.turns import OWNER, Callers, TooMany, Turns
from tests.concurrency.harness import await_
from tests.front.conftest import HOST, PATIENCE_S, stand_in
from tests.front.test_slow_clients import closed

MANY = 40
ELSEWHERE = "127.0.0.2"
AT_WORK, WAITING = 3, 20  # of one caller: all threads but one, and half of the places to wait


@pytest.fixture
def web(tmp_path):
    """One process of four threads, with forty places to wait."""
    with stand_in(tmp_path, THREADS="4", WAITING=str(MANY)) as running:
        yield running


@pytest.fixture
def flood(web):
    """`flood(key)` sends forty calls that sleep; once woken, it returns how each was answered."""
    with ThreadPoolExecutor(MANY) as senders:

        def send(*keys: str):
            told = [{"Authorization": keys[number % len(keys)]} if keys else {} for number in range(MANY)]
            calls = [senders.submit(web.ask, "/sleep", **headers) for headers in told]
            web.await_calls(AT_WORK, WAITING)
            await_(lambda: sum(call.done() for call in calls) == MANY - AT_WORK - WAITING, "the others", PATIENCE_S)

            def answers():
                assert web.told()[:2] == (AT_WORK, WAITING), "all of them sleep and wait as they did"
                web.wake()
                return [call.result()[:2] for call in calls]

            return answers

        yield send
        web.wake()


def test_a_stores_flood_leaves_the_others_their_turn_with_all_its_keys(web, flood):
    for key in ("a.1", "a.2", "b.1"):
        assert web.ask("/known", Authorization=key)[0] == 200
    answers = flood("a.1", "a.2")
    for _ in range(5):
        assert web.ask("/other", Authorization="b.1")[0] == 200
        assert web.ask("/stranger")[0] == 200
    told = answers()
    sent_away = [headers for status, headers in told if status == 429]
    assert [status for status, _ in told].count(200) == AT_WORK + WAITING
    assert len(sent_away) == MANY - AT_WORK - WAITING
    assert {headers["Retry-After"] for headers in sent_away} == {"1"}


def test_an_addresses_flood_leaves_other_addresses_their_turn(web, flood):
    answers = flood()
    with socket.create_connection((HOST, web.port), timeout=PATIENCE_S, source_address=(ELSEWHERE, 0)) as other:
        other.sendall(b"GET /other HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert closed(other).startswith(b"HTTP/1.1 200")
    assert 429 in {status for status, _ in answers()}


def test_who_leaves_while_waiting_gives_the_place_away(web):
    clients = [web.connect(b"GET /sleep HTTP/1.1\r\nHost: localhost\r\n\r\n") for _ in range(AT_WORK + WAITING)]
    web.await_calls(AT_WORK, WAITING)
    for client in clients:
        client.close()
    web.await_calls(AT_WORK, 0)  # those at work sleep on
    web.wake()
    with ThreadPoolExecutor(8) as senders:
        assert [status for status, *_ in senders.map(web.ask, ["/known"] * 8)] == [200] * 8
    await_(lambda: web.told()[2].count("/known") == 8, "what was begun", PATIENCE_S)
    assert web.told()[2].count("/sleep") == AT_WORK, "for nobody who has left"


def run(scene):
    return asyncio.run(scene())


def test_places_are_shared_out_in_turns_and_not_in_the_order_of_arrival():
    async def scene():
        turns, order = Turns(2, most_waiting=20), []
        assert [turns.take_now(name) for name in ("a", "a", "b", "c")] == [True, False, True, False]
        waits = [(name, turns.queue(name)) for name in ("a", "a", "a", "b", "c")]
        for name, place in waits:
            place.add_done_callback(lambda _, name=name: order.append(name))
        for holder in ("a", "b", "a", "b"):
            turns.give_back(holder)
            await asyncio.sleep(0)
        return order, turns.free

    order, free = run(scene)
    assert (order[:3], free) == (["a", "b", "c"], 0)


def test_nobody_has_every_place_or_more_than_half_of_those_to_wait():
    async def scene():
        turns = Turns(4, most_waiting=4)
        taken = [turns.take_now("a") for _ in range(4)]
        turns.queue("a"), turns.queue("a")
        with pytest.raises(TooMany) as refused:
            turns.queue("a")
        assert turns.take_now("b")
        turns.queue("b"), turns.queue("b")
        with pytest.raises(TooMany) as full:
            turns.queue("c")
        return taken, refused.value.of_one, full.value.of_one

    assert run(scene) == ([True, True, True, False], True, False)


def test_one_that_has_left_is_passed_over_and_takes_no_place_to_wait():
    async def scene():
        turns = Turns(1, most_waiting=2)
        turns.take_now("a")
        gone, stays = turns.queue("a"), turns.queue("b")
        gone.cancel()
        again = turns.queue("a")
        turns.give_back("a")
        turns.give_back("b")
        return stays.done(), again.done(), turns.waiting

    assert run(scene) == (True, True, {})


def test_a_key_counts_as_its_address_until_it_was_found_good():
    callers, environ = Callers(), {"REMOTE_ADDR": "10.1.1.1", "HTTP_AUTHORIZATION": "Bearer a.1"}
    callers.remember("Bearer a.1", environ)
    assert callers.name_of(environ) == "address:10.1.1.1"
    callers.remember("Bearer a.1", {**environ, OWNER: "store:7"})
    assert callers.name_of(environ) == "store:7"
    assert callers.name_of({**environ, "HTTP_AUTHORIZATION": "Bearer a.2"}) == "address:10.1.1.1"


def test_only_so_many_keys_are_remembered(monkeypatch):
    monkeypatch.setattr("config.front.turns.MOST_KNOWN", 2)
    callers = Callers()
    for number in range(3):
        callers.remember(str(number), {OWNER: f"store:{number}"})
    names = [callers.name_of({"REMOTE_ADDR": "", "HTTP_AUTHORIZATION": str(number)}) for number in range(3)]
    assert names == ["address:", "store:1", "store:2"]


@pytest.mark.django_db
def test_a_good_key_says_whose_turn_it_is_and_a_bad_one_nothing(taote):
    said = taote.merchant.client.get("/api/v1/orders/", headers={"Authorization": f"Bearer {taote.merchant_key}"})
    assert said.wsgi_request.META[OWNER] == f"store:{taote.store.pk}"
    wrong = taote.merchant.client.get("/api/v1/orders/", headers={"Authorization": f"Bearer {taote.merchant_key}x"})
    assert (wrong.status_code, wrong.wsgi_request.META.get(OWNER)) == (401, None)
