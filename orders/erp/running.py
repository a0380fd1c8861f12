"""Shipping a confirmed file's orders, all in one transaction; and what beat looks after when a worker didn't (K2)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock, workers
from common.actions import action
from common.actors import SYSTEM, Actor
from common.errors import Refused, WanliuError
from common.hints import tell_of
from common.progress import Progress, note_progress, noted_progress
from common.retention import Retention
from common.writes import WriteSet
from orders.actions import ship
from orders.erp.checking import BATCH, code_of
from orders.erp.events import SHIPMENT_FILE_REFUSED, SHIPMENT_FILE_SHIPPED
from orders.erp.parts import PartsOfFile, as_lines
from orders.erp.prints import PrintOfRows
from orders.models import Order, read_lines_of
from orders.models.shipment_import import FilePart, ImportRow, ShipmentImport
from orders.pieces import Pieces
from orders.signals import orders_shipped
from orders.states import ImportStatus

SHIPPING = "shipping"  # the step after the confirmation
READ_OF_ORDERS = (
    *("store", "number", "status", "address", "is_masked", "paid_amount", "claimed_amount"),
    *("shipping_fee", "shipped_pieces", "has_nothing_to_pack"),
)


@dataclass
class RowsRefused(WanliuError):
    """Some rows can't be shipped any more, so none was. `rows` are ids of ImportRow with the code of what is wrong."""

    rows: list[tuple[int, str]]


tell_worker = partial(tell_of, "orders.tasks.run_shipment_imports")


@action
def ship_rows(*, job: ShipmentImport, actor: Actor, now: datetime) -> None:
    """Ship every order of a locked, running job; a thousand orders take three statements.

    RowsRefused when some can't be shipped any more, Refused `import_changed` when they aren't the rows that were
    checked and shown: the caller's transaction must end there.
    """
    refused: list[tuple[int, str]] = []
    done = 0
    shipped = PrintOfRows()
    for rows, orders in _locked_batches(job):
        refused += _refused(rows, orders)
        if refused:  # go on looking, so that a person learns of all of them at once
            continue
        writes = WriteSet()
        for row in rows:
            shipped.add(row)
        for (order_id, carrier, tracking_number), pieces in _parcels_of(rows).items():
            ship(
                writes,
                orders[order_id],
                carrier=carrier,
                tracking_number=tracking_number,
                lines=as_lines(pieces),
                actor=actor,
                now=now,
                rule="K2",
                shipment_import=str(job.pk),
            )
        orders_shipped.send(sender=Order, orders=list(orders.values()), writes=writes, actor=actor, now=now)
        writes.flush()
        done += len(rows)
        note_progress(job, done, of=job.total, step=SHIPPING)
    if refused:
        raise RowsRefused(refused)
    if shipped.hexdigest() != job.rows_sha256:
        raise Refused("import_changed", _("These aren't the rows that were shown: upload the file again."))
    ImportRow.objects.for_store(job.store_id).filter(job=job).delete()
    job.finish(now=now)
    writes = WriteSet()
    writes.update(job, "status", "finished_at")
    facts = {"file_name": job.file_name, "rows": done}
    writes.event(SHIPMENT_FILE_SHIPPED, job, topic=job, at=now, actor=actor, rule="K2", **facts)
    writes.flush()


def _parcels_of(rows: Sequence[ImportRow]) -> dict[tuple[UUID, str, str], list[Pieces]]:
    """What each parcel has by its order, carrier and number, in the order of the file; nothing for all that is left."""
    parcels = defaultdict(list)
    for row in rows:
        parcels[row.order_id, row.carrier, row.tracking_number] += [] if row.pieces is None else [row.pieces]
    return parcels


def _refused(rows: Sequence[ImportRow], orders: Mapping[UUID, Order]) -> list[tuple[int, str]]:
    """The rows of these locked orders that can't be shipped any more, each with the code of why."""
    parcels, refused = PartsOfFile(), []
    for row in rows:
        order = orders[row.order_id]
        code = code_of(order)
        if not code and row.pieces is not None:
            fault = parcels.add(order, row.carrier, row.tracking_number, row.pieces)
            code = fault.code if fault else ""
        if code:
            refused.append((row.pk, code))
    return refused


def _locked_batches(job: ShipmentImport) -> Iterator[tuple[list[ImportRow], dict[UUID, Order]]]:
    """The job's rows and their orders, locked by the orders' ids so that two imports at once never deadlock.

    All rows of an order are in one batch.
    """
    last = UUID(int=0)
    while True:
        good = ImportRow.objects.for_store(job.store_id).filter(job=job, code="", order_id__gt=last)
        good = good.only("store", "order_id", "carrier", "tracking_number", "pieces", "code")
        rows = list(good.order_by("order_id", "place")[: BATCH + 1])
        if not rows:
            return
        if len(rows) > BATCH:
            whole = [row for row in rows if row.order_id != rows[-1].order_id]
            rows = whole or list(good.filter(order=rows[0].order_id).order_by("place"))
        locked = (
            Order.objects.for_store(job.store_id)
            .filter(pk__in=[row.order_id for row in rows])
            .only(*READ_OF_ORDERS)
            .order_by("id")
            .select_for_update(no_key=True)
        )
        orders = {order.pk: order for order in locked}
        named = {row.order_id for row in rows if row.pieces is not None}
        if in_parts := [order for order in orders.values() if order.shipped_pieces or order.pk in named]:
            read_lines_of(job.store_id, in_parts)
        yield rows, orders
        last = rows[-1].order_id


def run_imports(*, ids: Sequence[UUID] | None = None, limit: int = 1) -> int:
    """Ship the orders of confirmed files (of these ids, if given); returns how many files were taken up.

    Each file is one transaction.

    Safe to run anywhere, any number of times, and to kill at any moment.
    """
    due = ShipmentImport.objects.filter(status=ImportStatus.RUNNING)
    due = due if ids is None else due.filter(pk__in=ids)
    return workers.do_due(due, lambda job: run_import(job=job, actor=SYSTEM, now=clock.now()), limit=limit)


@action
def run_import(*, job: ShipmentImport, actor: Actor, now: datetime) -> None:
    """Ship all of a held job's orders in the name of who confirmed it, or mark the rows for which none is."""
    try:
        with transaction.atomic():
            ship_rows(job=job, actor=Actor(**job.actor), now=now)
    except RowsRefused as refused:
        codes = dict(refused.rows)
        writes = WriteSet()
        for row in ImportRow.objects.for_store(job.store_id).filter(job=job, pk__in=list(codes)):
            row.code = codes[row.pk]
            writes.update(row, "code")
        facts = {"file_name": job.file_name, "rows": job.total, "wrong": len(codes)}
        writes.event(SHIPMENT_FILE_REFUSED, job, topic=job, at=now, actor=actor, rule="K2", **facts)
        writes.flush()
        job.fail(wrong=len(codes), now=now)


def progress_of(job: ShipmentImport) -> Progress:
    """How far a worker is with reading, checking or shipping the job's rows, as far as is known."""
    if job.status == ImportStatus.DONE:
        return Progress(job.total, job.total, SHIPPING)
    if job.status == ImportStatus.READING:
        return noted_progress(job)
    if job.status == ImportStatus.RUNNING:
        noted = noted_progress(job)
        return noted if noted.step == SHIPPING else Progress(0, job.total, SHIPPING)
    return Progress()


PARTS_OF_A_FILE = ((FilePart, "job"), (ImportRow, "job"))

FILES_LEFT = Retention(
    "files forgotten",
    gettext_lazy("Shipment files that were never shipped"),
    ShipmentImport,
    "created_at",
    "KEEP_SHIPMENT_FILES_DAYS",
    which=lambda rows: rows.exclude(status__in=(ImportStatus.DONE, ImportStatus.RUNNING)),
    parts=PARTS_OF_A_FILE,
    batch=50,
)
FILES_SHIPPED = Retention(
    "shipped files forgotten",
    gettext_lazy("Shipment files that were shipped: the list of them"),
    ShipmentImport,
    "finished_at",
    "KEEP_SHIPPED_FILES_DAYS",
    which=lambda rows: rows.filter(status=ImportStatus.DONE),
    parts=PARTS_OF_A_FILE,
    batch=50,
)


def forget_imports() -> int:
    """Delete a batch of files that were never shipped, as long after they came as they are kept; returns how many."""
    return FILES_LEFT.step()
