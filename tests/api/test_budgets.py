"""Statements are the currency: how many an accept, a settlement and a sweep may take, BEGIN and COMMIT included."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.actors import SYSTEM
from common.tenancy import system_scope, tenant_scope
from offers import actions as offer_actions
from offers.models import Offer
from orders.carriers.base import CarrierReport, CarrierStage
from orders.models import Shipment
from orders.shipments import Answered, record_reports
from orders.states import ShipmentTask
from payments.settlement import settle_batch
from payments.small import send_small_payment
from refunds import actions as refund_actions
from refunds import returns
from refunds.platform.disputes import decide_dispute, open_dispute
from refunds.sweeps import sweep_due_refunds
from tests.world import BUYER, MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock", "broker_tasks")]


def pending_offers(shop, count):
    offers = []
    for _ in range(count):
        refund = shop.refund()
        with shop.scope():
            offer = offer_actions.send_offer(
                store_id=shop.store.pk,
                refund_id=refund.pk,
                method="change_to_refund_only",
                amount=2,
                agreed_with_buyer=True,
                actor=MERCHANT,
                now=NOON,
            )
        offers.append(offer.pk)
    return offers


def statements(do) -> int:
    """How many statements it takes, of which the first begins and the last commits."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        do()
    texts = [query["sql"] for query in captured.captured_queries]
    assert texts[0] == "BEGIN"
    assert texts[-1] == "COMMIT"
    return len(texts)


def accept(shop, offer_id):
    with tenant_scope(shop.store.pk):
        offer_actions.accept_offer(store_id=shop.store.pk, offer_id=offer_id, actor=BUYER, now=NOON)


def settlement(count) -> int:
    """How many statements it takes to settle so many payments.

    The claiming and the booking transaction count; what the sandbox gateway remembers between them doesn't, since it
    plays an outside party.
    """
    with CaptureQueriesContext(connection) as captured:
        assert settle_batch(limit=count) == count
    texts = [query["sql"] for query in captured.captured_queries]
    claimed = texts.index("COMMIT") + 1
    booking = len(texts) - 1 - texts[::-1].index("BEGIN")
    between = texts[claimed:booking]
    # What the sandbox notes of each payment is prepared: but for the first, such a statement has no text here.
    notes = [text for text in between if text is None or "INTO payments_sandboxtransfer" in text]
    assert len(notes) == count
    assert all(
        "sandboxtransfer" in text.lower() or text.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
        for text in between
        if text is not None
    )
    return claimed + len(texts) - booking


def test_an_accept_takes_at_most_ten(taote):
    [offer] = pending_offers(taote, 1)
    assert statements(lambda: accept(taote, offer)) <= 10


@pytest.mark.rule("K1")
def test_staying_with_another_address_takes_at_most_ten(db, clock):
    shop = make_shop("kuaishou")
    refund = shop.refund(shop.order(shipped=False), kind="refund_only")
    with shop.scope():
        offer = Offer.objects.get(refund=refund)

    def stay():
        with tenant_scope(shop.store.pk):
            offer_actions.accept_offer(
                store_id=shop.store.pk, offer_id=offer.pk, address="elsewhere", actor=BUYER, now=NOON
            )

    assert statements(stay) <= 10


@pytest.mark.rule("K1")
def test_the_proposal_costs_no_statement_of_its_own(db, clock):
    counts = []
    for marketplace in ("kuaishou", "tmall"):
        shop = make_shop(marketplace)
        order = shop.order(shipped=False)
        counts.append(statements(lambda shop=shop, order=order: shop.refund(order, kind="refund_only")))
    assert counts[0] == counts[1]


def test_accept_to_settled_takes_at_most_ten_in_a_batch_of_twenty(taote):
    offers = pending_offers(taote, 20)
    accepts = {statements(lambda offer=offer: accept(taote, offer)) for offer in offers}
    assert len(accepts) == 1
    assert accepts.pop() + settlement(20) / 20 <= 10


@pytest.mark.rule("K11")
@pytest.mark.parametrize(("about_refund", "most"), [(False, 7), (True, 8)])
def test_a_small_payment_takes_at_most_eight(taote, about_refund, most):
    refund = taote.refund()

    def send():
        with tenant_scope(taote.store.pk):
            send_small_payment(
                store=taote.store,
                order_number=refund.order.number,
                amount=Decimal("1.00"),
                purpose="other",
                refund_id=refund.pk if about_refund else None,
                actor=MERCHANT,
                now=NOON,
            )

    assert [statements(send), statements(send)] == [most, most], "whether it opens the day's allowance or not"


def test_settling_takes_as_many_for_one_as_for_many(taote):
    for offer in pending_offers(taote, 12):
        accept(taote, offer)
    assert settlement(2) == settlement(10), "a full turn also looks at what other stores have (docs/adr/0097)"


@pytest.mark.parametrize("kind", ["refund_only", "return_and_refund"])
def test_a_sweep_takes_as_many_for_one_as_for_many(taote, clock, kind):
    for _ in range(12):
        taote.refund(kind=kind)
    clock.move(hours=36)
    counts = []
    for size in (1, 11):
        with CaptureQueriesContext(connection) as captured:
            assert sweep_due_refunds(limit=size) == size
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 10


def recalling(shop, count):
    """So many refunds whose parcels the carrier was asked to bring back."""
    refunds = [shop.refund(kind="refund_only") for _ in range(count)]
    with shop.scope():
        for refund in refunds:
            refund_actions.approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    return refunds


def returning(shop, count, kind):
    """So many refunds whose goods are on their way back."""
    refunds = [shop.refund(kind=kind) for _ in range(count)]
    with shop.scope():
        for refund in refunds:
            which = {"store_id": shop.store.pk, "refund_id": refund.pk, "now": NOON}
            refund_actions.approve_refund(**which, actor=MERCHANT)
            returns.ship_return(**which, carrier="SF", tracking_number="R1", actor=BUYER)
    return refunds


def reporting(shop, refunds, task, stage) -> int:
    """How many statements it takes to write down that all their parcels have come to this stage."""
    with shop.scope():
        parcels = [Shipment.objects.filter(order=refund.order_id).latest("id").pk for refund in refunds]

    def tell():
        with system_scope():
            moved = record_reports(
                answers=[Answered(task, CarrierReport(str(key), stage)) for key in parcels], now=NOON, actor=SYSTEM
            )
            assert len(moved) == len(parcels)

    return statements(tell)


@pytest.mark.rule("P4")
@pytest.mark.parametrize(
    "stage", [CarrierStage.BACK, CarrierStage.RECALL_REFUSED, CarrierStage.LOST, CarrierStage.COMING_BACK]
)
def test_reports_of_recalled_parcels_take_as_many_for_one_as_for_many(db, stage):
    shop = make_shop("pinduoduo")
    counts = [reporting(shop, recalling(shop, size), ShipmentTask.RECALL, stage) for size in (1, 11)]
    assert counts[0] == counts[1]


@pytest.mark.rule("P3")
@pytest.mark.parametrize("kind", ["return_and_refund", "exchange"])
def test_reports_of_lost_returns_take_as_many_for_one_as_for_many(db, kind):
    shop = make_shop("pinduoduo")
    counts = [reporting(shop, returning(shop, size, kind), ShipmentTask.TRACK, CarrierStage.LOST) for size in (1, 11)]
    assert counts[0] == counts[1]


@pytest.mark.rule("P4")
def test_a_sweep_of_recalls_takes_as_many_for_one_as_for_many(db, clock):
    shop = make_shop("pinduoduo")
    recalling(shop, 12)
    clock.move(days=3)
    counts = []
    for size in (1, 11):
        with CaptureQueriesContext(connection) as captured:
            assert sweep_due_refunds(limit=size) == size
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.rule("R7")
@pytest.mark.parametrize(("outcome", "amount"), [("buyer", None), ("merchant", None), ("split", Decimal("20.00"))])
def test_a_dispute_takes_at_most_ten_to_open_and_ten_to_decide(taote, outcome, amount):
    refund, disputes = taote.refund(), []

    def ask():
        with tenant_scope(taote.store.pk):
            disputes.append(
                open_dispute(
                    store_id=taote.store.pk,
                    refund_id=refund.pk,
                    opened_by="buyer",
                    plea="broken",
                    actor=BUYER,
                    now=NOON,
                )
            )

    def decide():
        with tenant_scope(taote.store.pk):
            decide_dispute(
                store_id=taote.store.pk,
                dispute_id=disputes[0].pk,
                outcome=outcome,
                amount=amount,
                note="x",
                actor=MERCHANT,
                now=NOON,
            )

    counts = statements(ask), statements(decide)
    assert max(counts) <= 10, counts


@pytest.mark.rule("P5")
def test_an_instant_refund_takes_three_more_than_asking(db):
    counts = []
    for score in (0, 1000):
        shop = make_shop("pinduoduo")
        order = shop.order(credit_score=score)
        counts.append(statements(lambda shop=shop, order=order: shop.refund(order)))
    assert counts[1] - counts[0] <= 3, counts
