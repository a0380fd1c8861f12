"""Instants at the edges, on every platform: what changes exactly where one window ends and the next one begins."""

from datetime import timedelta

import pytest

from connectors.platforms import platform_of
from tests.connectors.shops import FAKES
from tests.connectors.way import Way
from tests.world import make_shop

EDGES = [timedelta(seconds=seconds) for seconds in (-1, 0, 0, 1)]  # two in one second among them


@pytest.mark.parametrize("marketplace", sorted(FAKES))
def test_what_changes_at_a_windows_edge_is_neither_missed_nor_taken_twice(db, clock, broker_tasks, marketplace):
    made, shop_at = FAKES[marketplace]
    windows = platform_of(marketplace).windows
    with made() as fake:
        way = Way(make_shop(marketplace), fake, clock, shop_at)
        way.connect()
        way.turns()
        for turn in range(3):
            edges = {way.connection.cursor, fake.now() - windows.lag, fake.now()}
            for edge in sorted(edges):
                for delta in EDGES:
                    fake.add(at=min(edge + delta, fake.now()))
            way.turns(minutes=10 + turn)
        way.turns(minutes=30)
        assert len(way.mirror()) == len(fake.refunds) >= 3 * 2 * len(EDGES)
        way.assert_all_is_well()
