"""Which server is read as a replica, and until when, by positions that no server has told."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import MiddlewareNotUsed

from common.replica import standing
from common.replica.standing import NoReplica
from common.replica.turns import Behind, Turn
from common.web.replica import ReplicaMiddleware
from tests.cases import for_each

OURS = 77


@pytest.fixture
def servers(monkeypatch):
    """What the two of them answer: the primary its position, the replica its own, its cluster and an age."""
    told = {"primary": (100, OURS), "replica": (100, OURS, 0.5)}
    monkeypatch.setattr(standing, "replica_connection", lambda: SimpleNamespace(close=lambda: None))
    monkeypatch.setattr(
        standing, "_row", lambda _server, sql: told["primary" if sql == standing._PRIMARY else "replica"]
    )
    monkeypatch.setattr(standing, "MEASURED_S", 0)
    return told


@for_each(
    ("replica", "why"),
    [
        ((100, OURS + 1, 0.5), "of another cluster"),
        ((None, OURS, 0.5), "no replica, or promoted"),
        ((99, OURS, None), "replayed nothing since it began"),
    ],
)
def test_what_does_not_follow_this_primary_is_none(servers, replica, why):
    servers["replica"] = replica
    with pytest.raises(NoReplica, match=why):
        standing.measured_lag_s()


def test_one_that_shows_everything_is_not_behind_and_another_by_the_age_of_what_it_shows(servers):
    assert standing.measured_lag_s() < 0.5
    servers["replica"] = (99, OURS, 7.5)
    assert standing.measured_lag_s() == 7.5


@for_each(("replayed", "is_behind"), [(None, True), (9, True), (10, False), (11, False)])
def test_nothing_is_read_where_the_readers_own_writes_are_not_shown(replayed, is_behind):
    turn = Turn(10, None, None)
    if is_behind:
        with pytest.raises(Behind):
            turn.check(replayed)
    else:
        turn.check(replayed)
    assert turn.failed == is_behind


def test_where_there_is_no_replica_no_call_is_looked_at(settings):
    settings.REPLICA_DATABASE = ""
    with pytest.raises(MiddlewareNotUsed):
        ReplicaMiddleware(lambda request: None)
