"""Up to where a session or a key has written: what the replica must have passed before it may answer them.

A call that may write is announced before it begins and noted once it has committed, before it is answered: whoever
died in between leaves the announcement, and that session or key reads from the primary until nothing that began then
can be under way any more (LIVES_S), however much it writes meanwhile. Notes lie with the hint server;
one that was emptied, replaced or begun anew knows nothing, so for a while nobody believes it that there is no note.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from hashlib import blake2b
from uuid import uuid4

from django.conf import settings
from django.db import Error

from common.hint_server import client, hint_server
from common.replica.standing import wait_for_replica, written_up_to

LIVES_S = 300  # longer than any request
UNDER_WAY = "?"  # and since when, in seconds
NOBODY_KNOWS = -1

_READ = """
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local now = tonumber(redis.call('TIME')[1])
local since = redis.call('HGET', KEYS[2], run)
if not since then
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[2], run, now)
  since = now
end
if now - tonumber(since) < tonumber(ARGV[1]) then return false end
local told, found = {}, redis.call('HGETALL', KEYS[1])
for at = 1, #found, 2 do
  local begun = tonumber(string.match(found[at + 1], '^?(%d+)$'))
  if begun and now - begun > tonumber(ARGV[2]) then
    redis.call('HDEL', KEYS[1], found[at])
  else
    told[#told + 1] = found[at + 1]
  end
end
return told
"""
_BEGUN = """
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. redis.call('TIME')[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""
_DONE = """
redis.call('HDEL', KEYS[1], ARGV[1])
local noted = redis.call('HGET', KEYS[1], 'position')
if not noted or noted < ARGV[2] then redis.call('HSET', KEYS[1], 'position', ARGV[2]) end
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""
_SINCE = "wrote-since"

_acted: ContextVar[bool] = ContextVar("wanliu_acted", default=False)


def who_is(kind: str, secret: str) -> str:
    """What a session's or key's notes are kept under; nothing can be learnt from it."""
    return blake2b(secret.encode(), digest_size=16, person=kind.encode()).hexdigest()


def note_act() -> None:
    """An action runs in this request: it writes, whatever its method."""
    _acted.set(True)


@contextmanager
def noticing() -> Iterator["Noticed"]:
    """Notice within the block whether actions run."""
    token = _acted.set(False)
    try:
        yield Noticed()
    finally:
        _acted.reset(token)


class Noticed:
    """What was noticed."""

    @property
    def acted(self) -> bool:
        """Whether an action ran."""
        return _acted.get()


def announce(who: str) -> str:
    """Somebody is about to write; returns a mark of it, for `note_write`."""
    mark = uuid4().hex

    hint_server.ask(partial(client().eval, _BEGUN, 1, _key(who), mark, UNDER_WAY, LIVES_S), instead=None)
    return mark


def note_write(who: str, mark: str = "") -> None:
    """They may have written, and it is committed. What can't be noted is waited for."""
    try:
        position = written_up_to()
    except Error:  # committed, and nobody can say where: whoever asks is answered by the primary
        announce(who)
        return
    tell = partial(client().eval, _DONE, 1, _key(who), mark, _text(position), LIVES_S)
    if hint_server.ask(tell, instead=None) is None:
        wait_for_replica(position)


def position_for(who: str) -> int:
    """What the replica must have passed before it may answer them, 0 for anything; NOBODY_KNOWS when in doubt."""
    doubtful_s = 2 * settings.REPLICA_MOST_LAG_S + 5
    ask = partial(client().eval, _READ, 2, _key(who), _SINCE, doubtful_s, LIVES_S)
    told = hint_server.ask(ask, instead=None)
    if told is None or any(text.startswith(UNDER_WAY.encode()) for text in told):
        return NOBODY_KNOWS
    return max((int(text, 16) for text in told), default=0)


def _key(who: str) -> str:
    return f"wrote:{who}"


def _text(position: int) -> str:
    """Such that the order of texts is that of positions."""
    return f"{position:016x}"
