"""So many calls a minute per key. A cache that is down lets calls through: it carries hints, not the truth."""

import logging
from functools import lru_cache

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError
from rest_framework.throttling import SimpleRateThrottle

log = logging.getLogger("wanliu.api")


@lru_cache
def _redis() -> Redis:
    """The cache's server. Django's cache can't count and set an expiry in one round trip."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


class KeyThrottle(SimpleRateThrottle):
    """The rate is API_RATE; beyond it 429 with Retry-After.

    One counter per key, which ends with the rate's duration after its first call: counting is one round trip, however
    many calls there were.
    """

    scope = "key"

    def get_cache_key(self, request, view):
        """One counter per key; calls without a key are refused anyway."""
        return f"throttle:{request.user.pk}" if request.user is not None else None

    def allow_request(self, request, view) -> bool:
        """Whether the call may go on."""
        key = self.get_cache_key(request, view)
        if key is None or self.rate is None:
            return True
        try:
            counting = _redis().pipeline(transaction=False)
            counting.set(key, 0, ex=self.duration, nx=True).incr(key).ttl(key)
            _, count, self.left = counting.execute()
            return count <= self.num_requests
        except RedisError as error:
            log.warning("throttling is off: the cache does not answer (%s)", error)
            return True

    def wait(self) -> float:
        """Seconds until it counts anew."""
        return self.left
