"""The ladder of restrictions and the way down from it, to the single refund and order (P6, P7)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refunds.quality import stars
from refunds.quality.figures import Day, QualityFigures, rate_of
from refunds.quality.recovery import Recovery, recovery_from
from refunds.quality.restrictions import hardest, steps_for
from stores.marketplaces import current_rules
from stores.marketplaces.base import QualityThreshold
from tests.cases import for_each
from tests.rules.things import a_store
from tests.world import NOON

RULES = current_rules("pinduoduo")
DEMOTION, NO_LISTINGS, OFF = RULES.quality_thresholds


def figures(refunds: int, orders: int) -> QualityFigures:
    """One day with these counts."""
    return QualityFigures((Day(date(2026, 11, 20), orders, refunds),))


@pytest.mark.rule("P7")
@for_each(
    ("refunds", "orders", "steps"),
    [
        (0, 0, []),
        (4, 4, []),  # all of them, but fewer than five
        (5, 5, ["demotion"]),
        (6, 200, []),  # 3.00 % exactly: not above
        (6, 199, ["demotion"]),
        (9, 10, ["demotion"]),  # 90 %, but fewer than ten
        (10, 200, ["demotion"]),  # 5.00 % exactly
        (10, 199, ["demotion", "no_new_listings"]),
        (19, 20, ["demotion", "no_new_listings"]),
        (20, 200, ["demotion", "no_new_listings"]),  # 10.00 % exactly
        (20, 199, ["demotion", "no_new_listings", "products_off"]),
    ],
)
def test_each_step_has_its_rate_and_its_minimum(refunds, orders, steps):
    found = [threshold.step for threshold in steps_for(RULES, figures(refunds, orders))]
    assert found == steps
    assert hardest(found) == (steps[-1] if steps else None)


@pytest.mark.rule("P7")
def test_a_harder_step_brings_the_milder_ones_and_a_marketplace_without_steps_brings_none():
    assert [each.step for each in steps_for(RULES, figures(20, 20))] == ["demotion", "no_new_listings", "products_off"]
    assert steps_for(current_rules("tmall"), figures(1000, 1000)) == []


@pytest.mark.rule("P7")
@for_each(
    ("threshold", "refunds", "orders", "way"),
    [
        (DEMOTION, 6, 199, Recovery(1, 1)),  # five of 199 are 2.5 %; six of 200 are 3 %
        (DEMOTION, 6, 200, Recovery(0, 0)),
        (DEMOTION, 4, 4, Recovery(0, 0)),
        (DEMOTION, 5, 100, Recovery(1, 67)),  # four are under the minimum; five of 167 are 2.99 %
        (NO_LISTINGS, 12, 100, Recovery(3, 140)),  # nine are under the minimum, though five would be the rate
        (OFF, 30, 100, Recovery(11, 200)),
    ],
)
def test_how_far_a_step_is_from_its_end(threshold, refunds, orders, way):
    assert recovery_from(threshold, figures(refunds, orders)) == way


@pytest.mark.rule("P7")
@given(st.integers(0, 400), st.integers(0, 4000), st.sampled_from(RULES.quality_thresholds))
def test_the_way_down_is_enough_and_not_one_too_many(refunds, orders, threshold):
    def holds(refunds: int, orders: int) -> bool:
        now = figures(refunds, orders)
        return now.quality_refunds >= threshold.minimum and now.is_above(threshold.rate)

    way = recovery_from(threshold, figures(refunds, orders))
    if not holds(refunds, orders):
        assert way == Recovery(0, 0)
        return
    assert not holds(refunds - way.refunds_fewer, orders)
    assert holds(refunds - way.refunds_fewer + 1, orders)
    assert not holds(refunds, orders + way.orders_more)
    assert holds(refunds, orders + way.orders_more - 1)


@pytest.mark.rule("P7")
@for_each(
    ("part", "orders", "rate"),
    [
        (0, 0, "0.0000"),
        (3, 0, "0.0000"),
        (1, 3, "0.3333"),
        (2, 3, "0.6667"),
        (1, 20000, "0.0001"),
        (1, 20001, "0.0000"),
    ],
)
def test_rates_have_four_places_and_halves_go_up(part, orders, rate):
    assert rate_of(part, orders) == Decimal(rate)


@pytest.mark.rule("P7")
def test_a_rate_is_compared_before_it_is_rounded():
    tiny = QualityThreshold(step="demotion", rate=Decimal("0.0300"), minimum=1)
    assert figures(30001, 1000000).rate == Decimal("0.0300")
    assert figures(30001, 1000000).is_above(tiny.rate)
    assert not figures(30000, 1000000).is_above(tiny.rate)


@for_each(("lost", "expected"), [(1, "5.00"), (2, "4.99"), (3, "4.99"), (5, "4.98")])
def test_half_a_hundredth_of_a_star_is_the_store_s(monkeypatch, lost, expected):
    """Of ten thousand orders each dispute that is lost costs half a hundredth."""
    monkeypatch.setattr(stars, "late_orders", lambda *of: 0)
    monkeypatch.setattr(stars, "lost_disputes", lambda *of: lost)
    assert stars.stars_of(a_store("pinduoduo"), figures(0, 10_000), NOON) == Decimal(expected)
