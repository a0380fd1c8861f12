"""So many calls a minute for a store with all its keys, and for a marketplace's key."""

from rest_framework.throttling import SimpleRateThrottle

from common.rates import over_rate


class KeyThrottle(SimpleRateThrottle):
    """The rate is API_RATE; beyond it 429 with Retry-After. A counter, not DRF's list of every call."""

    scope = "key"

    def allow_request(self, request, view) -> bool:
        """Whether the call may go on; calls without a key are refused anyway."""
        self.left = 0
        if request.user is not None and self.rate is not None:
            self.left = over_rate(request.user.owner, most=self.num_requests, window_s=self.duration)
        return not self.left

    def wait(self) -> int:
        """Seconds until it counts anew."""
        return self.left
