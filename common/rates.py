"""How often something may be done: a counter that ends with its window, in one round trip."""

from functools import partial
from hashlib import sha1

from redis.exceptions import NoScriptError

from common.hint_server import client, hint_server


def over_rate(key: str, *, most: int, window_s: int, uses: int = 1) -> int:
    """Count so many uses of `key`; 0 when it is within `most` per window, else the seconds until it counts anew.

    A server that is down lets everything pass: it holds hints, not the truth.
    """
    count, left = hint_server.ask(partial(_count, f"rate:{key}", window_s, uses), instead=(0, 0))
    return max(1, left) if count > most else 0


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
