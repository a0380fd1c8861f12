"""Work that is owed: leases, pauses, giving up and going on, by rows that no database has seen."""

import inspect
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from celery import current_app
from django.db import DatabaseError
from django.db.models import Q
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from common import hint_server, hints, workers
from common.hints import PatientTask, fill_up, tell, tell_of, tell_once
from common.obligations import FIRST_RETRY_AFTER, LEASE, LONGEST_RETRY_AFTER, MAX_ATTEMPTS, obligations, retry_after
from common.workers import drain, in_turn, side_by_side
from orders.models import Shipment
from payments.models import GatewayNotice, Payment
from payments.states import NoticeResult
from tests.cases import for_each

READ_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)  # by the database's clock
TURN = uuid4()


def read(kind=Payment, **fields):
    """A row that is due, as `timed` reads it."""
    row = kind(**{"next_attempt_at": READ_AT, **fields})
    row.database_now = READ_AT
    return row


@pytest.fixture
def rows():
    return [read() for _ in range(4)]


@pytest.fixture
def given_back(monkeypatch):
    """Collects what a turn gives back."""
    given = []
    monkeypatch.setattr(workers, "_give_back", given.extend)
    return given


# --- one row ----------------------------------------------------------------------------------------------


def test_an_attempt_is_counted_and_leased_by_the_database_s_clock():
    row = read()
    row.begin_attempt(TURN)
    assert (row.attempts, row.leased_by, row.leased_until) == (1, TURN, READ_AT + LEASE)
    assert row.next_attempt_at == READ_AT, "it keeps its place in the queue for the case that the worker dies"


def test_pauses_are_short_at_first_then_double_and_then_a_person_is_called():
    row, pauses = read(), []
    for _ in range(MAX_ATTEMPTS - 1):
        row.begin_attempt(TURN)
        row.put_off("no answer")
        pauses.append((row.next_attempt_at - READ_AT).total_seconds())
        assert (row.leased_by, row.leased_until, row.needs_attention) == (None, None, False)
    assert pauses == [30, 30, 30, 60, 120, 240, 480, 960, 1920]
    row.begin_attempt(TURN)
    row.put_off("still no answer")
    assert (row.needs_attention, row.next_attempt_at, row.leased_until) == (True, None, None)
    assert row.last_error == "still no answer"


@for_each(
    ("attempts", "pause"),
    [(3, FIRST_RETRY_AFTER), (9, timedelta(minutes=32)), (10, LONGEST_RETRY_AFTER)],
)
def test_no_pause_is_longer_than_the_longest(attempts, pause):
    assert retry_after(attempts) == pause


def test_an_error_is_kept_as_far_as_it_fits():
    row = read(attempts=1)
    row.put_off("é" * 500)
    assert row.last_error == "é" * 200


def test_done_is_nothing_to_do_and_no_trouble_left():
    row = read(attempts=3, last_error="no answer", leased_until=READ_AT, leased_by=TURN, needs_attention=True)
    row.plan(None)
    assert (row.next_attempt_at, row.leased_until, row.leased_by) == (None, None, None)
    assert (row.needs_attention, row.last_error, row.attempts) == (False, "", 3)


def test_what_is_looked_at_again_is_due_by_the_database_s_clock():
    row = read(Shipment)
    row.plan(timedelta(minutes=30))
    assert row.next_attempt_at == READ_AT + timedelta(minutes=30)


def test_resumed_begins_anew_and_leaves_the_instant_to_the_database():
    row = read(attempts=8, needs_attention=True, next_attempt_at=None, leased_until=READ_AT, leased_by=TURN)
    row.make_due()
    assert (row.attempts, row.needs_attention, row.leased_until, row.leased_by) == (0, False, None, None)
    assert isinstance(row.next_attempt_at, Now)


def test_a_called_person_takes_it_from_whoever_still_thinks_to_hold_it():
    row = read(attempts=MAX_ATTEMPTS, leased_until=READ_AT, leased_by=TURN)
    row.call_person()
    assert (row.needs_attention, row.next_attempt_at, row.leased_until, row.leased_by) == (True, None, None, None)


def test_a_notice_that_nobody_can_process_is_marked_as_failed():
    notice = read(GatewayNotice, attempts=MAX_ATTEMPTS)
    notice.put_off("ValueError: no such outcome")
    assert (notice.needs_attention, notice.result) == (True, NoticeResult.FAILED)


def test_every_kind_of_work_can_be_found_by_its_index():
    for kind in obligations():
        due = [index.condition for index in kind._meta.indexes if index.fields[-1] == "next_attempt_at"]
        assert set(due) == {Q(next_attempt_at__isnull=False)}, kind


# --- a turn -----------------------------------------------------------------------------------------------


def test_a_turn_takes_every_row_in_order_and_gives_nothing_back(rows, given_back):
    assert in_turn(rows, rows.index) == [0, 1, 2, 3]
    assert given_back == []


def test_a_turn_that_takes_too_long_does_one_and_gives_the_others_back(rows, given_back, monkeypatch):
    monkeypatch.setattr(workers, "WORK_FOR_S", 0)
    assert in_turn(rows, rows.index) == [0]
    assert given_back == rows[1:]


@pytest.fixture
def renewals(monkeypatch):
    """Counts the renewals, of which there is one every millisecond."""
    seen = threading.Semaphore(0)
    monkeypatch.setattr(workers, "RENEW_EVERY_S", 0.001)
    monkeypatch.setattr(workers, "_renew", lambda rows: seen.release())
    return seen


def test_leases_are_renewed_while_a_call_hangs_and_never_after_the_turn(rows, renewals):
    assert in_turn(rows[:1], lambda row: [renewals.acquire(timeout=60) for _ in range(3)]) == [[True] * 3]
    while renewals.acquire(blocking=False):
        pass
    assert not renewals.acquire(timeout=0.05), "the turn is over"


def test_a_turn_that_breaks_renews_nothing_any_more(rows, renewals):
    with pytest.raises(ZeroDivisionError):
        in_turn(rows, lambda row: 1 / 0)
    assert "lease" not in {thread.name for thread in threading.enumerate()}


def test_who_hangs_for_too_long_loses_the_row(rows, renewals, monkeypatch):
    monkeypatch.setattr(workers, "RENEW_FOR_S", 0)
    assert in_turn(rows[:1], lambda row: renewals.acquire(timeout=0.05)) == [False]


def test_a_renewal_that_fails_is_tried_again(rows, monkeypatch):
    tried = threading.Semaphore(0)

    def renew(rows):
        tried.release()
        raise DatabaseError("the server is restarting")

    monkeypatch.setattr(workers, "RENEW_EVERY_S", 0.001)
    monkeypatch.setattr(workers, "_renew", renew)
    assert in_turn(rows[:1], lambda row: [tried.acquire(timeout=60) for _ in range(2)]) == [[True] * 2]


def test_as_many_calls_of_a_partner_are_under_way_as_it_takes_and_no_more(rows, given_back):
    together, under_way, most = threading.Barrier(2, timeout=60), [], []

    def call(row):
        under_way.append(row)
        most.append(len(under_way))
        together.wait()  # breaks where one is done after the other
        under_way.remove(row)
        return rows.index(row)

    done = side_by_side([(rows, 2)], call)
    assert sorted((rows.index(row), result) for row, result in done) == [(place, place) for place in range(4)]
    assert (max(most), given_back) == (2, [])


def test_nobody_waits_for_another_partner_s_answers(rows):
    quick_is_done = threading.Event()
    slow = side_by_side(
        [(rows[:2], 2), (rows[2:], 1)],
        lambda row: quick_is_done.set() if row is rows[3] else row in rows[2:] or quick_is_done.wait(60),
    )
    assert len(slow) == 4
    assert all(result for row, result in slow if row in rows[:2])


def test_calls_side_by_side_that_take_too_long_give_back_what_has_not_begun(rows, given_back, monkeypatch):
    monkeypatch.setattr(workers, "WORK_FOR_S", 0)
    assert len(side_by_side([(rows, 3)], rows.index)) == 3
    assert given_back == rows[3:]


def test_a_call_that_breaks_ends_the_turn_once_the_others_are_back(rows):
    both, back = threading.Barrier(2, timeout=60), []

    def call(row):
        both.wait()
        if row is rows[0]:
            raise ZeroDivisionError
        back.append(row)

    with pytest.raises(ZeroDivisionError):
        side_by_side([(rows[:2], 2)], call)
    assert back == rows[1:2]
    assert not {thread.name for thread in threading.enumerate()} & {"lease", "turn_0", "turn_1"}


def test_draining_ends_with_the_first_step_that_finds_nothing_or_when_the_next_sweep_comes(monkeypatch):
    found = [100, 3, 0, 7]
    drain(lambda: found.pop(0))
    assert found == [7]
    monkeypatch.setattr(workers, "DRAIN_FOR_S", 0)
    drain(lambda: found.append(1) or 1)
    assert found == [7, 1]


def test_steps_are_taken_side_by_side_and_each_thread_ends_when_it_finds_nothing():
    both, left = threading.Barrier(2), [1, 1, 1, 1]

    def step() -> int:
        both.wait(60)  # two are at it at once, or this breaks
        return left.pop() if left else 0

    drain(step, at_once=2)
    assert left == []
    with pytest.raises(ZeroDivisionError):
        drain(lambda: 1 // 0, at_once=2)
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("drain")]


# --- messages ---------------------------------------------------------------------------------------------


def test_every_task_takes_messages_of_another_release():
    current_app.loader.import_default_modules()
    ours = {name: task for name, task in current_app.tasks.items() if not name.startswith("celery.")}
    assert len(ours) > 15
    for name, task in ours.items():
        assert isinstance(task, PatientTask), name
        kinds = {parameter.kind for parameter in inspect.signature(task.run).parameters.values()}
        assert kinds <= {inspect.Parameter.POSITIONAL_OR_KEYWORD}, name


def test_a_keyword_that_a_task_does_not_know_is_dropped_and_the_others_arrive():
    @current_app.task(name="tests.add", shared=False)
    def add(one, two=0):
        return one + two

    try:
        assert add(1, two=2, three=3) == 3
        assert add.apply(kwargs={"one": 1, "since_release": "2027.1"}).get() == 1
        with pytest.raises(TypeError):
            add(two=2)
    finally:
        current_app.tasks.pop("tests.add")


def test_ids_travel_in_messages_of_a_hundred(broker_tasks):
    ids = [uuid4() for _ in range(201)]
    tell_of("orders.tasks.ask_carriers_about", ids)
    assert [name for name, _ in broker_tasks] == ["orders.tasks.ask_carriers_about"] * 3
    sent = [told["ids"] for _, told in broker_tasks]
    assert [len(part) for part in sent] == [100, 100, 1]
    assert [row_id for part in sent for row_id in part] == [str(row_id) for row_id in ids]


def test_one_message_is_sent_for_all_that_comes_before_it_is_begun(broker_tasks, monkeypatch):
    monkeypatch.setattr(hints, "FILLS_UP_S", 0)
    for _ in range(3):
        tell_once("payments.tasks.settle_due_payments")
    tell_once("payments.tasks.process_notices")
    assert [name for name, _ in broker_tasks] == [
        "payments.tasks.settle_due_payments",
        "payments.tasks.process_notices",
    ]
    fill_up("payments.tasks.settle_due_payments")  # the worker looks now: what comes later may be missed
    tell_once("payments.tasks.settle_due_payments")
    assert len(broker_tasks) == 3


def test_a_message_that_nobody_begins_is_sent_again(broker_tasks, monkeypatch):
    monkeypatch.setattr(hints, "TOLD_FOR_MS", 1)
    tell_once("payments.tasks.settle_due_payments")
    threading.Event().wait(0.01)
    tell_once("payments.tasks.settle_due_payments")
    assert len(broker_tasks) == 2


def test_without_a_hint_server_every_message_is_sent(broker_tasks, monkeypatch):
    monkeypatch.setattr(hint_server.hint_server, "ask", lambda question, *, instead: instead)
    monkeypatch.setattr(hints, "broker", hint_server.Courtesy("broker"))
    tell_once("payments.tasks.settle_due_payments")
    tell_once("payments.tasks.settle_due_payments")
    assert len(broker_tasks) == 2


def test_nobody_hears_of_a_broker_that_is_down(monkeypatch, caplog):
    def send(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("celery.current_app.send_task", send)
    tell("payments.tasks.process_notices")
    assert "does not answer" in caplog.text
