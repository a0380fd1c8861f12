"""So many calls a minute per key."""

from rest_framework.throttling import SimpleRateThrottle

from common.rates import seconds_left, within_rate


class KeyThrottle(SimpleRateThrottle):
    """The rate is API_RATE; beyond it 429 with Retry-After. A counter, not DRF's list of every call."""

    scope = "key"

    def allow_request(self, request, view) -> bool:
        """Whether the call may go on; calls without a key are refused anyway."""
        if request.user is None:
            return True
        return within_rate(f"key:{request.user.pk}", most=self.num_requests, window_s=self.duration)

    def wait(self) -> int:
        """Seconds until the next call may work."""
        return seconds_left(self.duration)
