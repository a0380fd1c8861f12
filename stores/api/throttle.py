"""So many calls a minute per key. A cache that is down lets calls through: it carries hints, not the truth."""

import logging

from redis.exceptions import RedisError
from rest_framework.throttling import SimpleRateThrottle

log = logging.getLogger("wanliu.api")


class KeyThrottle(SimpleRateThrottle):
    """The rate is API_RATE; beyond it 429 with Retry-After."""

    scope = "key"

    def get_cache_key(self, request, view):
        """One counter per key; calls without a key are refused anyway."""
        return f"throttle:{request.user.pk}" if request.user is not None else None

    def allow_request(self, request, view) -> bool:
        """Whether the call may go on."""
        try:
            return super().allow_request(request, view)
        except RedisError as error:
            log.warning("throttling is off: the cache does not answer (%s)", error)
            return True
