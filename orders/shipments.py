"""Every write about parcels that a carrier has: what is wanted of it, and what it said.

A wish is a row that is due. A worker claims it, asks the carrier outside any transaction (orders/tracking.py) and records
the answer; the refunds that wait for the parcel follow by the signal `shipments_moved`. Locks: order, then shipment.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from celery import current_app
from django_fsm import can_proceed
from kombu.exceptions import OperationalError

from common.actions import action, bookkeeping
from common.actors import SYSTEM, Actor
from common.errors import NotFound, refuse_if
from common.writes import WriteSet
from orders.carriers import SANDBOX
from orders.carriers.base import CarrierReport, Stage
from orders.models import Order, Shipment
from orders.signals import shipments_moved
from orders.states import ShipmentDirection, ShipmentStatus, ShipmentTask
from orders.why_not import why_not_ask_carrier

log = logging.getLogger("wanliu.carriers")

ATTEMPT_LEASE = timedelta(minutes=2)
FIRST_RETRY_AFTER = timedelta(seconds=30)
LONGEST_RETRY_AFTER = timedelta(hours=1)
MAX_ATTEMPTS = 8
LOOK_AGAIN_AFTER = timedelta(minutes=30)
LOOK_FOR_AT_MOST = timedelta(days=30)
HINT_SIZE = 100

# What a carrier says → how the shipment moves.
_MOVES = {
    Stage.AWAITING_PICKUP: Shipment.await_pickup,
    Stage.IN_TRANSIT: Shipment.set_out,
    Stage.CANCELLED: Shipment.cancel,
    Stage.COMING_BACK: Shipment.turn_back,
    Stage.BACK: Shipment.come_back,
    Stage.RECALL_REFUSED: Shipment.refuse_recall,
    Stage.DELIVERED: Shipment.deliver,
    Stage.LOST: Shipment.lose,
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
) -> Shipment:
    """Add a parcel to the caller's writes: one that goes out is to be picked up, one that comes back is followed."""
    shipment = Shipment(
        store_id=order.store_id,
        order_id=order.pk,
        topic_id=topic_id,
        direction=direction,
        port=SANDBOX,
        carrier=carrier,
        tracking_number=tracking_number,
        address=address,
        task=ShipmentTask.CREATE_PICKUP if direction == ShipmentDirection.OUTBOUND else ShipmentTask.TRACK,
        next_attempt_at=now,
        created_at=now,
    )
    writes.insert(shipment)
    writes.hint(tell_worker, shipment.pk)
    return shipment


def tell_worker(shipment_ids: Sequence[UUID]) -> None:
    """Ask a worker to call the carriers about these now. Without a broker the sweep finds them a little later."""
    for start in range(0, len(shipment_ids), HINT_SIZE):
        ids = [str(shipment_id) for shipment_id in shipment_ids[start : start + HINT_SIZE]]
        try:
            current_app.send_task("orders.tasks.ask_carriers_about", args=[ids], retry=False)
        except OperationalError as error:
            log.warning("no broker (%s): the sweep will ask about %d shipments", error, len(shipment_ids))
            return


def outbound_of(orders: Sequence[Order]) -> dict[UUID, Shipment]:
    """Each order's latest parcel to the buyer, by the order's id; the caller has locked the orders."""
    found = Shipment.objects.in_scope().filter(order__in=orders, direction=ShipmentDirection.OUTBOUND)
    return {shipment.order_id: shipment for shipment in found.order_by("id")}


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
    shipment.task, shipment.next_attempt_at = ShipmentTask.RECALL, now
    shipment.attempts, shipment.needs_attention = 0, False
    shipment.recalled_for, shipment.recalled_at = topic.pk, now
    writes.update(shipment, "task", "next_attempt_at", "attempts", "needs_attention", "recalled_for", "recalled_at")
    writes.event(
        "shipment.recall_asked",
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
def claim_due_shipments(*, now: datetime, limit: int, ids: Sequence[UUID] | None = None) -> list[Shipment]:
    """Take up shipments to ask about that no other worker has; each is leased to this worker for ATTEMPT_LEASE."""
    due = Shipment.objects.in_scope().due(now).select_for_update(skip_locked=True, no_key=True)
    if ids is not None:
        due = due.filter(pk__in=ids)
    writes = WriteSet()
    claimed = []
    for shipment in due.order_by("next_attempt_at")[:limit]:
        if shipment.attempts >= MAX_ATTEMPTS:  # every worker that took it up has died before it got an answer
            _call_a_person(writes, shipment, now)
            continue
        shipment.attempts += 1
        shipment.next_attempt_at = now + ATTEMPT_LEASE
        writes.update(shipment, "attempts", "next_attempt_at")
        claimed.append(shipment)
    writes.flush()
    return claimed


def _call_a_person(writes: WriteSet, shipment: Shipment, now: datetime) -> None:
    shipment.needs_attention, shipment.next_attempt_at = True, None
    writes.update(shipment, "needs_attention", "next_attempt_at")
    _record(writes, "needs_attention", shipment, shipment.status, now)


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


def move_shipment(writes: WriteSet, shipment: Shipment, stage: Stage, *, actor: Actor, now: datetime) -> None:
    """A locked order's parcel moves because somebody other than the carrier says so."""
    if _move(writes, shipment, stage, actor, now):
        shipment.next_attempt_at = None
        writes.update(shipment, "next_attempt_at")
        shipments_moved.send(sender=Shipment, shipments=[shipment], writes=writes, now=now)


def _move(writes: WriteSet, shipment: Shipment, stage: Stage, actor: Actor, now: datetime) -> bool:
    """Whether the stage is news, in which case the shipment has moved."""
    before = shipment.status
    if stage == Stage.UNKNOWN or stage.value == before:
        return False
    move = _MOVES[stage].__get__(shipment)
    if not can_proceed(move):
        return False
    move()
    shipment.reported_at = now
    writes.update(shipment, "status", "reported_at")
    _record(writes, shipment.status, shipment, before, now, actor)
    return True


def _plan(writes: WriteSet, shipment: Shipment, report: CarrierReport, now: datetime) -> None:
    """When the carrier is asked next, and what."""
    if report.stage == Stage.UNKNOWN:
        shipment.last_error = report.error[:200]
        writes.update(shipment, "last_error", "next_attempt_at")
        if shipment.attempts >= MAX_ATTEMPTS:
            _call_a_person(writes, shipment, now)
        else:
            wait = FIRST_RETRY_AFTER * 2 ** (shipment.attempts - 1)
            shipment.next_attempt_at = now + min(wait, LONGEST_RETRY_AFTER)
        return
    undecided = shipment.task == ShipmentTask.RECALL and shipment.status in (
        ShipmentStatus.AWAITING_PICKUP,
        ShipmentStatus.IN_TRANSIT,
    )
    if not undecided:
        shipment.task = ShipmentTask.TRACK
    shipment.attempts, shipment.last_error, shipment.reported_at = 0, "", now
    again = _is_watched(shipment) and now < shipment.created_at + LOOK_FOR_AT_MOST
    shipment.next_attempt_at = now + LOOK_AGAIN_AFTER if again else None
    writes.update(shipment, "task", "attempts", "last_error", "reported_at", "next_attempt_at")


def _is_watched(shipment: Shipment) -> bool:
    """Whether somebody waits for news: a pick-up, a recall, a return. That an order arrives the marketplace tells."""
    if shipment.has_ended or shipment.status == ShipmentStatus.RECALL_REFUSED:
        return False
    if shipment.direction == ShipmentDirection.RETURN or shipment.recalled_at is not None:
        return True
    return shipment.status == ShipmentStatus.AWAITING_PICKUP


def _record(writes: WriteSet, name: str, shipment: Shipment, before: str, now: datetime, actor: Actor = SYSTEM) -> None:
    writes.event(
        f"shipment.{name}",
        shipment,
        topic=shipment.recalled_for or shipment.topic_id,
        at=now,
        actor=actor,
        states=(before, shipment.status),
        rule=_rule(shipment),
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        carrier_error=shipment.last_error,
        attempts=shipment.attempts,
    )


def _rule(shipment: Shipment) -> str:
    """What the parcel's news is about: a stopped pick-up, a return, a recall, or nothing but the order."""
    if shipment.status == ShipmentStatus.CANCELLED:
        return "P2"
    if shipment.direction == ShipmentDirection.RETURN:
        return "P3"
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
    shipment.needs_attention, shipment.attempts, shipment.next_attempt_at = False, 0, now
    writes = WriteSet()
    writes.update(shipment, "needs_attention", "attempts", "next_attempt_at")
    writes.event("shipment.resumed", shipment, topic=shipment.recalled_for or shipment.topic_id, at=now, actor=actor)
    writes.hint(tell_worker, shipment.pk)
    writes.flush()
    return shipment
