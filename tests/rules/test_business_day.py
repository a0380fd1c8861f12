"""The day on which a limit counts while a store's time zone changes: no date comes early, and none comes back (K10)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from stores.models import Store
from tests.rules.things import a_store

pytestmark = pytest.mark.rule("K10")
AFTERNOON = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)  # 18:30 in Shanghai, half past midnight in Kiritimati
MIDNIGHT = datetime(2026, 11, 20, 16, tzinfo=UTC)  # in Shanghai
INSTANT = timedelta(microseconds=1)


def moved(store: Store, zone: str, now: datetime) -> Store:
    """As `update_store` does it."""
    store.held_day, store.held_until = store.business_day(now), store.business_day_ends(now)
    store.time_zone = zone
    return store


def days(store: Store, *instants: datetime) -> list[int]:
    return [store.business_day(at).day for at in instants]


def test_without_a_change_it_is_the_date():
    assert days(a_store(), MIDNIGHT - INSTANT, MIDNIGHT) == [20, 21]
    assert a_store().business_day_ends(AFTERNOON) == MIDNIGHT


def test_east_the_running_day_goes_on_to_its_end():
    store = moved(a_store(), "Pacific/Kiritimati", AFTERNOON)
    assert days(store, AFTERNOON, MIDNIGHT - INSTANT, MIDNIGHT) == [20, 20, 21]
    assert store.business_day_ends(AFTERNOON) == MIDNIGHT
    assert store.business_day_ends(MIDNIGHT) == datetime(2026, 11, 21, 10, tzinfo=UTC)


def test_west_the_running_day_lasts_until_its_date_is_over_there():
    store = moved(a_store(), "America/New_York", AFTERNOON)
    over = datetime(2026, 11, 21, 5, tzinfo=UTC)
    assert days(store, AFTERNOON, MIDNIGHT, over - INSTANT, over) == [20, 20, 20, 21]
    assert store.business_day_ends(AFTERNOON) == store.business_day_ends(MIDNIGHT) == over


def test_there_and_back_gains_nothing():
    store = moved(moved(a_store(), "Pacific/Kiritimati", AFTERNOON), "Asia/Shanghai", AFTERNOON + INSTANT)
    assert days(store, AFTERNOON, MIDNIGHT - INSTANT, MIDNIGHT) == [20, 20, 21]


def test_no_date_comes_back_and_each_is_had_once():
    store, at, seen = a_store(), AFTERNOON, []
    zones = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Shanghai", "America/New_York"]
    for hour in range(24 * 8):
        moved(store, zones[hour % 4], at)
        seen.append(store.business_day(at))
        at += timedelta(hours=1)
    assert seen == sorted(seen)
    assert max(seen) <= date(2026, 11, 29)
    assert len(set(seen)) <= 9


def test_to_the_other_end_of_the_world_the_date_stands_still_instead_of_coming_back():
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)  # the 21st in Kiritimati, the 20th in Pago Pago
    store = moved(a_store(time_zone="Pacific/Kiritimati"), "Pacific/Pago_Pago", at)
    there, over = datetime(2026, 11, 21, 10, tzinfo=UTC), datetime(2026, 11, 22, 11, tzinfo=UTC)
    assert days(store, at, there, over - INSTANT, over) == [21, 21, 21, 22]
    assert store.business_day_ends(at) == store.business_day_ends(there) == over
