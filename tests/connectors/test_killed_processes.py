"""Whole histories over real processes: ours are killed with -9, the fake is one of its own, and every mischief is on.

`CONNECTOR_HISTORY=500` draws as many refunds for each platform (docs/connectors.md has the command); the short form is
the same with few.
"""

import logging
import os
from collections import Counter
from random import Random

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from common.models import Event
from connectors.copies import copy_from_json
from connectors.port import RefundStage, Verb
from connectors.states import UNDER_WAY, SendingStatus
from connectors.working import work_on_shops
from tests.books import amiss
from tests.concurrency.crash import Moment, crash_at, every_crash
from tests.concurrency.process import KILLED, processes
from tests.connectors.histories import MARKETPLACES, History, outside
from tests.connectors.test_long_histories import told_by, truth
from tests.world import make_shop

REFUNDS = int(os.environ.get("CONNECTOR_HISTORY", "16"))
SEED = os.environ.get("CONNECTOR_HISTORY_SEED", "1")
KEY = Fernet.generate_key().decode()  # without one only an embedded database has secrets sealed
IS_LONG = REFUNDS > 100
ROUNDS = max(3, REFUNDS // 25)
PAYING = (Verb.AGREE_REFUND, Verb.CONFIRM_RECEIPT)


@pytest.fixture(scope="module")
def workers(django_db_setup):
    """Processes that work on this test run's database, and may die."""
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    with processes(DATABASE_URL=f"{server}/{connection.settings_dict['NAME']}", CONNECTOR_KEYS=KEY) as jobs:
        yield jobs


@pytest.fixture(params=MARKETPLACES)
def history(request, transactional_db, clock, broker_tasks, workers, caplog, settings):
    """A shop that is connected to a fake in another process."""
    settings.CONNECTOR_KEYS = [KEY]
    with caplog.at_level(logging.CRITICAL, "wanliu"), outside(request.param) as fake:
        history = History(
            fake, make_shop(MARKETPLACES[request.param]), clock, workers, Random(f"{request.param} {SEED}")
        )
        history.move(minutes=1)
        history.connect()
        yield history


def test_whatever_dies_the_mirror_ends_with_the_truth_and_no_decision_is_done_twice(history, live_server):
    history.live(REFUNDS // 2, 0)
    history.finish()
    for _ in range(ROUNDS):
        history.live(REFUNDS // 2 // ROUNDS, REFUNDS // 4 // ROUNDS)
        history.decide(4)
        history.move(minutes=5)
        history.disturb(2)
        history.push(live_server.url)
        for _ in range(3):
            history.work_and_die()
            history.decide(2)
    history.finish()

    assert history.counts[KILLED] >= ROUNDS, history.counts
    assert_mirror_is_the_truth(history)
    assert_decided_once_or_told(history)
    assert amiss() == {}
    print(history.fake.name, REFUNDS, dict(history.counts), Counter(str(each.status) for each in history.decisions()))


def assert_mirror_is_the_truth(history: History) -> None:
    there = {truth(history.fake.name, fields) for fields in history.fake.tell("refunds")}
    here = {told_by(copy_from_json(row.copy)) for row in history.rows()}
    shop = history.connection
    assert here == there, (shop.status, shop.told, shop.last_error, shop.cursor, history.now, shop.next_attempt_at)
    assert {row.problem for row in history.rows()} == {""}


def assert_decided_once_or_told(history: History) -> None:
    """What pays was done once for each confirmation, nothing more often than was decided, and each no was told."""
    done = Counter(refund for refund, _call in history.fake.tell("decided"))
    decisions = history.decisions()
    left = [each for each in decisions if each.status in UNDER_WAY and not each.needs_attention]
    # Done, and asked for anew before it was read: the copies don't tell, and after some more looks a person is called.
    stages = {row.platform_id: row.stage for row in history.rows()}
    anew = [each for each in left if each.status == "sent" and stages[each.platform_id] == each.seen["stage"]]
    assert all(done[each.platform_id] for each in anew)
    others = {each.status for each in left if each not in anew}
    assert others <= {SendingStatus.BY_HAND}, "the others are done, or a person is called"
    may_be_done = Counter(each.platform_id for each in decisions if each.status in ("confirmed", "moved_on", "sent"))
    assert {refund: times for refund, times in done.items() if times > may_be_done[refund]} == {}
    paid = Counter(each.platform_id for each in decisions if each.status == "confirmed" and each.verb in PAYING)
    assert {refund: times for refund, times in paid.items() if done[refund] < times} == {}
    assert sum(done.values()) > 0
    refused = Counter(each.refund_id for each in decisions if each.status in ("refused", "moved_on", "dropped"))
    with history.shop.scope():
        told = Counter(Event.objects.filter(name="refund.decision_refused").values_list("topic_id", flat=True))
    assert told == refused


@pytest.mark.parametrize("history", ["taobao"], indirect=True)
def test_a_turn_that_sends_and_pulls_is_killed_before_its_commits(history):
    """Before every other one; in the long form around every statement. What was done is found, what wasn't is done."""
    history.fake.tell("refunds", {"at": history.now.isoformat()})
    history.finish()

    def prepare() -> None:
        """A decision about the refund that came last waits to be sent, and a new one to be pulled."""
        [undecided] = [row for row in history.rows() if row.stage == RefundStage.ASKED]
        history.fake.tell("refunds", {"at": history.now.isoformat()})
        history.move(minutes=5)
        assert history.hand_over(undecided, Verb.AGREE_REFUND)

    prepare()
    with crash_at(None) as steps:
        assert work_on_shops(ids=[history.connection.pk])
    kills = every_crash(len(steps)) if IS_LONG else ((commit, Moment.BEFORE) for commit in steps.commits()[1::2])
    for step, moment in kills:
        prepare()
        told = {"at": history.now, "connection_id": history.connection.pk}
        history.counts[history.processes.run("shop", step=step, moment=moment, **told)] += 1
        history.recover()
        work_on_shops(ids=[history.connection.pk])
    history.finish()

    assert_mirror_is_the_truth(history)
    decisions = history.decisions()
    assert history.counts[KILLED] >= 0.8 * (len(decisions) - 1), "the last turns may have been shorter than the first"
    assert {each.status for each in decisions} == {"confirmed"}
    assert Counter(refund for refund, _call in history.fake.tell("decided")) == {
        each.platform_id: 1 for each in decisions
    }
