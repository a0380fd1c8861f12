"""Whether goods have left is the same, asked of a loaded refund and of the database."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction

from orders.models import Order
from orders.states import OrderStatus
from refunds.models import Refund
from refunds.models.goods import have_left
from refunds.states import RefundGoods, RefundKind
from tests.world import make_shop

pytestmark = pytest.mark.django_db


def test_what_has_left_is_the_same_of_a_refund_and_in_sql(clock):
    shop = make_shop("tmall")
    refund = shop.refund(reason="minor_flaw")
    kinds = (RefundKind.REFUND_ONLY, RefundKind.RETURN_AND_REFUND)
    told = {}
    with shop.scope():
        orders, refunds = Order.objects.filter(pk=refund.order_id), Refund.objects.filter(pk=refund.pk)
        for case in product(OrderStatus.values, (0, 1), kinds, ("", RefundGoods.STOPPED)):
            status, pieces, kind, goods = case
            try:
                with transaction.atomic():
                    orders.update(status=status, shipped_pieces=pieces)
                    refunds.update(kind=kind, goods=goods)
            except IntegrityError:
                continue  # the database knows that there is no such thing
            there = refunds.select_related("order").get()
            told[case] = there.has_left
            assert refunds.filter(have_left()).exists() == there.has_left, case
    assert set(told.values()) == {True, False}
    assert {status for status, *_ in told} == set(OrderStatus.values)
