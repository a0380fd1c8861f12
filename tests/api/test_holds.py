"""However refunds of one order come and go, what they hold is what the counters say, and never more than was paid."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from common.errors import WanliuError
from common.tenancy import tenant_scope
from orders.models import Order
from payments.models import Payment
from payments.settlement import settle_batch
from payments.states import PaymentStatus
from refunds import actions, opening, returns
from refunds.models import Refund, RefundLine
from refunds.states import RefundStatus
from tests.world import BUYER, MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db

ENDED_EMPTY = [RefundStatus.WITHDRAWN, RefundStatus.CLOSED]
amounts = st.integers(1, 7000).map(lambda cents: Decimal(cents).scaleb(-2))
pieces = st.none() | st.lists(
    st.tuples(st.sampled_from(["8000", "8001"]), st.integers(1, 4)),
    min_size=1,
    max_size=2,
    unique_by=lambda pair: pair[0],
)
opens = st.tuples(st.just("open"), st.sampled_from(["refund_only", "return_and_refund"]), amounts, pieces)
moves = st.tuples(
    st.sampled_from(["approve", "reject", "withdraw", "resubmit", "ship", "pass", "fail", "settle"]),
    st.integers(0, 5),
    amounts,
)


def step(shop, order, refunds, move):
    """Do one step; a refusal leaves nothing behind."""
    name, *rest = move
    if name == "settle":
        settle_batch()
        return
    with tenant_scope(shop.store.pk), transaction.atomic():
        if name == "open":
            kind, amount, lines = rest
            refund = opening.open_refund(
                store=shop.store,
                order_number=order.number,
                kind=kind,
                reason="other",
                amount=amount,
                lines=lines and [{"item_id": item, "quantity": quantity} for item, quantity in lines],
                actor=BUYER,
                now=NOON,
            )
            refunds.append(refund.pk)
            return
        which, amount = rest
        if not refunds:
            return
        named = {"store_id": shop.store.pk, "refund_id": refunds[which % len(refunds)], "now": NOON}
        match name:
            case "approve":
                actions.approve_refund(**named, actor=MERCHANT)
            case "reject":
                actions.reject_refund(**named, reason="no", actor=MERCHANT)
            case "withdraw":
                actions.withdraw_refund(**named, actor=BUYER)
            case "resubmit":
                actions.resubmit_refund(**named, correction={"amount": amount}, actor=BUYER)
            case "ship":
                returns.ship_return(**named, carrier="SF", tracking_number="R1", actor=BUYER)
            case "pass" | "fail":
                returns.inspect_return(**named, passed=name == "pass", note="", actor=MERCHANT)


def check_counters(order):
    """The counters are the sums of what live refunds claim, line by line, and stay within what was paid."""
    order = Order.objects.get(pk=order.pk)
    live = Refund.objects.filter(order=order).exclude(status__in=ENDED_EMPTY)
    for refund in live:
        assert refund.lines.aggregate(sum=Sum("amount"))["sum"] == refund.amount
    for line in order.lines.all():
        claims = RefundLine.objects.filter(line=line, refund__in=live).select_related("refund")
        assert line.claimed_amount == sum((claim.amount for claim in claims), Decimal(0))
        assert line.claimed_quantity == sum(claim.quantity for claim in claims if claim.refund.moves_goods)
        assert line.claimed_amount <= line.paid_amount
        assert line.claimed_quantity <= line.quantity
    assert order.claimed_amount == sum((refund.amount for refund in live), Decimal(0)) <= order.paid_amount
    paid = Payment.objects.filter(order=order).exclude(status=PaymentStatus.FAILED).aggregate(sum=Sum("amount"))["sum"]
    assert (paid or 0) <= order.paid_amount


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(sequence=st.lists(opens | moves | opens, min_size=3, max_size=14))
def test_no_sequence_of_refunds_takes_more_than_was_paid(clock, sequence):
    sid = transaction.savepoint()
    shop = make_shop("taote")
    order = shop.order(prices=("9.99", "3.35"), quantity=3)
    refunds = []
    for move in sequence:
        try:
            step(shop, order, refunds, move)
        except WanliuError:
            pass
        with shop.scope():
            check_counters(order)
    transaction.savepoint_rollback(sid)


def test_many_small_refunds_add_up_to_the_order_and_no_further(taote, clock):
    order = taote.order(prices=("10.00",), quantity=3)
    refunds = []
    for _ in range(3):
        step(taote, order, refunds, ("open", "return_and_refund", Decimal("10.00"), [("8000", 1)]))
    for kind in ("return_and_refund", "refund_only"):
        with pytest.raises(WanliuError) as refused:
            step(taote, order, refunds, ("open", kind, Decimal("0.01"), [("8000", 1)]))
        assert refused.value.code == "refund_open"
    with taote.scope():
        check_counters(order)
        assert Order.objects.get(pk=order.pk).claimed_amount == Decimal("30.00")


def test_a_part_of_an_order_is_worth_its_pieces_only(taote, clock):
    order = taote.order(prices=("10.00", "20.00"), quantity=2)
    with pytest.raises(WanliuError) as refused:
        step(taote, order, [], ("open", "refund_only", Decimal("10.01"), [("8000", 1)]))
    assert refused.value.code == "amount_above_refundable"
    step(taote, order, [], ("open", "refund_only", Decimal("10.00"), [("8000", 1)]))
