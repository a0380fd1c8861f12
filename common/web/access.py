"""One line in the log per answered request, and an id by which every line of the request is found.

What stands in an address (a buyer's secret link, a name that was searched for, a key in the wrong place) is in no line:
a request is told by its route.
"""

import logging
import re
from time import perf_counter

import structlog
from django.conf import settings
from django.urls import Resolver404, resolve

from common.metering import noting, tracing
from common.metering.statements import statements
from common.request_ids import HEADER, request_id_of

log = structlog.get_logger("wanliu.access")

NO_ROUTE = "-"
LONGEST_REFUSAL = 200
_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")


class AccessLogMiddleware:
    """Takes the caller's X-Request-ID if it is sane, else makes one; answers it, and writes the line."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """The answer, with its id."""
        request_id = request_id_of(request.headers.get(HEADER, ""))
        # Bound until the next request of this thread begins: an answer may still be streaming when we return it.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began_at, sent = perf_counter(), statements()
        with tracing.span("request", kind="server", **{"wanliu.request_id": request_id}) as span:
            response = self.get_response(request)
            took, route, sent = perf_counter() - began_at, route_of(request), statements() - sent
            span.say(
                **{
                    "http.request.method": noting.known_method(request.method),
                    "http.route": route,
                    "http.response.status_code": response.status_code,
                    "wanliu.statements": sent,
                }
            )
        log.info("answered", method=request.method, route=route, status=response.status_code, ms=round(took * 1000, 1))
        noting.call_answered(route, request.method, response.status_code, took, sent)
        response[HEADER] = request_id
        return response


def note(**facts: str) -> None:
    """What the lines of the request say from here on, such as the store's code. Never anything about a person."""
    structlog.contextvars.bind_contextvars(**facts)


def route_of(request) -> str:
    """The pattern that the address fits, without what fills it: `api/v1/orders/<number>/`; `-` when it fits none."""
    if request.path_info.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
        return settings.STATIC_URL
    try:
        match = request.resolver_match or resolve(request.path_info)
    except Resolver404:
        return NO_ROUTE
    return _GROUP.sub(r"<\1>", match.route).replace("^", "").replace("$", "")


class RouteForAddress(logging.Filter):
    """Puts the route where Django's own lines name the request's address."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True."""
        path = getattr(getattr(record, "request", None), "path", "")
        if len(path) > 1 and isinstance(record.args, tuple):
            route = route_of(record.request)  # type: ignore[attr-defined]
            for said in (path, path.encode("unicode_escape").decode("ascii")):  # Django escapes what isn't ASCII
                record.args = tuple(arg.replace(said, route) if isinstance(arg, str) else arg for arg in record.args)
        return True


class BriefRefusals(logging.Filter):
    """Keeps Django's lines about requests that it refused short: who forges a header fills no disk with tracebacks."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True."""
        if record.name.startswith("django.security"):
            record.msg, record.args, record.exc_info = record.getMessage()[:LONGEST_REFUSAL], (), None
        return True
