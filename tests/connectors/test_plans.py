"""Each index of connected shops is there for a statement that is asked: by a turn, a page, or what runs by itself."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.obligations import bring_forward
from common.queries import NAMED
from common.tenancy import system_scope
from connectors.hinting import forget_hints
from connectors.models import Connection, MirroredRefund, PlatformTask, RefundHint, SentDecision
from connectors.port import RefundStage
from refunds.models import Refund
from tests.connectors.conftest import ago
from tests.connectors.toy import Toy
from tests.tenancy.test_search_plans import multiply
from tests.workbench.conftest import Desk
from tests.world import NOON, make_user

ROWS = 3_000
MODELS = (Connection, MirroredRefund, RefundHint, SentDecision, PlatformTask)
# By these models' Meta, and of the refunds the one that is there for connected shops.
INDEXES = {index.name for model in MODELS for index in model._meta.indexes} | {"refund_followed"}
LISTS = (
    "connectors/connection/",
    *(f"connectors/sentdecision/{queue}" for queue in ("", "?queue=code", "?queue=stuck", "?queue=refused")),
    *("connectors/platformtask/", "connectors/mirroredrefund/", "refunds/refund/", "refunds/refund/?followed=yes"),
)


@pytest.fixture
def asked(connected, monkeypatch) -> list[str]:
    """What a day of a connected shop asks the database."""
    monkeypatch.setattr(Toy, "decides", Toy.decides - {"refuse"})
    server, merchant = connected.server, connected.shop.merchant
    desk = Desk(make_user("owner", shop=connected.shop, role="owner"))
    with CaptureQueriesContext(connection) as captured:
        server.put("R1", ago(hours=2))
        server.put("R2", ago(hours=2))
        server.put("R3", ago(hours=1), status="a strange one")
        server.messages.append({"id": "M1", "refund": "R2"})
        connected.turn()
        first, second = connected.row("R1").refund, connected.row("R2").refund
        assert merchant.post(f"refunds/{first.pk}/approve/").status_code == 200
        connected.turn()
        told = {"reason": "It is not as said."}
        assert merchant.post(f"refunds/{second.pk}/reject/", told).status_code == 200
        connected.turn()
        server.put("R2", ago(minutes=30), status=RefundStage.CLOSED)
        server.messages.append({"id": "M2", "refund": "R2"})
        connected.turn(hours=1)
        forget_hints()
        with system_scope():
            bring_forward(until=NOON)
        for page in (*LISTS, f"refunds/refund/{first.pk}/change/", ""):
            assert desk.get(page).status_code == 200
    with connected.shop.scope():
        assert SentDecision.objects.count() == 2
        assert PlatformTask.objects.get().closed_at is not None
        assert RefundHint.objects.exists()
    tables = [f'"{model._meta.db_table}"' for model in (*MODELS, Refund)]
    statements = {each["sql"] or "" for each in captured}
    # Named ones keep their values, or all of their text, to themselves.
    read = {each for each in statements if each.startswith(("SELECT", "UPDATE", "DELETE")) and "($1)" not in each}
    return sorted(each for each in read if any(table in each for table in tables))


def used(plan: dict) -> Iterator[str]:
    """The names of the indexes in a plan."""
    if "Index Name" in plan:
        yield plan["Index Name"]
    for part in plan.get("Plans", []):
        yield from used(part)


def spread(model) -> None:
    """Each row is of another refund."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET refund_id = refunds.id FROM (SELECT id, row_number() OVER () n FROM {table}) numbered,"
            " (SELECT id, row_number() OVER () n FROM refunds_refund) refunds"
            f" WHERE numbered.id = {table}.id AND refunds.n = numbered.n"
        )
        assert cursor.rowcount > ROWS
        cursor.execute(f"ANALYZE {table}")


def test_every_index_is_used_by_a_statement_that_is_asked(connected, asked):
    """In a store with a long history, of which little is under way but the tasks that nobody has looked at."""
    with connected.shop.scope():
        new, done = {"id": "gen_random_uuid()"}, {"id": "gen_random_uuid()", "next_attempt_at": "NULL"}
        multiply(Refund, connected.shop.refund(), ROWS * 2, **new)
        multiply(MirroredRefund, connected.row("R1"), ROWS, **new, platform_id="'P' || n", refund_id="NULL")
        multiply(RefundHint, RefundHint.objects.first(), ROWS, **done, key="'K' || n")
        multiply(SentDecision, SentDecision.objects.earliest("id"), ROWS, **done)
        multiply(PlatformTask, PlatformTask.objects.get(), ROWS, **new, closed_at="CASE WHEN n > 900 THEN now() END")
        spread(SentDecision)
        spread(PlatformTask)
    named = [query.compiled.sql for name, query in NAMED.items() if name.startswith("connectors.")]
    found = set()
    with system_scope(), connection.cursor() as cursor:
        for how, statements in (("FORMAT JSON", asked), ("FORMAT JSON, GENERIC_PLAN", named)):
            for statement in statements:
                cursor.execute(f"EXPLAIN ({how}) {statement}")
                [plan] = cursor.fetchone()[0]
                found |= set(used(plan["Plan"]))
    assert INDEXES - found == set()
