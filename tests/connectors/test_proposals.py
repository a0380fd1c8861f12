"""A merchant's program asks the buyer at the marketplace for another request, as an agent does at the desk."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from connectors.platforms import PLATFORMS
from tests.api.helpers import code
from tests.connectors.shops import FAKES
from tests.connectors.way import Way
from tests.world import make_shop

MOST_STATEMENTS = 30
OTHER = {"kind": "return_and_refund", "text": "请先退货"}


@pytest.fixture(params=sorted(FAKES))
def asked(request, db, clock, broker_tasks):
    """A connected shop of each marketplace with a request to refund without goods, and the refund here."""
    made, shop_at = FAKES[request.param]
    with made() as fake:
        way = Way(make_shop(request.param), fake, clock, shop_at)
        there = fake.add(at=fake.now())
        way.connect()
        way.turns()
        yield way, there.id, way.mirror()[there.id].refund_id


def test_a_program_proposes_where_the_marketplace_takes_it_and_nobody_is_asked_twice(asked):
    way, there, refund_id = asked
    merchant, path = way.shop.merchant, f"refunds/{refund_id}/propose/"
    before = merchant.get(f"refunds/{refund_id}/").json()
    platform = next(each for each in PLATFORMS.values() if way.shop.store.marketplace in each.marketplaces)
    if not platform.proposes:
        assert code(merchant.post(path, OTHER))[:2] == (409, "invalid_transition")
        assert way.done(there) == 0
        return
    for wrong, field in (
        ({**OTHER, "kind": "exchange"}, "kind"),
        ({**OTHER, "kind": "refund_only"}, "kind"),
        ({**OTHER, "amount": "100000.00"}, "amount"),
        ({**OTHER, "amount": 0}, "amount"),
        ({**OTHER, "text": " "}, "text"),
        ({"kind": "return_and_refund"}, "text"),
        ({**OTHER, "sum": "1.00"}, "sum"),
    ):
        answer = merchant.post(path, wrong)
        assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, field), wrong
    assert way.shop.buyer.post(path, OTHER).status_code == 403
    own_amount = {"amount": "0.50"}
    if not platform.proposes_amount:
        answer = merchant.post(path, {**OTHER, **own_amount})
        assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "amount")
        own_amount = {}
    with CaptureQueriesContext(connection) as captured:
        answer = merchant.post(path, {**OTHER, **own_amount}, **{"Idempotency-Key": "p1"})
    assert (answer.status_code, answer.json()["status"], answer.json()["amount"]) == (
        200,
        "awaiting_merchant",
        before["amount"],
    )
    assert len(captured) <= MOST_STATEMENTS, len(captured)
    again = merchant.post(path, {**OTHER, **own_amount}, **{"Idempotency-Key": "p1"})
    assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")
    assert code(merchant.post(path, {**OTHER, **own_amount}))[:2] == (409, "decision_under_way")
    way.turns(minutes=1)
    assert way.done(there) == 1
    way.assert_all_is_well()
