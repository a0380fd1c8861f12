"""What must hold after every race and every crash, read from raw rows."""

from collections import defaultdict

from common.models import Event
from common.tenancy import system_scope
from offers.models import Offer
from offers.states import OfferStatus
from orders.models import Order
from payments.models import Payment, SandboxTransfer
from payments.states import PaymentStatus
from refunds.models import Appeal, Dispute, Refund
from refunds.states import DisputeStatus, RefundGoods, RefundKind, RefundStatus
from tests.books import amiss

CLOCK_RUNS = {
    RefundStatus.AWAITING_MERCHANT,
    RefundStatus.AWAITING_RETURN,
    RefundStatus.RETURNING,
    RefundStatus.RECALLING,
    RefundStatus.REJECTED,
}
# A payment is taken up without an event of its own: whether a worker has it now is no news.
SILENT = {PaymentStatus.PROCESSING: PaymentStatus.PENDING}


def assert_consistent() -> None:
    """The money's checks of `verify_ledger`, then that states fit each other and that every event is there."""
    with system_scope():
        off = amiss()
        assert not off, off
        events = _events()
        disputed = list(Dispute.objects.filter(status=DisputeStatus.OPEN).values_list("refund_id", flat=True))
        assert len(disputed) == len(set(disputed)), disputed
        for refund in Refund.objects.all():
            _assert_goods_fit(refund)
            assert (refund.status == RefundStatus.DISPUTED) == (refund.pk in disputed), (refund.pk, refund.status)
            if not refund.is_followed:  # the marketplace's deadline is shown, whatever it is of
                assert (refund.due_at is not None) == (refund.status in CLOCK_RUNS), (refund.pk, refund.status)
            _assert_told(events, "refund", refund)
        for order in Order.objects.all():
            _assert_told(events, "order", order)
        for payment in Payment.objects.all():
            _assert_told(events, "payment", payment)
        for subject, model in (("dispute", Dispute), ("appeal", Appeal)):
            for row in model.objects.all():
                _assert_told(events, subject, row)
        for offer in Offer.objects.select_related("refund"):
            _assert_fits(offer)
            _assert_told(events, "offer", offer)


def _assert_goods_fit(refund: Refund) -> None:
    """A refund that waits for a recalled parcel calls its goods back, and goods were exchanged only by an exchange."""
    if refund.status == RefundStatus.RECALLING:
        assert refund.goods == RefundGoods.RECALLED, (refund.pk, refund.goods)
    if refund.goods == RefundGoods.EXCHANGED:
        assert (refund.kind, refund.status) == (RefundKind.EXCHANGE, RefundStatus.CLOSED), (
            refund.pk,
            refund.kind,
            refund.status,
        )


def _assert_fits(offer: Offer) -> None:
    """An offer that may still be answered has a refund that waits; an accepted one has changed it or ended it."""
    refund = offer.refund
    if offer.status == OfferStatus.PENDING:
        assert refund.status == RefundStatus.AWAITING_MERCHANT, (offer.pk, refund.status)
    if offer.status != OfferStatus.ACCEPTED:
        return
    becomes = {
        "change_to_refund_only": RefundKind.REFUND_ONLY,
        "change_to_return": RefundKind.RETURN_AND_REFUND,
    }
    if offer.method in becomes:
        assert refund.kind == becomes[offer.method], (offer.pk, refund.kind)
        assert offer.amount in (None, refund.amount)
    else:
        assert refund.status == RefundStatus.WITHDRAWN, (offer.pk, offer.method, refund.status)


def _events() -> dict[tuple, list[Event]]:
    found = defaultdict(list)
    for event in Event.objects.order_by("id"):
        found[event.subject_type, event.subject_id].append(event)
    return found


def _assert_told(events: dict, kind: str, row) -> None:
    """The row's events lead from nothing to its present state without a gap and without a repetition."""
    state = ""
    for event in events[kind, row.pk]:
        if not event.to_state:
            continue
        assert SILENT.get(event.from_state, event.from_state) == state, (kind, row.pk, event.name, state)
        state = SILENT.get(event.to_state, event.to_state)
    assert state == SILENT.get(row.status, row.status), (kind, row.pk, row.status, state)


def assert_paid_once(refund: Refund, amount: str) -> None:
    """The buyer got `amount` once: one payment, one posted transfer, one row at the gateway, one event of each step."""
    with system_scope():
        payment = Payment.objects.get(topic_id=refund.pk)
        names = list(Event.objects.filter(topic_id=refund.pk).values_list("name", flat=True))
        assert (str(payment.amount), payment.status) == (amount, PaymentStatus.SUCCEEDED)
        assert [str(transfer.amount) for transfer in payment.transfers.filter(phase="posted")] == [amount]
        assert str(SandboxTransfer.objects.get(key=str(payment.pk)).amount) == amount
        assert Refund.objects.get(pk=refund.pk).status == RefundStatus.REFUNDED
        for name in ("payment.reserved", "payment.succeeded", "refund.refunded"):
            assert names.count(name) == 1, names
