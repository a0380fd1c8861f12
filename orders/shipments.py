"""Shipments: what we want of a carrier about a parcel, and what it answered.

A shipment's `task` says what to ask next, and `next_attempt_at` when. A worker takes it up, asks the carrier outside
any transaction (orders/tracking.py) and records the answer; the refunds that wait for the parcel follow by the signal
`shipments_moved`. Locks: order, then shipment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db.models.functions import Now
from django_fsm import can_proceed

from common import workers
from common.actions import action, bookkeeping
from common.actors import SYSTEM, Actor
from common.errors import NotFound, refuse_if
from common.events import EventType
from common.hints import tell_of
from common.search import folded
from common.sentences import kept
from common.writes import WriteSet
from orders.carriers import DEFAULT, port_for
from orders.carriers.base import CarrierReport, CarrierStage
from orders.events import SHIPMENT_MOVED, SHIPMENT_NEEDS_ATTENTION, SHIPMENT_RECALL_ASKED, SHIPMENT_RESUMED
from orders.models import Order, Shipment
from orders.signals import shipments_moved
from orders.states import ShipmentDirection, ShipmentStatus, ShipmentTask
from orders.why_not import why_not_ask_carrier

LOOK_AGAIN_AFTER = timedelta(minutes=30)
LOOK_LATER_AFTER = timedelta(hours=12)  # at what nobody waits for, unless it comes back or gets lost
LOOK_FOR_AT_MOST = timedelta(days=30)

# What a carrier says → how the shipment moves.
_MOVES = {
    CarrierStage.AWAITING_PICKUP: Shipment.await_pickup,
    CarrierStage.IN_TRANSIT: Shipment.set_out,
    CarrierStage.CANCELLED: Shipment.cancel,
    CarrierStage.COMING_BACK: Shipment.turn_back,
    CarrierStage.BACK: Shipment.come_back,
    CarrierStage.RECALL_REFUSED: Shipment.refuse_recall,
    CarrierStage.DELIVERED: Shipment.deliver,
    CarrierStage.LOST: Shipment.lose,
}


@dataclass(frozen=True)
class Answered:
    """A carrier's report, and what it had been asked."""

    task: str
    report: CarrierReport


def announce_shipment(
    writes: WriteSet,
    *,
    order: Order,
    topic_id: UUID,
    direction: str,
    carrier: str,
    tracking_number: str,
    address: str,
    now: datetime,
    pieces: Mapping[str, int] | None = None,
    is_here: bool = False,
) -> Shipment:
    """Add a parcel to the caller's writes: one that goes out is to be picked up, one that comes back is followed.

    `pieces` says what is in it where that is a part of its order. One that `is_here` has arrived: nobody is asked.
    """
    shipment = Shipment(
        store_id=order.store_id,
        order_id=order.pk,
        topic_id=topic_id,
        direction=direction,
        port=_port_of(order, carrier),
        carrier=carrier,
        tracking_number=tracking_number,
        address=address,
        pieces=pieces,
        part_folded="" if pieces is None else folded(tracking_number),
        task=ShipmentTask.TRACK if direction == ShipmentDirection.RETURN else ShipmentTask.CREATE_PICKUP,
        next_attempt_at=None if is_here else Now(),
        created_at=now,
    )
    if is_here:
        shipment.deliver()
    writes.insert(shipment)
    if not is_here:
        writes.hint(tell_worker, shipment.pk)
    return shipment


def _port_of(order: Order, carrier: str) -> str:
    """Through which file the parcel is asked about: nobody outside is asked about one of a sandbox."""
    port = port_for(carrier)
    return DEFAULT if port != DEFAULT and order.store.is_sandbox else port


tell_worker = partial(tell_of, "orders.tasks.ask_carriers_about")


def ask_recall(
    writes: WriteSet, order: Order, shipment: Shipment | None, *, topic, actor: Actor, now: datetime, rule: str
) -> Shipment:
    """Want the parcel of a locked order back for the refund `topic` (P2, P4); an order without a shipment gets one."""
    if shipment is None:
        shipment = announce_shipment(
            writes,
            order=order,
            topic_id=order.pk,
            direction=ShipmentDirection.OUTBOUND,
            carrier=order.carrier,
            tracking_number=order.tracking_number,
            address=order.address,
            now=now,
        )
    shipment.task, shipment.recalled_for, shipment.recalled_at = ShipmentTask.RECALL, topic.pk, now
    shipment.make_due()
    writes.update(shipment, "task", "recalled_for", "recalled_at", *shipment.WORK_FIELDS)
    writes.event(
        SHIPMENT_RECALL_ASKED,
        shipment,
        topic=topic,
        at=now,
        actor=actor,
        rule=rule,
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
    )
    writes.hint(tell_worker, shipment.pk)
    return shipment


@bookkeeping("A lease says which worker is busy; what comes of it is an act.")
def take_up_shipments(*, now: datetime, limit: int, ids: Sequence[UUID] | None = None) -> list[Shipment]:
    """Lease shipments to ask about that no other worker has."""
    due = Shipment.objects.in_scope()
    if ids is not None:
        due = due.filter(pk__in=ids)
    taken, worn_out = workers.take_up(due, limit=limit)
    writes = WriteSet()
    for shipment in [*taken, *worn_out]:
        writes.update(shipment, *shipment.WORK_FIELDS)
    for shipment in worn_out:
        _record(writes, SHIPMENT_NEEDS_ATTENTION, shipment, shipment.status, now)
    writes.flush()
    return taken


@action
def record_reports(*, answers: Sequence[Answered], actor: Actor, now: datetime) -> list[Shipment]:
    """Write down what carriers said; returns the shipments that have moved by it.

    A report that comes twice, late or out of order changes nothing. What was wanted anew while the carrier was asked
    stays due.
    """
    by_key = {UUID(answer.report.key): answer for answer in answers}
    # Orders are locked before shipments (`of` gives the order of the locks), and always in the same sequence.
    shipments = (
        Shipment.objects.in_scope()
        .timed()
        .select_related("order")
        .select_for_update(of=("order", "self"), no_key=True)
        .filter(pk__in=by_key)
        .order_by("order_id", "id")
    )
    writes = WriteSet()
    orders: dict[UUID, Order] = {}
    moved = []
    for shipment in shipments:
        shipment.order = orders.setdefault(shipment.order_id, shipment.order)
        answer = by_key[shipment.pk]
        if _move(writes, shipment, answer.report.stage, actor, now):
            moved.append(shipment)
        if answer.task == shipment.task:
            _plan(writes, shipment, answer.report, now)
    if moved:
        shipments_moved.send(sender=Shipment, shipments=moved, writes=writes, now=now)
    writes.flush()
    return moved


def move_shipment(writes: WriteSet, shipment: Shipment, stage: CarrierStage, *, actor: Actor, now: datetime) -> None:
    """A locked order's parcel moves because somebody other than the carrier says so."""
    if _move(writes, shipment, stage, actor, now):
        shipment.plan(None)
        writes.update(shipment, *shipment.WORK_FIELDS)
        shipments_moved.send(sender=Shipment, shipments=[shipment], writes=writes, now=now)


def _move(writes: WriteSet, shipment: Shipment, stage: CarrierStage, actor: Actor, now: datetime) -> bool:
    """Whether the stage is news, in which case the shipment has moved."""
    before = shipment.status
    if stage == CarrierStage.UNKNOWN or stage.value == before:
        return False
    move = _MOVES[stage].__get__(shipment)
    if not can_proceed(move):
        return False
    move()
    shipment.reported_at = now
    writes.update(shipment, "status", "reported_at")
    _record(writes, SHIPMENT_MOVED[shipment.status], shipment, before, now, actor)
    return True


def _plan(writes: WriteSet, shipment: Shipment, report: CarrierReport, now: datetime) -> None:
    """When the carrier is asked next, and what."""
    if report.stage == CarrierStage.UNKNOWN:
        shipment.put_off(report.error)
        writes.update(shipment, *shipment.WORK_FIELDS)
        if shipment.needs_attention:
            _record(writes, SHIPMENT_NEEDS_ATTENTION, shipment, shipment.status, now)
        return
    undecided = shipment.task == ShipmentTask.RECALL and shipment.status in (
        ShipmentStatus.AWAITING_PICKUP,
        ShipmentStatus.IN_TRANSIT,
    )
    if not undecided:
        shipment.task = ShipmentTask.TRACK
    shipment.attempts, shipment.reported_at = 0, now
    follows = not shipment.has_ended and shipment.status != ShipmentStatus.RECALL_REFUSED
    again = follows and now < shipment.created_at + LOOK_FOR_AT_MOST
    after = LOOK_AGAIN_AFTER if shipment.is_awaited else LOOK_LATER_AFTER
    shipment.plan(after if again else None)
    writes.update(shipment, "task", "reported_at", *shipment.WORK_FIELDS)


def _record(
    writes: WriteSet, event: EventType, shipment: Shipment, before: str, now: datetime, actor: Actor = SYSTEM
) -> None:
    writes.event(
        event,
        shipment,
        topic=shipment.recalled_for or shipment.topic_id,
        at=now,
        actor=actor,
        states=(before, shipment.status),
        rule=_rule(shipment),
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        carrier_error=kept(shipment.last_error),
        attempts=shipment.attempts,
    )


def _rule(shipment: Shipment) -> str:
    """What the parcel's news is about: a stopped pick-up, a return, a recall, or nothing but the order."""
    if shipment.status == ShipmentStatus.CANCELLED:
        return "P2"
    if shipment.direction == ShipmentDirection.RETURN:
        return "P3"
    if shipment.direction == ShipmentDirection.PROMISED:
        return "Q16"
    return "P4" if shipment.recalled_for else ""


@action
def resume_shipment(*, store_id: int, shipment_id: UUID | str, actor: Actor, now: datetime) -> Shipment:
    """Ask the carrier again about a parcel that waits for a person. Refused `invalid_transition` when it doesn't."""
    shipment = (
        Shipment.objects.for_store(store_id)
        .select_related("order")
        .select_for_update(of=("order", "self"), no_key=True)
        .filter(pk=shipment_id)
        .first()
    )
    if shipment is None:
        raise NotFound
    refuse_if(why_not_ask_carrier(shipment))
    shipment.make_due()
    writes = WriteSet()
    writes.update(shipment, *shipment.WORK_FIELDS)
    writes.event(SHIPMENT_RESUMED, shipment, topic=shipment.recalled_for or shipment.topic_id, at=now, actor=actor)
    writes.hint(tell_worker, shipment.pk)
    writes.flush()
    return shipment
