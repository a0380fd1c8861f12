"""The time that PostgreSQL may take for a request, by the way in."""

from common import time_limits

BY_PREFIX = {"/api/": time_limits.API_MS, "/admin/": time_limits.DESK_MS}


class TimeLimitMiddleware:
    """Sets the limit of the request's statements; views may ask for more (`time_limits.allow`)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """The answer."""
        limits = (limit for prefix, limit in BY_PREFIX.items() if request.path.startswith(prefix))
        with time_limits.within(next(limits, time_limits.PUBLIC_MS)):
            return self.get_response(request)
