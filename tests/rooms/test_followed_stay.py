"""Nothing here moves a refund that follows its marketplace: no deadline, no parcel, no payment, nobody's call."""

from datetime import timedelta

import pytest

from common.tenancy import system_scope
from common.writes import WriteSet
from offers.models import Offer
from orders.carriers import sandbox
from orders.carriers.base import CarrierStage
from payments.models import Payment, SandboxTransfer
from payments.reversals import reverse_payments
from payments.settlement import settle_batch
from refunds.actions import approve, lock_refund
from refunds.models import Dispute, Refund
from refunds.sweeps import sweep_due_refunds
from tests.books import amiss
from tests.cases import for_each
from tests.marketplace import copied_order, followed, told
from tests.parcels import LOST, ask_everybody, next_look, shipped
from tests.world import MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db


def mark(refund) -> None:
    """From now on the refund follows its marketplace."""
    with system_scope():
        Refund.objects.filter(pk=refund.pk).update(is_followed=True, due_action="")


@for_each("stage", ["asked", "awaiting_return", "returning", "refused"])
def test_a_deadline_brings_nothing(taote, clock, stage):
    refund = taote.reload(followed(taote, stage))
    clock.move(days=60)
    assert sweep_due_refunds() == 0
    after = taote.reload(refund)
    assert (after.status, after.due_at) == (refund.status, NOON + timedelta(hours=40))
    assert after.is_overdue(NOON + timedelta(days=60)) is False


def test_nothing_is_answered_at_once(db, clock):
    shop = make_shop("pinduoduo")
    order = shop.order(shipped=False, vip=True, credit_score=900)  # P2 and P5 would grant it
    refund = followed(shop, "asked", order=order, kind="refund_only")
    assert shop.reload(refund).status == "awaiting_merchant"
    with system_scope():
        assert not Payment.objects.exists()


def test_the_platform_proposes_nothing(db, clock):
    shop = make_shop("kuaishou")
    followed(shop, "asked", order=shop.order(shipped=False), kind="refund_only")
    with system_scope():
        assert not Offer.objects.exists()


def test_a_recall_that_ended_pays_nobody(db, clock):
    shop = make_shop("pinduoduo")
    refund = shop.refund(shipped(shop), kind="refund_only")
    shop.merchant.post(f"refunds/{refund.pk}/approve/")
    assert shop.reload(refund).status == "recalling"
    mark(refund)
    for _look in range(4):
        next_look(clock)
    assert shop.reload(refund).status == "recalling"


def test_a_lost_return_is_the_marketplaces_to_judge(taote, clock):
    refund = taote.refund()
    taote.merchant.post(f"refunds/{refund.pk}/approve/")
    number = f"{LOST}{refund.pk.hex[:8].upper()}"
    taote.buyer.post(f"refunds/{refund.pk}/ship-return/", {"carrier": "SF", "tracking_number": number})
    mark(refund)
    ask_everybody()
    next_look(clock)
    assert taote.reload(refund).status == "returning"


def test_a_parcel_that_never_arrived_leaves_the_request_alone(taote, clock):
    order = shipped(taote)
    refund = taote.refund(order)
    mark(refund)
    sandbox.move(order.tracking_number, CarrierStage.LOST)
    clock.move(hours=12)
    ask_everybody()
    assert taote.reload(order).status == "unshipped", "the order itself is to be sent again"
    assert taote.reload(refund).kind == "return_and_refund"


def test_a_payment_moves_nothing(taote, clock):
    refund = taote.refund(kind="refund_only")
    taote.merchant.post(f"refunds/{refund.pk}/approve/")
    mark(refund)
    settle_batch()
    assert taote.reload(refund).status == "refunding"


def test_money_that_comes_back_moves_nothing(taote, clock):
    refund = taote.refund(kind="refund_only")
    taote.merchant.post(f"refunds/{refund.pk}/approve/")
    settle_batch()
    mark(refund)
    with taote.scope():
        payment = Payment.objects.get(topic_id=refund.pk)
        reverse_payments(reasons={payment.pk: "closed"}, actor=MERCHANT, now=NOON)
    assert taote.reload(refund).status == "refunded"


@for_each(
    ("stage", "call", "body"),
    [
        ("asked", "withdraw", {}),
        ("refused", "resubmit", {"amount": "10.00"}),
        ("awaiting_return", "ship-return", {"carrier": "SF", "tracking_number": "SF12345678"}),
    ],
)
def test_the_buyers_side_happens_at_the_marketplace(taote, clock, stage, call, body):
    refund = followed(taote, stage)
    answer = taote.buyer.post(f"refunds/{refund.pk}/{call}/", body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "invalid_transition")


def test_a_dispute_is_opened_and_decided_there(taote, clock):
    refund = followed(taote, "asked")
    answer = taote.merchant.post("disputes/", {"refund": str(refund.pk), "claim": "used"})
    assert answer.status_code == 409
    refund = followed(taote, "disputed", order=copied_order())
    with system_scope():
        dispute = Dispute.objects.get(refund=refund)
    answer = taote.buyer.post(f"disputes/{dispute.pk}/decide/", {"outcome": "buyer", "note": "so be it"})
    assert answer.status_code == 409


def test_whatever_pays_it_the_money_leaves_through_the_marketplace(taote, clock):
    refund = taote.refund(kind="refund_only")
    mark(refund)
    with taote.scope():
        locked, writes = lock_refund(store_id=taote.store.pk, refund_id=refund.pk), WriteSet()
        approve(writes, locked, address=None, actor=MERCHANT, now=NOON, rule="T8")
        writes.flush()
    clock.move(hours=1)
    settle_batch()
    with system_scope():
        assert [(each.gateway, each.status) for each in Payment.objects.all()] == [("marketplace", "pending")]
        assert not SandboxTransfer.objects.exists()


@pytest.mark.parametrize(("stage", "gateway"), [("agreed", "sandbox"), (None, "marketplace")])
def test_the_ledgers_check_names_a_payment_that_takes_another_way(taote, clock, stage, gateway):
    if stage:
        followed(taote, stage)
    else:
        taote.merchant.post(f"refunds/{taote.refund(kind='refund_only').pk}/approve/")
    with system_scope():
        Payment.objects.update(gateway=gateway)
        off = [*amiss()]
    assert off == ["a refund that is followed is paid by the marketplace, and no other one is"]


@for_each("call", ["retry", "give-up"])
@for_each("stage", ["agreed", "failed", "refunded"])
def test_what_the_marketplace_pays_nobody_repeats_or_gives_up(taote, clock, stage, call):
    refund = followed(taote, "agreed")
    told(taote, refund, stage)
    with system_scope():
        payment = Payment.objects.get(topic_id=refund.pk)
    assert taote.merchant.post(f"payments/{payment.pk}/{call}/").status_code == 409
    with system_scope():
        assert list(Payment.objects.values_list("gateway", flat=True)) == ["marketplace"]
        assert not SandboxTransfer.objects.exists()
