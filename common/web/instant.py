"""One instant per request: what a page says about time agrees with itself, and with the action that it leads to."""

from common import clock


class OneInstantMiddleware:
    """Reads the clock once, as `request.now`; whoever asks the clock while the request is answered is told the same.

    `request.came_at` stays what it is where a sandbox's own clock takes the place of everybody's (stores.instants).
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """The answer."""
        request.now = request.came_at = clock.now()
        with clock.at(request.now):
            return self.get_response(request)
