"""An exchange for dearer or cheaper goods says who owes whom what (Q16)."""

from decimal import Decimal

import pytest

from offers.methods import METHODS, Terms
from stores.models import Product
from tests.cases import for_each
from tests.rules.things import a_refund, a_store, an_offer, an_order

EXCHANGE = METHODS["exchange"]


@pytest.mark.rule("Q16")
@for_each(
    ("price", "difference", "buyer", "merchant"),
    [
        ("59.00", "0.00", None, None),
        ("69.50", "10.50", "It costs ¥10.50 more; you don't pay the difference.", "you bear it"),
        (
            "49.00",
            "-10.00",
            "It costs ¥10.00 less; the seller pays you the difference.",
            "goes out to the buyer at once",
        ),
    ],
)
def test_both_sides_read_what_the_new_goods_cost_more_or_less(price, difference, buyer, merchant):
    refund = a_refund(an_order(store=a_store("tmall")))
    product = Product(item_id="9001", title="Blanket", price=Decimal(price), listed=True)
    amount = EXCHANGE.amount_of(refund, Terms(product=product))
    assert amount == (-Decimal(difference) if Decimal(difference) < 0 else None)
    facts = {"product": product, "product_price": product.price, "asked_amount": Decimal("59.00"), "amount": amount}
    offer = an_offer(refund, "exchange", **facts)
    assert EXCHANGE.price_difference(offer) == Decimal(difference)
    seen, told = EXCHANGE.buyer_sees(refund, Terms(product=product, amount=amount)), EXCHANGE.brings(offer)
    assert seen == " ".join(filter(None, ["Send the goods back and receive Blanket instead.", buyer]))
    assert (merchant in told[-1]) if merchant else len(told) == 2
    assert METHODS["gift"].price_difference(offer) is None
