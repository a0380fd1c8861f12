"""Sees every answer of the API, and counts those that a store's program did wrong with, or we did."""

import structlog

from common import clock
from webhooks.failed_calls.counting import count_failed_call
from webhooks.failed_calls.kinds import kind_of_call


class FailedCallMiddleware:
    """Counts answers of 400 and above to whoever has shown the secret of a store's key, expired ones among them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """The answer."""
        response = self.get_response(request)
        key = getattr(request, "called_with", None)
        if response.status_code >= 400 and key is not None and key.store_id is not None:
            request_id = structlog.contextvars.get_contextvars().get("request_id", "")
            kind = kind_of_call(request, response, key.prefix)
            count_failed_call(key.store_id, kind, at=clock.wall(), request_id=request_id)
        return response
