"""When a copy goes out: at once, with what else the hour brings, or when a store's quiet hours are over."""

from datetime import datetime, time, timedelta

from common.calendar import local_time, next_striking
from notices.models import NoticeTerms
from notices.states import Gathering

ONE_HOUR = timedelta(hours=1)


def wait_of(terms: NoticeTerms, *, is_urgent: bool, at: datetime) -> timedelta:
    """How long a copy that is made at this instant waits. What is urgent waits for nothing."""
    if is_urgent:
        return timedelta()
    zone = terms.store.time_zone
    goes = at + _rest_of_hour(at, zone) if terms.gathering == Gathering.HOURLY else at
    if is_quiet(terms, local_time(goes, zone).time()):
        goes = next_striking(goes, terms.quiet_until, zone)
    return goes - at


def is_quiet(terms: NoticeTerms, shown: time) -> bool:
    """Whether a clock that shows this stands in the quiet hours, which may go over midnight."""
    if terms.quiet_from is None or terms.quiet_until is None:
        return False
    if terms.quiet_from < terms.quiet_until:
        return terms.quiet_from <= shown < terms.quiet_until
    return shown >= terms.quiet_from or shown < terms.quiet_until


def _rest_of_hour(at: datetime, zone: str) -> timedelta:
    shown = local_time(at, zone)
    return ONE_HOUR - timedelta(minutes=shown.minute, seconds=shown.second, microseconds=shown.microsecond)
