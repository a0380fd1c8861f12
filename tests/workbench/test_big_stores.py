"""What a page takes of a big store is at most half as much again as of a typical one that fills it.

Counted in PostgreSQL's blocks, which are the same on a busy machine. Of a store with fewer rows than a page shows, the
page takes less: the typical store has more than that of everything, and more than is counted or looked through.
"""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.actors import on_command_line
from common.clock import now
from common.tenancy import system_scope
from demo.volume import load, open_stores
from offers.insights.rebuild import roll_everything
from offers.models import DailyLoss, DailyRetention, Offer, RetentionTotal
from orders.models import OrderLine
from refunds.models import Refund
from refunds.states import RefundStatus
from stores.actions import create_store_key
from stores.models import CategoryOpening, Membership, Store
from tests.workbench.conftest import Desk
from tests.world import make_user
from workbench.refunds.queues import MERCHANTS_TURN, REFUND_QUEUES, next_deadlines

GOAL = 1.5
DEEPER = 30  # blocks: a bigger index may be a level deeper, and a bigger store has rows where the other has none
FULLER = 80  # … and in a year of figures on most days one of each method, reason and agent where the other has some
TODAY = now().date()
RANGES = [f"from={TODAY - timedelta(days=days - 1)}&to={TODAY}" for days in (7, 30, 90, 365)]
COUNTED, SHOWN, FOUND_OFTEN = 20, 10, 50
QUEUE, ORDERS = "/admin/refunds/refund/", "/admin/orders/order/"
AS_LONG_AS_IT_IS = {"attention"}  # sorted whole: what people must see to is little, whatever the store's size
PAGES = (
    "/admin/",
    *(f"{QUEUE}?queue={queue.code}" for queue in REFUND_QUEUES if queue.code not in AS_LONG_AS_IT_IS),
    *(f"{page}?q={words}" for page in (QUEUE, ORDERS) for words in ("王", "{order}", "zzzznothing")),
    f"{QUEUE}?queue=all&shipped=refund_only",
    f"{QUEUE}?queue=awaiting&assigned=nobody",
    "/api/v1/refunds/",
    f"/api/v1/refunds/?retainable=true&page_size={SHOWN}",
    f"/api/v1/refunds/?q=王&page_size={SHOWN}",
    *(f"{page}?{days}" for page in ("/admin/insights/", "/api/v1/insights/retention/") for days in RANGES),
)


@pytest.fixture
def short_pages(monkeypatch):
    """Pages and counts that end where the typical store still has rows."""
    monkeypatch.setattr("workbench.kit.queue.MOST_COUNTED", COUNTED)
    monkeypatch.setattr("workbench.refunds.admin.RefundAdmin.list_per_page", SHOWN)
    monkeypatch.setattr("workbench.shipping.orders.OrderAdmin.list_per_page", SHOWN)
    monkeypatch.setattr("refunds.numbers.LOOKED_THROUGH", COUNTED)
    monkeypatch.setattr("common.search.MANY", FOUND_OFTEN)


class Reader:
    """Somebody who reads a store's pages, at the desk and by the API."""

    def __init__(self, store):
        self.store, user = store, make_user(f"owner-{store.code}")
        with system_scope():
            Membership.objects.create(store=store, user=user, role="owner")
            _, key = create_store_key(store=store, name="reader", actor=on_command_line("test"), now=now())
            awaiting = Refund.objects.for_store(store.pk).filter(status=RefundStatus.AWAITING_MERCHANT)
            self.order = awaiting.order_by("-pk").values_list("order__number", flat=True)[0]
        self.desk, self.program = Desk(user).client, Client(headers={"Authorization": f"Bearer {key}"})

    def blocks(self, page: str) -> int:
        """How many blocks the page's statements take, after a first look at it."""
        return sum(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] for plan in self.plans(page))

    def sorts(self, page: str) -> int:
        """How many rows a statement of the page sorts at most."""
        sorting = [node for plan in self.plans(page) for node in _nodes(plan) if "Sort" in node["Node Type"]]
        return max((_nodes(node)[1]["Actual Rows"] for node in sorting), default=0)

    def plans(self, page: str) -> list[dict]:
        """What PostgreSQL does for each of the page's statements, after a first look at it."""
        client, page = self.program if page.startswith("/api/") else self.desk, page.replace("{order}", self.order)
        assert client.get(page).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        asked = [sql for query in captured if (sql := query["sql"] or "").lstrip("( \n").startswith(("SELECT", "WITH"))]
        # As in a big database no table is read whole; but for a frequent name, of which that finds the first as soon,
        # and for a list of nothing, where it would pass whoever's rows the table begins with.
        may_scan = "王" in page or "nothing" in page
        settings = "max_parallel_workers_per_gather = 0" if may_scan else "enable_seqscan = off"
        return [_plan_of(sql, settings) for sql in asked if "set_config" not in sql]


def _nodes(plan: dict) -> list[dict]:
    return [plan, *(node for part in plan.get("Plans", ()) for node in _nodes(part))]


def _plan_of(sql: str, settings: str) -> dict:
    with system_scope(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {settings}")
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
        return cursor.fetchone()[0][0]["Plan"]


def test_the_next_deadlines_are_the_first_of_all_that_is_due(db):
    [store] = open_stores(1)
    list(load(stores=[store], refunds=400, now=now(), open_share=0.5))
    with system_scope():
        due = Refund.objects.filter(status__in=MERCHANTS_TURN, due_at__lte=now() + timedelta(days=3))
        first = list(due.order_by("due_at", "-id").values_list("pk", flat=True)[:10])
        assert {refund.status for refund in due[:200]} == set(MERCHANTS_TURN)
        assert [refund.pk for refund in next_deadlines(now())] == first
        one_of_each = list(next_deadlines(now(), limit=1))
        # Told once, PostgreSQL sorts all that is due in a store of 100,000: 13,345 blocks instead of 178.
        assert str(next_deadlines(now()).query).count("LIMIT 10") == 1 + len(MERCHANTS_TURN)
    assert (len(first), [refund.pk for refund in one_of_each]) == (10, first[:1])


@pytest.mark.django_db(transaction=True)
def test_a_big_store_s_pages_take_no_more_blocks_than_a_typical_one_s(short_pages):
    big, *others = open_stores(12)
    typical = next(store for store in others if store.marketplace == big.marketplace)
    earlier = next(store for store in others if store != typical)
    with transaction.atomic(), connection.cursor() as cursor:  # in this connection alone, so that the dice are the same
        cursor.execute("SELECT setseed(0.5)")
        list(load(stores=[earlier], refunds=3_000, now=now()))  # the tables don't begin with rows of these two
        list(load(stores=[big, typical], refunds=9_300, now=now(), open_share=0.4, largest=8_000))
    with system_scope():
        Store.objects.filter(pk__in=[big.pk, typical.pk]).update(shares_out_refunds=True)
        for category in OrderLine.objects.values_list("category", flat=True).distinct():
            CategoryOpening.objects.get_or_create(
                marketplace=big.marketplace,
                category=category,
                defaults={"name": category, "opens_on": date(2020, 1, 1)},
            )
    roll_everything()
    with system_scope():
        for store, count in ((big, 20 * COUNTED), (typical, 2 * COUNTED)):  # overdue
            waiting = Refund.objects.for_store(store.pk).filter(status=RefundStatus.AWAITING_MERCHANT).order_by("-pk")
            late = list(waiting.values_list("pk", flat=True)[:count])
            Refund.objects.filter(pk__in=late).update(due_at=now() - timedelta(hours=1))
        for store in (big, typical):  # what happened since the last roll-up
            accepted = Offer.objects.for_store(store.pk).filter(status="accepted").order_by("-pk")
            assert Offer.objects.filter(pk__in=list(accepted.values_list("pk", flat=True)[:2])).update(is_rolled=False)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    many, few = Reader(big), Reader(typical)
    with system_scope():
        of_typical = Refund.objects.for_store(typical.pk)
        assert of_typical.filter(status=RefundStatus.RETURNING).count() > COUNTED
        assert Offer.objects.for_store(typical.pk).pending().count() > COUNTED
    taken = {page: (few.blocks(page), many.blocks(page)) for page in PAGES}
    beside = {page: FULLER if "from=" in page else DEEPER for page in PAGES}
    assert {page: both for page, both in taken.items() if both[1] > GOAL * both[0] + beside[page]} == {}
    # What needs the merchant, then what needs the buyer: each in the order of an index, and not both sorted together.
    assert many.sorts(f"{QUEUE}?queue=awaiting") <= 4 * SHOWN
    by_index_alone = {
        "offer_out": Offer.objects.for_store(big.pk).pending().values("refund"),
        "offer_unrolled": Offer.objects.for_store(big.pk).out().filter(is_rolled=False).values("sent_on", "method"),
        "refund_by_due": Refund.objects.for_store(big.pk).due(now()).order_by("due_at", "-id").values("pk"),
        "daily_loss_of_store": DailyLoss.objects.for_store(big.pk).filter(date__gte=TODAY).values("sale"),
        "daily_retention_own": DailyRetention.objects.for_store(big.pk)
        .filter(agent="", date__gte=TODAY)
        .values("method", "reason", "agent_label", "offers", "offer_costs"),
        "retention_total_once": RetentionTotal.objects.for_store(big.pk).filter(date__gte=TODAY).values("offers"),
    }
    with system_scope():
        plans = {index: rows.explain() for index, rows in by_index_alone.items()}
    assert {index: plan for index, plan in plans.items() if f"Index Only Scan using {index}" not in plan} == {}
