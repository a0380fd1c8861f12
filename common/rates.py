"""How often something may be done: a counter in Redis that ends with its window, in one round trip."""

import logging
from functools import lru_cache

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger("wanliu.rates")


@lru_cache
def _redis() -> Redis:
    """The cache's server. Django's cache can't count and set an expiry in one round trip."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def over_rate(key: str, *, most: int, window_s: int) -> int:
    """Count one use of `key`; 0 when it is within `most` per window, else the seconds until it counts anew.

    A server that is down lets everything pass: it holds hints, not the truth.
    """
    name = f"rate:{key}"
    try:
        counting = _redis().pipeline(transaction=False)
        counting.set(name, 0, ex=window_s, nx=True).incr(name).ttl(name)
        _, count, left = counting.execute()
    except RedisError as error:
        log.warning("no rate limit: the cache does not answer (%s)", error)
        return 0
    return max(1, left) if count > most else 0
