"""How long somebody stays signed in at the desk: until they rest for hours, and never longer than some days."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import logout

from common import clock

DESK = "/admin/"
BEGAN, SEEN = "began_at", "seen_at"  # seconds
SEEN_EVERY_S = 600  # a page doesn't write each time that somebody looks


def begin_session(request, **_of_the_signal) -> None:
    """Note when somebody signed in: the receiver of `user_logged_in`, which saves the session anyway."""
    now = int(clock.now().timestamp())
    request.session[BEGAN] = request.session[SEEN] = now


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
                request.session[SEEN] = now
        return self.get_response(request)


def is_over(session, now: int) -> bool:
    """Whether the session has ended by `now` (seconds). One that doesn't say when it began has."""
    if BEGAN not in session or SEEN not in session:
        return True
    rested, lasted = timedelta(seconds=now - session[SEEN]), timedelta(seconds=now - session[BEGAN])
    return rested > settings.SESSION_IDLE or lasted > settings.SESSION_LONGEST
