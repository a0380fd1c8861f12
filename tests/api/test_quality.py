"""Quality refunds over the API: what counts and since when (P6), the thirty days (P7), and what never counts (R9)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from refunds.models import QualityRefund, Refund
from refunds.quality.rollup import roll_up_days
from refunds.signals import refund_requested
from refunds.sweeps import sweep_due_refunds
from tests.api.helpers import code, detail
from tests.cases import for_each
from tests.quality import ask, bulk_orders, clean_books, counts, figures, set_rules
from tests.world import NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]


@pytest.fixture
def shop():
    yield make_shop("pinduoduo")
    clean_books()


def post(shop, reason, **body):
    order = shop.order()
    answer = shop.buyer.post(
        "refunds/", {"order": order.number, "kind": "refund_only", "reason": reason, "amount": "1.00", **body}
    )
    assert answer.status_code == 201, answer.json()
    return answer.json()["id"]


@pytest.mark.rule("P6")
@for_each(("reason", "counted"), [("quality", 1), ("not_as_described", 1), ("minor_flaw", 0)])
def test_a_request_counts_the_moment_it_is_answered(shop, reason, counted):
    refund = post(shop, reason)
    answer = figures(shop)
    assert (answer["quality_refunds"], answer["orders"], answer["policy"]) == (counted, 1, "by_application")
    assert answer["days"][-1] == {"date": "2026-11-20", "orders": 0, "quality_refunds": counted}
    told = [event["name"] for event in shop.merchant.get(f"refunds/{refund}/timeline/").json()["results"]]
    assert told.count("refund.counted") == counted


@pytest.mark.rule("P6")
def test_what_the_buyer_said_first_counts_whatever_is_corrected_later(shop):
    refund = post(shop, "quality")
    shop.merchant.post(f"refunds/{refund}/reject/", {"reason": "no"})
    assert shop.buyer.post(f"refunds/{refund}/resubmit/", {"reason": "changed_mind"}).status_code == 200
    assert counts(shop) == (1, 1, "1.0000")
    shop.buyer.post(f"refunds/{refund}/withdraw/")
    assert counts(shop) == (1, 1, "1.0000")


@pytest.mark.rule("P6")
def test_a_correction_that_speaks_of_quality_counts_from_then_and_once(shop, clock):
    refund = post(shop, "changed_mind")
    assert counts(shop)[0] == 0
    for reason in ("quality", "not_as_described"):
        clock.move(days=1)
        shop.merchant.post(f"refunds/{refund}/reject/", {"reason": "no"})
        assert shop.buyer.post(f"refunds/{refund}/resubmit/", {"reason": reason}).status_code == 200
    days = {day["date"]: day["quality_refunds"] for day in figures(shop)["days"]}
    assert (days["2026-11-20"], days["2026-11-21"], days["2026-11-22"]) == (0, 1, 0)
    with shop.scope():
        assert QualityRefund.objects.get().reason == "quality"


@pytest.mark.rule("P6", "R9")
def test_refunds_without_return_are_left_out_and_their_orders_are_not(shop):
    def into_the_programme(refund, **kwargs):
        refund.programme = "returnless"

    post(shop, "quality")
    refund_requested.connect(into_the_programme, dispatch_uid="test-programme")
    try:
        left_out = post(shop, "quality")
    finally:
        refund_requested.disconnect(dispatch_uid="test-programme")
    assert detail(shop, left_out)["programme"] == "returnless"
    assert counts(shop) == (1, 2, "0.5000")
    shop.merchant.post(f"refunds/{left_out}/reject/", {"reason": "no"})
    shop.buyer.post(f"refunds/{left_out}/resubmit/", {"reason": "not_as_described"})
    assert counts(shop) == (1, 2, "0.5000")


class TestVerifiedFault:
    """The other policy known in the field."""

    @pytest.fixture(autouse=True)
    def _policy(self, monkeypatch):
        set_rules(monkeypatch, "pinduoduo", quality_policy="verified_fault")

    @pytest.mark.rule("P6")
    def test_an_approval_counts_a_request_and_a_rejection_none(self, shop):
        approved, rejected = post(shop, "quality"), post(shop, "quality")
        assert counts(shop)[0] == 0
        shop.merchant.post(f"refunds/{rejected}/reject/", {"reason": "no"})
        assert shop.merchant.post(f"refunds/{approved}/approve/").status_code == 200
        answer = figures(shop)
        assert (answer["quality_refunds"], answer["policy"]) == (1, "verified_fault")

    @pytest.mark.rule("P6")
    def test_a_return_counts_when_the_goods_were_looked_at(self, shop):
        refund = post(shop, "quality", kind="return_and_refund")
        shop.merchant.post(f"refunds/{refund}/approve/")
        shop.buyer.post(f"refunds/{refund}/ship-return/", {"carrier": "SF", "tracking_number": "T1"})
        assert counts(shop)[0] == 0
        assert shop.merchant.post(f"refunds/{refund}/inspect/", {"result": "passed"}).status_code == 200
        assert counts(shop)[0] == 1

    @pytest.mark.rule("P6")
    def test_silence_counts_and_a_batch_asks_once(self, shop, clock, django_assert_max_num_queries):
        for _ in range(6):
            post(shop, "quality")
        post(shop, "minor_flaw")
        clock.move(hours=48)
        with django_assert_max_num_queries(18):
            assert sweep_due_refunds() == 7
        assert counts(shop)[0] == 6

    @pytest.mark.rule("P6")
    @for_each(("outcome", "counted"), [("buyer", 1), ("merchant", 0)])
    def test_the_platforms_decision_for_the_buyer_counts(self, shop, outcome, counted):
        refund = post(shop, "quality")
        dispute = shop.buyer.post("disputes/", {"refund": refund, "claim": "broken"}).json()["id"]
        decided = shop.buyer.post(f"disputes/{dispute}/decide/", {"outcome": outcome, "note": "seen"})
        assert decided.status_code == 200, decided.json()
        assert counts(shop)[0] == counted


@pytest.mark.rule("P7")
def test_the_shape_of_the_answer(shop):
    bulk_orders(shop, 40, NOON - timedelta(hours=1))
    ask(shop)
    answer = figures(shop)
    assert list(answer) == [
        *("window_days", "policy", "orders", "quality_refunds", "rate"),
        *("thresholds", "restrictions", "step", "stars", "days"),
    ]
    assert (answer["window_days"], answer["rate"], answer["step"], answer["restrictions"]) == (30, "0.0244", None, [])
    assert answer["thresholds"][0] == {"step": "demotion", "rate": "0.0300", "minimum": 5}
    assert [step["step"] for step in answer["thresholds"]] == ["demotion", "no_new_listings", "products_off"]
    assert [day["date"] for day in answer["days"]][::29] == ["2026-10-22", "2026-11-20"]
    assert sum(day["orders"] for day in answer["days"]) == answer["orders"] == 41


@pytest.mark.rule("P7")
def test_a_store_without_orders_has_no_rate(shop):
    assert counts(shop) == (0, 0, "0.0000")


@pytest.mark.rule("P7")
@for_each("rolled", [False, True])
@for_each("zone", ["Asia/Shanghai", "America/New_York", "Europe/Berlin"])
def test_the_window_is_exact_at_its_edges(shop, zone, rolled):
    """Thirty dates of the store's calendar: the first from its first instant on, over daylight saving's end too."""
    shop.merchant.patch(f"stores/{shop.store.code}/", {"time_zone": zone})
    today = NOON.astimezone(ZoneInfo(zone)).date()
    begins = datetime.combine(today - timedelta(days=29), datetime.min.time(), ZoneInfo(zone)).astimezone(NOON.tzinfo)
    for paid_at in (begins - timedelta(microseconds=1), begins, begins + timedelta(seconds=1)):
        bulk_orders(shop, 1, paid_at)
    for at in (begins - timedelta(microseconds=1), begins):
        ask(shop, now=at, order=shop.order(now=NOON))
    if rolled:
        roll_up_days()
    answer = figures(shop)
    assert (answer["orders"], answer["quality_refunds"]) == (2 + 2, 1)
    assert answer["days"][0] == {
        "date": (today - timedelta(days=29)).isoformat(),
        "orders": 2,
        "quality_refunds": 1,
    }


@pytest.mark.rule("P7")
def test_the_window_moves_at_the_stores_midnight(shop, clock):
    ask(shop)
    clock.move(days=29, hours=11, minutes=59)  # 23:59 in Shanghai, 29 dates on
    assert counts(shop)[0] == 1
    clock.move(minutes=1)
    assert counts(shop)[0] == 0


@pytest.mark.rule("P7")
def test_a_rolled_up_day_learns_of_an_order_that_comes_late(shop, clock):
    ask(shop)
    clock.move(days=2)
    roll_up_days()
    assert counts(shop) == (1, 1, "1.0000")
    shop.order(now=NOON + timedelta(hours=1))  # paid the day before that: long over, and rolled up
    assert counts(shop) == (1, 2, "0.5000")
    roll_up_days()
    assert counts(shop) == (1, 2, "0.5000")


@pytest.mark.rule("P7")
def test_an_order_that_was_paid_on_another_day_moves_there(shop, clock):
    order = shop.order()
    clock.move(days=3)
    roll_up_days()
    body = {
        "number": order.number,
        "buyer": {"id": order.buyer_id, "name": order.buyer_name},
        "paid_at": (order.paid_at - timedelta(days=2)).isoformat(),
        "address": order.address,
        "lines": [{"item_id": "8000", "quantity": 1, "unit_price": "59.00"}],
    }
    assert shop.buyer.post("orders/", body).status_code == 200
    days = {day["date"]: day["orders"] for day in figures(shop)["days"]}
    assert (days["2026-11-19"], days["2026-11-17"]) == (0, 1)


@pytest.mark.rule("P7")
def test_another_time_zone_is_another_calendar(shop, clock):
    bulk_orders(shop, 1, NOON - timedelta(hours=13))  # 23:00 on the 19th in Shanghai, 16:00 in Berlin
    ask(shop, order=shop.order(now=NOON), now=NOON - timedelta(hours=11))  # 01:00 on the 20th, 18:00 on the 19th
    clock.move(days=1)
    roll_up_days()
    assert {day["date"]: day["quality_refunds"] for day in figures(shop)["days"]}["2026-11-20"] == 1
    shop.merchant.patch(f"stores/{shop.store.code}/", {"time_zone": "Europe/Berlin"})
    assert {day["date"]: day["quality_refunds"] for day in figures(shop)["days"]}["2026-11-19"] == 1
    roll_up_days()
    assert {day["date"]: day["quality_refunds"] for day in figures(shop)["days"]}["2026-11-19"] == 1


def test_only_the_store_itself_reads_its_figures(shop):
    assert code(shop.buyer.get("quality/"))[0] == 403
    other = make_shop("pinduoduo")
    ask(other)
    assert counts(shop) == (0, 0, "0.0000")


@pytest.mark.rule("R9")
def test_the_stars(shop):
    """Five, less 20 × the quality rate, 10 × the late rate and 50 × the rate of disputes lost."""
    assert figures(shop)["stars"] == "5.00"
    bulk_orders(shop, 95, NOON - timedelta(hours=1))
    for _ in range(3):
        ask(shop)  # 3 % quality: 0.60
    late = shop.order(shipped=False, now=NOON - timedelta(days=1))  # paid two days ago, due a day ago: 1 % late: 0.10
    with shop.scope():
        assert late.ship_by < NOON
    lost = ask(shop, reason="other")
    dispute = shop.buyer.post("disputes/", {"refund": str(lost.pk), "claim": "broken"}).json()["id"]
    shop.buyer.post(f"disputes/{dispute}/decide/", {"outcome": "buyer", "note": "seen"})  # 1 % lost: 0.50
    assert figures(shop)["orders"] == 100
    assert figures(shop)["stars"] == "3.80"
    with shop.scope():
        Refund.objects.filter(pk=lost.pk).update(programme="returnless")
    assert figures(shop)["stars"] == "4.30"
    for _ in range(30):
        ask(shop)
    assert figures(shop)["stars"] == "1.00"
