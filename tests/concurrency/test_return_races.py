"""The return flow against its deadlines and against carriers: whoever comes first decides, and money moves once."""

from decimal import Decimal
from functools import partial

import pytest

from common.actors import SYSTEM
from common.tenancy import system_scope
from common.workers import LEASE
from orders import actions as order_actions
from orders.carriers.base import CarrierReport, CarrierStage
from orders.models import OrderLine, Shipment
from orders.shipments import Answered, record_reports, resume_shipment, take_up_shipments
from orders.states import ShipmentTask
from orders.tracking import ask_carriers
from payments.models import Payment
from refunds import actions, returns
from refunds.carrier_claims import close_carrier_claim
from refunds.models import CarrierClaim
from refunds.states import RefundStatus
from refunds.sweeps import sweep_due_refunds
from stores import actions as stores
from stores.models import ReturnAddress
from tests.concurrency.harness import overtaken, together
from tests.concurrency.invariants import assert_consistent
from tests.concurrency.test_refund_races import in_scope, opener
from tests.world import BUYER, MERCHANT, NOON, make_shop, wait

pytestmark = pytest.mark.rule("P1")


@pytest.fixture
def pdd(transactional_db, broker_tasks, clock):
    """A Pinduoduo store whose rows are really committed. Afterwards every invariant must hold."""
    yield make_shop("pinduoduo")
    assert_consistent()


def act(shop, action, refund, *, actor=MERCHANT, now=NOON, **kwargs):
    """A call of the action in the caller's scope."""
    return partial(action, store_id=shop.store.pk, refund_id=refund.pk, actor=actor, now=now, **kwargs)


def run(shop, call):
    with shop.scope():
        return call()


def approved(shop, refund):
    run(shop, act(shop, actions.approve_refund, refund))
    return refund


def sent(shop, refund, number="R1"):
    approved(shop, refund)
    parcel = {"carrier": "SF", "tracking_number": number}
    run(shop, act(shop, returns.ship_return, refund, actor=BUYER, **parcel))
    return refund


def recalling(shop):
    """A recall that was asked, and the report that answers it."""
    refund = approved(shop, shop.refund(kind="refund_only"))
    assert shop.reload(refund).status == RefundStatus.RECALLING
    return refund


def reporter(shop, refund, stage, task=ShipmentTask.RECALL):
    """A call that records what the carrier says about the refund's parcel."""
    with shop.scope():
        shipment = Shipment.objects.filter(order=refund.order_id).latest("id")
    return partial(
        record_reports, actor=SYSTEM, answers=[Answered(task, CarrierReport(str(shipment.pk), stage))], now=NOON
    )


def in_system(call):
    def inner():
        with system_scope():
            return call()

    return inner


def payments(shop, refund):
    with shop.scope():
        return [str(payment.amount) for payment in Payment.objects.filter(topic_id=refund.pk)]


# What is done to a refund on time, its state, and what its deadline makes of it.
STEPS = {
    "ship the return": (
        approved,
        returns.ship_return,
        {"carrier": "SF", "tracking_number": "R1"},
        "closed",
        {"days": 7},
    ),
    "pass the inspection": (sent, returns.inspect_return, {"passed": True, "note": ""}, "refunding", {"days": 10}),
    "fail the inspection": (sent, returns.inspect_return, {"passed": False, "note": "x"}, "refunding", {"days": 10}),
    "count the pieces": (
        sent,
        returns.inspect_return,
        {"passed": True, "note": "", "received": [{"item_id": "8000", "quantity": 1}]},
        "refunding",
        {"days": 10},
    ),
}


@pytest.mark.parametrize("kind", ["return_and_refund", "exchange"])
@pytest.mark.parametrize("step", STEPS)
def test_a_step_against_its_deadline(pdd, clock, step, kind):
    """The sweep holds the rows: the step waits and finds it decided. The step holds them: the sweep passes over."""
    prepare, action, arguments, outcome, wait = STEPS[step]
    outcome = "closed" if kind == "exchange" else outcome
    refund = prepare(pdd, pdd.refund(kind=kind))
    clock.move(**wait)
    call = act(pdd, action, refund, **arguments)  # it began in time
    race = overtaken(sweep_due_refunds, in_scope(pdd, call), scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    assert pdd.reload(refund).status == outcome
    assert len(payments(pdd, refund)) == int(outcome == "refunding")
    refund = prepare(pdd, pdd.refund(kind=kind))
    race = overtaken(act(pdd, action, refund, **arguments), sweep_due_refunds, scope=pdd.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), False)
    status = pdd.reload(refund).status
    assert status == {"ship the return": "returning", "fail the inspection": "rejected"}.get(
        step, "closed" if kind == "exchange" else "refunding"
    )
    assert len(payments(pdd, refund)) == int(status == "refunding")


@pytest.mark.rule("P4")
@pytest.mark.parametrize(
    ("stage", "status"), [(CarrierStage.BACK, "refunding"), (CarrierStage.RECALL_REFUSED, "awaiting_return")]
)
def test_a_recall_ends_while_its_deadline_passes(pdd, clock, stage, status):
    refund = recalling(pdd)
    clock.move(days=3)
    race = overtaken(sweep_due_refunds, in_system(reporter(pdd, refund, stage)), scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert (pdd.reload(refund).status, payments(pdd, refund)) == ("refunding", ["59.00"])
    refund = recalling(pdd)
    race = overtaken(reporter(pdd, refund, stage), sweep_due_refunds, scope=system_scope())
    assert race.codes == ("ok", "ok")
    assert pdd.reload(refund).status == status
    assert len(payments(pdd, refund)) == int(status == "refunding")


@pytest.mark.rule("P4")
def test_two_reports_of_one_parcel_pay_once(pdd):
    for _ in range(3):
        refund = recalling(pdd)
        calls = [
            in_system(reporter(pdd, refund, stage))
            for stage in (CarrierStage.BACK, CarrierStage.LOST, CarrierStage.BACK)
        ]
        assert {result.code for result in together(*calls)} == {"ok"}
        assert payments(pdd, refund) == ["59.00"]


@pytest.mark.rule("P4")
def test_a_delivery_while_the_carrier_accepts_the_recall(pdd):
    refund = recalling(pdd)
    deliver = partial(
        order_actions.deliver_order, store_id=pdd.store.pk, number=refund.order.number, actor=BUYER, now=NOON
    )
    race = overtaken(deliver, in_system(reporter(pdd, refund, CarrierStage.COMING_BACK)), scope=pdd.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert pdd.reload(refund).status == "awaiting_return"


@pytest.mark.rule("P2")
def test_shipping_and_a_direct_refund_at_the_same_moment(pdd):
    """Either the goods stay and the buyer is paid, or they go and the merchant is asked."""
    ship = {"carrier": "SF", "tracking_number": "SF1", "actor": MERCHANT, "now": NOON}
    order = pdd.order(shipped=False)
    shipping = partial(order_actions.ship_order, store_id=pdd.store.pk, number=order.number, **ship)
    race = overtaken(opener(pdd, order, "59.00"), in_scope(pdd, shipping), scope=pdd.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    assert pdd.reload(order).status == "cancelled"
    order = pdd.order(shipped=False)
    shipping = partial(order_actions.ship_order, store_id=pdd.store.pk, number=order.number, **ship)
    race = overtaken(shipping, in_scope(pdd, opener(pdd, order, "59.00")), scope=pdd.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert race.second.value.status == RefundStatus.AWAITING_MERCHANT


@pytest.mark.rule("P2", "P1")
def test_refunds_of_every_kind_at_once_never_take_more_than_was_paid(pdd):
    for shipped in (False, True):
        order = pdd.order(prices=("10.00",), quantity=3, shipped=shipped)
        pieces = [{"item_id": "8000", "quantity": 2}]
        kinds = ["refund_only", "return_and_refund", "exchange", "refund_only"]
        calls = [in_scope(pdd, partial(opener(pdd, order, "20.00", kind), lines=pieces)) for kind in kinds]
        codes = [result.code for result in together(*calls)]
        assert codes.count("ok") == 1, codes
        with pdd.scope():
            line = OrderLine.objects.get(order=order)
            assert line.claimed_amount == Decimal("20.00")
            assert line.claimed_quantity + line.cancelled_quantity <= 2


@pytest.mark.rule("P3")
def test_a_parcel_is_lost_while_it_is_inspected(pdd):
    inspect = {"passed": True, "note": ""}
    refund = sent(pdd, pdd.refund())
    lost = in_system(reporter(pdd, refund, CarrierStage.LOST, ShipmentTask.TRACK))
    race = overtaken(act(pdd, returns.inspect_return, refund, **inspect), lost, scope=pdd.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert payments(pdd, refund) == ["59.00"]
    refund = sent(pdd, pdd.refund())
    lost = reporter(pdd, refund, CarrierStage.LOST, ShipmentTask.TRACK)
    race = overtaken(lost, in_scope(pdd, act(pdd, returns.inspect_return, refund, **inspect)), scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    assert payments(pdd, refund) == ["59.00"]


@pytest.mark.rule("P3")
def test_a_claim_is_closed_by_one_of_two(pdd):
    refund = sent(pdd, pdd.refund())
    in_system(reporter(pdd, refund, CarrierStage.LOST, ShipmentTask.TRACK))()
    with pdd.scope():
        claim = CarrierClaim.objects.get(refund=refund)
    close = partial(close_carrier_claim, store_id=pdd.store.pk, claim_id=claim.pk, note="", actor=MERCHANT, now=NOON)
    race = overtaken(partial(close, paid=True), in_scope(pdd, partial(close, paid=False)), scope=pdd.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    assert pdd.reload(claim).status == "paid"


@pytest.mark.rule("P4")
def test_two_workers_ask_a_carrier_about_different_parcels(pdd):
    orders = [pdd.order() for _ in range(6)]
    results = together(*[partial(ask_carriers, limit=3)] * 2)
    assert sum(result.value for result in results) == 6
    with pdd.scope():
        found = Shipment.objects.filter(order__in=orders)
        assert {(s.status, s.attempts, s.leased_by) for s in found} == {("in_transit", 0, None)}


@pytest.mark.rule("P4")
def test_a_worker_does_not_wait_for_parcels_that_another_takes_up(pdd):
    for _ in range(3):
        pdd.order()
    race = overtaken(
        lambda: len(take_up_shipments(now=NOON, limit=2)),
        in_system(lambda: len(take_up_shipments(now=NOON, limit=10))),
        scope=system_scope(),
    )
    assert (race.first.value, race.second.value, race.waited) == (2, 1, False)


@pytest.mark.rule("P4")
def test_a_parcel_is_not_asked_about_again_before_the_lease_is_over(pdd):
    pdd.order()

    def taken_up_after(seconds):
        wait(seconds=seconds)
        with system_scope():
            return len(take_up_shipments(now=NOON, limit=10))

    assert [taken_up_after(seconds) for seconds in (0, LEASE.total_seconds() - 5, 5)] == [1, 0, 1]


@pytest.mark.rule("P4")
def test_a_wish_that_comes_while_the_carrier_is_asked_stays_due(pdd):
    """The pick-up's answer arrives after the recall was asked: the recall is still to be asked of the carrier."""
    refund = pdd.refund(kind="refund_only")
    answer = reporter(pdd, refund, CarrierStage.IN_TRANSIT, ShipmentTask.CREATE_PICKUP)
    approved(pdd, refund)
    in_system(answer)()
    with pdd.scope():
        shipment = Shipment.objects.get(order=refund.order_id)
        assert (shipment.status, shipment.task) == ("in_transit", ShipmentTask.RECALL)
        assert Shipment.objects.due().filter(pk=shipment.pk).exists()


@pytest.mark.parametrize("changes", [True, False])
def test_of_two_who_take_away_the_last_addresses_one_is_refused(shop, changes):
    named = {"store_id": shop.store.pk, "actor": MERCHANT, "now": NOON}
    with shop.scope():
        parts = {"contact": "二仓", "phone": "1", "address": "杭州"}
        other = stores.add_return_address(store=shop.store, **parts, actor=MERCHANT, now=NOON)

    def second():
        with shop.scope():
            if changes:
                return stores.change_return_address(address_id=shop.address.pk, **parts, **named)
            return stores.retire_return_address(address_id=other.pk, **named)

    first = partial(stores.retire_return_address, address_id=shop.address.pk, **named)
    race = overtaken(first, second, scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition" if changes else "last_return_address"), True)
    with shop.scope():
        assert ReturnAddress.objects.usable().count() == 1


def test_a_parcel_that_waits_for_a_person_is_asked_about_again_by_one_of_two(pdd):
    refund = recalling(pdd)
    with pdd.scope():
        shipment = Shipment.objects.filter(order=refund.order_id).latest("id")
        Shipment.objects.filter(pk=shipment.pk).update(needs_attention=True, next_attempt_at=None)
    resume = partial(resume_shipment, store_id=pdd.store.pk, shipment_id=shipment.pk, actor=MERCHANT, now=NOON)
    race = overtaken(resume, in_system(resume), scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
