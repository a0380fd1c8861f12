"""What a lost order costs, in Python and in SQL the same to the cent (K12)."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offers.insights.loss import Loss, loss_of
from offers.insights.rates import set_cost_rates
from offers.insights.reading import Span, read
from offers.insights.rebuild import rebuild, roll_everything
from orders.models import Order
from payments.settlement import settle_batch
from refunds.actions import approve_refund
from refunds.models import Refund
from refunds.returns import inspect_return, ship_return
from stores.marketplaces import Costs
from tests.api.helpers import detail
from tests.world import BUYER, MERCHANT, NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
COSTS = Costs()
yuan = st.decimals("0.00", "250.00", places=2)


@pytest.mark.rule("K12")
def test_a_lost_order_costs_more_than_the_sale():
    order = Order(paid_amount=Decimal("200.00"), shipped_at=NOON)
    back = Refund(kind="return_and_refund", amount=Decimal("50.00"))
    assert loss_of(order, back, COSTS) == Loss(
        sale=Decimal("50.00"),
        acquisition=Decimal("3.75"),  # a quarter of winning the order …
        outbound_freight=Decimal("1.50"),  # … and of sending it
        return_freight=Decimal("8.00"),
        handling=Decimal("4.00"),
        stock_loss=Decimal("5.00"),
    )
    kept = loss_of(order, Refund(kind="refund_only", amount=Decimal("50.00")), COSTS)
    assert (kept.hidden, kept.total) == (Decimal("10.25"), Decimal("60.25"))
    unshipped = loss_of(Order(paid_amount=Decimal("200.00")), back, COSTS)
    assert (unshipped.acquisition, unshipped.hidden) == (Decimal("3.75"), Decimal("3.75"))
    half_a_cent = loss_of(order, Refund(kind="return_and_refund", amount=Decimal("0.05")), COSTS)
    assert half_a_cent.stock_loss == Decimal("0.01"), "half a cent counts as one"
    present = loss_of(Order(paid_amount=Decimal("0.00")), Refund(kind="exchange", amount=Decimal("0.00")), COSTS)
    assert present.total == Decimal("0.00")


@pytest.mark.rule("K12")
def test_a_refund_says_what_it_costs_until_the_buyer_gives_up(taote):
    refund = taote.refund()
    assert detail(taote, refund)["loss"] == {
        "sale": "59.00",
        "acquisition": "15.00",
        "outbound_freight": "6.00",
        "return_freight": "8.00",
        "handling": "4.00",
        "stock_loss": "5.90",
        "hidden": "38.90",
        "total": "97.90",
    }
    taote.merchant.patch(f"stores/{taote.store.code}/cost-rates/", {"acquisition": "20.00"})
    assert detail(taote, refund)["loss"]["total"] == "102.90"
    taote.buyer.post(f"refunds/{refund.pk}/withdraw/")
    assert detail(taote, refund)["loss"] is None


@pytest.mark.rule("K12")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    price=st.decimals("0.01", "9999.99", places=2),
    part=st.integers(1, 100),
    kind=st.sampled_from(["refund_only", "return_and_refund"]),
    shipped=st.booleans(),
    rates=st.fixed_dictionaries(
        dict.fromkeys(("acquisition", "outbound_freight", "return_freight", "handling"), yuan)
        | {"stock_loss_percent": st.decimals("0", "100", places=2)}
    ),
)
def test_the_roll_up_says_the_same_as_the_page(taote, price, part, kind, shipped, rates):
    span = Span(NOON.date(), NOON.date(), (taote.store.pk,))
    # Goods that were never sent can't come back.
    order = taote.order(prices=(str(price),), shipped=shipped or kind == "return_and_refund")
    amount = max(Decimal("0.01"), (price * part / 100).quantize(Decimal("0.01")))
    with taote.scope():
        before = read(span).lost
        set_cost_rates(store=taote.store, changes=rates, actor=MERCHANT, now=NOON)
    refund = taote.refund(order, kind=kind, amount=str(amount))
    with taote.scope():
        approve_refund(store_id=taote.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
        if kind == "return_and_refund":
            come_back(taote, refund)
    settle_batch()
    with taote.scope():
        wanted = before + loss_of(taote.reload(order), refund, Costs(**{**COSTS.__dict__, **rates}))
        assert read(span).lost == wanted
    roll_everything()
    with taote.scope():
        assert read(span).lost == wanted


@pytest.mark.rule("K12")
def test_a_loss_stays_what_it_was_when_the_rest_of_the_order_leaves_afterwards(taote, clock):
    order = taote.order(prices=("20.00", "80.00"), shipped=False)
    refund = taote.refund(order, kind="refund_only", amount="5.00")
    assert taote.merchant.post(f"refunds/{refund.pk}/approve/").status_code == 200
    settle_batch()
    span = Span(NOON.date(), NOON.date(), (taote.store.pk,))
    with taote.scope():
        lost = read(span).lost
    told = detail(taote, refund)["loss"]
    roll_everything()
    clock.move(minutes=5)
    sent = taote.merchant.post(f"orders/{order.number}/ship/", {"carrier": "SF", "tracking_number": "SF1"})
    assert sent.status_code == 200
    assert rebuild(taote.store) == 0
    with taote.scope():
        assert (read(span).lost, lost.outbound_freight, lost.stock_loss) == (lost, 0, 0)
    assert detail(taote, refund)["loss"] == told


def come_back(shop, refund) -> None:
    common = {"store_id": shop.store.pk, "refund_id": refund.pk, "now": NOON}
    ship_return(**common, carrier="SF", tracking_number="R1", actor=BUYER)
    inspect_return(**common, passed=True, note="", actor=MERCHANT)
