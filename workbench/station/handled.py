"""How many parcels somebody has handled at the station: told to them and kept in their session, nobody else's affair.

What was done itself is on record in the events of its refund.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from common.calendar import day_shown, local_time

HANDLED = "station_handled"


@dataclass(frozen=True)
class Handled:
    """Parcels since the hour and the day began, on the store's clock."""

    this_hour: int
    today: int


def handled(request: HttpRequest) -> Handled:
    """What this person has handled in this session."""
    kept, (day, hour) = request.session.get(HANDLED, {}), _now(request)
    if kept.get("day") != day:
        return Handled(0, 0)
    return Handled(kept["in_hour"] if kept["hour"] == hour else 0, kept["in_day"])


def count_one(request: HttpRequest) -> None:
    """One more."""
    before, (day, hour) = handled(request), _now(request)
    request.session[HANDLED] = {
        "day": day,
        "hour": hour,
        "in_hour": before.this_hour + 1,
        "in_day": before.today + 1,
    }


def _now(request: HttpRequest) -> tuple[str, int]:
    return day_shown(request.now).isoformat(), local_time(request.now, timezone.get_current_timezone_name()).hour
