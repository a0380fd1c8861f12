"""Quality figures and restrictions against each other: nobody waits for a counter, nothing slips past a restriction."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from common.actors import SYSTEM
from common.tenancy import tenant_scope
from refunds.actions import approve_refund, resubmit_refund
from refunds.models import QualityDay, QualityRefund, QualityRestriction
from refunds.quality import recompute
from refunds.quality.restrictions import review_quality
from refunds.quality.rollup import KEPT_DAYS, lock_rollup, roll_up_days, roll_up_store
from stores.actions import update_product, upsert_products
from stores.models import Product
from tests.concurrency.harness import overtaken, together
from tests.quality import ask, bulk_orders, clean_books, counts, set_rules
from tests.world import BUYER, MERCHANT, NOON, make_shop


@pytest.fixture
def shop(transactional_db, broker_tasks, clock):
    """A Pinduoduo store whose rows are really committed; afterwards the books are clean."""
    yield make_shop("pinduoduo")
    clean_books()


def call(shop, action, **arguments):
    """The action in a scope of its own, as a request would run it."""

    def run():
        with tenant_scope(shop.store.pk):
            return action(**arguments)

    return run


def review(shop):
    return call(shop, review_quality, store_id=shop.store.pk, actor=SYSTEM, now=NOON)


def listing(shop, item_id, listed=True):
    data = {"item_id": item_id, "title": "Quilt", "category": "", "price": "1.00", "listed": listed}
    return call(shop, upsert_products, store=shop.store, products=[data], actor=MERCHANT, now=NOON)


@pytest.mark.rule("P6")
def test_two_requests_of_a_store_do_not_wait_for_each_other(shop):
    orders = [shop.order() for _ in range(2)]
    race = overtaken(lambda: ask(shop, orders[0]), lambda: ask(shop, orders[1]), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), False)
    assert counts(shop) == (2, 2, "1.0000")


@pytest.mark.rule("P6")
def test_a_fault_verified_twice_at_once_counts_once(shop, monkeypatch):
    set_rules(monkeypatch, "pinduoduo", quality_policy="verified_fault")
    refund = ask(shop)
    arguments = {"store_id": shop.store.pk, "refund_id": refund.pk, "actor": MERCHANT, "now": NOON}
    results = together(*[call(shop, approve_refund, **arguments)] * 4)
    assert sorted(result.code for result in results) == ["invalid_transition"] * 3 + ["ok"]
    assert counts(shop)[0] == 1


@pytest.mark.rule("P6")
def test_two_corrections_at_once_count_once(shop):
    refund = ask(shop, reason="other")
    shop.merchant.post(f"refunds/{refund.pk}/reject/", {"reason": "no"})
    arguments = {"store_id": shop.store.pk, "refund_id": refund.pk, "actor": BUYER, "now": NOON}
    results = together(*[call(shop, resubmit_refund, correction={"reason": "quality"}, **arguments)] * 4)
    assert [result.code for result in results].count("ok") == 1
    with shop.scope():
        assert QualityRefund.objects.count() == 1


@pytest.mark.rule("P7")
def test_of_reviews_at_once_one_acts(shop):
    for _ in range(6):
        ask(shop)
    results = together(*[review(shop)] * 4)
    assert sorted(result.value for result in results) == [False, False, False, True]
    with shop.scope():
        assert QualityRestriction.objects.count() == 1


@pytest.mark.rule("P7")
def test_a_second_review_waits_and_finds_nothing_to_do(shop):
    for _ in range(6):
        ask(shop)
    race = overtaken(
        lambda: review_quality(store_id=shop.store.pk, actor=SYSTEM, now=NOON), review(shop), scope=shop.scope()
    )
    assert (race.waited, race.first.value, race.second.value) == (True, True, False)


@pytest.mark.rule("P7")
def test_a_product_that_comes_while_the_store_is_restricted_is_refused(shop):
    for _ in range(10):
        ask(shop)
    race = overtaken(
        lambda: review_quality(store_id=shop.store.pk, actor=SYSTEM, now=NOON),
        listing(shop, "1001"),
        scope=shop.scope(),
    )
    assert (race.codes, race.waited) == (("ok", "listing_restricted"), True)


@pytest.mark.rule("P7")
def test_a_product_listed_a_moment_before_is_taken_off_with_the_others(shop):
    for _ in range(20):
        ask(shop)
    race = overtaken(listing(shop, "1001"), review(shop), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    with shop.scope():
        product = Product.objects.get(item_id="1001")
        assert (product.listed, product.taken_off) == (False, True)


@pytest.mark.rule("P7")
def test_a_change_of_a_product_that_is_just_taken_off_does_not_list_it(shop):
    listing(shop, "1001")()
    with shop.scope():
        product = Product.objects.get(item_id="1001")
    for _ in range(20):
        ask(shop)
    race = overtaken(
        lambda: review_quality(store_id=shop.store.pk, actor=SYSTEM, now=NOON),
        call(shop, update_product, product=product, changes={"title": "New", "listed": True}, actor=MERCHANT, now=NOON),
        scope=shop.scope(),
    )
    assert (race.codes, race.waited) == (("ok", "listing_restricted"), True)


@pytest.mark.rule("P7")
def test_an_order_that_comes_while_its_day_is_rolled_up_is_not_lost(shop, clock):
    """Its note isn't there yet when the roll-up takes the notes away, so it stays and the day is counted live."""
    clock.move(days=2)

    def late_order():
        shop.order(now=NOON + timedelta(days=1))

    race = overtaken(late_order, roll_up_days, scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), False)
    assert counts(shop)[1] == 1
    roll_up_days()
    assert counts(shop)[1] == 1


@pytest.mark.rule("P7")
def test_two_roll_ups_of_a_store_do_not_overwrite_each_other(shop, clock):
    clock.move(days=2)

    def rolling():
        lock_rollup(shop.store)
        roll_up_store(shop.store, NOON + timedelta(days=2))

    race = overtaken(rolling, roll_up_days, scope=shop.scope())
    assert (race.waited, race.second.value) == (False, 0)
    with shop.scope():
        assert QualityDay.objects.count() == KEPT_DAYS


@pytest.mark.rule("P7")
def test_a_check_beside_writers_sees_one_moment(shop, monkeypatch):
    look, meanwhile = recompute.window_of, []

    def interrupted(*args):
        shown = look(*args)
        meanwhile.extend(together(lambda: bulk_orders(shop, 3, NOON)))
        return shown

    roll_up_days()
    monkeypatch.setattr(recompute, "window_of", interrupted)
    call_command("recompute_quality", "--check")
    assert [result.code for result in meanwhile] == ["ok"]
    assert counts(shop)[1] == 3
