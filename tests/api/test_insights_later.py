"""What becomes later of a sale that was kept: refunded after all, repeated, or by another rate (Q18)."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from common.actors import SYSTEM
from common.tenancy import system_scope
from offers.insights.rebuild import roll_everything
from offers.management.commands import rebuild_insights
from offers.models import CostRates, DailyRetention, RolledUpOffer
from orders import amounts
from payments.models import Payment, SandboxTransfer
from payments.reversals import reverse_payments
from payments.settlement import settle_batch
from tests.cases import for_each
from tests.insights import AVOIDED, RATES, accepted, consistent, money, report
from tests.world import NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def tmall(db):
    return make_shop("tmall")


@pytest.fixture
def rated(tmall):
    assert tmall.merchant.patch(f"stores/{tmall.store.code}/cost-rates/", RATES).status_code == 200
    return tmall


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
def test_sums_hold_more_than_any_of_the_things_that_they_add_up(rated, monkeypatch):
    most = Decimal("9999999999.99")  # what a column of yuan holds, and a hundred orders of the most that one may cost
    monkeypatch.setattr(amounts, "MOST_PER_ORDER", most)
    for _ in range(2):
        order = rated.order(prices=(f"{most}",), shipped=False)
        rated.merchant.post(f"refunds/{rated.refund(order, kind='refund_only', amount=most).pk}/approve/")
    kept = rated.order(prices=(f"{most}",)), rated.order(prices=(f"{most}",))
    for order in kept:
        accepted(rated, rated.refund(order, amount=most), method="reassurance")
    settle_batch()
    live = consistent(rated)
    assert (live["lost"]["sale"], live["totals"]["sales_kept"]) == ("19999999999.98", "19999999999.98")


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


def test_an_offer_is_rolled_up_exactly_once(rated):
    accepted(rated, method="reassurance")
    assert [roll_everything(), roll_everything()] == [1, 0]
    with rated.scope():
        assert [row.accepted for row in DailyRetention.objects.all()] == [1]
        assert RolledUpOffer.objects.count() == 1


@pytest.mark.rule("K12")
@for_each("rolled_first", [True, False])
def test_a_loss_stays_on_its_day_when_the_store_moves(rated, clock, rolled_first):
    refund = rated.refund(rated.order(shipped=False), kind="refund_only")
    rated.merchant.post(f"refunds/{refund.pk}/approve/")
    settle_batch()  # at noon in Shanghai, which is the evening before in Honolulu
    if rolled_first:
        roll_everything()
    moved = rated.merchant.patch(f"stores/{rated.store.code}/", {"time_zone": "Pacific/Honolulu"})
    assert moved.status_code == 200, moved.json()
    day = {"from": "2026-11-20", "to": "2026-11-20"}
    assert report(rated, **day)["lost"]["refunds"] == 1
    consistent(rated)
    assert report(rated, **day)["lost"]["refunds"] == 1
    with system_scope():
        payment = Payment.objects.get()
        SandboxTransfer.objects.update(outcome="returned")
        reverse_payments(reasons={payment.pk: "unknown account"}, actor=SYSTEM, now=NOON)
    consistent(rated)
    assert report(rated, **day)["lost"] == report(rated, **{"from": "2026-11-19", "to": "2026-11-19"})["lost"]
    assert report(rated, **day)["lost"]["refunds"] == 0


def test_a_store_that_fails_stops_no_other(rated, monkeypatch, capsys):
    other = make_shop("tmall")
    rebuild = rebuild_insights.rebuild

    def fail(store):
        if store.pk == rated.store.pk:
            raise RuntimeError("a fault of ours")
        return rebuild(store)

    monkeypatch.setattr(rebuild_insights, "rebuild", fail)
    with pytest.raises(CommandError, match=f"{rated.store.code}: RuntimeError"):
        call_command("rebuild_insights")
    assert "of 1 stores anew" in capsys.readouterr().out
    assert other.store.pk
