"""Messages are hints: kept once, answered at once, and worth no more than reading the refund again."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from common import clock as wall
from common.obligations import MAX_ATTEMPTS
from common.tenancy import system_scope
from connectors.connecting import lock_connection
from connectors.deciding import send_next
from connectors.hinting import HINTS, forget_hints, read_hinted, read_later
from connectors.mending import disconnect_shop, follow_on
from connectors.messages import LARGEST_PUSH, push_address
from connectors.models import Connection, RefundHint, SentDecision
from connectors.port import Unreachable
from connectors.talking import SILENT_AFTER, Talk
from connectors.tasks import work_on_due_shops
from connectors.waking import wake_shop, wake_shops
from tests.connectors.conftest import ago
from tests.connectors.deciding import Followed
from tests.connectors.toy import Toy
from tests.world import MERCHANT, NOON, wait


def push(connected, *messages, key="push-key", address=None):
    body = json.dumps([{"key": name, "refund": refund} for name, refund in messages])
    address = address or push_address(connected.connection)
    return Client().post(address, body, content_type="application/json", headers={"X-Key": key})


def hints() -> list[str]:
    with system_scope():
        return sorted(RefundHint.objects.values_list("key", flat=True))


@pytest.fixture
def pulled(connected):
    """Everything is known up to now, and one refund changes after it."""
    connected.turn()
    connected.server.put("R1", NOON, status="asked")
    return connected


def test_a_message_has_the_refund_read_at_once(pulled):
    answer = push(pulled, ("m1", "R1"))
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b'{"ok":1}', "application/json")
    assert pulled.server.calls("read") == [], "nobody is asked before the answer is out"
    pulled.turn(seconds=1)
    assert pulled.mirror() == {"R1": (1, "asked")}


def test_repeated_and_in_any_order_they_change_nothing_more(pulled):
    pulled.server.put("R1", NOON, status="agreed")
    for _ in range(3):
        push(pulled, ("m2", "R1"), ("m1", "R1"))
    assert hints() == ["m1", "m2"]
    pulled.turn(seconds=1)
    assert len(pulled.server.calls("read")) == 1
    push(pulled, ("m1", "R1"))
    pulled.turn(seconds=1)
    assert len(pulled.server.calls("read")) == 1
    assert pulled.mirror() == {"R1": (2, "agreed")}


def test_what_is_not_the_platforms_is_refused_and_nothing_kept(pulled):
    assert push(pulled, ("m1", "R1"), key="other").status_code == 401
    assert push(pulled, ("m1", "R1"), address="/connect/toy/no-such-token/").status_code == 404
    assert push(pulled, ("m1", "R1"), address=f"/connect/other/{pulled.connection.push_token}/").status_code == 404
    large = Client().post(push_address(pulled.connection), b"x" * (LARGEST_PUSH + 1), content_type="text/plain")
    assert large.status_code == 413
    assert Client().put(push_address(pulled.connection)).status_code == 405
    address = push_address(pulled.connection)
    with pulled.shop.scope():
        disconnect_shop(store_id=pulled.shop.store.pk, actor=MERCHANT, now=NOON)
    assert push(pulled, ("m1", "R1"), address=address).status_code == 404
    assert hints() == []


def test_a_platform_that_pushes_nothing_has_no_such_address(pulled, monkeypatch):
    monkeypatch.setattr(Toy, "takes_pushes", False)
    assert push(pulled, ("m1", "R1")).status_code == 404


def test_a_message_about_nothing_is_answered_alike(pulled):
    assert push(pulled).content == b'{"ok":1}'
    assert hints() == []


def test_fetched_messages_are_kept_before_they_are_confirmed(pulled):
    pulled.server.messages = [{"id": "m1", "refund": "R1"}]
    pulled.server.faults["confirm"] = [{"hang_up": True}]
    pulled.turn(seconds=20)
    assert hints() == ["m1"]
    pulled.turn(minutes=5)
    assert pulled.server.messages == []
    assert pulled.mirror() == {"R1": (1, "asked")}


def test_a_heap_of_messages_is_fetched_in_one_turn_and_what_is_listed_does_not_wait_for_it(pulled, clock):
    """After a long pause, say. One that the platform repeats for ever ends it."""
    pulled.server.most_messages = 3
    pulled.server.messages = [{"id": f"m{number}", "refund": "R1"} for number in range(10)]
    clock.move(minutes=10)
    began = len(pulled.server.asked)
    pulled.turn(most=1)
    assert (len(hints()), pulled.server.messages) == (10, [])
    asked = [call for call, _body in pulled.server.asked[began:] if call in ("messages", "list")]
    assert asked[:2] == ["messages", "list"], "one batch, then the list"
    assert asked.count("messages") == 5, "until a batch is empty"
    pulled.server.messages = [{"id": "m0", "refund": "R1"}]
    pulled.server.forgets_confirmed = False
    before = len(pulled.server.calls("messages"))
    pulled.turn(most=1)
    assert len(pulled.server.calls("messages")) - before == 1


def test_without_messages_a_shop_is_followed_all_the_same(pulled, clock):
    pulled.server.faults["messages"] = [{"error": name} for name in ("refused", "fault", "address", "throttled")]
    for number in range(4):
        pulled.server.put(f"M{number}", NOON + timedelta(minutes=10 * number))
        clock.move(minutes=10)
        pulled.turn()
    assert set(pulled.mirror()) == {"R1", "M0", "M1", "M2", "M3"}


def test_a_refund_that_is_not_there_yet_is_read_later_and_in_the_end_shown(pulled):
    push(pulled, ("m1", "R9"))
    for _ in range(MAX_ATTEMPTS + 1):
        pulled.turn(hours=2)
    row = pulled.row("R9")
    assert (row.needs_look, row.version) == (True, 0)
    assert "no such refund" in row.problem


def test_a_lost_word_to_the_workers_is_found_by_the_sweep(pulled):
    from connectors.sweeps import sweep_shops

    with pulled.shop.scope():
        RefundHint.objects.create(
            store=pulled.shop.store,
            connection=pulled.connection,
            key="m1",
            platform_id="R1",
            received_at=NOON,
            next_attempt_at=NOON - timedelta(days=9),
        )
    assert sweep_shops() == 1
    assert pulled.mirror() == {"R1": (1, "asked")}


@pytest.mark.parametrize(
    "waits", [{"needs_attention": True}, {"status": "needs_setup"}, {"status": "needs_authorisation"}]
)
def test_a_shop_that_waits_for_a_person_is_not_woken(connected, waits, django_capture_on_commit_callbacks):
    """By no message, decision or beat; and what waits with it is nobody's delay."""
    first = Followed(connected)
    first.decide()
    with system_scope():
        Connection.objects.update(next_attempt_at=None, **waits)
    asked = len(connected.server.asked)
    with django_capture_on_commit_callbacks(execute=True):
        assert push(connected, ("m2", "R1")).status_code == 200
    wake_shop([connected.shop.store.pk])
    with system_scope():
        assert wake_shops() == 0
        assert (RefundHint.objects.due().count(), SentDecision.objects.due().count()) == (1, 1)
        assert [model.objects.overdue().count() for model in (Connection, RefundHint, SentDecision)] == [0, 0, 0]
    work_on_due_shops()
    assert (connected.connection.next_attempt_at, len(connected.server.asked)) == (None, asked)
    with connected.shop.scope():
        follow_on(connection=lock_connection(connected.shop.store.pk), actor=MERCHANT, now=NOON)
    connected.turn(seconds=1)
    assert (first.decision.status, first.refund.status) == ("confirmed", "refunding")


def test_a_platform_that_does_not_answer_is_not_asked_at_every_beat_for_what_waits(pulled, clock):
    push(pulled, ("m1", "R1"))
    clock.move(minutes=10)
    for call in ("read", "list", "messages"):
        pulled.server.faults[call] = [{"hang_up": True}] * 100
    pulled.turn(most=3)
    push(pulled, ("m2", "R2"))  # whoever is told of it is lost
    asked = len(pulled.server.asked)
    for _ in range(5):
        wait(seconds=2)
        work_on_due_shops()
    assert pulled.server.asked[asked:] == []
    with system_scope():
        assert RefundHint.objects.overdue().count() == 0
    pulled.server.faults.clear()
    pulled.server.put("R2", NOON)
    pulled.turn(hours=1)
    assert pulled.mirror() == {"R1": (1, "asked"), "R2": (1, "asked")}


def test_a_refund_that_is_put_off_twice_in_a_second_is_read_once(pulled):
    for _ in range(2):
        read_later(pulled.connection, platform_id="R1", order_number="O1", now=NOON)
    assert len(hints()) == 1


def test_done_hints_are_forgotten_after_a_while(pulled, clock):
    push(pulled, ("m1", "R1"))
    pulled.turn(seconds=1)
    push(pulled, ("m2", "R2"))
    with system_scope():
        RefundHint.objects.filter(key="m2").update(received_at=NOON - 2 * HINTS.kept_for)
    assert forget_hints() == 0
    clock.move(days=HINTS.kept_for.days + 1)
    assert wall.now() > ago(days=-8)
    assert forget_hints() == 1
    assert hints() == ["m2"], "what isn't done stays, however old it is"


def test_of_a_platform_that_is_silent_little_is_asked_and_less_once_it_was_before(connected, clock):
    """Three refunds, then only its list; and where that failed the time before, one: a read or a decision."""
    first = Followed(connected)
    for number in range(1, 6):
        push(connected, (f"m{number}", f"R{number}"))
    for call in ("read", "list", "messages", "decide"):
        connected.server.faults[call] = [{"hang_up": True}] * 100
    clock.move(minutes=10)
    read = len(connected.server.calls("read"))
    connected.turn(most=1)
    assert len(connected.server.calls("read")) - read == SILENT_AFTER - 1, (
        "its messages were the first that it didn't give"
    )
    connected.turn(most=1, hours=1)
    assert len(connected.server.calls("read")) - read == SILENT_AFTER - 1, "its messages weren't given either"
    with connected.shop.scope():
        Connection.objects.update(last_error="no answer", next_attempt_at=NOON - timedelta(days=400))
    first.decide()
    talk = Talk(connected.connection)
    with pytest.raises(Unreachable):
        talk.ask(lambda platform, shop: platform.read(shop, refund_id="R1", order_number="", now=NOON))
    assert (talk.is_silent, send_next(talk), read_hinted(talk)) == (True, False, False)
