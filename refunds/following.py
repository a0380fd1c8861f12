"""Refunds follow their parcels: a recalled one ends its refund's waiting, a lost return isn't waited for (P3, P4)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from uuid import UUID

from common.actors import SYSTEM
from common.events import EventType
from common.writes import WriteSet
from orders.events import ORDER_CANCELLED
from orders.models import Shipment
from orders.pieces import parcels_out
from orders.states import ON_ITS_WAY, OrderStatus, ShipmentDirection, ShipmentStatus
from refunds.actions import call_for_address, pay, record
from refunds.carrier_claims import open_carrier_claim, with_carrier_claim
from refunds.events.goods import REFUND_RECALL_FAILED, REFUND_RECALL_LOST, REFUND_RECALLED, REFUND_RETURN_LOST
from refunds.exchanges import owe_new_goods
from refunds.goods import load_order_lines
from refunds.holds import lines_of
from refunds.models import Refund
from refunds.promised import follow_promised
from refunds.states import RefundStatus
from refunds.undelivered import follow_undelivered
from stores.actions import default_return_addresses
from stores.models import ReturnAddress

BACK = (ShipmentStatus.BACK, ShipmentStatus.CANCELLED)
COMING = (*ON_ITS_WAY, ShipmentStatus.COMING_BACK)
AT_THE_BUYERS = (ShipmentStatus.RECALL_REFUSED, ShipmentStatus.DELIVERED)


def follow_shipments(writes: WriteSet, shipments: Sequence[Shipment], now: datetime) -> None:
    """Move the refunds that wait for these parcels, and what never arrived; the orders are locked."""
    follow_undelivered(writes, shipments, now)
    follow_promised(writes, shipments, now)
    by_refund: dict[UUID, list[Shipment]] = defaultdict(list)
    for shipment in shipments:
        if shipment.recalled_for or shipment.direction == ShipmentDirection.RETURN:
            by_refund[shipment.recalled_for or shipment.topic_id].append(shipment)
    if not by_refund:
        return
    refunds = list(Refund.objects.in_scope().moved_here().filter(pk__in=by_refund).order_by("pk"))
    lines_of(refunds)  # together: one object per order line
    for refund in refunds:
        refund.order = by_refund[refund.pk][0].order
    load_order_lines({refund.order_id: refund.order for refund in refunds if refund.order.has_lines}, refunds)
    ended = {refund.pk: _where_it_ended(refund, by_refund[refund.pk]) for refund in refunds}
    addresses = _return_addresses(refunds, ended)
    lost = [shipment for shipment in chain(*by_refund.values()) if shipment.status == ShipmentStatus.LOST]
    has_claim = with_carrier_claim(lost) if lost else set()
    lost_exchanges = []
    for refund in refunds:
        for shipment in by_refund[refund.pk]:
            if shipment.status == ShipmentStatus.LOST and shipment.pk not in has_claim:
                open_carrier_claim(writes, refund, shipment, now=now)
        if refund.status == RefundStatus.RECALLING:
            _end_recall(writes, refund, ended[refund.pk], addresses, now)
        elif refund.status == RefundStatus.RETURNING and ended[refund.pk] == ShipmentStatus.LOST:
            if refund.pays:
                _give_up_return(writes, refund, now)
            else:
                lost_exchanges.append(refund)
    owe_new_goods(writes, lost_exchanges, event=REFUND_RETURN_LOST, note="", actor=SYSTEM, now=now, rule="P3")


def _where_it_ended(refund: Refund, moved: Sequence[Shipment]) -> str:
    """What the parcels of a refund have come to: that of its only one, or the worst of several called back together.

    As long as one of them may still come back, nothing has ended.
    """
    statuses = {shipment.status for shipment in moved}
    if refund.status == RefundStatus.RECALLING and refund.order.shipped_pieces:
        others = Shipment.objects.for_store(refund.store_id).filter(order=refund.order_id, recalled_for=refund.pk)
        statuses |= set(others.exclude(pk__in=[shipment.pk for shipment in moved]).values_list("status", flat=True))
    for status in (*COMING, *AT_THE_BUYERS, ShipmentStatus.LOST):
        if status in statuses:
            return status
    return moved[0].status


def _return_addresses(refunds: Sequence[Refund], ended: Mapping[UUID, str]) -> dict[int, ReturnAddress]:
    """Where the goods of failed recalls are sent back to, by store: read once, however many there are."""
    failed = {
        refund.store_id
        for refund in refunds
        if refund.status == RefundStatus.RECALLING and ended[refund.pk] in AT_THE_BUYERS
    }
    return default_return_addresses(failed) if failed else {}


def _end_recall(
    writes: WriteSet, refund: Refund, ended: str, addresses: Mapping[int, ReturnAddress], now: datetime
) -> None:
    """The recalled parcel has ended somewhere, and the refund with it (P4)."""
    if ended in BACK:
        if refund.order.status == OrderStatus.SHIPPED and not _others_are_out(refund):
            before = refund.order.status
            refund.order.cancel()
            writes.update(refund.order, "status")
            states = (before, refund.order.status)
            writes.event(
                ORDER_CANCELLED, refund.order, topic=refund.order, at=now, actor=SYSTEM, states=states, rule="P4"
            )
        pay_recalled(writes, refund, REFUND_RECALLED, now)
    elif ended == ShipmentStatus.LOST:
        pay_recalled(writes, refund, REFUND_RECALL_LOST, now)
    elif ended in AT_THE_BUYERS:
        before, kind = refund.status, refund.kind
        refund.fail_recall(address=addresses.get(refund.store_id), now=now)
        writes.update(refund, "kind", "goods", "return_address", "needs_attention")
        record(writes, REFUND_RECALL_FAILED, refund, before, actor=SYSTEM, now=now, rule="P4", kind=[kind, refund.kind])
        if refund.lacks_address:
            call_for_address(writes, refund, now=now, rule="P4")


def _others_are_out(refund: Refund) -> bool:
    """Whether a part of its order goes to the buyer in other parcels than those called back."""
    if not refund.order.shipped_pieces:
        return False
    others = [each for each in parcels_out([refund.order])[refund.order_id] if each.recalled_for != refund.pk]
    return any(each.recalled_for is None or each.status not in BACK for each in others)


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
