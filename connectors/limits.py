"""How often platforms are asked: token buckets and bans in Valkey, for each shop, application and call.

    with pacing(platform, shop) as pace: …        every `http.send` inside waits for room, or is Throttled unasked

A bucket holds a small share of what a limit allows and is filled with the rest over its time, so that no stretch of
that time ever sees more calls than the limit: what it holds and what comes in meanwhile are the limit together, but for
as much again, which calls that overtake each other on the way may use up. Where a single call takes longer than anybody
waits, half is held, since such calls come at once or not at all. Valkey counts for all workers together; while it
doesn't answer each process counts for itself. A ban ("N more seconds") holds for the shop and the call that met it and
for nobody else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from math import ceil
from threading import Lock
from time import monotonic, sleep

from common.hint_server import client, hint_server
from common.sentences import sentence as _
from connectors.port import Limit, LimitScope, Platform, Shop, Throttled

LONGEST_WAIT_S = 3.0  # within a call; who would wait for longer does something else meanwhile
HELD = 20  # a bucket holds one in so many of the calls that are allowed, and as many are left for what is on the way
BAN_S = 60  # where a platform throttles and doesn't say for how long

# How many calls were made in the last stretch of the limit's time, about, and how long to wait for the next (ms; 0:
# it was taken). By the server's own clock. Of the stretch before the one that runs the share is counted that is within.
_TAKE = """
local most, fill, take, span = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local held = redis.call('HMGET', KEYS[1], 'left', 'at', 'stretch', 'made', 'before')
local left = math.min(most, (tonumber(held[1]) or most) + math.max(0, now - (tonumber(held[2]) or now)) * fill)
local stretch, made, before = math.floor(now / span), tonumber(held[4]) or 0, tonumber(held[5]) or 0
local passed = stretch - (tonumber(held[3]) or stretch)
if passed ~= 0 then before, made = passed == 1 and made or 0, 0 end
local wait = 0
if left >= take then left = left - take; made = made + take else wait = math.ceil((take - left) / fill) end
if take > 0 then
  redis.call('HSET', KEYS[1], 'left', tostring(left), 'at', now, 'stretch', stretch, 'made', made, 'before', before)
  redis.call('PEXPIRE', KEYS[1], 2 * span + 1000)
end
return {math.ceil(made + before * (1 - now % span / span)), wait}
"""


class _InProcess:
    """The same buckets and bans in this process, for as long as Valkey doesn't answer."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float, int, int, int]] = {}
        self._bans: dict[str, float] = {}
        self._lock = Lock()

    def take(self, key: str, most: int, fill: float, calls: int, span: int) -> tuple[int, int]:
        """(calls made lately, milliseconds to wait); `fill` is calls per millisecond, `span` milliseconds."""
        with self._lock:
            now = monotonic() * 1000
            stretch = int(now // span)
            left, at, was, made, before = self._buckets.get(key, (most, now, stretch, 0, 0))
            left = min(most, left + (now - at) * fill)
            if was != stretch:
                made, before = 0, made if stretch - was == 1 else 0
            wait = 0 if left >= calls else ceil((calls - left) / fill)
            if calls:
                taken = calls if not wait else 0
                made += taken
                self._buckets[key] = (left - taken, now, stretch, made, before)
            return ceil(made + before * (1 - now % span / span)), wait

    def ban(self, key: str, seconds: int) -> None:
        """Nobody asks for so long."""
        with self._lock:
            self._bans = {each: until for each, until in self._bans.items() if until > monotonic()}
            self._bans[key] = monotonic() + seconds

    def banned_for(self, key: str) -> int:
        """Seconds that a ban goes on for; 0 without one."""
        return max(0, ceil(self._bans.get(key, 0) - monotonic()))


_here = _InProcess()


def bucket_of(limit: Limit) -> tuple[int, float]:
    """(how many calls its bucket holds, how many come in per millisecond)."""
    span = limit.per.total_seconds()
    waits = span / limit.calls <= LONGEST_WAIT_S
    most = max(1, limit.calls // (HELD if waits else 2))
    on_the_way = most if waits and limit.calls > HELD else 0
    return most, max(1, limit.calls - most - on_the_way) / (span * 1000)


class Pace:
    """The limits of one shop at one platform."""

    def __init__(self, platform: Platform, shop: Shop) -> None:
        self.platform = platform
        application = f"{platform.name}:{shop.base_url}:{shop.app_key}"
        nameless = sha256(shop.access_token.encode()).hexdigest()[:16]
        self._owners = {
            LimitScope.APPLICATION: application,
            LimitScope.SHOP: f"{application}:{shop.shop_id or nameless}",
        }
        self.last_call = ""

    def wait_for_room(self, call: str) -> None:
        """Return once `call` may be asked. Throttled when that takes longer than LONGEST_WAIT_S."""
        self.last_call = call
        if seconds := self._banned_for(call):
            raise Throttled(ours=_("We wait until the marketplace lets us ask again."), seconds=seconds)
        waited = 0.0
        for limit in self.platform.limits:
            while limit.call in ("", call) and (wait_ms := self._take(limit, 1)[1]):
                if waited + wait_ms / 1000 > LONGEST_WAIT_S:
                    words = _("So many calls were made that we wait, to stay within the marketplace's limits.")
                    raise Throttled(ours=words, seconds=ceil(wait_ms / 1000))
                waited += wait_ms / 1000
                sleep(wait_ms / 1000)

    def ban(self, seconds: int | None) -> int:
        """The last call was throttled: nobody asks it for this shop again for so long; returns how long."""
        seconds = seconds or BAN_S
        key = self._ban_key(self.last_call)
        kept = hint_server.ask(lambda: client().set(key, 1, ex=seconds), instead=None)
        if not kept:
            _here.ban(key, seconds)
        return seconds

    def calls_left(self) -> list[tuple[Limit, int]]:
        """Each limit with what is left of it: the calls that it allows in its time, less those made in that long."""
        return [(limit, max(0, limit.calls - self._take(limit, 0)[0])) for limit in self.platform.limits]

    def _take(self, limit: Limit, calls: int) -> tuple[int, int]:
        most, fill = bucket_of(limit)
        span = int(limit.per.total_seconds() * 1000)
        key = f"connectors:bucket:{self._owners[limit.scope]}:{limit.call}:{limit.calls}"
        answer = hint_server.ask(lambda: client().eval(_TAKE, 1, key, most, repr(fill), calls, span), instead=None)
        if answer is None:
            return _here.take(key, most, fill, calls, span)
        return int(answer[0]), int(answer[1])

    def _banned_for(self, call: str) -> int:
        key = self._ban_key(call)
        left = hint_server.ask(lambda: client().ttl(key), instead=None)
        return max(left or 0, _here.banned_for(key))

    def _ban_key(self, call: str) -> str:
        return f"connectors:ban:{self._owners[LimitScope.SHOP]}:{call}"


_pace: ContextVar[Pace | None] = ContextVar("wanliu_pace", default=None)


@contextmanager
def pacing(platform: Platform, shop: Shop) -> Iterator[Pace]:
    """Every call inside keeps to the limits of this shop; one that is throttled all the same is not repeated soon."""
    pace = Pace(platform, shop)
    token = _pace.set(pace)
    try:
        yield pace
    finally:
        _pace.reset(token)


def platform_asked() -> str:
    """The name of the platform that is being asked; empty outside of `pacing`."""
    pace = _pace.get()
    return pace.platform.name if pace else ""


def wait_for_room(call: str) -> None:
    """Keep to the limits of the shop that is being asked, if any. Throttled."""
    pace = _pace.get()
    if pace is not None:
        pace.wait_for_room(call)
