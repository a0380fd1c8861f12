"""A thousand deadlines within one second: each is met once, none a millisecond early, however many workers look."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from common.models import Event
from common.tenancy import system_scope
from payments.models import Payment
from refunds.models import Refund
from refunds.sweeps import sweep_due_refunds
from tests.concurrency.harness import together
from tests.concurrency.test_sweep_races import drain
from tests.world import NOON

COUNT = 1000
MILLISECOND = timedelta(milliseconds=1)
CLOCK = timedelta(hours=36)
_SPREAD = """
    UPDATE refunds_refund r SET due_at = r.due_at + place.number * interval '1 ms'
    FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS number FROM refunds_refund) place WHERE place.id = r.id
"""


def asked(shop) -> None:
    """So many buyers ask for their money, one in each millisecond of a second."""
    orders = [
        {
            "number": f"D{place:04d}",
            "buyer": {"id": f"b{place}", "name": "Li"},
            "paid_at": NOON.isoformat(),
            "address": "杭州市",
            "lines": [{"item_id": "8000", "quantity": 1, "unit_price": "2.00"}],
        }
        for place in range(COUNT)
    ]
    wanted = {"kind": "refund_only", "reason": "other", "amount": "2.00"}
    for path, items in (
        ("orders/bulk/", orders),
        ("refunds/bulk/", [{"order": order["number"], **wanted} for order in orders]),
    ):
        answer = shop.buyer.post(path, {"items": items})
        assert {each["status"] for each in answer.json()["results"]} == {201}
    with system_scope(), connection.cursor() as cursor:
        cursor.execute(_SPREAD)


@pytest.mark.rule("T10")
def test_a_thousand_deadlines_in_one_second_are_met_once_each_and_none_early(shop, clock):
    asked(shop)
    clock.traveller.move_to(NOON + CLOCK - MILLISECOND)
    assert sweep_due_refunds() == 0
    clock.traveller.move_to(NOON + CLOCK)
    assert sweep_due_refunds() == 1, "the first alone"
    clock.traveller.move_to(NOON + CLOCK + 499 * MILLISECOND)
    for first, last in ((2, 500), (501, COUNT)):
        results = together(*[partial(drain, sweep_due_refunds, 61)] * 4)
        done = sum(result.value for result in results if result.code == "ok") + drain(sweep_due_refunds, COUNT)
        assert done == last - first + 1
        clock.traveller.move_to(NOON + CLOCK + COUNT * MILLISECOND)
    with system_scope():
        approvals = Counter(Event.objects.filter(name="refund.approved").values_list("subject_id", flat=True))
        assert approvals == dict.fromkeys(Refund.objects.values_list("pk", flat=True), 1)
        assert len(approvals) == COUNT
        assert Payment.objects.count() == COUNT
        assert set(Refund.objects.values_list("status", flat=True)) == {"refunding"}
