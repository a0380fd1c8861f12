"""A list of the desk reads what it shows and what is open, never a store's whole history, whatever is filtered by."""

import html
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.urls import reverse

from common.clock import now
from common.tenancy import system_scope
from demo.volume import load, open_stores
from offers.models import Offer
from orders.models import Order
from payments.models import Payment
from refunds.models import Refund
from stores.models import Membership
from tests.workbench.conftest import Desk
from tests.world import make_user

REFUNDS = 10_000
OPEN = 0.01
MOST_READ = 1_500  # rows of a table for a page of 50, of 5,000 in the store


@pytest.fixture
def long_desk(db):
    """An owner's desk of one of two stores with a long history."""
    *_others, one, other = open_stores(4)
    stores = [one, other]
    list(load(stores=stores, refunds=REFUNDS, now=now(), open_share=OPEN))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    user = make_user("owner")
    with system_scope():
        Membership.objects.create(store=other, user=user, role="owner")
    return Desk(user)


def addresses(desk, model) -> Iterator[str]:
    """The list of a model tab by tab, and of everything it holds each option of each filter."""
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist").removeprefix("/admin/")
    page = desk.get(path).content.decode()
    tabs = sorted(set(re.findall(r"\?queue=([a-z_]+)", page))) or [""]
    selects = re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL)
    for tab in tabs:
        yield f"{path}?queue={tab}" if tab else path
    for name, options in selects:
        for value in re.findall(r'<option[^>]*value="([^"]+)"', options):
            if name not in ("size", "assignee"):
                yield f"{path}?{'queue=all&' if tabs != [''] else ''}{name}={html.unescape(value)}"


def rows_read(desk, address: str, table: str) -> int:
    """How many rows of the table the list's own statement looks at."""
    [listed] = [sql for sql in desk.statements(address) if sql.startswith(f'SELECT "{table}"') and "LIMIT 51" in sql]
    with system_scope(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {listed}")
        return _read(cursor.fetchone()[0][0]["Plan"], table)


def _read(node: dict, table: str) -> int:
    own = 0
    if node.get("Relation Name") == table:
        removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        own = (node["Actual Rows"] + removed) * node["Actual Loops"]
    return round(own + sum(_read(child, table) for child in node.get("Plans", [])))


def test_no_tab_and_no_filter_reads_the_history(long_desk):
    read = {
        address: rows_read(long_desk, address, model._meta.db_table)
        for model in (Refund, Order, Payment, Offer)
        for address in addresses(long_desk, model)
    }
    assert len(read) > 50
    assert {address: rows for address, rows in read.items() if rows > MOST_READ} == {}
