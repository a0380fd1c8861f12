"""What the URL resolver knows: every route, whoever registered it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, URLResolver, get_resolver

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
API = "/api/v1/"
ADMIN = "/admin/"


@dataclass(frozen=True)
class Route:
    """One address: `/api/v1/orders/<number>/ship/`, and the view behind it."""

    path: str
    pattern: URLPattern

    @property
    def actions(self) -> dict[str, str]:
        """Verb → action, for a view set. Whatever can be read can be asked for by HEAD."""
        declared = getattr(self.pattern.callback, "actions", None) or {}
        actions = {verb.upper(): action for verb, action in declared.items()}
        return {"HEAD": actions["GET"], **actions} if "GET" in actions else actions


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[Route]:
    """Every route of the project, depth first."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        else:
            yield Route(re.sub(r"<\w+:(\w+)>", r"<\1>", simplify_regex(path)), pattern)


def routes_under(prefix: str) -> list[Route]:
    """The routes that begin like this."""
    return [route for route in routes() if route.path.startswith(prefix)]
