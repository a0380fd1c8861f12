"""Days on a calendar of this world: which day an instant falls on, and when a day begins and ends.

A day is a date in a time zone, told by its IANA name such as `Asia/Shanghai`. It begins at its first instant and ends
where the next one begins, so it has 23, 24 or 25 hours where clocks are moved. Instants go in with their offset and
come out in UTC; a name that isn't a zone's raises `zoneinfo.ZoneInfoNotFoundError`.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

ONE_DAY = timedelta(days=1)
# Nothing that people or programs tell lies outside of these, where a day can't be shown in every zone.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)
# The calendar of the platform itself and of the gateways, and of a store that names none.
PLATFORM_ZONE = "Asia/Shanghai"


def is_told_right(at: datetime) -> bool:
    """Whether the instant lies within the days that anybody may tell."""
    return FIRST_DAY <= at.astimezone(UTC).date() < LAST_DAY


def day_of(at: datetime, zone: str) -> date:
    """The date that a calendar in `zone` shows at this instant."""
    return local_time(at, zone).date()


def start_of_day(day: date, zone: str) -> datetime:
    """The instant at which `day` begins in `zone`, in UTC.

    Where clocks skip midnight it is the instant at which they do; where they strike it twice, the first time.
    """
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def end_of_day(day: date, zone: str) -> datetime:
    """The first instant after `day` in `zone`, in UTC: a day is `start_of_day <= at < end_of_day`."""
    return start_of_day(day + ONE_DAY, zone)


def days_until(last: date, count: int) -> list[date]:
    """The `count` dates that end with `last`, oldest first."""
    return [last - ONE_DAY * back for back in reversed(range(count))]


def number_of_days(first: date, last: date) -> int:
    """How many dates there are from `first` to `last`, both of them counted."""
    return (last - first).days + 1


def local_time(at: datetime, zone: str) -> datetime:
    """The same instant, told with the date, the time and the offset of `zone`."""
    return at.astimezone(ZoneInfo(zone))


def next_striking(at: datetime, clock: time, zone: str) -> datetime:
    """The first instant from `at` on at which a clock in `zone` shows `clock`, in UTC.

    Where clocks skip that time it is the instant at which they do.
    """
    day = day_of(at, zone)
    struck = (datetime.combine(each, clock, ZoneInfo(zone)).astimezone(UTC) for each in (day, day + ONE_DAY))
    return next(instant for instant in struck if instant >= at)


def clock_face(at: datetime, zone: str) -> str:
    """The instant as a clock in `zone` shows it to people: `2026-11-20 12:05`."""
    return f"{local_time(at, zone):%Y-%m-%d %H:%M}"


def end_face(end: datetime, zone: str) -> str:
    """As `clock_face`, for the first instant that isn't meant any more: midnight ends a day, `2026-11-30 24:00`."""
    day = day_of(end, zone)
    return f"{day - ONE_DAY} 24:00" if end == start_of_day(day, zone) else clock_face(end, zone)


def until_face(end: datetime, zone: str) -> str:
    """Until when something holds that is over at `end`: its last day where it ends with one, `2026-11-30`."""
    return end_face(end, zone).removesuffix(" 24:00")


def shown(at: datetime) -> str:
    """`clock_face` in the time zone that the page is shown in: the one that Django has active."""
    return clock_face(at, timezone.get_current_timezone_name())


def end_shown(end: datetime) -> str:
    """`end_face` in the time zone that the page is shown in."""
    return end_face(end, timezone.get_current_timezone_name())


def until_shown(end: datetime) -> str:
    """`until_face` in the time zone that the page is shown in."""
    return until_face(end, timezone.get_current_timezone_name())


def day_shown(at: datetime) -> date:
    """`day_of` in the time zone that the page is shown in."""
    return day_of(at, timezone.get_current_timezone_name())


def sql_day_of(at: str, zone: str) -> str:
    """SQL for the date of an instant; `at` and `zone` are SQL for a timestamptz and a zone's name."""
    return f"({at} AT TIME ZONE {zone})::date"


def sql_is_on(at: str, day: str, zone: str) -> str:
    """SQL for whether an instant falls on a date in a zone; the three are SQL, and an index on `at` is used.

    PostgreSQL takes a midnight that is struck twice for the second one, so the date is asked of the instant; the range
    around it, a day too wide on either side, is there for the index.
    """
    around = f"{at} >= ({day} - 1)::timestamp AT TIME ZONE {zone} AND {at} < ({day} + 2)::timestamp AT TIME ZONE {zone}"
    return f"({around} AND {sql_day_of(at, zone)} = {day})"
