"""Wrong passwords: a person is locked from one address, and an address that tries many names as a whole."""

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.db.models import Sum

MOST_FROM_AN_ADDRESS = 30  # an office behind one address mistypes, too


class SignInHandler(AxesDatabaseHandler):
    """axes locks (name, address); this one also sums up what an address has tried with all names."""

    def is_locked(self, request, credentials=None) -> bool:
        """Whether no further try is taken now."""
        return super().is_locked(request, credentials) or self._tried(request) >= MOST_FROM_AN_ADDRESS

    @staticmethod
    def _tried(request) -> int:
        recent = AccessAttempt.objects.filter(
            ip_address=request.axes_ip_address, attempt_time__gte=get_cool_off_threshold(request)
        )
        return recent.aggregate(tried=Sum("failures_since_start"))["tried"] or 0
