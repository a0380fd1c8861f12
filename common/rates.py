"""How often something may be done: a counter per window in the cache."""

import logging

from django.core.cache import cache
from redis.exceptions import RedisError

from common import clock

log = logging.getLogger("wanliu.rates")


def seconds_left(window_s: int) -> int:
    """Seconds until the present window ends."""
    return window_s - int(clock.now().timestamp()) % window_s


def within_rate(key: str, *, most: int, window_s: int) -> bool:
    """Count one use of `key`; whether it is within `most` per window. A cache that is down lets it pass: it holds hints."""
    window = int(clock.now().timestamp()) // window_s
    try:
        cache.add(f"rate:{key}:{window}", 0, window_s + 5)
        return cache.incr(f"rate:{key}:{window}") <= most
    except (RedisError, ValueError) as error:
        log.warning("no rate limit: the cache does not answer (%s)", error)
        return True
