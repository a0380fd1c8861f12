"""What an offer kept is taken back by a later refund of the same goods, whatever kind that is said to be (Q18)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from offers.insights.reading import Span, read
from offers.insights.rebuild import rebuild, roll_everything
from tests.books import amiss
from tests.insights import accepted
from tests.marketplace import copied_line, followed, told
from tests.world import NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks"), pytest.mark.rule("Q18")]


def taken_back(shop) -> Decimal:
    with shop.scope():
        return read(Span(NOON.date(), NOON.date(), (shop.store.pk,))).totals.taken_back


def test_a_paid_refund_that_becomes_another_kind_takes_back_what_it_did(db, clock):
    shop, before = make_shop("tmall"), NOON - timedelta(hours=2)
    clock.turn_back(before)
    order = shop.order(prices=("100.00", "100.00"), now=before)
    one = [{"item_id": "8000", "quantity": 1}]
    accepted(shop, shop.refund(order, kind="refund_only", amount="60.00", lines=one, now=before), method="reassurance")
    clock.turn_back(NOON)
    later = {"kind": "refund_only", "at": NOON + timedelta(minutes=5)}
    both = [copied_line(item, "100.00") for item in ("8000", "8001")]
    refund = followed(shop, "refunded", "50.00", order=order, lines=both, **later)
    roll_everything()
    assert taken_back(shop) == Decimal("25.00")
    clock.move(minutes=10)
    other = [{"item_id": "8001", "quantity": 1}]
    shop.refund(order, kind="refund_only", amount="75.00", lines=other, now=NOON + timedelta(minutes=6))
    told(shop, refund, "refunded", "50.00", kind="return_and_refund", at=NOON + timedelta(minutes=7))
    for make in (lambda: None, roll_everything, lambda: rebuild(shop.store)):
        assert not make()
        assert taken_back(shop) == Decimal("25.00"), "spread anew it would be 40.00: of the other goods 25.00 are left"
    assert amiss() == {}
