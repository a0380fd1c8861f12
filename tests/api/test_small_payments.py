"""Small payments over the API: their purposes, and their limits to the cent and to the second (K8–K11)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from common import clock as wall
from common.actors import SYSTEM, Actor, ActorKind
from common.tenancy import system_scope
from payments.allowances import open_day_allowances
from payments.gateways import gateway
from payments.models import DayAllowance, Payment, Transfer
from payments.reversals import reverse_payments
from payments.settlement import settle_batch
from payments.states import SMALL_PURPOSES
from payments.terms import set_payment_terms
from stores import marketplaces
from tests.cases import for_each
from tests.journeys.conftest import _clean_books  # noqa: F401  an autouse fixture
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]

OPERATOR = Actor(ActorKind.OPERATOR, "test", "operator")
_keys = iter(range(10**6))


@pytest.fixture
def shop(db):
    return make_shop("kuaishou")


def send(shop, order, amount="1.00", purpose="other", key=None, **body):
    """POST payments/."""
    headers = {"Idempotency-Key": key or f"k{next(_keys)}"}
    return shop.merchant.post(
        "payments/", {"order": order.number, "amount": amount, "purpose": purpose, **body}, **headers
    )


def error(answer) -> tuple:
    [only] = answer.json()["errors"]
    return answer.status_code, only["code"], only["attr"]


def allowance(shop, order) -> dict:
    return shop.merchant.get("payments/allowance/", order=order.number).json()


def set_terms(shop, **terms):
    values = {"per_payment": None, "per_order": None, "per_day": None, "gateway": "", **terms}
    with system_scope():
        set_payment_terms(store=shop.store, actor=OPERATOR, now=wall.now(), **values)


@pytest.mark.rule("K11")
@for_each("purpose", SMALL_PURPOSES)
def test_each_purpose_is_paid_from_the_order(shop, purpose):
    order = shop.order()
    answer = send(shop, order, "12.30", purpose, note="运费补给您")
    payment = answer.json()
    assert answer.status_code == 201
    assert (payment["order"], payment["refund"], payment["purpose"]) == (order.number, None, purpose)
    assert (payment["amount"], payment["status"], payment["note"]) == ("12.30", "pending", "运费补给您")
    settle_batch()
    paid = shop.merchant.get(f"payments/{payment['id']}/").json()
    assert (paid["status"], paid["gateway"]) == ("succeeded", "sandbox")
    with shop.scope():
        assert [str(each.amount) for each in Transfer.objects.filter(phase="posted")] == ["12.30"]
    assert shop.reload(order).claimed_amount == 0, "it settles a quarrel on top of what is refundable"


@pytest.mark.rule("K11")
def test_from_the_refund_it_is_told_in_the_refunds_history(shop):
    refund = shop.refund(kind="refund_only")
    payment = send(shop, refund.order, refund=str(refund.pk)).json()
    assert payment["refund"] == str(refund.pk)
    settle_batch()
    timeline = shop.merchant.get(f"refunds/{refund.pk}/timeline/").json()
    names = [event["name"] for event in timeline["results"] if event["name"].startswith("payment")]
    assert names == ["payment.reserved", "payment.succeeded"]
    assert [each["id"] for each in shop.merchant.get(f"refunds/{refund.pk}/").json()["payments"]] == [payment["id"]]
    assert shop.merchant.get(f"refunds/{refund.pk}/").json()["status"] == "awaiting_merchant"


@pytest.mark.rule("K11")
def test_a_paid_small_payment_does_not_settle_the_refund_that_waits_for_its_own_money(shop):
    refund = shop.refund(shop.order(buyer_id="sandbox-timeout"), kind="refund_only")
    shop.merchant.post(f"refunds/{refund.pk}/approve/")
    settle_batch()
    order = shop.reload(refund.order)
    order.buyer_id = "buyer-1"
    with shop.scope():
        order.save(update_fields=["buyer_id"])
    assert send(shop, order, refund=str(refund.pk)).status_code == 201
    settle_batch()
    shown = shop.merchant.get(f"refunds/{refund.pk}/").json()
    assert [each["status"] for each in shown["payments"]] == ["processing", "succeeded"]
    assert (shown["status"], shown["needs_attention"]) == ("refunding", False)


@pytest.mark.rule("K11")
def test_the_refund_must_be_one_of_the_order(shop):
    refund, elsewhere = shop.refund(), shop.order()
    answer = send(shop, elsewhere, refund=str(refund.pk))
    assert answer.status_code == 404
    assert shop.reload(elsewhere).small_payments == 0


@pytest.mark.rule("K11")
@for_each(
    ("body", "attr"),
    [
        ({"purpose": "refund"}, "purpose"),
        ({"purpose": "red_packet"}, "purpose"),
        ({"amount": "0.00"}, "amount"),
        ({"amount": "1.005"}, "amount"),
        ({"note": "x" * 201}, "note"),
        ({"refund": "no-uuid"}, "refund"),
    ],
)
def test_malformed_input_names_its_field(shop, body, attr):
    order = shop.order()
    answer = send(shop, order, **body)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)
    assert allowance(shop, order)["order"] == {"used": 0, "left": 3}


@pytest.mark.rule("K11")
def test_without_an_idempotency_key_nothing_is_sent(shop):
    order = shop.order()
    answer = shop.merchant.post("payments/", {"order": order.number, "amount": "1.00", "purpose": "other"})
    assert error(answer)[:2] == (400, "idempotency_key_required")
    assert allowance(shop, order)["order"]["used"] == 0


def test_a_retry_pays_once(shop):
    order = shop.order()
    first, again = (send(shop, order, key="same") for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert error(send(shop, order, "2.00", key="same"))[:2] == (409, "idempotency_key_reused")
    assert allowance(shop, order)["order"]["used"] == 1


@pytest.mark.rule("K8")
@for_each("name", list(marketplaces.newest()))
def test_the_365th_day_is_the_last_to_the_second(name, clock):
    shop = make_shop(name)
    order = shop.order()  # paid on 19 November 2026 at noon in Shanghai
    end = datetime(2027, 11, 19, 16, 0, tzinfo=UTC)  # midnight after 19 November 2027 there
    assert allowance(shop, order)["usable_until"] == "2027-11-19T16:00:00Z"
    clock.traveller.move_to(end - timedelta(seconds=1))
    assert send(shop, order).status_code == 201
    clock.traveller.move_to(end)
    assert error(send(shop, order)) == (409, "payment_window_closed", None)
    assert allowance(shop, order)["order"]["used"] == 1


@pytest.mark.rule("K8")
def test_the_window_ends_with_the_stores_own_day(shop, clock):
    with shop.scope():
        shop.store.time_zone = "America/New_York"
        shop.store.save()
    order = shop.order()  # paid at 23:00 on 18 November 2026 in New York
    assert allowance(shop, order)["usable_until"] == "2027-11-19T05:00:00Z"


@pytest.mark.rule("K9")
def test_at_most_1000_yuan_a_payment(shop):
    order = shop.order()
    assert error(send(shop, order, "1000.01")) == (409, "payment_above_limit", "amount")
    assert send(shop, order, "1000.00").status_code == 201, "more than the order cost: it isn't a refund"


@pytest.mark.rule("K9")
def test_at_most_three_an_order_and_a_failed_one_frees_its_place_once(shop):
    order = shop.order(buyer_id="sandbox-decline")
    for _ in range(3):
        assert send(shop, order).status_code == 201
    assert error(send(shop, order)) == (409, "order_payment_count_reached", None)
    assert allowance(shop, order)["order"] == {"used": 3, "left": 0}
    settle_batch()
    settle_batch()
    assert allowance(shop, order)["order"] == {"used": 0, "left": 3}
    assert allowance(shop, order)["store_day"]["used"] == "0.00"
    assert send(shop, order).status_code == 201


@pytest.mark.rule("K9", "K10")
def test_what_comes_back_frees_its_place_and_the_days_yuan_once(shop, clock):
    order = shop.order()
    payment = send(shop, order, "400.00").json()
    settle_batch()
    clock.move(hours=24)
    send(shop, order, "100.00")
    gateway("sandbox").send_back(payment["id"])
    for expected in (1, 0):
        with system_scope():
            rows = Payment.objects.filter(pk=payment["id"]).values_list("pk", flat=True)
            assert (
                len(reverse_payments(reasons=dict.fromkeys(rows, "closed"), now=wall.now(), actor=SYSTEM)) == expected
            )
    shown = shop.merchant.get(f"payments/{payment['id']}/").json()
    assert (shown["status"], shown["reversed_at"], shown["last_error"]) == ("failed", "2026-11-21T04:00:00Z", "closed")
    left = allowance(shop, order)
    assert (left["order"]["used"], left["store_day"]["used"]) == (1, "100.00"), "today's own"
    with shop.scope():
        used = dict(DayAllowance.objects.values_list("date", "used"))
    assert [str(used[day]) for day in sorted(used)] == ["0.00", "100.00"], "given back to the day it counted on"


@pytest.mark.rule("K10")
def test_the_day_limit_to_the_cent(shop):
    with shop.scope():
        yesterday = DayAllowance.objects.create(store=shop.store, date=date(2026, 11, 19), limit=9)
    set_terms(shop, per_day=Decimal("100.00"))
    assert shop.reload(yesterday).limit == 9
    first, second = shop.order(), shop.order()
    assert send(shop, first, "99.99").status_code == 201
    answer = send(shop, second, "0.02")
    assert error(answer) == (409, "store_day_limit_reached", "amount")
    assert "0.01" in answer.json()["errors"][0]["detail"]
    assert "2026-11-21 00:00" in answer.json()["errors"][0]["detail"]
    assert allowance(shop, second)["order"]["used"] == 0, "nothing is left behind"
    assert send(shop, second, "0.01").status_code == 201
    assert allowance(shop, second) == {
        "per_payment": "1000.00",
        "order": {"used": 1, "left": 2},
        "store_day": {
            "date": "2026-11-20",
            "limit": "100.00",
            "used": "100.00",
            "left": "0.00",
            "resets_at": "2026-11-20T16:00:00Z",
        },
        "usable_until": "2027-11-19T16:00:00Z",
    }


@pytest.mark.rule("K10")
@for_each("name", list(marketplaces.newest()))
def test_every_marketplaces_own_number_holds(name):
    shop = make_shop(name)
    rules = shop.store.rules
    shown = allowance(shop, shop.order())
    assert shown["per_payment"] == f"{rules.payment_limit:.2f}"
    assert shown["order"]["left"] == rules.payments_per_order
    assert shown["store_day"]["limit"] == f"{rules.store_day_limit:.2f}"


@pytest.mark.rule("K10")
@for_each("beat_runs", [True, False], ids=["opened by beat", "beat was down"])
def test_a_new_day_begins_at_the_stores_midnight(shop, clock, beat_runs):
    set_terms(shop, per_day=Decimal("5.00"))
    order = shop.order()
    clock.traveller.move_to(datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC))
    assert send(shop, order, "5.00").status_code == 201
    assert error(send(shop, order, "5.00"))[1] == "store_day_limit_reached"
    clock.move(seconds=1)
    if beat_runs:
        with system_scope():
            assert open_day_allowances(now=wall.now()) == 1
            assert open_day_allowances(now=wall.now()) == 0
    assert allowance(shop, order)["store_day"]["date"] == "2026-11-21"
    assert send(shop, order, "5.00").status_code == 201
    with shop.scope():
        rows = list(DayAllowance.objects.order_by("date").values_list("limit", "used"))
    assert [(str(limit), str(used)) for limit, used in rows] == [("5.00", "5.00"), ("5.00", "5.00")]


@pytest.mark.rule("K10")
@for_each(
    ("zone", "day", "begins", "ends", "hours"),
    [
        ("America/New_York", "2027-03-14", "2027-03-14T05:00:00Z", "2027-03-15T04:00:00Z", 23),
        ("America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", 25),
        ("Africa/Cairo", "2027-04-30", "2027-04-29T22:00:00Z", "2027-04-30T21:00:00Z", 23),  # no midnight
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", 25),  # midnight twice
        ("Asia/Kolkata", "2026-11-01", "2026-10-31T18:30:00Z", "2026-11-01T18:30:00Z", 24),
    ],
)
def test_days_of_23_and_25_hours(shop, clock, zone, day, begins, ends, hours):
    with shop.scope():
        shop.store.time_zone = zone
        shop.store.save()
    begin, end = (datetime.fromisoformat(text) for text in (begins, ends))
    assert end - begin == timedelta(hours=hours)
    order = shop.order(now=begin)
    for instant in (begin, end - timedelta(seconds=1)):
        clock.traveller.move_to(instant)
        shown = allowance(shop, order)["store_day"]
        assert (shown["date"], shown["resets_at"]) == (day, ends)
    for instant in (begin - timedelta(seconds=1), end):
        clock.traveller.move_to(instant)
        assert allowance(shop, order)["store_day"]["date"] != day


@pytest.mark.rule("K9", "K10")
@for_each(
    ("terms", "reason"),
    [
        ({"per_payment": Decimal("9.99")}, "per payment"),
        ({"per_order": 0}, "per order"),
        ({"per_day": Decimal("9.99")}, "per day"),
    ],
)
def test_limits_that_were_lowered_count_at_pay_out(shop, terms, reason):
    order = shop.order()
    payment = send(shop, order, "10.00").json()
    set_terms(shop, **terms)
    settle_batch()
    shown = shop.merchant.get(f"payments/{payment['id']}/").json()
    assert (shown["status"], shown["gateway_reference"]) == ("failed", "")
    assert reason in shown["last_error"]
    reader = shop.merchant.client.get(f"/api/v1/payments/{payment['id']}/", headers={"Accept-Language": "zh-hans"})
    assert "下调" in reader.json()["last_error"], "kept as a code, and worded for whoever reads"
    left = allowance(shop, order)
    assert (left["order"]["used"], left["store_day"]["used"]) == (0, "0.00")


@pytest.mark.rule("K9", "K10")
def test_of_what_no_longer_fits_the_newest_fails(shop):
    orders = [shop.order() for _ in range(4)]
    sent = [send(shop, order, "10.00").json()["id"] for order in orders]
    set_terms(shop, per_day=Decimal("25.00"))
    settle_batch()
    states = [shop.merchant.get(f"payments/{each}/").json()["status"] for each in sent]
    assert states == ["succeeded", "succeeded", "failed", "failed"]
    assert allowance(shop, orders[0])["store_day"] | {"resets_at": 0} == {
        "date": "2026-11-20",
        "limit": "25.00",
        "used": "20.00",
        "left": "5.00",
        "resets_at": 0,
    }


@pytest.mark.rule("K10")
@for_each(
    ("zone", "resets_at"),
    [("Pacific/Kiritimati", "2026-11-20T16:00:00Z"), ("America/New_York", "2026-11-21T05:00:00Z")],
)
def test_the_days_allowance_is_not_had_twice_by_moving_the_store(shop, clock, zone, resets_at):
    set_terms(shop, per_day=Decimal("25.00"))
    clock.move(hours=6, minutes=30)  # it is the next day in Kiritimati
    first, second = shop.order(), shop.order()
    assert send(shop, first, "20.00").status_code == 201
    assert shop.merchant.patch(f"stores/{shop.store.code}/", {"time_zone": zone}).status_code == 200
    left = allowance(shop, second)["store_day"]
    assert (left["date"], left["left"], left["resets_at"]) == ("2026-11-20", "5.00", resets_at)
    assert error(send(shop, second, "5.01"))[:2] == (409, "store_day_limit_reached")
    shop.merchant.patch(f"stores/{shop.store.code}/", {"time_zone": "Asia/Shanghai"})
    assert error(send(shop, second, "5.01"))[:2] == (409, "store_day_limit_reached")
    clock.move(hours=24)
    assert send(shop, second, "25.00").status_code == 201


@pytest.mark.rule("K9", "K10")
def test_raised_limits_count_at_once(shop):
    order = shop.order()
    set_terms(shop, per_payment=Decimal("2000.00"), per_order=4)
    assert [send(shop, order, "2000.00").status_code for _ in range(5)] == [201, 201, 201, 201, 409]


def test_another_stores_order_is_not_found(shop):
    order = make_shop("kuaishou").order()
    assert send(shop, order).status_code == 404
    assert shop.merchant.get("payments/allowance/", order=order.number).status_code == 404
    assert shop.merchant.get("payments/allowance/").json()["errors"][0]["attr"] == "order"
