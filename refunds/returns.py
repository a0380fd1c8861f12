"""Goods that come back: the buyer ships the return, the merchant inspects it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor, ActorKind
from common.errors import Invalid, refuse_if
from common.writes import WriteSet
from orders.corrections import replace_shipment
from orders.models import Shipment
from orders.parcels import awaited_parcels, start_exchange
from orders.shipments import announce_shipment
from orders.states import ShipmentDirection
from orders.waybills import waybill
from refunds.actions import find_return_address, lock_refund, pay, record
from refunds.arrivals import Arrival, count_arrivals, split_missing
from refunds.events.goods import (
    REFUND_ADDRESS_NAMED,
    REFUND_INSPECTION_FAILED,
    REFUND_INSPECTION_PASSED,
    REFUND_RETURN_SHIPPED,
)
from refunds.exchanges import owe_new_goods
from refunds.handing_over import DecisionData, hand_over, merchants_files, reships_at_receipt, yuan_text
from refunds.models import Refund
from refunds.objections import why_no_reason
from refunds.signals import faults_verified
from refunds.states import MarketplaceVerb, RefundStatus
from refunds.why_not import (
    why_not_ask_for_more_time,
    why_not_correct_return,
    why_not_inspect,
    why_not_name_address,
    why_not_ship_return,
    why_not_split_receipt,
)


@action
def ship_return(
    *,
    store_id: int,
    refund_id: UUID | str,
    carrier: str,
    tracking_number: str,
    actor: Actor,
    now: datetime,
    is_here: bool = False,
) -> Refund:
    """The buyer has sent the goods back; the merchant's inspection clock starts (P1).

    After an accepted exchange the refund stays withdrawn, and the merchant's new parcel becomes due (Q16). About a
    parcel that `is_here` no carrier is asked. Invalid for an unknown carrier or an odd number.
    """
    carrier, tracking_number = waybill(carrier, tracking_number)
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    writes = WriteSet()
    before = refund.status
    exchanged = awaited_parcels(refund) if refund.status == RefundStatus.WITHDRAWN else []
    if exchanged:
        refund.return_carrier, refund.return_tracking_number = carrier, tracking_number
        for parcel in exchanged:
            start_exchange(writes, parcel, topic=refund, actor=actor, now=now)
    else:
        refuse_if(why_not_ship_return(refund, now))
        refund.ship_return(carrier=carrier, tracking_number=tracking_number, now=now)
    writes.update(refund, "return_carrier", "return_tracking_number")
    announce_shipment(
        writes,
        order=refund.order,
        topic_id=refund.pk,
        direction=ShipmentDirection.RETURN,
        carrier=carrier,
        tracking_number=tracking_number,
        address="",
        now=now,
        is_here=is_here,
    )
    record(
        writes,
        REFUND_RETURN_SHIPPED,
        refund,
        before,
        actor=actor,
        now=now,
        rule="P1",
        carrier=carrier,
        tracking_number=tracking_number,
    )
    writes.flush()
    return refund


@action
def correct_return(
    *,
    store_id: int,
    refund_id: UUID | str,
    carrier: str,
    tracking_number: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Refund:
    """The buyer's parcel has another number than was written down; the old one isn't followed any more (P1).

    The merchant says why (Invalid `reason`), the buyer needn't. No clock changes. Refused `already_picked_up` once the
    carrier has it, `invalid_transition` when nothing is coming back. Invalid for an unknown carrier or an odd number.
    """
    corrected = waybill(carrier, tracking_number)
    if actor.kind != ActorKind.BUYER and not reason.strip():
        raise Invalid("reason", _("Say why the number is corrected: it stays on record."), "required")
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    shipment = returning_of(refund)
    refuse_if(why_not_correct_return(refund, shipment, now))
    writes = WriteSet()
    replace_shipment(writes, shipment, corrected, order=refund.order, reason=reason, actor=actor, now=now)
    refund.return_carrier, refund.return_tracking_number = corrected
    writes.update(refund, "return_carrier", "return_tracking_number")
    writes.flush()
    return refund


def returning_of(refund: Refund) -> Shipment | None:
    """The parcel in which the refund's goods come back, under the number that is followed now."""
    own = Shipment.objects.for_store(refund.store_id).filter(topic_id=refund.pk, direction=ShipmentDirection.RETURN)
    return own.order_by("id").last()


@action
def ask_for_more_time(*, store_id: int, refund_id: UUID | str, actor: Actor, now: datetime) -> Refund:
    """Ask the marketplace for more time to look at what came back; the deadline is later once that says so.

    Refused `invalid_transition` where it gives none (yet).
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    refuse_if(why_not_ask_for_more_time(refund, now))
    writes = WriteSet()
    hand_over(writes, refund, MarketplaceVerb.EXTEND, DecisionData(), actor=actor, now=now)
    writes.flush()
    return refund


@action
def name_return_address(
    *,
    store_id: int,
    refund_id: UUID | str,
    actor: Actor,
    now: datetime,
    return_address_id: UUID | str | None = None,
) -> Refund:
    """Say where the goods of a return go that was approved without an address; the buyer's time begins now (P1).

    Without an id the store's first address is used; Invalid `return_address` when it has none. Refused
    `invalid_transition` when the refund doesn't wait for one.
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    refuse_if(why_not_name_address(refund))
    address = find_return_address(store_id, return_address_id)
    before = refund.status
    writes = WriteSet()
    if refund.is_followed:
        refund.return_address = address
        writes.update(refund, "return_address")
        data = DecisionData(return_address=str(address.pk))
        hand_over(writes, refund, MarketplaceVerb.AGREE_RETURN, data, actor=actor, now=now)
        writes.flush()
        return refund
    refund.name_address(address=address, now=now)
    writes.update(refund, "return_address", "needs_attention")
    record(writes, REFUND_ADDRESS_NAMED, refund, before, actor=actor, now=now, rule="P1", address=str(address))
    writes.flush()
    return refund


@action
def inspect_return(
    *,
    store_id: int,
    refund_id: UUID | str,
    passed: bool,
    note: str,
    actor: Actor,
    now: datetime,
    received: Sequence[Arrival] | None = None,
    reason_code: str = "",
    carrier: str = "",
    tracking_number: str = "",
) -> Refund:
    """The merchant has looked at what came back: passed pays or exchanges, failed rejects with the note (P1).

    With fewer pieces `received` than announced, the refund becomes one for those, and the rest a disputed refund of its
    own. Invalid `received` for what can't have arrived. `reason_code` is the marketplace's own, as in `reject_refund`.
    `carrier` and `tracking_number` are of the new goods, where a marketplace hears of an exchange's receipt by them
    (`reships_at_receipt`): Invalid without them there, and with them anywhere else.
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    refuse_if(why_not_inspect(refund, now, passed=passed))
    parcel = _new_parcel(refund, carrier, tracking_number, passed=passed)
    writes = WriteSet()
    if refund.is_followed:
        if received is not None:
            refuse_if(why_not_split_receipt(refund))
        if parcel is not None:
            hand_over(writes, refund, MarketplaceVerb.RESHIP, {**parcel, "text": note}, actor=actor, now=now)
            writes.flush()
            return refund
        _send_inspection(writes, refund, passed=passed, note=note, reason_code=reason_code, actor=actor, now=now)
        return refund
    refuse_if(why_no_reason(refund, reason_code, ()))
    arrived = count_arrivals(refund, received) if received is not None else None
    if passed:
        if arrived is not None:
            split_missing(writes, refund, arrived, actor=actor, now=now)
        accept_goods(writes, refund, note=note, actor=actor, now=now)
        faults_verified.send(sender=Refund, refunds=[refund], writes=writes, actor=actor, now=now)
    else:
        before = refund.status
        refund.fail_inspection(note=note, now=now)
        writes.update(refund, "inspection_note", "rejection_reason")
        pieces = arrived or {}
        record(
            writes, REFUND_INSPECTION_FAILED, refund, before, actor=actor, now=now, rule="P1", note=note, pieces=pieces
        )
    writes.flush()
    return refund


def _new_parcel(refund: Refund, carrier: str, tracking_number: str, *, passed: bool) -> DecisionData | None:
    """The parcel with an exchange's new goods, where the marketplace hears of the receipt by it; None elsewhere."""
    if passed and reships_at_receipt(refund):
        for field, told in (("carrier", carrier), ("tracking_number", tracking_number)):
            if not told.strip():
                raise Invalid(field, _("This marketplace hears of the receipt by the new goods: name their parcel."))
        carrier, tracking_number = waybill(carrier, tracking_number)
        return DecisionData(carrier=carrier, tracking_number=tracking_number)
    for field, told in (("carrier", carrier), ("tracking_number", tracking_number)):
        if told.strip():
            raise Invalid(field, _("The new goods aren't sent with the inspection: leave their parcel out here."))
    return None


def _send_inspection(
    writes: WriteSet, refund: Refund, *, passed: bool, note: str, reason_code: str, actor: Actor, now: datetime
) -> None:
    """What the merchant found goes to the marketplace: the goods are received, or they aren't, and why."""
    verb = MarketplaceVerb.CONFIRM_RECEIPT if passed else MarketplaceVerb.REFUSE_RECEIPT
    data = DecisionData(text=note, amount=yuan_text(refund.amount))
    if not passed:
        data["evidence"], data["reason_code"] = merchants_files(refund), reason_code
        refuse_if(why_no_reason(refund, reason_code, data["evidence"]))
    hand_over(writes, refund, verb, data, actor=actor, now=now)
    writes.flush()


def accept_goods(writes: WriteSet, refund: Refund, *, note: str, actor: Actor, now: datetime) -> None:
    """What came back for a locked refund is fine: the buyer is paid, or the new goods are owed (P1)."""
    if not refund.pays:
        owe_new_goods(writes, [refund], event=REFUND_INSPECTION_PASSED, note=note, actor=actor, now=now, rule="P1")
        return
    before = refund.status
    refund.pass_inspection(note=note)
    writes.update(refund, "inspection_note")
    pay(writes, refund, actor=actor, now=now, rule="P1")
    record(writes, REFUND_INSPECTION_PASSED, refund, before, actor=actor, now=now, rule="P1", note=note)
