"""How often something may be done: a counter that ends with its window, in one round trip."""

from functools import partial
from hashlib import sha1
from typing import NamedTuple

from redis.exceptions import NoScriptError

from common.hint_server import client, hint_server
from common.metering import noting


class Rate(NamedTuple):
    """How much of a window's uses is spent."""

    most: int
    used: int
    resets_in_s: int

    @property
    def wait_s(self) -> int:
        """0 within the rate, else the seconds until it counts anew."""
        return self.resets_in_s if self.used > self.most else 0

    def headers(self) -> dict[str, str]:
        """What a client may still do: uses per window, those that are left, seconds until it counts anew."""
        return {
            "RateLimit-Limit": str(self.most),
            "RateLimit-Remaining": str(max(0, self.most - self.used)),
            "RateLimit-Reset": str(self.resets_in_s),
        }


def count_use(key: str, *, most: int, window_s: int, uses: int = 1) -> Rate | None:
    """Count so many uses of `key`. None while the server is down: it holds hints, not the truth."""
    counted = hint_server.ask(partial(_count, f"rate:{key}", window_s, uses), instead=None)
    if counted is None:
        return None
    used, left = counted
    if used > most:
        noting.limit_reached(key.partition(":")[0])
    return Rate(most, used, max(1, left))


def over_rate(key: str, *, most: int, window_s: int, uses: int = 1) -> int:
    """Count so many uses of `key`; 0 when it is within `most` per window, else the seconds until it counts anew.

    A server that is down lets everything pass.
    """
    rate = count_use(key, most=most, window_s=window_s, uses=uses)
    return rate.wait_s if rate else 0


# A window begins with its first use, and its counter can't be left without an end.
_COUNT = """
local count = redis.call('INCRBY', KEYS[1], ARGV[2])
local left = redis.call('TTL', KEYS[1])
if left < 0 then
    redis.call('EXPIRE', KEYS[1], ARGV[1])
    left = tonumber(ARGV[1])
end
return {count, left}
"""
_DIGEST = sha1(_COUNT.encode(), usedforsecurity=False).hexdigest()


def _count(name: str, window_s: int, uses: int) -> tuple[int, int]:
    """Uses within the running window, these included, and the seconds that are left of it."""
    try:
        count, left = client().evalsha(_DIGEST, 1, name, window_s, uses)
    except NoScriptError:  # the server is new, or was emptied
        count, left = client().eval(_COUNT, 1, name, window_s, uses)
    return count, left
