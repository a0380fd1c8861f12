"""The quality page: figures, chart, restrictions with a way out, counted refunds; the banner; the filter on refunds."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest

from refunds.quality.figures import Day, QualityFigures
from refunds.quality.recovery import Recovery, recovery_from
from refunds.quality.restrictions import review_all
from stores.marketplaces import current_rules
from tests.cases import for_each
from tests.quality import ask, bulk_orders, restrict
from tests.world import NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]

PAGE = "refunds/qualityrefund/"


@pytest.fixture
def shop(db):
    return make_shop("pinduoduo")


def text_of(answer) -> str:
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def chart_of(answer) -> dict:
    return json.loads(unescape(re.search(r'data-value="([^"]+)"', answer.content.decode())[1]))


@pytest.mark.rule("P7")
@for_each("role", ["viewer", "agent", "owner", "finance", "warehouse"])
def test_everybody_in_the_store_sees_the_figures(shop, sign_in, role):
    bulk_orders(shop, 37, NOON - timedelta(hours=1))
    refund = ask(shop)
    answer = sign_in(role, shop).get(PAGE)
    text = text_of(answer)
    assert "2.63 %" in text
    assert "4.47 Shopping experience" in text
    assert refund.order.number in text
    assert f"/admin/refunds/refund/{refund.pk}/change/" in answer.content.decode()


@pytest.mark.rule("P7")
def test_a_restriction_is_explained_and_so_is_the_way_out(shop, sign_in):
    bulk_orders(shop, 90, NOON - timedelta(hours=1))
    restrict(shop, 10)  # 10 of 100
    desk = sign_in("owner", shop)
    text = text_of(desk.get(PAGE))
    assert "The store is restricted Demotion since 2026-11-20 12:00, at 10.00 % (10 refunds)" in text
    assert "when 6 counted refunds have left the 30 days, or with 234 more orders" in text  # 4 of 100; 10 of 334
    assert "No new listings since 2026-11-20 12:00" in text
    assert "when 1 counted refund has left the 30 days, or with 100 more orders" in text
    overview = text_of(desk.get(""))
    assert "No new listings No product can be added or listed" in overview
    assert "How to recover" in overview


@pytest.mark.rule("P7")
def test_past_restrictions_stay_to_be_seen(shop, sign_in, clock):
    restrict(shop, 6)
    clock.move(days=31)
    review_all()
    desk = sign_in("viewer", shop)
    text = text_of(desk.get(PAGE))
    assert "Past restrictions Demotion 2026-11-20 12:00 – 2026-12-21 12:00" in text
    assert "The store is restricted" not in text
    assert "How to recover" not in text_of(desk.get(""))


@pytest.mark.rule("P7")
@for_each("days", [30, 90])
def test_the_trend_is_the_rate_of_the_window_day_by_day(shop, sign_in, days):
    bulk_orders(shop, 20, NOON - timedelta(days=40))
    order = shop.order(quantity=20)  # paid yesterday
    ask(shop, order, now=NOON - timedelta(days=35))
    chart = chart_of(sign_in("viewer", shop).get(PAGE, trend=days))
    rate, *lines = chart["datasets"]
    assert (len(chart["labels"]), len(rate["data"]), chart["labels"][-1]) == (days, days, "11-20")
    by_day = dict(zip(chart["labels"], map(str, rate["data"]), strict=True))
    assert by_day["11-09"] == "5.0000"  # 1 of 20
    assert by_day["11-10"] == "0.0000"  # the orders have left, the refund hasn't: nothing to measure it by
    assert by_day["11-20"] == "0.0000"
    assert [line["data"][0] for line in lines] == ["3.0000", "5.0000", "10.0000"]


@pytest.mark.rule("P6")
def test_what_the_buyer_said_first_is_shown_beside_what_they_say_now(shop, sign_in):
    refund = ask(shop)
    shop.merchant.post(f"refunds/{refund.pk}/reject/", {"reason": "no"})
    shop.buyer.post(f"refunds/{refund.pk}/resubmit/", {"reason": "changed_mind"})
    desk = sign_in("viewer", shop)
    assert "Quality later: Changed mind" in text_of(desk.get(PAGE))
    timeline = text_of(desk.get(f"refunds/refund/{refund.pk}/change/"))
    assert "Counted as a quality refund" in timeline


@pytest.mark.rule("P6")
def test_refunds_are_filtered_by_what_counts(shop, sign_in):
    counted, other = ask(shop), ask(shop, reason="other")
    desk = sign_in("viewer", shop)
    yes = desk.get("refunds/refund/", queue="all", counted="yes").content.decode()
    no = desk.get("refunds/refund/", queue="all", counted="no").content.decode()
    assert (counted.order.number in yes, other.order.number in yes) == (True, False)
    assert (counted.order.number in no, other.order.number in no) == (False, True)


def test_a_search_finds_a_counted_refund_by_its_order(shop, sign_in):
    first, second = ask(shop), ask(shop)
    found = sign_in("viewer", shop).get(PAGE, q=first.order.number).content.decode()
    assert (first.order.number in found, f">{second.order.number}<" in found) == (True, False)


def test_over_several_stores_each_has_its_line(shop, sign_in):
    desk = sign_in("viewer", shop)
    other = make_shop("pinduoduo")
    with other.scope():
        from stores.models import Membership

        Membership.objects.create(store=other.store, user=desk.user, role="viewer")
    ask(shop)
    restrict(other, 6)
    text = text_of(desk.get(PAGE))
    assert f"{shop.store.name} 100.00 % 1 of 1 orders not restricted" in text
    assert f"{other.store.name} 100.00 % 6 of 6 orders Demotion" in text


def test_the_operator_sees_the_restricted_stores(shop, sign_in):
    quiet = make_shop("pinduoduo")
    restrict(shop, 6)
    desk = sign_in("operator")
    text = text_of(desk.get(PAGE))
    assert f"{shop.store.name} 100.00 %" in text
    assert f"{quiet.store.name} 0.00 %" not in text
    assert f"{shop.store.name}: Demotion" in text_of(desk.get(""))


@pytest.mark.rule("P7")
def test_a_restricted_store_is_told_on_the_product_form(shop, sign_in):
    restrict(shop, 10)
    desk = sign_in("owner", shop)
    form = {"item_id": "77", "title": "Quilt", "category": "", "price": "1.00", "listed": "on", "source": "own"}
    answer = desk.post("stores/product/add/", **form)
    assert "may not add products now (item 77)" in text_of(answer)
    assert shop.merchant.get("products/77/").status_code == 404


def test_a_marketplace_without_steps_only_shows_figures(taote, sign_in):
    ask(taote)
    assert "This marketplace restricts nobody" in text_of(sign_in("viewer", taote).get(PAGE))


@for_each(
    ("refunds", "orders", "expected"),
    [(6, 100, Recovery(2, 100)), (10, 100, Recovery(6, 234)), (5, 100, Recovery(1, 67)), (4, 10, Recovery(0, 0))],
)
def test_how_far_recovery_is(refunds, orders, expected):
    demotion = current_rules("pinduoduo").quality_thresholds[0]
    assert recovery_from(demotion, QualityFigures((Day(NOON.date(), orders, refunds),))) == expected
