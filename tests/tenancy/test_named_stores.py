"""What names its store counts that store's rows alone, also where those of all stores are to be seen."""

import pytest

from common.tenancy import system_scope
from refunds.quality.figures import figures_of
from tests.world import NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.rule("P7")
def test_the_orders_and_faults_of_a_store_are_its_own():
    one, other = make_shop("pinduoduo"), make_shop("pinduoduo")
    one.order()
    for _ in range(2):
        other.refund(reason="quality")
    with system_scope():
        found = [figures_of(shop.store, NOON, days=30) for shop in (one, other)]
    assert [(each.orders, each.quality_refunds) for each in found] == [(1, 0), (2, 2)]
