"""So many calls a minute for a store with all its keys, and for a marketplace's key."""

from rest_framework.throttling import SimpleRateThrottle

from common.rates import count_use
from common.web.address_limits import note_rate


class KeyThrottle(SimpleRateThrottle):
    """The rate is API_RATE; beyond it 429 with Retry-After. A counter, not DRF's list of every call."""

    scope = "key"

    def allow_request(self, request, view) -> bool:
        """Whether the call may go on; calls without a key are refused anyway. One that is answered anew counts once."""
        call = request._request
        if not hasattr(call, "waits_s"):
            call.waits_s = self.count(request)
        self.left = call.waits_s
        return not self.left

    def count(self, request, uses: int = 1) -> int:
        """Count so many uses of the caller's rate; 0 within it, else the seconds until it counts anew."""
        if request.user is None or self.rate is None or not uses:
            return 0
        rate = count_use(request.user.owner, most=self.num_requests, window_s=self.duration, uses=uses)
        note_rate(request._request, rate)
        return rate.wait_s if rate else 0

    def wait(self) -> int:
        """Seconds until it counts anew."""
        return self.left
