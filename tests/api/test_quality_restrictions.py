"""What bad figures bring a store, that it binds, and how it ends (P7)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from common.models import Event
from common.tenancy import alone_with
from refunds.models import QualityRestriction
from refunds.quality.restrictions import concerned_stores, review_all
from refunds.tasks import review_quality, review_quality_of
from stores.actions import set_clock
from stores.marketplaces.base import QualityThreshold
from stores.models import Product
from tests.api.helpers import code, everything
from tests.cases import for_each
from tests.quality import ask, bulk_orders, clean_books, figures, restrict, set_rules
from tests.world import NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PRODUCT = {"item_id": "1001", "title": "Quilt", "price": "59.00"}
HOUR_AGO = NOON - timedelta(hours=1)


@pytest.fixture
def shop(broker_tasks):
    yield make_shop("pinduoduo")
    clean_books()


def steps(shop) -> list[str]:
    """The steps in force, the mildest first."""
    rows = figures(shop)["restrictions"]
    return [row["step"] for row in reversed(rows) if row["lifted_at"] is None]


@pytest.mark.rule("P7")
@for_each(
    ("refunds", "orders", "expected"),
    [
        (4, 40, []),  # 10 %, but fewer than five
        (5, 162, []),  # 5 of 167: 2.99 %
        (6, 194, []),  # 3.00 % exactly: not above
        (6, 193, ["demotion"]),  # 3.02 %
        (9, 9, ["demotion"]),  # 50 %, but fewer than ten
        (10, 180, ["demotion", "no_new_listings"]),  # 5.26 %
        (20, 100, ["demotion", "no_new_listings", "products_off"]),  # 16.7 %
    ],
)
def test_each_step_has_its_rate_and_its_minimum(shop, refunds, orders, expected):
    bulk_orders(shop, orders, HOUR_AGO)
    restrict(shop, refunds)
    assert steps(shop) == expected
    assert figures(shop)["step"] == (expected[-1] if expected else None)


@pytest.mark.rule("P7")
def test_a_restriction_keeps_what_brought_it_and_is_told(shop):
    bulk_orders(shop, 94, HOUR_AGO)
    restrict(shop, 6)
    [row] = figures(shop)["restrictions"]
    assert row == {
        "step": "demotion",
        "since": "2026-11-20T04:00:00Z",
        "lifted_at": None,
        "rate": "0.0600",
        "count": 6,
    }
    with shop.scope():
        event = Event.objects.get(name="quality.restricted")
        assert (event.rule, event.data["step"], event.data["rate"]) == ("P7", "demotion", "0.0600")
        assert (event.data["count"], event.data["orders"]) == (6, 100)


@pytest.mark.rule("P7")
def test_nothing_new_is_listed_from_the_second_step_on(shop):
    for body in (PRODUCT, {**PRODUCT, "item_id": "1002", "listed": False}):
        assert shop.merchant.post("products/", body).status_code == 201
    bulk_orders(shop, 100, HOUR_AGO)
    restrict(shop, 10)
    before = everything(shop)

    new = {**PRODUCT, "item_id": "1003"}
    assert code(shop.merchant.post("products/", new)) == (409, "listing_restricted", "item_id")
    assert code(shop.merchant.post("products/", {**new, "listed": False})) == (409, "listing_restricted", "item_id")
    assert code(shop.merchant.post("products/", [PRODUCT, new]))[1] == "listing_restricted"
    relisted = {**PRODUCT, "item_id": "1002"}
    assert code(shop.merchant.post("products/", relisted)) == (409, "listing_restricted", "listed")
    assert code(shop.merchant.patch("products/1002/", {"listed": True})) == (409, "listing_restricted", "listed")
    assert everything(shop) == before

    assert shop.merchant.post("products/", {**PRODUCT, "price": "49.00"}).status_code == 201
    assert shop.merchant.patch("products/1002/", {"price": "39.00"}).status_code == 200
    assert shop.merchant.patch("products/1001/", {"listed": True, "title": "Warm quilt"}).status_code == 200


@pytest.mark.rule("P7")
def test_demotion_alone_forbids_nothing(shop):
    bulk_orders(shop, 100, HOUR_AGO)
    restrict(shop, 6)
    assert shop.merchant.post("products/", PRODUCT).status_code == 201


@pytest.mark.rule("P7")
def test_products_are_taken_off_and_come_back_as_they_were(shop, clock):
    for item, listed in (("1001", True), ("1002", False), ("1003", True)):
        shop.merchant.post("products/", {**PRODUCT, "item_id": item, "listed": listed})
    restrict(shop, 20)

    def listed():
        rows = shop.merchant.get("products/", page_size=200).json()["results"]
        return {row["item_id"]: row["listed"] for row in rows}

    assert set(listed().values()) == {False}
    assert shop.merchant.patch("products/1001/", {"price": "1.00", "listed": False}).status_code == 200
    assert code(shop.merchant.patch("products/1001/", {"listed": True}))[1] == "listing_restricted"

    clock.move(days=31)
    review_all()
    assert steps(shop) == []
    assert {item: listed()[item] for item in ("1001", "1002", "1003")} == {"1001": True, "1002": False, "1003": True}
    assert shop.merchant.post("products/", {**PRODUCT, "item_id": "1004"}).status_code == 201
    with shop.scope():
        assert not Product.objects.filter(taken_off=True).exists()


@pytest.mark.rule("P7")
def test_steps_are_lifted_as_the_figures_say_one_by_one_or_together(shop):
    restrict(shop, 20)
    assert len(steps(shop)) == 3
    bulk_orders(shop, 200, HOUR_AGO)  # 20 of 220: 9.1 %
    review_all()
    assert steps(shop) == ["demotion", "no_new_listings"]
    bulk_orders(shop, 600, HOUR_AGO - timedelta(hours=1))  # 20 of 820: 2.4 %
    review_all()
    assert steps(shop) == []
    rows = figures(shop)["restrictions"]
    assert [row["step"] for row in rows] == ["products_off", "no_new_listings", "demotion"]
    assert all(row["lifted_at"] == "2026-11-20T04:00:00Z" for row in rows)
    with shop.scope():
        assert Event.objects.filter(name="quality.lifted", rule="P7").count() == 3


@pytest.mark.rule("P7")
def test_a_step_that_comes_again_is_another_row(shop, clock):
    restrict(shop, 6)
    clock.move(days=31)
    review_all()
    restrict(shop, 5, now=NOON + timedelta(days=31))
    assert [row["lifted_at"] is None for row in figures(shop)["restrictions"]] == [True, False]


@pytest.mark.rule("P7")
def test_the_window_that_moves_on_restricts_too(shop, clock):
    """Old orders leave the window and the quality refunds stay: the rate rises without anybody's doing."""
    bulk_orders(shop, 300, NOON - timedelta(days=29))
    restrict(shop, 6)
    assert steps(shop) == []
    clock.move(days=1)
    assert review_all() == 1
    assert steps(shop) == ["demotion"]


@pytest.mark.rule("P7")
def test_the_sweep_reviews_and_a_second_one_finds_nothing(shop, capsys):
    for _ in range(6):
        ask(shop)
    call_command("sweep")
    assert "restrictions: 1" in capsys.readouterr().out
    assert steps(shop) == ["demotion"]
    call_command("sweep")
    assert "restrictions: 0" in capsys.readouterr().out


@pytest.mark.rule("P7")
def test_a_worker_is_told_of_each_counted_refund_and_needs_not_be(shop, broker_tasks):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda call, **kwargs: call())
        ask(shop, reason="changed_mind")
        assert "refunds.tasks.review_quality_of" not in dict(broker_tasks)
        ask(shop)
    assert dict(broker_tasks)["refunds.tasks.review_quality_of"] == {"store_id": shop.store.pk}
    for _ in range(5):
        ask(shop)
    review_quality_of(shop.store.pk)
    assert steps(shop) == ["demotion"]
    with shop.scope():
        QualityRestriction.objects.all().delete()
    review_quality()
    assert steps(shop) == ["demotion"]


@pytest.mark.rule("P7")
def test_only_stores_that_the_figures_may_concern_are_looked_at(shop):
    quiet, elsewhere = make_shop("pinduoduo"), make_shop("taote")
    for _ in range(4):
        ask(shop)
        ask(quiet)
    ask(shop)
    for _ in range(9):
        ask(elsewhere)  # a marketplace without thresholds restricts nobody
    assert concerned_stores(NOON) == [shop.store.pk]
    review_all()
    assert (figures(elsewhere)["thresholds"], figures(elsewhere)["step"]) == ([], None)


@pytest.mark.rule("P7")
def test_a_harder_step_brings_the_milder_ones_even_with_odd_thresholds(shop, monkeypatch):
    odd = (
        QualityThreshold(step="demotion", rate=Decimal("0.9000"), minimum=50),
        QualityThreshold(step="no_new_listings", rate=Decimal("0.1000"), minimum=2),
    )
    set_rules(monkeypatch, "pinduoduo", quality_thresholds=odd)
    restrict(shop, 2)
    assert steps(shop) == ["demotion", "no_new_listings"]


@pytest.mark.rule("P7")
def test_a_sandbox_that_is_ahead_is_looked_at_by_its_own_clock_alone(broker_tasks):
    sandbox = make_shop("pinduoduo", is_sandbox=True)
    for _ in range(5):
        ask(sandbox)
    assert concerned_stores(NOON) == [sandbox.store.pk]
    set_clock(sandbox.store.pk, NOON + timedelta(hours=1))
    assert concerned_stores(NOON) == []
    with alone_with(sandbox.store.pk):
        assert concerned_stores(NOON) == [sandbox.store.pk]
