"""What somebody has just done and may take back for a moment: the next page offers it, above everything else.

The browser keeps which events it was; whether it can be taken back is asked when it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "wl_undo"


@dataclass(frozen=True)
class Undo:
    """The first and the last event of what may be taken back, and until when."""

    first: int
    last: int
    ends_at: datetime

    @property
    def acts(self) -> str:
        """The events, in one field of a form."""
        return f"{self.first}-{self.last}"


def offer_undo(request: HttpRequest, response: HttpResponse, events: Sequence[int], *, within: timedelta) -> None:
    """Have the pages of the next moment offer to take back what these events tell of."""
    if not events:
        return
    ends_at = request.now + within
    value = f"{min(events)}-{max(events)}-{int(ends_at.timestamp())}"
    secure = settings.SESSION_COOKIE_SECURE
    options = {"path": "/admin/", "httponly": True, "samesite": "Lax", "secure": secure}
    response.set_cookie(COOKIE, value, max_age=within.seconds, **options)


def undo_of(request: HttpRequest) -> Undo | None:
    """What this page offers to take back; nothing for a moment that is over."""
    numbers = numbers_in(request.COOKIES.get(COOKIE, ""))
    if len(numbers) != 3:
        return None
    first, last, seconds = numbers
    left = seconds - request.now.timestamp()
    if not 0 < left < 3600:
        return None
    return Undo(first, last, request.now + timedelta(seconds=left))


def numbers_in(text: str) -> list[int]:
    """The whole numbers between the hyphens; none where something else stands there."""
    parts = text.split("-")
    is_sound = all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts)
    return [int(part) for part in parts] if is_sound else []
