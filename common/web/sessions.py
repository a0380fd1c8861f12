"""How long somebody stays signed in at the desk: until they rest for hours, and never longer than some days.

A session notes from where it was seen last. A cookie of its own tells browsers apart, so that a new one can be noticed.
"""

from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import logout
from django.core.signing import BadSignature

from common import clock
from common.web.proxies import client_address

DESK = "/admin/"
BEGAN, SEEN = "began_at", "seen_at"  # seconds
ADDRESS, AGENT = "address", "agent"
SEEN_EVERY_S = 600  # a page doesn't write each time that somebody looks
LONGEST_AGENT = 300
BROWSER = "browser"
BROWSER_KNOWN_FOR = timedelta(days=400)  # browsers keep no cookie for longer


def begin_session(request, **_of_the_signal) -> None:
    """Note when and where somebody signed in: the receiver of `user_logged_in`, which saves the session anyway."""
    now = int(clock.now().timestamp())
    request.session[BEGAN] = now
    _note_seen(request, now)


def _note_seen(request, now: int) -> None:
    request.session.update({SEEN: now, ADDRESS: client_address(request), AGENT: agent_of(request)})


def agent_of(request) -> str:
    """What the browser calls itself."""
    return request.META.get("HTTP_USER_AGENT", "").replace("\0", "")[:LONGEST_AGENT]


def browser_of(request) -> UUID:
    """Which browser it is by its cookie; another one each time when it brings none. The answer gives it the cookie."""
    try:
        request.browser = UUID(request.get_signed_cookie(BROWSER, salt=BROWSER))
    except (KeyError, BadSignature, ValueError):
        request.browser = uuid4()
    return request.browser


class SessionLimitMiddleware:
    """Ends sessions that rested longer than SESSION_IDLE, or began longer than SESSION_LONGEST ago."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """The answer, for a stranger if the session was over."""
        if request.path.startswith(DESK) and request.user.is_authenticated:
            now = int(request.now.timestamp())
            if is_over(request.session, now):
                logout(request)
            elif now - request.session[SEEN] >= SEEN_EVERY_S:
                _note_seen(request, now)
        response = self.get_response(request)
        if (browser := getattr(request, "browser", None)) is not None:
            response.set_signed_cookie(
                BROWSER,
                browser.hex,
                salt=BROWSER,
                max_age=BROWSER_KNOWN_FOR,
                path=DESK,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def is_over(session, now: int) -> bool:
    """Whether the session has ended by `now` (seconds). One that doesn't say when it began has."""
    if BEGAN not in session or SEEN not in session:
        return True
    rested, lasted = timedelta(seconds=now - session[SEEN]), timedelta(seconds=now - session[BEGAN])
    return rested > settings.SESSION_IDLE or lasted > settings.SESSION_LONGEST
