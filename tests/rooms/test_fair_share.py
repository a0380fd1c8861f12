"""A store that has heaped up work gets its share of each turn, and so does a store with one row."""

from datetime import timedelta

import pytest

from common.tenancy import system_scope, tenant_scope
from payments.actions import take_up_payments
from payments.models import Payment
from refunds import actions as refund_actions
from stores.models import Store
from tests.world import MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db


def owe(shop, count: int) -> None:
    """So many refunds that wait for their money, in this order."""
    for _ in range(count):
        refund = shop.refund(kind="refund_only")
        with shop.scope():
            refund_actions.approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)


def turn(limit: int) -> str:
    """The stores whose payments a worker takes up, a letter each; it is at them from then on."""
    with system_scope():
        return "".join(payment.store.code[-1] for payment, _asked in take_up_payments(now=NOON, limit=limit))


def test_each_store_has_a_share_of_a_turn_that_does_not_hold_everything(django_assert_num_queries):
    crowd, small, one = (make_shop(code=f"fair-{letter}") for letter in "csx")
    owe(crowd, 8)
    owe(small, 3)
    owe(one, 1)
    assert turn(4) == "sxcc", "the first of each other store, before the second of any"
    assert turn(4) == "sscc", "what somebody is at is nobody else's"
    with tenant_scope(crowd.store.pk):
        left = Payment.objects.filter(leased_until=None).count()
        with django_assert_num_queries(3):
            first = take_up_payments(now=NOON, limit=9)
    assert (left, len(first)) == (4, 4), "where everything fits, nobody asks for others"
    assert turn(4) == ""


def test_who_is_alone_is_taken_up_by_age():
    shop = make_shop(code="fair-a")
    owe(shop, 3)
    assert [turn(2), turn(2), turn(2)] == ["aa", "a", ""]


def test_what_is_nobodys_to_take_is_in_no_stores_way():
    """Sandboxes whose clocks are ahead have older work than a store with one row: that has its share all the same."""
    crowd, *ahead, one = (make_shop(code=f"fair-{letter}", is_sandbox=letter in "123") for letter in "c123x")
    owe(crowd, 6)
    for sandbox in ahead:
        owe(sandbox, 1)
        with system_scope():
            Store.objects.filter(pk=sandbox.store.pk).update(clock_ahead=timedelta(days=3))
    owe(one, 1)
    assert turn(4) == "xccc"
