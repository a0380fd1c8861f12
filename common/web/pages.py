"""Middleware that only people's pages need: the API has no session, no form, no message and nobody signed in."""

from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware

from common.web.sessions import SessionLimitMiddleware

API = "/api/"
PAGES_OF_API = "/api/v1/docs/"
# What a browser may do with an answer of the API that somebody opens in it: nothing.
POLICY_OF_API = "default-src 'none'; frame-ancestors 'none'"


def is_call(request) -> bool:
    """Whether a program calls, and no page is wanted."""
    return request.path_info.startswith(API) and not request.path_info.startswith(PAGES_OF_API)


class PagesOnly:
    """Lets calls pass by."""

    def __call__(self, request):
        """The answer."""
        return self.get_response(request) if is_call(request) else super().__call__(request)


class PageFiles(PagesOnly, WhiteNoiseMiddleware):
    """Static files."""


class PageSessions(PagesOnly, SessionMiddleware):
    """Sessions."""


class PageForms(PagesOnly, CsrfViewMiddleware):
    """Forms of other sites are refused. Views of the API are exempt: a browser sends no key on its own."""


class PagePeople(PagesOnly, AuthenticationMiddleware):
    """Who is signed in."""


class PageSessionLimits(PagesOnly, SessionLimitMiddleware):
    """How long they stay so."""


class PageMessages(PagesOnly, MessageMiddleware):
    """What a page says about the one before."""


class PagePolicy(CSPMiddleware):
    """What pages may load; an answer of the API may do nothing at all."""

    def __call__(self, request):
        """The answer."""
        if not is_call(request):
            return super().__call__(request)
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY_OF_API)
        return response
