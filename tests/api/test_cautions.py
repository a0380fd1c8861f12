"""What costs more than it keeps is told with the answer, and nothing else is (K12)."""

from decimal import Decimal

import pytest

from offers.insights.rates import set_cost_rates
from offers.models import Offer
from orders.models import OwedParcel
from stores.actions import upsert_products
from stores.marketplaces import current_rules
from tests.cases import for_each
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
KEPT, ORDER, GRANT = "buyer_keeps_goods_and_money", "costs_more_than_order", "costs_more_than_granting"


def codes(answer) -> list[str]:
    assert answer.status_code == 201, answer.content
    return [each["code"] for each in answer.json()["warnings"]]


def without_hidden_costs(shop) -> None:
    """Losing an order costs the sale, and ¥1.00 of handling where goods come back."""
    changes = {name: Decimal("0.00") for name in vars(current_rules(shop.store.marketplace).costs)}
    with shop.scope():
        changes = {**changes, "stock_loss_percent": Decimal("0.00"), "handling": Decimal("1.00")}
        changes = {name: 0 if name.endswith("minutes") else value for name, value in changes.items()}
        set_cost_rates(store=shop.store, changes=changes, actor=MERCHANT, now=NOON)


@pytest.mark.rule("K12", "Q12", "Q15")
@for_each(
    ("terms", "warned"),
    [
        ({"method": "reassurance", "message": "亲"}, []),
        ({"method": "partial_refund", "amount": "58.99"}, []),
        ({"method": "partial_refund", "amount": "59.00"}, [KEPT]),
        ({"method": "red_packet", "amount": "20.00"}, []),
        ({"method": "gift", "item_id": "59"}, []),
        ({"method": "gift", "item_id": "60"}, [ORDER]),
        ({"method": "reship", "item_id": "61"}, [ORDER, GRANT]),
        ({"method": "exchange", "item_id": "118"}, []),
        ({"method": "exchange", "item_id": "120"}, [ORDER, GRANT]),
    ],
)
def test_an_offer_is_compared_with_the_order_and_with_granting_the_request(terms, warned):
    shop = make_shop("tmall")
    without_hidden_costs(shop)
    rows = [
        {"item_id": price, "title": price, "category": "1", "price": Decimal(price)}
        for price in ("59", "60", "61", "118", "120")
    ]
    with shop.scope():
        upsert_products(store=shop.store, products=rows, actor=MERCHANT, now=NOON)
    refund = shop.refund(reason="minor_flaw")
    assert codes(shop.merchant.post("offers/", {"refund": str(refund.pk), **terms})) == warned


@pytest.mark.rule("Q15", "Q16", "Q18")
@for_each(("method", "pieces", "worth"), [("reship", 2, "118.00"), ("exchange", 2, "118.00"), ("gift", 1, "59.00")])
def test_goods_are_sent_again_as_often_as_the_refund_is_about_them(method, pieces, worth):
    shop = make_shop("tmall")
    refund = shop.refund(shop.order(quantity=2), reason="missing_parts")
    sent = shop.merchant.post("offers/", {"refund": str(refund.pk), "method": method, "item_id": "8000"}).json()
    with shop.scope():
        offer = Offer.objects.get()
        assert str(offer.product_price) == worth
    assert shop.buyer.post(f"offers/{sent['id']}/accept/").status_code == 200
    with shop.scope():
        assert OwedParcel.objects.get().quantity == pieces


@pytest.mark.rule("K12", "T5")
def test_a_negotiated_refund_of_everything_without_a_return_is_told():
    shop = make_shop("taote")
    terms = {"refund": str(shop.refund().pk), "method": "change_to_refund_only", "agreed_with_buyer": True}
    assert codes(shop.merchant.post("offers/", {**terms, "amount": "59.00"})) == [KEPT]


@pytest.mark.rule("K12", "K11")
def test_small_payments_of_an_order_count_together():
    shop = make_shop("kuaishou")
    without_hidden_costs(shop)
    refund = shop.refund(amount="20.00")

    def pay(amount, **about):
        body = {"order": refund.order.number, "amount": amount, "purpose": "other", **about}
        return codes(shop.merchant.post("payments/", body, **{"Idempotency-Key": f"key-{amount}"}))

    assert pay("21.00", refund=str(refund.pk)) == []
    assert pay("0.01", refund=str(refund.pk)) == [GRANT]
    assert pay("38.00") == [ORDER]


@pytest.mark.rule("K7", "K12")
def test_coupons_by_hand_of_an_order_count_together():
    shop = make_shop("kuaishou")
    order = shop.order()

    def give(amount_off):
        terms = {"name": amount_off, "channel": "general", "amount_off": amount_off, "min_spend": "0.00", "quantity": 1}
        valid = {"valid_from": "2026-11-01T00:00:00Z", "valid_until": "2026-12-31T00:00:00Z"}
        made = shop.merchant.post("coupons/", {**terms, **valid}).json()
        return codes(shop.merchant.post(f"coupons/{made['id']}/grant/", {"order": order.number}))

    assert [give("58.00"), give("1.00"), give("0.01")] == [[], [], [ORDER]]
