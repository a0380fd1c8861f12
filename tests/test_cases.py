"""Many cases in one test are as far apart as many tests, and the books are asked at once as well as one by one."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError

from common.tenancy import system_scope
from operations.verification import run_checks
from orders.models import Order
from refunds.models import Refund
from tests.books import amiss
from tests.cases import _undone, for_each
from tests.world import NOON

pytestmark = pytest.mark.django_db


def test_a_case_finds_the_world_as_the_test_made_it(taote, clock, broker_tasks, apart):
    for number in range(2):
        with apart(number):
            assert (clock.now, broker_tasks) == (NOON, [])
            with taote.scope():
                assert not Refund.objects.exists()
            taote.refund()
            clock.move(hours=1)
            broker_tasks.append("told")
    assert (clock.now, broker_tasks) == (NOON, [])


def test_a_case_that_leaves_a_reference_to_nothing_fails(taote):
    refund = taote.refund()
    with pytest.raises(IntegrityError), _undone(), system_scope():
        LogEntry.objects.create(user_id=2_000_000_000, action_flag=1, object_repr=str(refund.pk))


def test_each_goes_with_each_and_is_called_by_what_is_told_of_it():
    @for_each("size", [pytest.param(1, id="small"), 2])
    @for_each(("name", "of"), [("a", "b"), ("c", None)], ids=str)
    def looped(taote, size, name, of):
        pass

    _test, cases = looped._each
    assert [name for name, _values in cases] == ["small a-b", "small c-None", "2 a-b", "2 c-None"]
    assert cases[3][1] == {"size": 2, "name": "c", "of": None}


def test_what_is_amiss_is_told_by_the_check_that_finds_it(taote):
    taote.refund()
    assert amiss() == {}
    with system_scope():
        Order.objects.update(claimed_amount="1.00")
        found = {check.name: rows for check, rows in run_checks() if rows}
    assert "an order's held amount is what its refunds hold and red packets took, and no more than was paid" in found
    assert amiss() == found
