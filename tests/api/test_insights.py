"""What retention saves, over HTTP: right the moment after an answer, to the cent, by the rates of the time (Q18)."""

import csv
import io
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common.actors import SYSTEM, Actor, ActorKind
from common.tenancy import system_scope
from offers.actions import send_offer
from offers.insights.rebuild import rebuild, roll_everything
from offers.models import CostRates, DailyLoss, DailyRetention, Offer, Outcome
from operations.verification import run_checks
from payments.models import Payment, SandboxTransfer
from payments.reversals import reverse_payments
from payments.settlement import settle_batch
from refunds.actions import retry_payment
from stores.actions import create_store_key
from stores.marketplaces import Costs
from tests.api.helpers import code
from tests.world import MERCHANT, NOON, Api, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

RATES = {
    "return_freight": "9.00",
    "handling": "3.50",
    "agent_minutes": 10,
    "agent_hourly": "33.10",
    "consultation": "0.75",
}
COSTS = vars(Costs())
DAY_OF_LOSS = {"date": NOON.date(), "marketplace": "taote", "reason": "other"}
DAY = {**DAY_OF_LOSS, "method": "gift", "agent": "user:1"}
AVOIDED = Decimal("9.00") + Decimal("3.50") + Decimal("5.52") + Decimal("0.75")


@pytest.fixture
def tmall(db):
    return make_shop("tmall")


@pytest.fixture
def rated(tmall):
    assert tmall.merchant.patch(f"stores/{tmall.store.code}/cost-rates/", RATES).status_code == 200
    return tmall


def report(shop, **params) -> dict:
    answer = shop.merchant.get("insights/retention/", **params)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def send(shop, refund=None, **terms) -> str:
    refund = refund or shop.refund()
    answer = shop.merchant.post("offers/", {"refund": str(refund.pk), "message": "亲，抱歉", **terms})
    assert answer.status_code == 201, answer.json()
    return answer.json()["id"]


def accepted(shop, refund=None, **terms) -> str:
    offer = send(shop, refund, **terms)
    assert shop.buyer.post(f"offers/{offer}/accept/").status_code == 200
    return offer


def money(shop) -> tuple[str, ...]:
    totals = report(shop)["totals"]
    return tuple(totals[name] for name in ("sales_kept", "hidden_costs_avoided", "offer_costs", "net"))


def consistent(shop) -> dict:
    """The report, which is the same before it is rolled up, afterwards, and after a rebuild."""
    live = report(shop)
    roll_everything()
    assert report(shop) == live
    assert rebuild(shop.store) == 0
    assert report(shop) == live
    with system_scope():
        assert [(check.name, off) for check, off in run_checks() if off] == []
    return live


@pytest.mark.rule("Q18")
def test_every_answer_counts_at_once_and_ever_after(rated):
    accepted(rated, method="partial_refund", amount="9.90")
    declined = send(rated, method="reassurance")
    rated.buyer.post(f"offers/{declined}/decline/")
    send(rated, method="red_packet", amount="5.00")

    live = consistent(rated)

    totals = live["totals"]
    assert [totals[name] for name in ("offers", "answered", "expired", "accepted")] == [3, 2, 0, 1]
    assert totals["acceptance_rate"] == "0.5000"
    assert money(rated) == ("59.00", str(AVOIDED), "9.90", str(Decimal("49.10") + AVOIDED))
    assert live["currency"] == "CNY"
    assert {row["method"]: row["accepted"] for row in live["by_method"]} == {
        "partial_refund": 1,
        "reassurance": 0,
        "red_packet": 0,
    }
    assert [row["reason"] for row in live["by_reason"]] == ["changed_mind"]
    assert [row["name"] for row in live["by_agent"]] == ["erp"]
    assert len(live["by_day"]) == 30
    assert live["by_day"][-1]["day"] == live["to"] == "2026-11-20"
    assert live["by_day"][-1]["net"] == totals["net"]
    assert sum(row["offers"] for row in live["by_day"]) == 3


@pytest.mark.rule("Q18")
def test_silence_counts_against_a_method_and_a_withdrawn_offer_does_not(tmall, clock):
    send(tmall, method="reassurance")
    decided = tmall.refund()
    send(tmall, decided, method="reassurance")
    tmall.merchant.post(f"refunds/{decided.pk}/approve/")
    accepted(tmall, method="reassurance")
    clock.move(hours=25)
    call_command("sweep", verbosity=0)

    totals = consistent(tmall)["totals"]

    assert [totals[name] for name in ("offers", "answered", "expired", "accepted")] == [3, 1, 1, 1]
    assert totals["acceptance_rate"] == "0.5000"


@pytest.mark.rule("Q18")
@pytest.mark.parametrize(
    ("method", "terms", "cost", "avoids"),
    [
        ("reassurance", {}, "0.00", AVOIDED),
        ("gift", {"item_id": "8000"}, "59.00", AVOIDED),
        ("reship", {"item_id": "8000"}, "59.00", AVOIDED),
        ("exchange", {"item_id": "8000"}, "0.00", AVOIDED - Decimal("12.50")),  # the goods come back all the same
        ("red_packet", {"amount": "6.66"}, "6.66", AVOIDED),
    ],
)
def test_what_a_method_costs_and_spares(rated, method, terms, cost, avoids):
    accepted(rated, method=method, **terms)

    kept, avoided, costs, _net = money(rated)
    assert (kept, avoided, costs) == ("59.00", str(avoids), cost)
    consistent(rated)


@pytest.mark.rule("Q18")
def test_coupons_cost_what_was_granted_and_no_return_spares_no_freight(rated):
    ids = [
        rated.merchant.post(
            "coupons/",
            {
                "name": "Thanks",
                "channel": "smart_retention",
                "amount_off": off,
                "valid_from": "2026-11-19T04:00:00Z",
                "valid_until": "2026-12-19T04:00:00Z",
                "quantity": 3,
            },
        ).json()["id"]
        for off in ("5.00", "2.50")
    ]
    accepted(rated, rated.refund(kind="refund_only", amount="20.00"), method="coupon", coupons=ids)

    assert money(rated) == ("20.00", "6.27", "7.50", "18.77")
    consistent(rated)


@pytest.mark.rule("Q18")
def test_a_product_costs_what_it_cost_when_it_was_offered(tmall):
    offer = send(tmall, method="gift", item_id="8000")
    tmall.merchant.patch("products/8000/", {"price": "1.00"})
    tmall.buyer.post(f"offers/{offer}/accept/")
    assert money(tmall)[2] == "59.00"
    consistent(tmall)


@pytest.mark.rule("Q18")
def test_a_negotiation_keeps_what_is_no_longer_refunded(taote):
    accepted(taote, method="change_to_refund_only", amount="2.00", agreed_with_buyer=True)
    assert money(taote) == ("57.00", "17.00", "0.00", "74.00")
    back = taote.refund(kind="refund_only", amount="30.00")
    accepted(taote, back, method="change_to_return", return_address=str(taote.address.pk), agreed_with_buyer=True)
    assert money(taote) == ("57.00", "17.00", "0.00", "74.00")  # the goods come back; the money goes out all the same
    consistent(taote)


@pytest.mark.rule("Q18")
def test_the_costs_are_what_the_ledger_posted(rated):
    for amount in ("9.90", "0.01", "33.33"):
        accepted(rated, method="partial_refund", amount=amount)
    accepted(rated, method="red_packet", amount="7.77")
    accepted(rated, rated.refund(rated.order(buyer_id="sandbox-decline")), method="partial_refund", amount="11.11")
    assert money(rated)[2] == "62.12"  # reserved counts until it is declined
    roll_everything()

    settle_batch()

    with rated.scope():
        purposes = ["partial_refund", "red_packet"]
        posted = Payment.objects.filter(purpose__in=purposes, transfers__phase="posted")
        assert sum(payment.amount for payment in posted) == Decimal("51.01")
    assert money(rated)[2] == "51.01"
    consistent(rated)


@pytest.mark.rule("Q18")
def test_a_payment_that_is_repeated_costs_again(rated):
    refund = rated.refund(rated.order(buyer_id="sandbox-decline"))
    accepted(rated, refund, method="partial_refund", amount="11.11")
    settle_batch()
    roll_everything()
    assert money(rated)[2] == "0.00"
    with rated.scope():
        retry_payment(store_id=rated.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    assert money(rated)[2] == "11.11"
    consistent(rated)


@pytest.mark.rule("Q18")
def test_a_sale_that_is_refunded_later_was_not_kept(rated, clock):
    order = rated.order(prices=("59.00", "20.00"))
    lines = [{"item_id": "8000", "quantity": 1}]
    accepted(rated, rated.refund(order, amount="59.00", lines=lines), method="reassurance")
    roll_everything()
    other = rated.refund(order, kind="refund_only", amount="20.00", lines=[{"item_id": "8001", "quantity": 1}])
    rated.merchant.post(f"refunds/{other.pk}/approve/")
    settle_batch()
    assert money(rated)[0] == "59.00"  # other goods

    clock.move(days=3)
    again = rated.buyer.post(
        "refunds/",
        {"order": order.number, "kind": "refund_only", "reason": "other", "amount": "40.00", "lines": lines},
    ).json()["id"]
    assert money(rated)[0] == "59.00"  # asked for is not paid
    rated.merchant.post(f"refunds/{again}/approve/")
    settle_batch()

    assert money(rated) == ("19.00", "0.00", "0.00", "19.00")
    live = consistent(rated)
    assert live["totals"]["taken_back"] == "40.00"
    assert live["lost"]["refunds"] == 2
    assert live["lost"]["sale"] == "60.00"


@pytest.mark.rule("Q18")
def test_a_refund_whose_money_comes_back_is_not_lost(rated, clock):
    order = rated.order()
    accepted(rated, rated.refund(order), method="red_packet", amount="5.00")
    settle_batch()
    later = rated.refund(order, kind="refund_only", amount="30.00")
    rated.merchant.post(f"refunds/{later.pk}/approve/")
    settle_batch()
    roll_everything()
    assert money(rated)[::2] == ("29.00", "5.00")

    with rated.scope():
        payments = {payment.purpose: payment for payment in Payment.objects.all()}
    for purpose in ("refund", "red_packet"):
        with system_scope():
            reverse_payments(reasons={payments[purpose].pk: "account closed"}, now=NOON, actor=SYSTEM)
    SandboxTransfer.objects.update(outcome="returned")

    assert money(rated)[::2] == ("59.00", "0.00")
    live = consistent(rated)
    assert (live["lost"]["refunds"], live["lost"]["total"]) == (0, "0.00")


@pytest.mark.rule("Q18")
def test_after_thirty_days_what_was_kept_stays_kept(rated, clock):
    order = rated.order()
    accepted(rated, rated.refund(order), method="reassurance")
    clock.move(days=30)
    again = rated.buyer.post(
        "refunds/", {"order": order.number, "kind": "refund_only", "reason": "other", "amount": "59.00"}
    ).json()["id"]
    rated.merchant.post(f"refunds/{again}/approve/")
    settle_batch()
    assert report(rated, **{"from": "2026-11-20"})["totals"]["taken_back"] == "0.00"


@pytest.mark.rule("Q18")
def test_a_sale_is_kept_once_however_often_the_buyer_asks(rated, clock):
    order = rated.order()
    accepted(rated, rated.refund(order), method="reassurance")
    roll_everything()
    clock.move(hours=1)
    accepted(rated, rated.refund(order, now=NOON), method="red_packet", amount="5.00")

    assert money(rated)[0] == "59.00"
    assert consistent(rated)["totals"]["accepted"] == 2


@pytest.mark.rule("Q18")
def test_a_changed_rate_leaves_the_past_as_it_was(rated, clock):
    accepted(rated, method="reassurance")
    clock.move(seconds=1)
    answer = rated.merchant.patch(f"stores/{rated.store.code}/cost-rates/", {"handling": "100.00"})
    assert answer.json()["handling"] == "100.00"
    assert answer.json()["return_freight"] == "9.00"
    assert answer.json()["agent_time"] == "5.52"
    assert money(rated)[1] == str(AVOIDED)
    accepted(rated, method="reassurance")
    assert Decimal(money(rated)[1]) == 2 * AVOIDED + Decimal("96.50")
    consistent(rated)
    with rated.scope():
        assert CostRates.objects.for_store(rated.store.pk).count() == 2


@pytest.mark.rule("Q18")
def test_the_database_keeps_old_rates_as_they_were(rated):
    with rated.scope(), pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        CostRates.objects.for_store(rated.store.pk).update(handling="0.00")


@pytest.mark.parametrize(
    ("make", "net"),
    [
        (lambda store: CostRates(store=store, valid_from=NOON, **{**COSTS, "handling": -1}), "cost_rates_not_negative"),
        (lambda store: CostRates(store=store, valid_from=NOON, **{**COSTS, "stock_loss_percent": 101}), "percent"),
        (
            lambda store: DailyRetention(store=store, **DAY, offers=1, answered=1, accepted=2),
            "accepted_within_answered",
        ),
        (lambda store: DailyLoss(store=store, **DAY_OF_LOSS, refunds=-1), "daily_loss_not_negative"),
    ],
)
def test_the_database_refuses_figures_that_cannot_be(taote, make, net):
    with taote.scope(), pytest.raises(IntegrityError, match=net), transaction.atomic():
        make(taote.store).save()


@pytest.mark.rule("Q18", "K1")
def test_a_buyer_who_stays_is_the_platforms_doing_and_no_parcel_would_have_come_back(db):
    kuaishou = make_shop("kuaishou")
    order = kuaishou.order(shipped=False)
    refund = kuaishou.buyer.post(
        "refunds/", {"order": order.number, "kind": "refund_only", "reason": "changed_mind", "amount": "59.00"}
    ).json()
    kuaishou.buyer.post(f"offers/{refund['offers'][0]['id']}/accept/")
    assert money(kuaishou) == ("59.00", "5.00", "0.00", "64.00")
    live = consistent(kuaishou)
    assert [(row["method"], row["accepted"]) for row in live["by_method"]] == [("stay", 1)]
    assert [(row["agent"], row["name"]) for row in live["by_agent"]] == [("platform", "")]


def test_an_offer_keeps_who_sent_it_and_the_day_in_the_stores_zone(taote, clock):
    with system_scope():
        taote.store.time_zone = "America/Los_Angeles"
        taote.store.save()
    accepted(taote, method="change_to_refund_only", amount="2.00", agreed_with_buyer=True)
    with taote.scope():
        offer = Offer.objects.get()
    assert (offer.sent_by_kind, offer.sent_by_label, offer.sent_on.isoformat()) == ("merchant", "erp", "2026-11-19")
    assert offer.sent_by == f"key:{taote.merchant_key.partition('.')[0]}"
    assert report(taote)["to"] == "2026-11-19"
    assert report(taote)["totals"]["offers"] == 1
    assert report(taote, **{"from": "2026-11-20", "to": "2026-11-20"})["totals"]["offers"] == 0


@pytest.mark.parametrize(
    ("params", "attr"),
    [
        ({"from": "2026-1-1"}, "from"),
        ({"to": "20261120"}, "to"),
        ({"to": "2026-02-30"}, "to"),
        ({"from": "2026-11-21", "to": "2026-11-20"}, "from"),
        ({"from": "2025-11-19", "to": "2026-11-20"}, "from"),
        ({"group_by": "week"}, "group_by"),
        ({"format": "xlsx"}, "format"),
    ],
)
def test_a_bad_question_is_answered_with_the_field(taote, params, attr):
    answer = taote.merchant.get("insights/retention/", **params)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr


def test_a_year_and_a_day_of_a_leap_year_fit(taote):
    assert len(report(taote, **{"from": "2025-11-20", "to": "2026-11-20"})["by_day"]) == 366


def test_one_grouping_may_be_asked_for(taote):
    assert {name for name in report(taote, group_by="method") if name.startswith("by_")} == {"by_method"}


def test_a_table_for_a_spreadsheet_runs_nothing(taote):
    refund = taote.refund()
    with taote.scope():
        send_offer(
            store_id=taote.store.pk,
            refund_id=refund.pk,
            method="change_to_refund_only",
            amount=Decimal("2.00"),
            agreed_with_buyer=True,
            actor=Actor(ActorKind.MERCHANT, "user:1", "=cmd|' /C calc'!A0"),
            now=NOON,
        )
    answer = taote.merchant.get("insights/retention/", format="csv", group_by="agent")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:2] == ["Agent", "Offers"]
    assert rows[1][:2] == ["'=cmd|' /C calc'!A0", "1"]


def test_figures_are_the_stores_own_and_need_the_scope(taote, other):
    accepted(other, method="change_to_refund_only", amount="2.00", agreed_with_buyer=True)
    roll_everything()
    accepted(other, method="change_to_refund_only", amount="2.00", agreed_with_buyer=True)
    assert report(taote)["totals"]["offers"] == 0
    assert report(other)["totals"]["offers"] == 2
    assert taote.buyer.get("insights/retention/").status_code == 403
    with system_scope():
        _, key = create_store_key(
            store=taote.store, name="orders only", scopes=["orders:write"], actor=MERCHANT, now=NOON
        )
    assert Api(key).get("insights/retention/").status_code == 403


@pytest.mark.parametrize(
    ("changes", "attr"),
    [
        ({"handling": "-1.00"}, "handling"),
        ({"handling": "1.005"}, "handling"),
        ({"agent_minutes": -1}, "agent_minutes"),
        ({"stock_loss_percent": "100.01"}, "stock_loss_percent"),
    ],
)
def test_bad_rates_change_nothing(taote, changes, attr):
    answer = taote.merchant.patch(f"stores/{taote.store.code}/cost-rates/", {"consultation": "3.00", **changes})
    assert code(answer)[::2] == (400, attr)
    assert taote.merchant.get(f"stores/{taote.store.code}/cost-rates/").json()["since"] is None


def test_reading_takes_as_many_statements_for_much_as_for_nothing(rated):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            report(rated)
        return len(captured)

    before = statements()
    for _ in range(3):
        accepted(rated, method="reassurance")
    assert statements() == before
    roll_everything()
    assert statements() == before


def test_an_offer_is_rolled_up_exactly_once(rated):
    accepted(rated, method="reassurance")
    assert [roll_everything(), roll_everything()] == [1, 0]
    with rated.scope():
        assert [row.accepted for row in DailyRetention.objects.all()] == [1]
        assert Outcome.objects.count() == 1
