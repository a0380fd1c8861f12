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
from offers.insights.rebuild import roll_everything
from offers.models import Offer
from offers.retainable import filter_retainable
from orders.models import Order, OrderLine
from payments.models import Payment
from refunds.models import Refund, RefundLine
from stores.models import Membership
from tests.workbench.conftest import Desk
from tests.world import make_user

REFUNDS = 10_000
OPEN = 0.01
MOST_READ = 1_500  # rows of a table for a page of 50, of 5,000 in the store
MOST_OPEN_READ = 200  # rows of a table by a step of a statement, where counts end at 40 and pages at 10


@pytest.fixture
def long_desk(db):
    """An owner's desk of one of two stores with a long history."""
    other, one = open_stores(2)
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
    """How many rows of the table the statements look at that list it, or find what is listed."""
    listed = [sql for sql in desk.statements(address) if sql.startswith(f'SELECT "{table}"')]
    with system_scope(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        read = 0
        for sql in listed:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
            read += _read(cursor.fetchone()[0][0]["Plan"], table)
        return read


def most_read_of(sql: str, tables: set[str]) -> tuple[int, str]:
    """How many rows of one of the tables the hungriest step of a statement looks at, and of which."""
    with system_scope(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        steps = [cursor.fetchone()[0][0]["Plan"]]
    for step in steps:
        steps += step.get("Plans", [])
    looks = [(_read({**step, "Plans": []}, table), table) for step in steps for table in tables]
    return max(looks)


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


def test_what_is_open_is_looked_through_to_an_end_and_no_further(db, monkeypatch):
    """Of a store where thousands of refunds are open: counts, what is odd or lacks an address, what can be retained."""
    monkeypatch.setattr("workbench.kit.queue.MOST_COUNTED", 40)
    monkeypatch.setattr("refunds.numbers.LOOKED_THROUGH", 30)
    monkeypatch.setattr("workbench.refunds.admin.RefundAdmin.list_per_page", 10)
    store, other = open_stores(2)
    list(load(stores=[store, other], refunds=8_000, now=now(), open_share=0.5))
    roll_everything()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    user = make_user("owner")
    with system_scope():
        Membership.objects.create(store=store, user=user, role="owner")
        assert Refund.objects.for_store(store.pk).filter(status="returning").count() > MOST_OPEN_READ * 3 // 2
        retainable = filter_retainable(Refund.objects.for_store(store.pk), store=store, now=now())
        sql, params = retainable.order_by("-id")[:11].query.sql_with_params()
        with connection.cursor() as cursor:
            asked = {("API", "retainable"): [cursor.mogrify(sql, params)]}
    desk = Desk(user)
    tabs = ("retainable", "odd_numbers", "no_address", "returns", "due", "overdue", "attention", "all")
    for address in ("", *(f"refunds/refund/?queue={tab}" for tab in tabs)):
        asked["desk", address] = [each for each in desk.statements(address) if each.startswith(("SELECT", "WITH"))]
    tables = {model._meta.db_table for model in (Refund, RefundLine, Order, OrderLine, Payment, Offer)}
    looked = {
        place: worst
        for place, statements in asked.items()
        if (worst := max(most_read_of(sql, tables) for sql in statements)) > (MOST_OPEN_READ, "")
    }
    assert looked == {}
