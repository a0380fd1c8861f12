"""Failed calls are counted on the hint server: one round trip each, whoever floods us, and none for a call that works.

Of each store and hour there is a hash, kind → how often, since and until when, and the last call's id; it holds few
kinds, and counts the rest as one. Nothing is taken out of it: what a sweep has read it may read again, and write down
the same. It ends a day later by itself.
"""

import json
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from common.hint_server import client, hint_server
from webhooks.failed_calls.kinds import OTHERS, CallKind, kind_read

MOST_KINDS = 50  # of one store in one hour, those beyond aside
KEPT_FOR_S = 24 * 3600
_DUE, _TURN = "failed-calls:due", "failed-calls:turn"

_COUNT = """
local kind = ARGV[1]
if redis.call('HEXISTS', KEYS[1], kind) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[6]) then
    kind = ARGV[2]
end
local told = redis.call('HGET', KEYS[1], kind)
local row = told and cjson.decode(told) or {times = 0, first_at = ARGV[3]}
row.times, row.last_at, row.request_id = row.times + 1, ARGV[3], ARGV[4]
redis.call('HSET', KEYS[1], kind, cjson.encode(row))
redis.call('EXPIRE', KEYS[1], ARGV[7])
redis.call('ZADD', KEYS[2], redis.call('INCR', KEYS[3]), ARGV[5])
"""
_FORGET_DUE = """
if redis.call('ZSCORE', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('ZREM', KEYS[1], ARGV[1]) end
"""


class Counter(NamedTuple):
    """A store's failed calls of one hour: what they are counted under, and how far counting had come."""

    store_id: int
    hour: datetime
    turn: int

    @property
    def name(self) -> str:
        """`12:494012`: the store, and the hours since 1970."""
        return f"{self.store_id}:{int(self.hour.timestamp()) // 3600}"


class Counted(NamedTuple):
    """How often there was a call of a kind, and when first and last; the id is the last one's."""

    kind: CallKind
    times: int
    first_at: datetime
    last_at: datetime
    request_id: str


def count_failed_call(store_id: int, kind: CallKind, *, at: datetime, request_id: str) -> None:
    """Count one. Lost while the server is down: it is for people who look for what is wrong."""
    counter = Counter(store_id, at.replace(minute=0, second=0, microsecond=0), 0)
    told = [kind.as_text(), OTHERS.as_text(), at.isoformat(), request_id, counter.name, MOST_KINDS, KEPT_FOR_S]
    hint_server.ask(lambda: _script(_COUNT)(keys=[_hash(counter.name), _DUE, _TURN], args=told), instead=None)


def due_counters(most: int) -> list[Counter]:
    """Up to so many of those that have counted since they were written down, the longest waiting first."""
    found = hint_server.ask(lambda: client().zrange(_DUE, 0, most - 1, withscores=True), instead=[])
    return [_counter(name.decode(), int(turn)) for name, turn in found]


def counted(counter: Counter) -> list[Counted]:
    """What it has counted so far."""
    found = hint_server.ask(lambda: client().hgetall(_hash(counter.name)), instead={})
    return [_counted(kind.decode(), json.loads(told)) for kind, told in found.items()]


def written_down(counter: Counter) -> None:
    """It is due no more, unless it has counted since it was found due."""
    hint_server.ask(lambda: _script(_FORGET_DUE)(keys=[_DUE], args=[counter.name, counter.turn]), instead=None)


def _counter(name: str, turn: int) -> Counter:
    store_id, _colon, hours = name.partition(":")
    return Counter(int(store_id), datetime.fromtimestamp(int(hours) * 3600, UTC), turn)


def _counted(kind: str, told: dict) -> Counted:
    first_at, last_at = (datetime.fromisoformat(told[name]) for name in ("first_at", "last_at"))
    return Counted(kind_read(kind), int(told["times"]), first_at, last_at, told["request_id"])


def _hash(name: str) -> str:
    return f"failed-calls:{name}"


@cache
def _script(text: str):
    return client().register_script(text)
