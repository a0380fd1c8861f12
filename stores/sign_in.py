"""Wrong passwords: a person is locked from one address, and an address that tries many names as a whole."""

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_failure_limit
from axes.models import AccessAttempt
from django.db.models import Sum

MOST_FROM_AN_ADDRESS = 30  # an office behind one address mistypes, too


class SignInHandler(AxesDatabaseHandler):
    """axes locks (name, address); this one also sums up what an address has tried with all names."""

    def get_failures(self, request, credentials=None) -> int:
        """How many tries of this name failed; as many as lock it when the address has failed too often at all."""
        failures = super().get_failures(request, credentials)
        if self._tried(request) >= MOST_FROM_AN_ADDRESS:
            return max(failures, get_failure_limit(request, credentials))
        return failures

    @staticmethod
    def _tried(request) -> int:
        recent = AccessAttempt.objects.filter(
            ip_address=request.axes_ip_address, attempt_time__gte=get_cool_off_threshold(request)
        )
        return recent.aggregate(tried=Sum("failures_since_start"))["tried"] or 0
