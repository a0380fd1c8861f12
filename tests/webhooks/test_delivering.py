"""What a receiver gets: every event once it is settled, signed, in order, again when it fails, and nothing lost."""

import threading
from base64 import b64encode
from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.db.models.functions import Now

from common.models import Event
from common.sealing import seal
from common.tenancy import system_scope
from operations.health import ALLOWED_S, State, sweeps
from tests.api.helpers import code
from tests.concurrency.crash import crash_at
from tests.concurrency.harness import PATIENCE, await_
from tests.webhooks.receiver import OK, Receiver, answer
from tests.world import NOON, make_shop, wait
from webhooks import wire
from webhooks.delivering import call_endpoints
from webhooks.models import Delivery, Endpoint
from webhooks.planning import plan_deliveries
from webhooks.states import EndpointStatus


def deliveries(shop, **params):
    return shop.merchant.get("webhook-deliveries/", **params).json()["results"]


def shown(shop, endpoint):
    return shop.merchant.get(f"webhook-endpoints/{endpoint['id']}/").json()


def names(receiver):
    return [call.message["type"] for call in receiver.received]


def test_an_event_arrives_signed_and_as_the_feed_tells_it(shop, endpoint, receiver, work):
    refund = shop.refund()
    work()
    asked = receiver.received[-1]
    assert asked.line == "POST /hook?x=1 HTTP/1.1"
    assert asked.is_signed_with(endpoint["secret"])
    assert not asked.is_signed_with("whsec_" + "A" * 44)
    assert asked.headers["content-type"] == "application/json"
    told = shop.merchant.get("events/", name="refund.requested").json()["results"][-1]
    assert asked.message == {"type": told["name"], "timestamp": told["at"], "store": shop.store.code, "data": told}
    assert told["refund"] == str(refund.pk)
    (row,) = deliveries(shop, name="refund.requested")
    assert (row["id"], row["status"], row["response_status"]) == (asked.headers["webhook-id"], "delivered", 200)
    assert (row["event"], row["response"], row["attempts"]) == (told["id"], "ok", 1)
    work()
    ids = [call.headers["webhook-id"] for call in receiver.received]
    assert len(ids) == len(set(ids))


def test_only_the_wanted_events_of_the_own_store_after_it_was_made(shop, other, endpoint, receiver, work):
    before = shop.refund()
    changed = shop.merchant.patch(f"webhook-endpoints/{endpoint['id']}/", {"events": ["refund.rejected"]})
    assert changed.json()["events"] == ["refund.rejected"]
    other.merchant.post(f"refunds/{other.refund().pk}/reject/", {"reason": "no"})
    shop.merchant.post(f"refunds/{before.pk}/reject/", {"reason": "no"})
    work()
    assert [(call.message["type"], call.message["data"]["refund"]) for call in receiver.received] == [
        ("refund.rejected", str(before.pk))
    ]


def test_a_later_event_of_a_history_waits_for_an_earlier_one_and_others_dont(shop, endpoint, receiver, work):
    shop.merchant.patch(f"webhook-endpoints/{endpoint['id']}/", {"events": ["refund.requested", "refund.rejected"]})
    first, second = shop.refund(), shop.refund()
    shop.merchant.post(f"refunds/{first.pk}/reject/", {"reason": "no"})
    receiver.answers = [answer(500, b"not now"), answer(500, b"not now")]
    work()
    wait(seconds=6)
    work()
    wait(seconds=11)  # the endpoint has rested, and the first message has not yet
    work()
    (failed,) = [row for row in deliveries(shop, status="waiting") if row["attempts"]]
    assert (failed["response_status"], failed["response"], failed["last_error"]) == (500, "not now", "refused")
    told = [call.message["data"]["refund"] for call in receiver.received[2:]]
    assert told == [str(second.pk)]
    wait(seconds=61)
    work()
    about = [(call.message["type"], call.message["data"]["refund"]) for call in receiver.received]
    assert about[0] == ("refund.requested", str(first.pk))
    assert about.index(("refund.rejected", str(first.pk))) > about.index(("refund.requested", str(first.pk)), 1)
    assert ("refund.requested", str(second.pk)) in about
    assert shown(shop, endpoint)["failures"] == 0
    assert {row["status"] for row in deliveries(shop)} == {"delivered"}


def test_who_takes_nothing_for_three_days_is_paused_and_told_everything_when_resumed(
    shop, endpoint, receiver, work, clock
):
    refund = shop.refund()
    receiver.behave = lambda call, there: there.sendall(answer(503))
    for _ in range(12):
        work()
        clock.move(hours=7)
    paused = shown(shop, endpoint)
    assert (paused["status"], paused["paused_for"]) == ("paused", "dead")
    assert 6 < len(receiver.received) < 40
    assert shop.merchant.get("events/", name="webhook.paused").json()["results"][0]["data"]["reason"] == "dead"
    work()
    calls = len(receiver.received)
    shop.merchant.post(f"refunds/{refund.pk}/withdraw/")
    clock.move(days=2)
    work()
    assert len(receiver.received) == calls, "nobody calls a paused endpoint"
    receiver.behave = None
    assert shop.merchant.patch(f"webhook-endpoints/{endpoint['id']}/", {"status": "active"}).status_code == 200
    work()
    assert deliveries(shop, status="waiting") == []
    assert names(receiver)[-1] == "webhook.resumed"


def test_what_waits_for_a_paused_endpoint_is_nobodys_delay(shop, endpoint, receiver, work):
    """`health` counts what somebody ought to be at: not what the store keeps from being sent."""
    shop.refund()
    plan_deliveries()
    long_ago = timedelta(seconds=ALLOWED_S + 60)
    shop.merchant.patch(f"webhook-endpoints/{endpoint['id']}/", {"status": "paused"})
    with system_scope():
        Delivery.objects.update(next_attempt_at=Now() - long_ago)
        assert Delivery.objects.due().exists()
        assert {part.name: part.state for part in sweeps()}["webhooks.Delivery"] is State.OK
        Endpoint.objects.update(status=EndpointStatus.ACTIVE, paused_for="", next_attempt_at=Now() - long_ago)
        assert {part.name: part.state for part in sweeps()}["webhooks.Delivery"] is State.BEHIND


def test_who_says_gone_is_paused_at_once(shop, endpoint, receiver, work):
    receiver.answers = [answer(410)]
    work()
    assert (shown(shop, endpoint)["paused_for"], len(receiver.received)) == ("gone", 1)


def test_a_new_secret_signs_beside_the_older_one_for_a_day(shop, endpoint, receiver, work, clock):
    new = shop.merchant.post(f"webhook-endpoints/{endpoint['id']}/rotate-secret/").json()["secret"]
    shop.refund()
    work()
    assert receiver.received[-1].is_signed_with(new)
    assert receiver.received[-1].is_signed_with(endpoint["secret"])
    clock.move(hours=25)
    shop.refund()
    work()
    assert receiver.received[-1].is_signed_with(new)
    assert not receiver.received[-1].is_signed_with(endpoint["secret"])


def test_secrets_that_are_rotated_again_within_the_day_sign_until_their_own_day_is_over(
    shop, endpoint, receiver, work, clock
):
    secrets = [endpoint["secret"]]

    def rotate():
        secrets.append(shop.merchant.post(f"webhook-endpoints/{endpoint['id']}/rotate-secret/").json()["secret"])

    def signing():
        shop.refund()
        work()
        return [number for number, secret in enumerate(secrets) if receiver.received[-1].is_signed_with(secret)]

    rotate()
    clock.move(hours=1)
    rotate()
    assert signing() == [0, 1, 2]
    clock.move(hours=23)
    assert signing() == [1, 2]
    for _each in range(3):
        rotate()
    assert signing() == [2, 3, 4, 5], "three beside the newest"
    clock.move(hours=24)
    assert signing() == [5]


def test_a_secret_that_was_sealed_beside_an_only_older_one_still_signs(shop, endpoint, receiver, work, clock):
    before = f"whsec_{b64encode(b'b' * 32).decode()}"
    kept = {"secret": endpoint["secret"], "older": before, "older_until": (NOON + timedelta(hours=1)).isoformat()}
    with shop.scope():
        Endpoint.objects.update(sealed_secrets=seal(kept))
    shop.refund()
    work()
    assert [receiver.received[-1].is_signed_with(each) for each in (before, endpoint["secret"])] == [True, True]
    clock.move(hours=2)
    shop.refund()
    work()
    assert [receiver.received[-1].is_signed_with(each) for each in (before, endpoint["secret"])] == [False, True]


def test_by_hand_and_by_range_the_same_message_comes_again(shop, endpoint, receiver, work, clock):
    shop.refund()
    work()
    first = receiver.received[-1]
    (row,) = deliveries(shop, name="refund.requested")
    assert shop.merchant.post(f"webhook-deliveries/{row['id']}/redeliver/").json()["status"] == "waiting"
    work()
    again = next(call for call in receiver.received[::-1] if call.message["type"] == "refund.requested")
    assert (again.headers["webhook-id"], again.body) == (first.headers["webhook-id"], first.body)
    calls, rows = len(receiver.received), len(deliveries(shop))
    path = f"webhook-endpoints/{endpoint['id']}/redeliver/"
    assert shop.merchant.post(path, {"since": "2026-11-21"}).json() == {"deliveries": 0}
    assert shop.merchant.post(path, {"since": "2026-11-20", "until": "2026-11-20"}).json() == {"deliveries": rows}
    work()
    assert len(receiver.received) >= calls + rows


def slowly(call, there):
    while True:
        there.sendall(b"H")
        threading.Event().wait(0.05)


def endless(call, there):
    there.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        there.sendall(b"x" * 65536)


def over_and_over(first, again):
    """Somebody who begins an answer and never comes to its end."""

    def behave(call, there):
        there.sendall(first)
        while True:
            there.sendall(again)

    return behave


@pytest.mark.parametrize(
    ("behave", "error", "status"),
    [
        (over_and_over(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "took_too_long", "waiting"),
        (over_and_over(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), "not_http", "waiting"),
        (over_and_over(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 1024), "not_http", "waiting"),
        (over_and_over(b"", b"HTTP/1.1 200"), "not_http", "waiting"),
        (slowly, "took_too_long", "waiting"),
        (endless, "", "delivered"),
        (lambda call, there: there.sendall(answer(302, Location="http://127.0.0.1/x")), "refused", "waiting"),
        (lambda call, there: there.sendall(b"hello\r\n\r\n"), "not_http", "waiting"),
        (lambda call, there: None, "not_http", "waiting"),
    ],
    ids=[
        "1xx for ever",
        "headers for ever",
        "a header for ever",
        "a line for ever",
        "slow",
        "endless",
        "redirect",
        "no HTTP",
        "silent",
    ],
)
def test_a_receiver_that_misbehaves_has_failed(shop, endpoint, receiver, work, monkeypatch, behave, error, status):
    monkeypatch.setattr(wire, "WHOLE_SECONDS", 0.4)
    receiver.behave = behave
    plan_deliveries()
    call_endpoints()
    first = deliveries(shop)[-1]
    assert (first["status"], first["last_error"]) == (status, error)
    assert len(first["response"]) <= 2000


def test_a_message_that_breaks_here_is_put_off_and_the_others_go_out(shop, endpoint, receiver, work):
    with shop.scope():
        here = Endpoint.objects.get(pk=endpoint["id"])
        lost = Delivery(store=shop.store, endpoint=here, event=0, name="refund.requested", topic_id=here.pk)
        lost.created_at = lost.next_attempt_at = here.created_at
        lost.save()
    work()
    assert names(receiver) == []
    shop.refund()
    work()
    assert "refund.requested" in names(receiver)
    (row,) = [each for each in deliveries(shop) if each["event"] == "0"]
    assert (row["status"], row["attempts"], row["last_error"]) == ("waiting", 1, "broken")
    assert shown(shop, endpoint)["failures"] == 0


def test_one_endpoint_is_called_by_one_worker_and_the_other_by_the_next(shop, endpoint, receiver):
    quick = Receiver()
    shop.merchant.post("webhook-endpoints/", {"url": quick.url})
    let_go = threading.Event()
    receiver.behave = lambda call, there: (let_go.wait(PATIENCE), there.sendall(OK))
    shop.refund()
    plan_deliveries()

    def call():
        try:
            while call_endpoints():
                pass
        finally:
            connection.close()

    workers = [threading.Thread(target=call) for _ in range(2)]
    workers[0].start()
    await_(lambda: receiver.received, "the first to be called")
    workers[1].start()
    await_(lambda: "refund.requested" in names(quick), "the other endpoint to be told meanwhile")
    assert len(receiver.received) == 1
    let_go.set()
    for worker in workers:
        worker.join(PATIENCE)
    quick.close()


def test_a_worker_that_is_killed_anywhere_loses_no_event(shop, endpoint, receiver, work):
    shop.refund()
    for step in count(1):
        with suppress(OperationalError, InterfaceError), crash_at(step) as steps:
            work()
        if not steps.crashed:
            break
        connection.close()
        wait(seconds=30)
    assert step > 10
    work()
    with system_scope():
        owed = set(Event.objects.filter(store=shop.store, pk__gt=0).values_list("pk", flat=True))
        told = {int(call.message["data"]["id"]) for call in receiver.received}
        cursor = Endpoint.objects.get().cursor
        assert told == set(Delivery.objects.values_list("event", flat=True))
        assert told <= owed
        assert max(owed) == cursor


def test_a_sandbox_whose_clock_is_ahead_is_told_as_others_are(transactional_db, broker_tasks, clock, receiver, work):
    """Webhooks go by everybody's clock: their receivers do."""
    sandbox = make_shop("taote", is_sandbox=True)
    sandbox.merchant.post("webhook-endpoints/", {"url": receiver.url, "events": ["refund.requested"]})
    assert sandbox.merchant.post("test-clock/advance/", {"by": "3d"}).status_code == 200
    sandbox.refund()
    work()
    assert names(receiver) == ["refund.requested"]


def test_a_test_event_reaches_the_endpoint_whatever_it_wants_and_while_it_rests(shop, receiver, work):
    path = "webhook-endpoints/"
    wants = shop.merchant.post(path, {"url": receiver.url, "events": ["refund.rejected"]}).json()
    other = Receiver()
    shop.merchant.post(path, {"url": other.url, "events": []})
    for refund in (shop.refund(), shop.refund()):
        shop.merchant.post(f"refunds/{refund.pk}/reject/", {"reason": "no"})
    receiver.answers = [answer(500), answer(500, b"still"), answer(200), answer(500)]
    work()
    assert names(receiver) == ["refund.rejected"], "it rests now"
    for _ in range(2):
        assert shop.merchant.post(f"{path}{wants['id']}/test/").status_code == 200
        work()
    assert names(receiver)[1:3] == ["webhook.tested", "webhook.tested"], "before what waits"
    assert receiver.received[1].is_signed_with(wants["secret"])
    wait(days=1)
    work()
    assert names(receiver).count("webhook.tested") == 2, "one that failed is not tried again"
    assert [row["status"] for row in deliveries(shop, name="webhook.tested")] == ["delivered", "failed"]
    assert "webhook.tested" not in names(other)
    told = shop.merchant.get("events/", name="webhook.tested").json()["results"]
    assert [event["id"] for event in told] == [call.message["data"]["id"] for call in receiver.received[1:3]]
    other.close()


def test_an_endpoint_that_is_paused_is_not_tried(shop, endpoint):
    path = f"webhook-endpoints/{endpoint['id']}/"
    shop.merchant.patch(path, {"status": "paused"})
    refused = shop.merchant.post(f"{path}test/")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "endpoint_paused")
    assert shop.merchant.get("events/", name="webhook.tested").json()["results"] == []


def test_a_range_that_ends_before_it_begins_is_refused_and_not_taken_for_an_empty_one(shop, endpoint):
    path = f"webhook-endpoints/{endpoint['id']}/redeliver/"
    body = {"since": "2026-11-21", "until": "2026-11-20"}
    assert code(shop.merchant.post(path, body)) == (400, "invalid", "until")
    assert shop.merchant.post(path, {**body, "until": "2026-11-21"}).json() == {"deliveries": 0}
    resent = [row for row in shop.merchant.get("events/").json()["results"] if row["name"] == "webhook.resent"]
    assert len(resent) == 1


def test_a_range_can_be_of_some_events(shop, endpoint, receiver, work):
    shop.merchant.post(f"refunds/{shop.refund().pk}/reject/", {"reason": "no"})
    work()
    before = len(receiver.received)
    path = f"webhook-endpoints/{endpoint['id']}/redeliver/"
    wrong = shop.merchant.post(path, {"since": "2026-11-19", "events": ["refund.nothing"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["attr"]) == (400, "events")
    again = shop.merchant.post(path, {"since": "2026-11-19", "events": ["refund.rejected"]})
    assert again.json() == {"deliveries": 1}
    work()
    assert [name for name in names(receiver)[before:] if name.startswith("refund.")] == ["refund.rejected"]
