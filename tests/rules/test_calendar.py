"""A day on a store's calendar: where it begins and ends, whatever its clocks do, in Python and in SQL alike."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfoNotFoundError, available_timezones

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from common.calendar import (
    clock_face,
    day_of,
    days_until,
    end_face,
    end_of_day,
    local_time,
    number_of_days,
    sql_day_of,
    sql_is_on,
    start_of_day,
    until_face,
)
from tests.cases import for_each

SHANGHAI = "Asia/Shanghai"
SECOND = timedelta(seconds=1)
ZONES = sorted(available_timezones() - {"localtime"})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@for_each(
    ("zone", "at", "day"),
    [
        (SHANGHAI, "2026-11-20T15:59:59", date(2026, 11, 20)),
        (SHANGHAI, "2026-11-20T16:00:00", date(2026, 11, 21)),
        ("America/New_York", "2026-11-20T04:59:59", date(2026, 11, 19)),
        ("Pacific/Kiritimati", "2026-11-20T10:00:00", date(2026, 11, 21)),  # UTC+14
        ("Etc/GMT+12", "2026-11-20T11:59:59", date(2026, 11, 19)),  # UTC-12: two days behind Kiritimati at this hour
        ("Asia/Kathmandu", "2026-11-20T18:15:00", date(2026, 11, 21)),  # UTC+5:45
        (SHANGHAI, "2028-02-28T16:00:00", date(2028, 2, 29)),
        (SHANGHAI, "2028-02-29T16:00:00", date(2028, 3, 1)),
    ],
)
def test_the_day_of_an_instant(zone, at, day):
    assert day_of(utc(at), zone) == day


def test_an_instant_with_another_offset_is_the_same_instant():
    at = datetime(2026, 11, 20, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert day_of(at, SHANGHAI) == date(2026, 11, 21)
    assert local_time(at, SHANGHAI).isoformat() == "2026-11-21T12:30:00+08:00"
    assert clock_face(at, SHANGHAI) == "2026-11-21 12:30"


@for_each(
    ("zone", "end", "face", "until"),
    [
        (SHANGHAI, "2026-11-30T16:00:00", "2026-11-30 24:00", "2026-11-30"),
        (SHANGHAI, "2026-11-30T15:59:00", "2026-11-30 23:59", "2026-11-30 23:59"),
        (SHANGHAI, "2026-12-31T16:00:00", "2026-12-31 24:00", "2026-12-31"),
        (SHANGHAI, "2028-02-29T16:00:00", "2028-02-29 24:00", "2028-02-29"),
        ("UTC", "2026-11-30T16:00:00", "2026-11-30 16:00", "2026-11-30 16:00"),
        ("America/Santiago", "2026-09-06T04:00:00", "2026-09-05 24:00", "2026-09-05"),  # midnight is skipped
        ("America/Santiago", "2026-09-06T03:59:00", "2026-09-05 23:59", "2026-09-05 23:59"),
    ],
)
def test_what_ends_with_a_day_ends_on_that_day(zone, end, face, until):
    assert (end_face(utc(end), zone), until_face(utc(end), zone)) == (face, until)


@pytest.mark.rule("K10")
@for_each(
    ("zone", "day", "start", "hours"),
    [
        (SHANGHAI, date(2026, 11, 20), "2026-11-19T16:00:00", 24),
        ("Pacific/Kiritimati", date(2026, 1, 1), "2025-12-31T10:00:00", 24),
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T23:00:00", 23),
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-24T22:00:00", 25),
        ("Africa/Cairo", date(2026, 4, 24), "2026-04-23T22:00:00", 23),  # 00:00 is skipped: the day begins at 01:00
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00:00", 25),  # 00:00 comes twice: the first one counts
        ("Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04T13:00:00", 24.5),  # clocks are moved by half an hour
        (SHANGHAI, date(2028, 2, 29), "2028-02-28T16:00:00", 24),
    ],
)
def test_where_a_day_begins_and_how_long_it_is(zone, day, start, hours):
    assert start_of_day(day, zone) == utc(start)
    assert start_of_day(day, zone).tzinfo is UTC
    assert end_of_day(day, zone) - start_of_day(day, zone) == timedelta(hours=hours)
    assert end_of_day(day, zone) == start_of_day(day + timedelta(days=1), zone)


def test_rows_of_dates():
    assert days_until(date(2028, 3, 1), 3) == [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)]
    assert days_until(date(2028, 3, 1), 0) == []
    assert number_of_days(date(2028, 2, 28), date(2028, 3, 1)) == 3
    assert number_of_days(date(2028, 3, 1), date(2028, 3, 1)) == 1


def test_a_zone_that_is_none():
    with pytest.raises(ZoneInfoNotFoundError):
        day_of(utc("2026-11-20T00:00:00"), "Mars/Base")


@settings(max_examples=300, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    at=st.datetimes(datetime(2024, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),
)
def test_every_instant_lies_in_exactly_its_own_day(zone, at):
    day = day_of(at, zone)
    assert start_of_day(day, zone) <= at < end_of_day(day, zone)
    assert day_of(start_of_day(day, zone), zone) == day
    assert day_of(start_of_day(day, zone) - SECOND, zone) == day - timedelta(days=1)


@pytest.mark.django_db
@for_each(
    "zone", ["Asia/Shanghai", "America/Havana", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Kiritimati", "UTC"]
)
def test_the_database_finds_the_same_days(zone):
    edges = [start_of_day(day, zone) for day in days_until(date(2026, 12, 31), 365)]
    instants = sorted({*edges, *(edge - SECOND for edge in edges), *(edge + timedelta(minutes=30) for edge in edges)})
    days = [day_of(at, zone) for at in instants]
    query = f"""
        SELECT {sql_day_of("i.at", "z")}, {sql_is_on("i.at", "i.day", "z")},
               {sql_is_on("i.at", "(i.day + 1)", "z")}, {sql_is_on("i.at", "(i.day - 1)", "z")}
        FROM unnest(%s::timestamptz[], %s::date[]) WITH ORDINALITY AS i(at, day, place), (VALUES (%s)) AS v(z)
        ORDER BY i.place
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [instants, days, zone])
        assert cursor.fetchall() == [(day, True, False, False) for day in days]
    assert all(earlier < later for earlier, later in pairwise(edges))
