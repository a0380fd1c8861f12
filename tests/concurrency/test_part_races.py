"""An order that leaves in several parcels: two that take the same pieces, and what else happens to those pieces."""

from functools import partial

import pytest

from common.actors import SYSTEM
from common.tenancy import system_scope
from orders.actions import deliver_order, ship_order
from orders.carriers.base import CarrierReport, CarrierStage
from orders.corrections import correct_order
from orders.models import Shipment
from orders.receiving import receive_parcel
from orders.shipments import Answered, record_reports
from refunds.opening import open_refund
from tests.concurrency.harness import overtaken, together
from tests.concurrency.invariants import assert_consistent
from tests.world import BUYER, MERCHANT, NOON, make_shop

PIECES = [{"item_id": "8000", "quantity": 2}]


@pytest.fixture
def shop(transactional_db, broker_tasks, clock):
    """A Pinduoduo store whose rows are really committed; afterwards every invariant must hold."""
    shop = make_shop("pinduoduo")
    yield shop
    assert_consistent()


def order_of(shop):
    """Three pieces of one thing."""
    return shop.order(shipped=False, quantity=3)


def ship(order, number, lines=None):
    return partial(
        ship_order,
        store_id=order.store_id,
        number=order.number,
        carrier="SF",
        tracking_number=number,
        lines=lines,
        actor=MERCHANT,
        now=NOON,
    )


def scoped(shop, call):
    """The action in a scope of its own, as a request would run it."""

    def run():
        with shop.scope():
            return call()

    return run


def parts(order):
    with system_scope():
        found = Shipment.objects.filter(order=order, is_out=True).order_by("id")
        return [(each.tracking_number, each.pieces) for each in found]


def refund(shop, order, pieces, amount):
    return partial(
        open_refund,
        store=shop.store,
        order_number=order.number,
        kind="refund_only",
        reason="other",
        amount=amount,
        lines=[{"item_id": "8000", "quantity": pieces}],
        actor=BUYER,
        now=NOON,
    )


def test_of_two_parcels_with_the_same_pieces_one_leaves(shop):
    order = order_of(shop)
    race = overtaken(ship(order, "SF1", PIECES), scoped(shop, ship(order, "SF2", PIECES)), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "pieces_not_left"), True)
    assert parts(order) == [("SF1", {"8000": 2})]


def test_of_many_parcels_at_once_as_many_leave_as_there_are_pieces(shop):
    order = order_of(shop)
    one = [{"item_id": "8000", "quantity": 1}]
    results = together(*[scoped(shop, ship(order, f"SF{number}", one)) for number in range(5)])
    assert sorted(result.code for result in results)[:3] == ["ok"] * 3
    assert {result.code for result in results} <= {"ok", "order_already_shipped", "pieces_not_left"}
    assert len(parts(order)) == 3
    assert shop.reload(order).status == "shipped"


def test_the_rest_is_what_the_other_parcel_has_left(shop):
    order = order_of(shop)
    race = overtaken(ship(order, "SF1", PIECES), scoped(shop, ship(order, "SF2")), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert parts(order) == [("SF1", {"8000": 2}), ("SF2", {"8000": 1})]
    assert shop.reload(order).status == "shipped"


@pytest.mark.rule("P2")
def test_a_piece_is_sent_or_refunded_before_it_leaves(shop):
    order = order_of(shop)
    race = overtaken(ship(order, "SF1", PIECES), scoped(shop, refund(shop, order, 1, 59)), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    order = shop.reload(order)
    assert (order.status, order.tracking_number) == ("shipped", "SF1")
    order = order_of(shop)
    opening = refund(shop, order, 2, 118)
    race = overtaken(opening, scoped(shop, ship(order, "SF2", PIECES)), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "pieces_not_left"), True)


@pytest.mark.rule("P3")
def test_the_rest_is_sent_while_the_first_parcel_gets_lost(shop):
    order = order_of(shop)
    with shop.scope():
        ship(order, "SF1", PIECES)()
        first = Shipment.objects.get(order=order)

    def lost():
        with system_scope():
            answer = Answered(first.task, CarrierReport(str(first.pk), CarrierStage.LOST))
            record_reports(answers=[answer], actor=SYSTEM, now=NOON)

    race = overtaken(ship(order, "SF2"), lost, scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    order = shop.reload(order)
    assert (order.status, order.shipped_pieces, parts(order)) == ("unshipped", 1, [("SF2", {"8000": 1})])


def test_a_parcel_is_received_once_and_the_order_with_the_last(shop):
    order = order_of(shop)
    with shop.scope():
        ship(order, "SF1", PIECES)()
        ship(order, "SF2")()
        first, second = Shipment.objects.filter(order=order).order_by("id")
    which = {"store_id": order.store_id, "number": order.number, "actor": BUYER, "now": NOON}
    received = partial(receive_parcel, **which, parcel_id=first.pk)
    race = overtaken(received, scoped(shop, received), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    last = partial(receive_parcel, **which, parcel_id=second.pk)
    race = overtaken(last, scoped(shop, partial(deliver_order, **which)), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    assert shop.reload(order).status == "delivered"


def test_a_number_is_corrected_while_the_rest_is_sent(shop):
    order = order_of(shop)
    with shop.scope():
        ship(order, "SF1", PIECES)()
    right = partial(
        correct_order,
        store_id=order.store_id,
        number=order.number,
        carrier="SF",
        tracking_number="SF9",
        reason="typed wrong",
        actor=MERCHANT,
        now=NOON,
    )
    race = overtaken(right, scoped(shop, ship(order, "SF2")), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert parts(order) == [("SF9", {"8000": 2}), ("SF2", {"8000": 1})]
    assert shop.reload(order).tracking_number == "SF2"
