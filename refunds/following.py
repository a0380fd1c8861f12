"""Refunds follow their parcels: a recalled one ends its refund's waiting, a lost return isn't waited for (P3, P4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from common.actors import SYSTEM
from common.events import EventType
from common.writes import WriteSet
from orders.events import ORDER_CANCELLED
from orders.models import Shipment
from orders.states import OrderStatus, ShipmentDirection, ShipmentStatus
from refunds.actions import call_for_address, pay, record
from refunds.carrier_claims import open_carrier_claim, with_carrier_claim
from refunds.events.goods import REFUND_RECALL_FAILED, REFUND_RECALL_LOST, REFUND_RECALLED, REFUND_RETURN_LOST
from refunds.exchanges import owe_new_goods
from refunds.holds import lines_of
from refunds.models import Refund
from refunds.promised import follow_promised
from refunds.states import RefundStatus
from refunds.undelivered import follow_undelivered
from stores.actions import default_return_addresses
from stores.models import ReturnAddress

BACK = (ShipmentStatus.BACK, ShipmentStatus.CANCELLED)
AT_THE_BUYERS = (ShipmentStatus.RECALL_REFUSED, ShipmentStatus.DELIVERED)


def follow_shipments(writes: WriteSet, shipments: Sequence[Shipment], now: datetime) -> None:
    """Move the refunds that wait for these parcels, and what never arrived; the orders are locked."""
    follow_undelivered(writes, shipments, now)
    follow_promised(writes, shipments, now)
    by_refund = {
        shipment.recalled_for or shipment.topic_id: shipment
        for shipment in shipments
        if shipment.recalled_for or shipment.direction == ShipmentDirection.RETURN
    }
    if not by_refund:
        return
    refunds = list(Refund.objects.in_scope().moved_here().filter(pk__in=by_refund).order_by("pk"))
    lines_of(refunds)  # together: one object per order line
    addresses = _return_addresses(refunds, by_refund)
    lost = [shipment for shipment in by_refund.values() if shipment.status == ShipmentStatus.LOST]
    has_claim = with_carrier_claim(lost) if lost else set()
    lost_exchanges = []
    for refund in refunds:
        shipment = by_refund[refund.pk]
        refund.order = shipment.order
        if shipment.status == ShipmentStatus.LOST and shipment.pk not in has_claim:
            open_carrier_claim(writes, refund, shipment, now=now)
        if refund.status == RefundStatus.RECALLING:
            _end_recall(writes, refund, shipment, addresses, now)
        elif refund.status == RefundStatus.RETURNING and shipment.status == ShipmentStatus.LOST:
            if refund.pays:
                _give_up_return(writes, refund, now)
            else:
                lost_exchanges.append(refund)
    owe_new_goods(writes, lost_exchanges, event=REFUND_RETURN_LOST, note="", actor=SYSTEM, now=now, rule="P3")


def _return_addresses(refunds: Sequence[Refund], by_refund: Mapping[UUID, Shipment]) -> dict[int, ReturnAddress]:
    """Where the goods of failed recalls are sent back to, by store: read once, however many there are."""
    failed = {
        refund.store_id
        for refund in refunds
        if refund.status == RefundStatus.RECALLING and by_refund[refund.pk].status in AT_THE_BUYERS
    }
    return default_return_addresses(failed) if failed else {}


def _end_recall(
    writes: WriteSet, refund: Refund, shipment: Shipment, addresses: Mapping[int, ReturnAddress], now: datetime
) -> None:
    """The recalled parcel has ended somewhere, and the refund with it (P4)."""
    if shipment.status in BACK:
        if refund.order.status == OrderStatus.SHIPPED:
            before = refund.order.status
            refund.order.cancel()
            writes.update(refund.order, "status")
            states = (before, refund.order.status)
            writes.event(
                ORDER_CANCELLED, refund.order, topic=refund.order, at=now, actor=SYSTEM, states=states, rule="P4"
            )
        pay_recalled(writes, refund, REFUND_RECALLED, now)
    elif shipment.status == ShipmentStatus.LOST:
        pay_recalled(writes, refund, REFUND_RECALL_LOST, now)
    elif shipment.status in AT_THE_BUYERS:
        before, kind = refund.status, refund.kind
        refund.fail_recall(address=addresses.get(refund.store_id), now=now)
        writes.update(refund, "kind", "goods", "return_address", "needs_attention")
        record(writes, REFUND_RECALL_FAILED, refund, before, actor=SYSTEM, now=now, rule="P4", kind=[kind, refund.kind])
        if refund.lacks_address:
            call_for_address(writes, refund, now=now, rule="P4")


def pay_recalled(writes: WriteSet, refund: Refund, event: EventType, now: datetime) -> None:
    """A locked refund waits for its recall no longer: the buyer gets the money (P4)."""
    before = refund.status
    refund.end_recall()
    record(writes, event, refund, before, actor=SYSTEM, now=now, rule="P4", amount=f"{refund.amount:.2f}")
    pay(writes, refund, actor=SYSTEM, now=now, rule="P4")


def _give_up_return(writes: WriteSet, refund: Refund, now: datetime) -> None:
    """The return parcel is lost: the buyer, who has sent it, doesn't wait (P3)."""
    before = refund.status
    refund.lose_return()
    record(writes, REFUND_RETURN_LOST, refund, before, actor=SYSTEM, now=now, rule="P3", amount=f"{refund.amount:.2f}")
    pay(writes, refund, actor=SYSTEM, now=now, rule="P3")
