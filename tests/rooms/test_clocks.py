"""A process whose clock isn't PostgreSQL's says so and does nothing that is due; what a fast clock did heals."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from celery.exceptions import Ignore
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from common import clock_check, heartbeats
from common.clock_check import seconds_ahead, seconds_off
from common.tasks import heartbeat
from config.beat import TellingScheduler
from payments import tasks
from payments.models import Reconciliation
from tests.world import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_has_looked(monkeypatch):
    monkeypatch.setattr(clock_check, "_last", None)


def off(**by) -> time_machine.travel:
    """This process's clock goes wrong by a timedelta's arguments."""
    return time_machine.travel(datetime.now(UTC) + timedelta(**by), tick=True)


def test_a_right_clock_is_right():
    assert seconds_ahead() == seconds_off() == 0


@pytest.mark.parametrize(("by", "words"), [({"days": 1}, "86400 s ahead of"), ({"seconds": -90}, "90 s behind")])
def test_a_wrong_clock_is_told(by, words):
    with off(**by):
        assert clock_check.beside_postgresqls(seconds_off()).startswith(words)
        [(process, ahead)] = heartbeats.wrong_clocks().items()
        assert abs(ahead - timedelta(**by).total_seconds()) <= 1
        printed = io.StringIO()
        with pytest.raises(CommandError, match="2 failing"):
            call_command("health", "clocks", stdout=printed)
        lines = printed.getvalue().splitlines()
        assert [line.split(":")[0] for line in lines] == ["failing  clock    here", f"failing  clock    {process}"]
        assert all(words in line for line in lines)


def test_it_is_asked_every_few_seconds_only(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [seconds_off() for _ in range(3)] == [0, 0, 0]


def test_a_web_process_with_a_wrong_clock_is_not_ready():
    heartbeats.note_worker("a@one", ["celery"])
    assert Client().get("/readyz").json()["clock"] == "ok"
    with off(minutes=2):
        answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["clock"], answer.json()["database"]) == (503, "failing", "ok")


def test_no_task_of_a_worker_is_done_by_a_wrong_clock():
    heartbeat.push_request(called_directly=False, is_eager=False)
    try:
        with off(hours=1), pytest.raises(Ignore):
            heartbeat()
        assert heartbeats.beat_is_heard() is False
        clock_check._last = None
        heartbeat()
        assert heartbeats.beat_is_heard() is True
    finally:
        heartbeat.pop_request()


def test_beat_asks_for_nothing_by_a_wrong_clock(monkeypatch):
    asked = []
    monkeypatch.setattr("celery.beat.PersistentScheduler.tick", lambda self: asked.append(1) or 5.0)
    beat = TellingScheduler.__new__(TellingScheduler)
    assert beat.tick() == 5.0
    clock_check._last = None
    with off(days=-1):
        assert beat.tick() < 5.0
    assert asked == [1]


@pytest.mark.parametrize("is_production", [True, False])
def test_the_command_sweeps_by_a_wrong_clock_only_where_things_are_tried(settings, is_production):
    settings.PRODUCTION = is_production
    printed = io.StringIO()
    with off(hours=37):
        if is_production:
            with pytest.raises(CommandError, match=r"Nothing was done: .* ahead of PostgreSQL's"):
                call_command("sweep", stdout=printed)
        else:
            call_command("sweep", stdout=printed)
    assert bool(printed.getvalue()) is not is_production


def test_a_statement_that_a_fast_clock_compared_is_compared_again(clock, taote):
    clock.move(days=1)
    tasks.reconcile_yesterday()  # a day that isn't over
    early = Reconciliation.objects.get()
    clock.move(hours=-11)  # its midnight is over by a right clock
    for _ in range(2):
        tasks.reconcile_yesterday()
    again = Reconciliation.objects.get(date=early.date)
    assert again.pk != early.pk
    assert again.created_at < early.created_at
    tasks.reconcile_yesterday()
    assert Reconciliation.objects.get(date=early.date).pk == again.pk


@pytest.mark.parametrize(
    ("ahead", "language", "said"),
    [(86400.0, "en", "is 86,400 seconds fast."), (-90.0, "zh-hans", "的时钟慢 90 秒")],
)
def test_operators_see_it_at_the_desk(ahead, language, said):
    heartbeats.note_wrong_clock("7@machine", ahead)
    page = overview(make_user("operator", operator=True), language)
    assert said in page
    assert "7@machine" in page


def test_merchants_dont_see_it(taote):
    heartbeats.note_wrong_clock("7@machine", 86400.0)
    assert "7@machine" not in overview(make_user("agent", shop=taote), "en")


def overview(user, language: str) -> str:
    client = Client(headers={"Accept-Language": language})
    client.force_login(user)
    with translation.override(language):
        return client.get("/admin/").content.decode()
