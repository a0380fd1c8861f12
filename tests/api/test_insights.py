"""What retention saves, over HTTP: right the moment after an answer, to the cent, by the rates of the time (Q18)."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, transaction

from offers.insights.rebuild import roll_everything
from offers.models import CostRates, DailyLoss, DailyRetention
from payments.models import Payment
from payments.settlement import settle_batch
from refunds.payouts import pay_again
from tests.api.helpers import code
from tests.cases import for_each
from tests.insights import AVOIDED, COSTS, RATES, accepted, consistent, money, report, send
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY_OF_LOSS = {"date": NOON.date(), "marketplace": "taote", "reason": "other"}
DAY = {**DAY_OF_LOSS, "method": "gift", "agent": "user:1"}


@pytest.fixture
def tmall(db):
    return make_shop("tmall")


@pytest.fixture
def rated(tmall):
    assert tmall.merchant.patch(f"stores/{tmall.store.code}/cost-rates/", RATES).status_code == 200
    return tmall


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
@for_each(
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
    less = taote.refund(amount="30.00")  # what is agreed on may be more than was asked: then nothing is kept
    accepted(taote, less, method="change_to_refund_only", amount="40.00", agreed_with_buyer=True)
    assert money(taote) == ("57.00", "34.00", "0.00", "91.00")
    assert report(taote)["totals"]["taken_back"] == "0.00"
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
        pay_again(store_id=rated.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    assert money(rated)[2] == "11.11"
    consistent(rated)


@pytest.mark.rule("Q18")
def test_the_database_keeps_old_rates_as_they_were(rated):
    with rated.scope(), pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        CostRates.objects.for_store(rated.store.pk).update(handling="0.00")


@for_each(
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


@for_each(
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
