"""Millions of made-up refunds as one: tables without indexes, and two processors.

One connection writes, in one transaction (volume_bare). Another one is a chunk ahead of it: it makes up the cases and
their history, which takes longest, and touches no table that the first one has locked.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import psycopg
from django.db import connection

from common.tenancy import system_scope
from demo.volume import OPEN_SHARE, chunks_of
from demo.volume_bare import bared
from demo.volume_offers_sql import PLAN_OFFERS
from demo.volume_rollup_sql import COUNT_LOSSES, COUNT_OFFERS, FORGOTTEN, NOTE, NOTED
from demo.volume_sql import ANALYZE, EVENT_COLUMNS, EVENTS, INSERTS, PLAN, WRITTEN, execute
from offers.insights.rollup import lock_insights
from offers.insights.sql import rule_parameters
from stores.models import Store

WHOLE_CHUNK = 50_000
# What comes from the other connection, in this order: into which columns, and of what.
_STREAMS = (
    ("volume_plan", "SELECT * FROM volume_plan"),
    ("volume_offers", "SELECT * FROM volume_offers"),
    (f"common_event ({EVENT_COLUMNS})", EVENTS),
)


@dataclass(frozen=True)
class Cases:
    """A chunk as it was made up: the rows of each stream in PostgreSQL's binary format."""

    parameters: dict
    streams: list[bytes]

    def __len__(self) -> int:
        return self.parameters["last"] - self.parameters["first"] + 1


def load_whole(
    *,
    stores: list[Store],
    refunds: int,
    now: datetime,
    told: Callable[[int], object],
    open_share: float = OPEN_SHARE,
    largest: int = 0,
) -> None:
    """As `volume.load`, several times as fast, rolled up at once, and whole or not at all.

    Nobody else works with the tables meanwhile, which the connection's role owns (`may_be_bared(WRITTEN)`). `told`
    hears how many a chunk added.
    """
    chunks = chunks_of(stores, refunds, now, open_share, largest, WHOLE_CHUNK, is_counted=True)
    with system_scope(), connection.cursor() as cursor:
        lock_insights()
        execute(cursor, f"{PLAN} WITH NO DATA", chunks[0])
        execute(cursor, f"{PLAN_OFFERS} WITH NO DATA", chunks[0])
        cursor.execute(NOTED)
        with bared(WRITTEN):
            for cases in _made_up(chunks):
                _write(cursor, cases)
                told(len(cases))
            cursor.execute(COUNT_LOSSES, rule_parameters())
        cursor.execute(ANALYZE)
        cursor.execute(COUNT_OFFERS, rule_parameters())
        cursor.execute(f"{FORGOTTEN}; DROP TABLE volume_plan, volume_offers")


def _write(cursor, cases: Cases) -> None:
    for (target, _source), rows in zip(_STREAMS, cases.streams, strict=True):
        with cursor.copy(f"COPY {target} FROM STDIN (FORMAT binary)") as copy:
            copy.write(rows)
    cursor.execute("ANALYZE volume_plan, volume_offers")
    for statement in (*INSERTS, *NOTE):
        execute(cursor, statement, cases.parameters)
    cursor.execute("TRUNCATE volume_plan, volume_offers")


def _made_up(chunks: list[dict]) -> Iterator[Cases]:
    """The chunks one after the other, each made up while what was before it is written."""
    other = connection.get_new_connection(connection.get_connection_params())
    try:
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(_make_up, other, chunks[0])
            for following in [*chunks[1:], None]:
                cases = coming.result()
                if following:
                    coming = ahead.submit(_make_up, other, following)
                yield cases
    finally:
        other.close()


def _make_up(other: psycopg.Connection, parameters: dict) -> Cases:
    with other.transaction(), other.cursor() as cursor:
        execute(cursor, PLAN, parameters)
        execute(cursor, PLAN_OFFERS, parameters)
        cursor.execute("ANALYZE volume_plan, volume_offers")
        streams = []
        for _target, source in _STREAMS:
            with cursor.copy(f"COPY ({source}) TO STDOUT (FORMAT binary)", parameters) as copy:
                streams.append(b"".join(copy))
        cursor.execute("DROP TABLE volume_plan, volume_offers")
    return Cases(parameters, streams)
