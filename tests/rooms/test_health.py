"""`manage.py health`: what fails, what is behind and by how much, and what nobody can say."""

import io
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from common import heartbeats, hint_server
from common.tasks import forget_idempotent_answers
from config.embedded.paths import ROOT
from operations import health
from operations.collecting import all_sweeps
from operations.health import ALLOWED_S, State
from payments.models import Payment
from refunds.actions import approve_refund
from tests.world import MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db


def told(*parts: str) -> tuple[list[str], str]:
    """The lines, and why it ended with 1; "" when it didn't."""
    printed = io.StringIO()
    try:
        call_command("health", *parts, stdout=printed)
    except CommandError as error:
        return printed.getvalue().splitlines(), str(error)
    return printed.getvalue().splitlines(), ""


def all_is_done() -> None:
    """Every task of beat's was done this moment."""
    now = hint_server.client().time()[0]
    hint_server.client().hset(heartbeats.DONE, mapping=dict.fromkeys(heartbeats.periods(), now))


def states() -> dict[str, State]:
    return {part.name: part.state for part in health.sweeps()}


def test_where_everything_works_nobody_has_to_look():
    heartbeats.note_worker("a@one", ["celery", "money", "deadlines"])
    heartbeats.note_worker("b@one", ["webhooks"])
    heartbeats.note_worker("c@one", ["files"])
    heartbeats.note_beat_of("one")
    heartbeats.note_beat()
    all_is_done()
    lines, wrong = told()
    assert wrong == ""
    assert {line.split()[0] for line in lines} == {"ok"}
    assert len(lines) > 40


def test_each_queue_has_its_line_and_without_a_worker_it_fails():
    heartbeats.note_worker("a@one", ["celery"])
    assert told("workers") == (
        [
            "ok       worker   celery: 1 alive",
            "failing  worker   deadlines: 0 alive",
            "failing  worker   files: 0 alive",
            "failing  worker   money: 0 alive",
            "failing  worker   webhooks: 0 alive",
        ],
        "Somebody has to look: 4 failing.",
    )


def test_beat_that_lives_and_isnt_heard_is_told_apart_from_a_dead_one():
    heartbeats.note_beat_of("one")
    assert told("beat")[0] == [
        "ok       beat     beat: 1 alive",
        "failing  beat     beat's work: isn't done by any worker",
    ]


def test_a_task_that_was_not_done_for_long_is_behind(monkeypatch):
    all_is_done()
    task, period = "refunds.tasks.sweep_refunds", heartbeats.periods()["refunds.tasks.sweep_refunds"]
    long_ago = hint_server.client().time()[0] - int(period) - ALLOWED_S - 5
    hint_server.client().hset(heartbeats.DONE, task, long_ago)
    assert {name for name, state in states().items() if state is State.BEHIND} == {task}


def test_a_task_that_is_done_says_so(monkeypatch):
    monkeypatch.setattr(heartbeats, "_last_told", {})
    heartbeats.tell_done(sender=forget_idempotent_answers)
    done = heartbeats.since_done()
    assert done[forget_idempotent_answers.name] < 5
    assert [task for task, seconds in done.items() if seconds < 5] == [forget_idempotent_answers.name]


def test_rows_that_wait_show_how_far_behind_their_sweep_is(clock):
    shop = make_shop("taote")
    refund = shop.refund()
    all_is_done()
    clock.move(seconds=(refund.due_at - refund.created_at).total_seconds() + ALLOWED_S - 10)
    assert states()["deadlines"] is State.OK
    clock.move(seconds=20)
    assert (states()["deadlines"], states()["offers"]) == (State.BEHIND, State.OK)
    [line] = [line for line in told("sweeps")[0] if "deadlines" in line]
    assert line == f"behind   waiting  deadlines: the oldest has waited for {ALLOWED_S + 10} s"


def test_work_that_nobody_takes_up_shows(clock, broker_tasks):
    shop = make_shop("taote")
    refund = shop.refund(kind="refund_only")
    with shop.scope():
        approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
        assert Payment.objects.due().count() == 1
        Payment.objects.update(next_attempt_at=Now() - timedelta(seconds=ALLOWED_S + 30))
    all_is_done()
    assert {name for name, state in states().items() if state is State.BEHIND} == {"payments.Payment"}


def test_without_the_hint_server_nobody_can_say(monkeypatch):
    for question in ("live_workers", "live_beats", "beat_is_heard", "since_done"):
        monkeypatch.setattr(heartbeats, question, lambda: None)
    lines, wrong = told("workers", "beat")
    assert wrong == ""
    assert {line.split()[0] for line in lines} == {"unknown"}


def test_every_sweep_of_instants_says_what_it_hasnt_done():
    assert [sweep.name for sweep in all_sweeps() if bool(sweep.due) != (sweep.undone is not None)] == []


@pytest.mark.parametrize("is_buffered", [True, False])
def test_a_command_whose_reader_has_enough_ends_without_a_word(is_buffered):
    """As `health | head` does: the reader is gone before anything is printed."""
    reads, writes = os.pipe()
    os.close(reads)
    env = {**os.environ, "PYTHONUNBUFFERED": "" if is_buffered else "1"}
    asked = [sys.executable, ROOT / "manage.py", "migrate", "--help"]
    ended = subprocess.run(asked, env=env, stdout=writes, stderr=subprocess.PIPE, text=True)
    os.close(writes)
    assert ended.stderr == ""
    assert ended.returncode == (0 if is_buffered else 141)
